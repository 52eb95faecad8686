//! From a placed order to its tickets and print jobs, and from a guest's call to its slip: what `print-dispatcher` does with the stream's word, and the sweeper where that
//! word never came.
//!
//! An order is split by station, its tickets are written down in one transaction, and each is published to its agent. The written
//! ticket is what counts: doing it twice, or by two at once, writes nothing twice and gives both the same tickets. It never decides
//! whether an order is for the kitchen.

mod config;
mod jobs;
mod stores;

pub use config::Config;

use aws_config::SdkConfig;
use std::sync::Arc;
use stores::Stores;
use tabletap_domain::{
    OrderId, StationId, StoreId, StoreKey, ThingName,
    call::Call,
    order::{Order, OrderType},
    ticket::{TicketState, split_by_station},
    time::UnixMillis,
};
use tabletap_runtime::mqtt::{NotPublished, Publisher};
use tabletap_session::CustomerKeys;
use tabletap_store::{Cause, Store, StoreError, StoredTicket};
use tabletap_wire::{print::PrintJob, topic};

/// Revision of the tickets of an order as it was placed, and of a slip.
const FIRST_REVISION: u32 = 1;

/// Writes tickets and sends print jobs. Cloning shares the connections and what is remembered.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    store: Store,
    publisher: Publisher,
    customers: CustomerKeys,
    stores: Arc<Stores>,
}

/// Why an order has no tickets, or a call no slip.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// Permanent, until the store is set up.
    #[error("there is no store {0}")]
    NoStore(StoreId),
    /// Permanent, until one is set up.
    #[error("the store has no station")]
    NoStations,
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
}

impl Dispatcher {
    /// Opens nothing: see [`Dispatcher::warm_up`].
    #[must_use]
    pub fn from_sdk(config: Config, sdk: &SdkConfig) -> Self {
        let store = Store::from_sdk(sdk, config.agents.table_name);
        let publisher = Publisher::new(sdk, &config.agents.iot_endpoint);
        Self::new(store, publisher, config.customer_keys)
    }

    /// The same over clients that are there.
    #[must_use]
    pub fn new(store: Store, publisher: Publisher, customers: CustomerKeys) -> Self {
        Self {
            store,
            publisher,
            customers,
            stores: Arc::default(),
        }
    }

    /// The table it reads and writes.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What it reaches the agents by.
    #[must_use]
    pub fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    /// Opens the connections to table and broker, so that no event pays for them.
    pub async fn warm_up(&self) {
        let _ = tokio::join!(self.store.warm_up(), self.publisher.warm_up());
    }

    /// Writes an order's tickets down, and answers with those that no agent has accepted yet: [`Dispatcher::send`] them.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing is written.
    pub async fn write(
        &self,
        order: &Order,
        now: UnixMillis,
    ) -> Result<Vec<StoredTicket>, DispatchError> {
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
        let cause = Cause::Order(order);
        self.write_down(&order.store, cause, drafts, now).await
    }

    /// Writes a call's slip down, and answers with it unless an agent has accepted it.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing is written.
    pub async fn write_slip(
        &self,
        call: &Call,
        now: UnixMillis,
    ) -> Result<Vec<StoredTicket>, DispatchError> {
        let set_up = self.stores.get(&self.store, &call.store, &[], now).await?;
        let slip = jobs::slip(call, FIRST_REVISION, &set_up).ok_or(DispatchError::NoStations)?;
        self.write_down(&call.store, Cause::Call(call), vec![slip], now)
            .await
    }

    async fn write_down(
        &self,
        store: &StoreKey,
        cause: Cause<'_>,
        drafts: Vec<(ThingName, PrintJob)>,
        now: UnixMillis,
    ) -> Result<Vec<StoredTicket>, DispatchError> {
        let mut written = self.store.write_tickets(store, cause, drafts, now).await?;
        tracing::info!(tickets = written.len(), "tickets written");
        written.retain(|ticket| {
            ticket.status.state == TicketState::Queued && ticket.status.accepted_at.is_none()
        });
        Ok(written)
    }

    /// Publishes a ticket's print job to its agent.
    ///
    /// # Errors
    /// [`NotPublished`], which the publisher has logged; the ticket is due, and sent again by the sweeper.
    pub async fn send(&self, ticket: &StoredTicket) -> Result<(), NotPublished> {
        self.publish(ticket, &self.job(ticket).await).await
    }

    /// A ticket's print job as it is published. Takeout bears its customer's name, which stands nowhere but in a sealed row.
    pub async fn job(&self, ticket: &StoredTicket) -> PrintJob {
        PrintJob {
            customer: self.customer(ticket).await,
            ..ticket.job.clone()
        }
    }

    /// Publishes a [job](Self::job) of a ticket.
    ///
    /// # Errors
    /// As [`Dispatcher::send`].
    pub async fn publish(&self, ticket: &StoredTicket, job: &PrintJob) -> Result<(), NotPublished> {
        self.publisher
            .publish(&topic::down(&ticket.thing), job)
            .await
    }

    /// The name of who picks the order up. Food without a name can be found by its number, so nothing that goes wrong here keeps a ticket
    /// from its printer.
    async fn customer(&self, ticket: &StoredTicket) -> Option<String> {
        if ticket.job.order_type != OrderType::Takeout {
            return None;
        }
        let (store, order) = (ticket.thing.owner(), &ticket.status.id.order);
        let order_id = order.as_str();
        match self.store.customer(&store, order).await {
            Ok(Some(sealed)) => match self.customers.open(&sealed, &store, order) {
                Ok(customer) => Some(customer.name),
                Err(error) => {
                    tracing::warn!(%error, order_id, "the ticket bears no name");
                    None
                }
            },
            Ok(None) => {
                tracing::info!(order_id, "there is no customer: the ticket bears no name");
                None
            }
            Err(error) => {
                tracing::warn!(%error, order_id, "the ticket bears no name");
                None
            }
        }
    }
}
