//! From a placed order, or a guest's call, to its print jobs: the first of the database stream's two readers.
//!
//! What is done with it is `tabletap-dispatch`; here is which records, and what becomes of a record.
//!
//! | record | done | then |
//! |---|---|---|
//! | no order head and no call, or nothing new for the kitchen | nothing | done |
//! | an order that is to be cooked later | nothing | done; the sweeper fires it |
//! | a head or call that cannot be read, a store without any station | fails, with its reason in the log | after its retries in the dead letters, with an alarm; the sweeper tries the order every minute |
//! | the database is throttled or away | fails | comes again, with the records behind it |
//! | a job that is not published | logged | done; the sweeper sends it |
//!
//! A record that comes again finds its tickets written and publishes those that no agent has accepted, unchanged.
//!
//! - Started by: the table's stream, order heads and calls only
//! - Reads: store (cached); for takeout the sealed customer
//! - Writes: tickets and printer counters in one transaction
//! - Emits: print jobs, QoS 1
//! - When it fails: the batch comes again from the first failed record; after 5 retries the record goes to the dead-letter queue with an
//!   alarm, and the sweeper dispatches the order

mod record;

pub use tabletap_dispatch::Config;

use aws_config::SdkConfig;
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use lambda_runtime::LambdaEvent;
use record::{Work, work};
use std::sync::{Mutex, PoisonError};
use tabletap_dispatch::{DispatchError, Dispatcher};
use tabletap_domain::{StoreKey, time::UnixMillis};
use tabletap_fault as fault;
use tabletap_runtime::{batch, clock};
use tabletap_store::StoredTicket;
use tabletap_wire::stream::{Batch, ImageError, Record};
use tokio::task::JoinSet;
use tracing::{Instrument, info_span};

/// The function.
#[derive(Clone, Debug)]
pub struct PrintDispatcher {
    dispatcher: Dispatcher,
}

/// Why a record failed.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Permanent.
    #[error("the row cannot be read as an order's head or a call: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Permanent.
    #[error("the order cannot be read: {0}")]
    Unreadable(#[from] ImageError),
    /// As the dispatch says.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    /// A fault was injected.
    #[error(transparent)]
    Injected(#[from] fault::Injected),
}

impl PrintDispatcher {
    /// Opens nothing: see [`PrintDispatcher::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        Self {
            dispatcher: Dispatcher::from_sdk(config, sdk),
        }
    }

    /// Opens the connections to database and broker, so that no order pays for them.
    pub async fn warm_up(&self) {
        self.dispatcher.warm_up().await;
    }

    /// Dispatches the orders of one batch and reports the first record that failed.
    ///
    /// # Errors
    /// None: what fails is reported as a batch item failure.
    pub async fn handle(
        &self,
        event: LambdaEvent<Batch>,
    ) -> Result<DynamoDbEventResponse, lambda_runtime::Error> {
        let span = info_span!("batch", request_id = event.context.request_id);
        Ok(self.dispatch_all(event.payload).instrument(span).await)
    }

    async fn dispatch_all(&self, batch: Batch) -> DynamoDbEventResponse {
        let numbered: Vec<_> = batch
            .records
            .into_iter()
            .map(|record| (record.change.sequence_number.clone(), record))
            .collect();
        let first = numbered.first().map(|(number, _)| number.clone());
        // The next order is written down while the jobs of the one before are on their way.
        let sending = Mutex::new(JoinSet::new());
        let mut response = batch::in_order(numbered, async |record: Record| {
            for ticket in self.write(record).await? {
                let dispatcher = self.dispatcher.clone();
                let mut sending = sending.lock().unwrap_or_else(PoisonError::into_inner);
                // A failure is logged by the publisher, and made good by the sweeper.
                let send = async move { dispatcher.send(&ticket).await.is_ok() };
                sending.spawn(send.in_current_span());
            }
            Ok::<_, RecordError>(())
        })
        .await;
        sending
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .join_all()
            .await;
        if let Err(error) = fault::point("print-dispatcher.published") {
            tracing::warn!(%error, "the batch will come again");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = first;
            response.batch_item_failures = vec![failure];
        }
        response
    }

    /// The tickets of a record that nobody has accepted yet, written down.
    async fn write(&self, record: Record) -> Result<Vec<StoredTicket>, RecordError> {
        let now = UnixMillis(clock::now_ms());
        let Some(work) = work(record, now)? else {
            return Ok(Vec::new());
        };
        let (StoreKey { tenant, store }, id) = match &work {
            Work::Order(order) => (&order.store, order.id.as_str()),
            Work::Call(call) => (&call.store, call.id.as_str()),
        };
        let span = info_span!(
            "work",
            tenant_id = tenant.as_str(),
            store_id = store.as_str(),
            order_id = id
        );
        self.write_tickets(&work, now).instrument(span).await
    }

    async fn write_tickets(
        &self,
        work: &Work,
        now: UnixMillis,
    ) -> Result<Vec<StoredTicket>, RecordError> {
        fault::point("print-dispatcher.taken")?;
        let written = match work {
            Work::Order(order) => self.dispatcher.write(order, now).await?,
            Work::Call(call) => self.dispatcher.write_slip(call, now).await?,
        };
        fault::point("print-dispatcher.written")?;
        Ok(written)
    }
}
