//! The timer that catches everything: once a minute it looks at what is due in every store, and at nothing else.
//!
//! | due | done | looked at again |
//! |---|---|---|
//! | an order that has no tickets | dispatched, as the stream's word for it should have been; an alarm where that fails | after 60 s, if it fails |
//! | an order whose time to be cooked has come | the same, as planned: no alarm | as above |
//! | an order that is not paid after 10 minutes | its place in its slot is given back; after 2 hours it is called off | 2 hours after it was placed |
//! | takeout that nobody marked as picked up, 4 hours after its promised time | it counts as collected | – |
//! | a call that has no slip | the same | after 60 s, if it fails |
//! | a payment that may have moved without a word | asked about; ended where it was held long enough | as its age asks for |
//! | a paid order that is not honoured | an alarm, until its money is back or staff decide | after 60 s |
//! | a ticket that no agent has accepted | its job is published again | after as long as it has waited already, 60 s at most |
//! | a ticket that is not proven printed after 60 s, accepted, blocked or not | an alarm | after 60 s |
//! | a ticket of which nobody knows whether it is on paper | an alarm, until staff answer | after 60 s |
//! | a party that waits for the staff | an alarm | after 60 s |
//! | a table whose party left, was confirmed, or has not ordered for hours | settled, see `tabletap-seating` | when it is idle |
//!
//! An alarm is a log line at level `error` with a field `alarm` and ids only, and a count in the answer. A store that fails is logged and
//! does not keep the sweeper from the next; the whole run fails only where not even the list of stores can be read.

mod config;
mod orders;
mod payments;
mod summary;
mod takeout;
mod tickets;

pub use config::Config;
pub use summary::Summary;

use aws_config::SdkConfig;
use lambda_runtime::LambdaEvent;
use payments::Money;
use serde_json::Value;
use tabletap_dispatch::Dispatcher;
use tabletap_domain::{StoreKey, TableId, seating::TableSeating, time::UnixMillis};
use tabletap_payments::{Payments, stripe::Stripe};
use tabletap_runtime::{clock, mqtt::Publisher};
use tabletap_seating::{SeatingActionError, settle};
use tabletap_store::{Due, Store, StoreError};
use tickets::Sending;
use tokio::task::JoinSet;
use tracing::{Instrument, info_span};

/// How many stores are swept at a time.
const STORES_AT_ONCE: usize = 16;
/// How much of a store one run looks at; what is left waits for the next.
const DUE_MAX: usize = 1000;

/// The function.
#[derive(Clone, Debug)]
pub struct Sweeper {
    store: Store,
    publisher: Publisher,
    dispatcher: Dispatcher,
    payments: Payments<Stripe>,
}

impl Sweeper {
    /// Opens nothing: see [`Sweeper::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let Config { kitchen, payments } = config;
        let agents = kitchen.agents;
        let store = Store::new(aws_sdk_dynamodb::Client::new(sdk), agents.table_name);
        let publisher = Publisher::new(sdk, &agents.iot_endpoint);
        Self {
            payments: Payments::new(store.clone(), payments.stripe, payments.links),
            dispatcher: Dispatcher::new(store.clone(), publisher.clone(), kitchen.customer_keys),
            store,
            publisher,
        }
    }

    /// Opens the connections to table and broker.
    pub async fn warm_up(&self) {
        let _ = tokio::join!(self.store.warm_up(), self.publisher.warm_up());
    }

    /// Sweeps every store. The event says nothing that matters.
    ///
    /// # Errors
    /// A [`StoreError`] where the stores cannot be listed; the next minute sweeps again.
    pub async fn handle(
        &self,
        event: LambdaEvent<Value>,
    ) -> Result<Summary, lambda_runtime::Error> {
        let span = info_span!("sweep", request_id = event.context.request_id);
        Ok(self
            .sweep(UnixMillis(clock::now_ms()))
            .instrument(span)
            .await?)
    }

    /// Sweeps every store at `now`.
    ///
    /// # Errors
    /// [`StoreError`] where the stores cannot be listed.
    pub async fn sweep(&self, now: UnixMillis) -> Result<Summary, StoreError> {
        let mut summary = Summary::default();
        let mut money = Vec::new();
        let mut running = JoinSet::new();
        let mut stores = self.store.stores().await?.into_iter();
        loop {
            while running.len() < STORES_AT_ONCE {
                let Some(key) = stores.next() else { break };
                let sweeper = self.clone();
                let span = info_span!(
                    "store",
                    tenant_id = key.tenant.as_str(),
                    store_id = key.store.as_str()
                );
                running.spawn(async move { sweeper.sweep_store(&key, now).await }.instrument(span));
            }
            match running.join_next().await {
                Some(Ok((swept, due))) => {
                    summary += swept;
                    money.extend(due);
                }
                Some(Err(error)) => {
                    summary.failed += 1;
                    tracing::error!(%error, "the sweep of a store broke off");
                }
                None => break,
            }
        }
        summary += self.sweep_money(money, now).await;
        tracing::info!(?summary, "swept");
        Ok(summary)
    }

    /// Does what a kitchen waits for; what waits for the provider's word is left to the end of the sweep.
    async fn sweep_store(&self, key: &StoreKey, now: UnixMillis) -> (Summary, Vec<Money>) {
        let mut summary = Summary {
            stores: 1,
            ..Summary::default()
        };
        let (mut sending, mut money) = (Sending::default(), Vec::new());
        let due = match self.store.due(key, now, DUE_MAX).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "a store was not swept");
                summary.failed += 1;
                return (summary, money);
            }
        };
        for due in due {
            match due {
                Due::Payment(payment) => money.push(Money::Payment(key.clone(), payment)),
                Due::Order(order) if Money::concerns(&order) => {
                    money.push(Money::Order(Box::new(order)));
                }
                Due::Order(order) => {
                    self.sweep_order(key, &order, now, &mut sending, &mut summary)
                        .await;
                }
                Due::Call(call) => {
                    self.sweep_call(&call, now, &mut sending, &mut summary)
                        .await;
                }
                Due::Ticket(ticket) => {
                    self.sweep_ticket(key, &ticket, now, &mut sending, &mut summary)
                        .await;
                }
                Due::Seating { table, seating } => {
                    self.sweep_seating(key, &table, seating, now, &mut summary)
                        .await;
                }
            }
        }
        (summary, money)
    }

    async fn sweep_seating(
        &self,
        key: &StoreKey,
        table: &TableId,
        seating: TableSeating,
        now: UnixMillis,
        summary: &mut Summary,
    ) {
        match settle(&self.store, key, table, seating, now).await {
            Ok(settled) => {
                summary.closed += u32::from(settled.closed);
                summary.settled +=
                    settled.brought.released + settled.brought.served + settled.brought.cancelled;
                if settled.waits {
                    summary.alarms += 1;
                    tracing::error!(
                        alarm = "table_waits",
                        table_id = table.as_str(),
                        "a party waits for the staff"
                    );
                }
            }
            // Somebody else has closed it in between.
            Err(SeatingActionError::NotNow(_)) => {}
            Err(error) => {
                summary.failed += 1;
                tracing::error!(%error, table_id = table.as_str(), "a table was not settled");
            }
        }
    }
}
