//! From a placed order to its print jobs: the first of the table stream's two readers.
//!
//! An order that the kitchen may see is split by station, its tickets are written down in one transaction, and each is published to its
//! agent. The written ticket is what counts: a job that was not published is found and sent again by the sweeper.
//!
//! | record | done | then |
//! |---|---|---|
//! | no order head, or nothing new for the kitchen | nothing | done |
//! | a head or order that cannot be read, a store without any station | fails, with its reason in the log | after its retries in the dead letters, with an alarm |
//! | the table is throttled or away | fails | comes again, with the records behind it |
//! | a job that is not published | logged | done; the sweeper sends it |
//!
//! A record that comes again finds its tickets written and publishes those that no agent has accepted, unchanged.

mod jobs;
mod record;
mod stores;

pub use record::{Batch, Record};
pub use tabletap_runtime::AgentConfig as Config;

use aws_config::SdkConfig;
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use lambda_runtime::LambdaEvent;
use std::sync::{Arc, Mutex, PoisonError};
use stores::Stores;
use tabletap_domain::{
    OrderId, StationId, StoreId,
    order::Order,
    ticket::{TicketState, split_by_station},
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_runtime::{batch, clock, mqtt::Publisher};
use tabletap_store::{Store, StoreError, StoredTicket};
use tabletap_wire::{stream::ImageError, topic};
use tokio::task::JoinSet;
use tracing::{Instrument, info_span};

/// Revision of the tickets of an order as it was placed.
const FIRST_REVISION: u32 = 1;

/// The function.
#[derive(Clone, Debug)]
pub struct PrintDispatcher {
    store: Store,
    publisher: Publisher,
    stores: Arc<Stores>,
}

/// Why a record failed.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// Permanent.
    #[error("the order head cannot be read as one: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Permanent.
    #[error("the order cannot be read: {0}")]
    Unreadable(#[from] ImageError),
    /// Permanent, until the store is set up.
    #[error("there is no store {0}")]
    NoStore(StoreId),
    /// Permanent, until the station is set up.
    #[error("the store has no station {station} for order {order}")]
    NoStation {
        /// The order.
        order: OrderId,
        /// What one of its dishes names.
        station: StationId,
    },
    /// Transient.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault was injected.
    #[error(transparent)]
    Injected(#[from] fault::Injected),
}

impl PrintDispatcher {
    /// Opens nothing: see [`PrintDispatcher::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        Self {
            store: Store::new(aws_sdk_dynamodb::Client::new(sdk), config.table_name),
            publisher: Publisher::new(sdk, &config.iot_endpoint),
            stores: Arc::default(),
        }
    }

    /// Opens the connections to table and broker, so that no order pays for them.
    pub async fn warm_up(&self) {
        let _ = tokio::join!(self.store.warm_up(), self.publisher.warm_up());
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
        let numbered: Vec<_> = batch.records.into_iter().map(Record::numbered).collect();
        let first = numbered.first().map(|(number, _)| number.clone());
        // The next order is written down while the jobs of the one before are on their way.
        let sending = Mutex::new(JoinSet::new());
        let mut response = batch::in_order(numbered, async |record: Record| {
            for ticket in self.write(record).await? {
                let publisher = self.publisher.clone();
                let mut sending = sending.lock().unwrap_or_else(PoisonError::into_inner);
                sending.spawn(send(publisher, ticket).in_current_span());
            }
            Ok::<_, DispatchError>(())
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
    async fn write(&self, record: Record) -> Result<Vec<StoredTicket>, DispatchError> {
        let Some(order) = record.order_for_kitchen()? else {
            return Ok(Vec::new());
        };
        let span = info_span!(
            "order",
            tenant_id = order.store.tenant.as_str(),
            store_id = order.store.store.as_str(),
            order_id = order.id.as_str()
        );
        self.write_tickets(&order).instrument(span).await
    }

    async fn write_tickets(&self, order: &Order) -> Result<Vec<StoredTicket>, DispatchError> {
        let now = UnixMillis(clock::now_ms());
        let tickets = split_by_station(order, FIRST_REVISION);
        let stations: Vec<&StationId> = tickets.iter().map(|ticket| &ticket.id.station).collect();
        let set_up = self
            .stores
            .get(&self.store, &order.store, &stations, now)
            .await?;
        let missing = |station: &StationId| DispatchError::NoStation {
            order: order.id.clone(),
            station: station.clone(),
        };
        for station in stations.iter().filter(|id| set_up.station(id).is_none()) {
            tracing::error!(alarm = "station_missing", %station, "another printer takes its work");
        }
        let drafts = jobs::drafts(order, &tickets, &set_up).map_err(missing)?;
        let mut written = self.store.write_tickets(&order.store, drafts, now).await?;
        fault::point("print-dispatcher.written")?;
        tracing::info!(tickets = written.len(), "tickets written");
        written.retain(|ticket| {
            ticket.status.state == TicketState::Queued && ticket.status.accepted_at.is_none()
        });
        Ok(written)
    }
}

/// Publishes one print job. A failure is logged by the publisher, and made good by the sweeper.
async fn send(publisher: Publisher, ticket: StoredTicket) {
    let _ = publisher
        .publish(&topic::down(&ticket.thing), &ticket.job)
        .await;
}
