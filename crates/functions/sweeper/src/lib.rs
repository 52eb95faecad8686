//! The timer that catches everything: once a minute it looks at what is due in every store, and at nothing else.
//!
//! | due | what the sweeper does | looks again |
//! |---|---|---|
//! | an order without tickets | writes and sends them, as `print-dispatcher` should have; an alarm if that fails | after 60 s, if it fails |
//! | a planned order whose time to be cooked has come | the same, without an alarm or a warning | as above |
//! | a call without a slip | the same | after 60 s, if it fails |
//! | an order unpaid after 10 minutes | gives its place in the slot back; cancels it after 2 hours | 2 hours after it was placed |
//! | takeout that nobody marked as picked up, 4 hours after its promised time | counts it as collected | – |
//! | a payment that may have moved unnoticed | asks the provider; ends one that was held long enough | as its age asks for |
//! | a paid order that cannot be honoured | an alarm, until its money is back or staff decide | after 60 s |
//! | a ticket that no agent has accepted | publishes its job again | after as long as it has waited already, 60 s at most |
//! | a ticket accepted 15 s ago, without news since | asks the agent, if the agent can be asked | when its alarm is due, then after 60 s |
//! | a ticket not proven printed after 60 s, accepted, blocked or not | an alarm | after 60 s |
//! | a ticket that waits for 3 minutes, and no printer that was asked prints | pauses takeout for 150 s, and an alarm | with each sweep |
//! | a ticket whose printing is unconfirmed | an alarm, until staff answer | after 60 s |
//! | a party that waits for the staff | an alarm | after 60 s |
//! | a table whose party left, was confirmed, has paid everything, or has not ordered for hours | reconciles its orders with it, see `tabletap-seating`; an alarm for each order that ends unpaid | when it is to be closed, or an earlier party can no longer pay |
//!
//! Two phases run side by side, in lanes of their own, so neither holds the other up:
//!
//! - **Kitchens** have most of the lanes. What a store's kitchen waits for is read page by page, and a page's alarms sound before any other work.
//!   At the phase's deadline that other work stops; alarms still sound, until a little later the stores that are left are cut off.
//! - **What can wait**: unpaid orders, orders at their day's end and tables first, then everything that needs the provider.
//!
//! A circuit breaker keeps a sweep from waiting for a broker that is away again and again, store by store. Each sweep begins with another store, so
//! it is not always the same stores that a slow sweep does not reach. What was not done is counted in the [`Tally`], and stays due.
//!
//! An alarm is a log line at level `error` with a field `alarm` and ids only, and a count in the tally. A store that fails is logged and
//! does not keep the sweeper from the next; the whole run fails only where not even the list of stores can be read.
//!
//! - Started by: schedule, every minute
//! - Reads: the `due` index of each store; Stripe
//! - Writes: tickets and slips that are missing, takeout that it is time to cook, orders, payments and tables that are due, the kitchen's
//!   pause
//! - Emits: print jobs, questions to agents, alarms; its reply is the tally of what it did and what is left
//! - When it fails: the next minute

mod asking;
mod breaker;
mod config;
mod kitchen;
mod lanes;
mod later;
mod limits;
mod orders;
mod provider;
mod reach;
mod takeout;
mod tally;
mod tickets;

pub use config::Config;
pub use limits::Limits;
pub use tally::Tally;

use aws_config::SdkConfig;
use breaker::Breaker;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tabletap_dispatch::Dispatcher;
use tabletap_domain::{StoreKey, time::UnixMillis};
use tabletap_payments::Payments;
use tabletap_runtime::clock;
use tabletap_store::{Store, StoreError};
use tabletap_stripe::Stripe;
use tokio::time::Instant;
use tracing::{Instrument, Span, info_span};

/// The longest time after which the sweeper looks again at what it could not finish.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// The function.
#[derive(Clone, Debug)]
pub struct Sweeper {
    store: Store,
    dispatcher: Dispatcher,
    payments: Payments<Stripe>,
    limits: Limits,
}

impl Sweeper {
    /// Opens nothing: see [`Sweeper::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let Config { kitchen, payments } = config;
        let dispatcher = Dispatcher::from_sdk(kitchen, sdk);
        let store = dispatcher.store().clone();
        Self {
            payments: Payments::new(
                store.clone(),
                payments.gateway,
                payments.links,
                payments.customers,
            ),
            store,
            dispatcher,
            limits: Limits::default(),
        }
    }

    /// The same within other limits than those of the deployed function.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Opens the connections to database and broker.
    pub async fn warm_up(&self) {
        self.dispatcher.warm_up().await;
    }

    /// Sweeps every store, and answers with what it did. The event says nothing that matters.
    ///
    /// # Errors
    /// A [`StoreError`] where the stores cannot be listed; the next minute sweeps again.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Tally, lambda_runtime::Error> {
        let span = info_span!("sweep", request_id = event.context.request_id);
        Ok(self
            .sweep(UnixMillis(clock::now_ms()))
            .instrument(span)
            .await?)
    }

    /// Sweeps every store at `now`: what its kitchen waits for, and alongside it what can wait.
    ///
    /// # Errors
    /// [`StoreError`] where the stores cannot be listed.
    pub async fn sweep(&self, now: UnixMillis) -> Result<Tally, StoreError> {
        let sweep = Sweep {
            sweeper: self.clone(),
            now,
            kitchens_until: Instant::now() + self.limits.kitchens,
            ends: Instant::now() + self.limits.sweep,
            breaker: Arc::new(Breaker::new(self.limits.publish)),
        };
        let stores = lanes::rotated(self.store.stores().await?, now);
        let ((mut tally, misfiled), later) = tokio::join!(
            sweep.sweep_kitchens(stores.clone()),
            sweep.sweep_later(stores)
        );
        tally += later;
        tally += sweep.sweep_misfiled(misfiled).await;
        tracing::info!(?tally, "swept");
        Ok(tally)
    }
}

/// One sweep: what the work of all its stores shares. A clone is the same sweep in another lane.
#[derive(Clone, Debug)]
struct Sweep {
    sweeper: Sweeper,
    now: UnixMillis,
    /// Work for kitchens begins no later.
    kitchens_until: Instant,
    /// Everything is over.
    ends: Instant,
    breaker: Arc<Breaker>,
}

impl Sweep {
    /// This long from now, or when the sweep ends.
    fn deadline(&self, after: Duration) -> Instant {
        self.ends.min(Instant::now() + after)
    }
}

fn span_of(key: &StoreKey) -> Span {
    let (tenant, store) = (key.tenant.as_str(), key.store.as_str());
    info_span!("store", tenant_id = tenant, store_id = store)
}
