//! From "this menu is another" to the files that phones read: pages, data and manifests of each language, in the site's bucket.
//!
//! A fact says only which store; what is sold is read from the database as it stands, so facts may come twice, late or out of order.
//! Each version's own files are written once. The copies at the stable addresses are written in the place of what was seen there
//! before the database was read, and it is read again afterwards: neither an older picture of it nor two publishers at
//! once can leave a page that the table no longer says. Nothing is deleted: a phone may still show it.
//!
//! | message | done | then |
//! |---|---|---|
//! | a store that sells nothing yet | nothing | done |
//! | a store with a menu | its files are written, where they are not there already | done |
//! | a message that cannot be read | fails, with its reason in the log | after five receives in the dead letters, with an alarm |
//! | database or bucket are away, or others keep on publishing | fails | comes again, alone |
//!
//! - Started by: a queue of the facts `menu.changed`, `store.changed`
//! - Reads: store and menu
//! - Writes: pages, data, manifests and icons in the site's bucket
//! - Emits: –
//! - When it fails: the message comes again after a minute; after 5 receives it goes to its dead-letter queue with an alarm

mod config;
mod site;

pub use config::Config;
pub use site::Unavailable;

use aws_config::SdkConfig;
use aws_lambda_events::streams::SqsEventResponse;
use lambda_runtime::LambdaEvent;
use site::{Seen, Site, Written};
use std::collections::BTreeSet;
use tabletap_domain::{StoreId, StoreKey, store::StoreConfig};
use tabletap_fault as fault;
use tabletap_menu::publish;
use tabletap_runtime::batch::{self, QueueBatch};
use tabletap_store::{CurrentMenu, Store, StoreError};
use tabletap_wire::event::{BusEvent, OfStore};
use tracing::{Instrument, info_span};

/// How often one message may find that the table has gone on meanwhile.
const ROUNDS_MAX: usize = 8;

/// The function.
#[derive(Clone, Debug)]
pub struct MenuPublisher {
    store: Store,
    site: Site,
}

/// Why a message failed.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Permanent.
    #[error("the message cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Permanent, until the row is mended.
    #[error("the menu that store {0} sells is missing")]
    MenuMissing(StoreId),
    /// Transient.
    #[error("the menu was changed {ROUNDS_MAX} times while it was published")]
    Restless,
    /// Transient.
    #[error(transparent)]
    Site(#[from] Unavailable),
    /// Transient.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault was injected.
    #[error(transparent)]
    Injected(#[from] fault::Injected),
}

/// What the pages of a store are made of.
type Sold = (StoreConfig, CurrentMenu);

impl MenuPublisher {
    /// Opens nothing.
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        Self {
            store: Store::from_sdk(sdk, config.table_name),
            site: Site::new(sdk, config.site_bucket),
        }
    }

    /// Publishes the stores of one batch and reports the messages that failed.
    ///
    /// # Errors
    /// None: what fails is reported as a batch item failure.
    pub async fn handle(
        &self,
        event: LambdaEvent<QueueBatch>,
    ) -> Result<SqsEventResponse, lambda_runtime::Error> {
        let span = info_span!("batch", request_id = event.context.request_id);
        let mut published = BTreeSet::new();
        let publish = batch::each(event.payload, async |body: String| {
            let fact: BusEvent<OfStore> = serde_json::from_str(&body)?;
            let key = fact.detail.key();
            // All of a batch was said before the database was read for the first of it.
            if published.contains(&key) {
                return Ok(());
            }
            let (tenant, store) = (key.tenant.as_str(), key.store.as_str());
            let span = info_span!("store", tenant_id = tenant, store_id = store);
            // Boxed: the futures of the S3 client are nested deeper than the compiler likes to look.
            Box::pin(self.publish(&key).instrument(span)).await?;
            published.insert(key);
            Ok::<_, PublishError>(())
        });
        Ok(publish.instrument(span).await)
    }

    /// Writes what a store sells, until what is written is what it sells.
    async fn publish(&self, key: &StoreKey) -> Result<(), PublishError> {
        let mut sold = self.sold(key).await?;
        for _ in 0..ROUNDS_MAX {
            let Some(planned) = sold else {
                tracing::info!("nothing is sold yet");
                return Ok(());
            };
            let outcome = Box::pin(self.publish_once(key, &planned)).await?;
            sold = self.sold(key).await?;
            if outcome == Written::Done && sold.as_ref() == Some(&planned) {
                tracing::info!(version = %planned.1.version, "published");
                return Ok(());
            }
        }
        Err(PublishError::Restless)
    }

    async fn publish_once(&self, key: &StoreKey, sold: &Sold) -> Result<Written, PublishError> {
        let (config, current) = sold;
        let menu = self.store.menu(key, &current.version).await?;
        let menu = menu.ok_or_else(|| PublishError::MenuMissing(key.store.clone()))?;
        let copies = publish::current(config, &menu, &current.off);
        let mut seen: Vec<Seen> = Vec::new();
        for copy in &copies {
            seen.push(self.site.look(&copy.path).await?);
        }
        // Whatever was seen was there before this: so it is not newer than what is written in its place.
        if self.sold(key).await?.as_ref() != Some(sold) {
            return Ok(Written::Overtaken);
        }
        for file in publish::version(config, &menu) {
            if self.site.look(&file.path).await?.is_none() {
                // Another publisher has written the same.
                self.site.write(file, &None).await?;
            }
        }
        fault::point("menu-publisher.version-written")?;
        for (copy, seen) in copies.into_iter().zip(&seen) {
            if self.site.write(copy, seen).await? == Written::Overtaken {
                return Ok(Written::Overtaken);
            }
        }
        Ok(Written::Done)
    }

    async fn sold(&self, key: &StoreKey) -> Result<Option<Sold>, PublishError> {
        let (config, current) =
            tokio::try_join!(self.store.store(key), self.store.current_menu(key))?;
        Ok(config.zip(current))
    }
}
