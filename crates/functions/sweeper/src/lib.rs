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
//! | a ticket that an agent has accepted and of whose end nothing was heard for 15 s | the agent is asked, if it can be | when its alarm is due, then after 60 s |
//! | a ticket that is not proven printed after 60 s, accepted, blocked or not | an alarm | after 60 s |
//! | a ticket that waits for 3 minutes, and no printer that was asked prints | takeout takes no money for 150 s, and an alarm | with each sweep |
//! | a ticket of which nobody knows whether it is on paper | an alarm, until staff answer | after 60 s |
//! | a party that waits for the staff | an alarm | after 60 s |
//! | a table whose party left, was confirmed, has paid everything, or has not ordered for hours | settled, see `tabletap-seating`: closed some time after it was paid, and after hours without an order, with an alarm where something is unpaid | when it is to be closed |
//!
//! What a kitchen waits for goes first, page by page to the end, so that every alarm of it comes each minute however much is due; payments,
//! unpaid orders, orders at their day's end and tables come after it, and the provider is asked at last.
//!
//! An alarm is a log line at level `error` with a field `alarm` and ids only, and a count in the answer. A store that fails is logged and
//! does not keep the sweeper from the next; the whole run fails only where not even the list of stores can be read.

mod asking;
mod config;
mod kitchen;
mod orders;
mod payments;
mod summary;
mod takeout;
mod tickets;

pub use config::Config;
pub use summary::Summary;

use asking::Asking;
use aws_config::SdkConfig;
use kitchen::is_stuck;
use lambda_runtime::LambdaEvent;
use payments::Money;
use serde_json::Value;
use std::time::Duration;
use tabletap_dispatch::Dispatcher;
use tabletap_domain::{StoreKey, TableId, seating::TableSeating, time::UnixMillis};
use tabletap_payments::{Payments, stripe::Stripe};
use tabletap_runtime::{clock, mqtt::Publisher};
use tabletap_seating::{SeatingActionError, settle};
use tabletap_store::{Due, Store, StoreError};
use takeout::{For, due_for};
use tickets::{Sending, sound_alarm};
use tokio::{task::JoinSet, time::Instant};
use tracing::{Instrument, Span, info_span};

/// How many stores are swept at a time.
const STORES_AT_ONCE: usize = 16;
/// How many rows of a store's kitchen are read at a time.
const PAGE_ROWS: usize = 500;
/// How many pages of a store's kitchen one run reads.
const PAGES_MAX: usize = 40;
/// The part of the function's 50 s that work for the kitchens may take; then only alarms are sounded. What is left is the longest due next
/// time.
const KITCHENS_MAX: Duration = Duration::from_secs(16);
/// The part that may go into what can wait, before the provider is asked.
const LATER_WITHIN: Duration = Duration::from_secs(8);
/// How much of what can wait one run looks at in a store; what is left waits for the next.
const LATER_MAX: usize = 1000;

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
        let store = Store::from_sdk(sdk, agents.table_name);
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

    /// Sweeps every store at `now`: first what every kitchen waits for, then what can wait, and at last what waits for the provider's word.
    ///
    /// # Errors
    /// [`StoreError`] where the stores cannot be listed.
    pub async fn sweep(&self, now: UnixMillis) -> Result<Summary, StoreError> {
        let until = Instant::now() + KITCHENS_MAX;
        let kitchens = self.store.stores().await?.into_iter().map(|key| {
            let (sweeper, span) = (self.clone(), span_of(&key));
            async move { sweeper.sweep_kitchen(key, now, until).await }.instrument(span)
        });
        let (mut summary, aside) = each(kitchens).await;
        let until = Instant::now() + LATER_WITHIN;
        let rest = aside.into_iter().map(|(key, aside)| {
            let (sweeper, span) = (self.clone(), span_of(&key));
            async move { sweeper.sweep_later(&key, aside, now, until).await }.instrument(span)
        });
        let (swept, money) = each(rest).await;
        summary += swept;
        summary += self
            .sweep_money(money.into_iter().flatten().collect(), now)
            .await;
        tracing::info!(?summary, "swept");
        Ok(summary)
    }

    /// Does what a kitchen waits for, to the last of it. What an earlier release filed there and can wait is given back.
    async fn sweep_kitchen(
        &self,
        key: StoreKey,
        now: UnixMillis,
        until: Instant,
    ) -> (Summary, (StoreKey, Vec<Due>)) {
        let mut summary = Summary {
            stores: 1,
            ..Summary::default()
        };
        let (mut sending, mut aside, mut from) = (Sending::default(), Vec::new(), None);
        let (mut left, mut has_stuck) = (0, false);
        for _ in 0..PAGES_MAX {
            let page = match self
                .store
                .kitchen_due(&key, now, from.take(), PAGE_ROWS)
                .await
            {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "a store was not swept");
                    summary.failed += 1;
                    break;
                }
            };
            let (kitchens, can_wait): (Vec<_>, Vec<_>) =
                page.due.into_iter().partition(|due| is_kitchens(due, now));
            has_stuck |= kitchens
                .iter()
                .any(|due| matches!(due, Due::Ticket(ticket) if is_stuck(ticket, now)));
            let room = LATER_MAX.saturating_sub(aside.len());
            aside.extend(can_wait.into_iter().take(room));
            left += self
                .sweep_page(&key, kitchens, now, until, &mut sending, &mut summary)
                .await;
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        if left > 0 || from.is_some() {
            summary.failed += left;
            tracing::error!(
                left,
                "a kitchen has more than one sweep can do; the rest is first next time"
            );
        }
        self.watch_kitchen(&key, has_stuck, now, &mut summary).await;
        (summary, (key, aside))
    }

    /// Sounds the alarms of a page of a kitchen's, and does what else there is to do while there is time; how much is left.
    async fn sweep_page(
        &self,
        key: &StoreKey,
        page: Vec<Due>,
        now: UnixMillis,
        until: Instant,
        sending: &mut Sending,
        summary: &mut Summary,
    ) -> u32 {
        let (mut put_off, mut asking, mut left) = (Vec::new(), Asking::default(), 0);
        for due in page {
            if let Due::Ticket(ticket) = &due {
                sound_alarm(ticket, now, summary);
            }
            if Instant::now() >= until {
                left += 1;
                continue;
            }
            match due {
                Due::Order(order) => self.sweep_order(key, &order, now, sending, summary).await,
                Due::Call(call) => self.sweep_call(&call, now, sending, summary).await,
                Due::Ticket(ticket) => {
                    let swept = self.sweep_ticket(&ticket, now, sending, &mut asking, summary);
                    put_off.extend(swept.await);
                }
                Due::Payment(_) | Due::Seating { .. } => {}
            }
        }
        self.put_tickets_off(key, put_off, summary).await;
        summary.asked += self.ask(key, asking).await;
        left
    }

    /// Does what can wait; what waits for the provider's word is left to the end of the sweep.
    async fn sweep_later(
        &self,
        key: &StoreKey,
        aside: Vec<Due>,
        now: UnixMillis,
        until: Instant,
    ) -> (Summary, Vec<Money>) {
        let (mut summary, mut sending) = (Summary::default(), Sending::default());
        let mut money = Vec::new();
        let room = LATER_MAX.saturating_sub(aside.len());
        let later = match self.store.later_due(key, now, room).await {
            Ok(later) => later,
            Err(error) => {
                tracing::error!(%error, "what can wait in a store was not swept");
                summary.failed += 1;
                Vec::new()
            }
        };
        for due in aside.into_iter().chain(later) {
            match due {
                Due::Payment(payment) => money.push(Money::Payment(key.clone(), payment)),
                Due::Order(order) if Money::concerns(&order) => {
                    money.push(Money::Order(Box::new(order)));
                }
                // It is due still.
                _ if Instant::now() >= until => summary.failed += 1,
                Due::Order(order) => {
                    self.sweep_order(key, &order, now, &mut sending, &mut summary)
                        .await;
                }
                Due::Seating { table, seating } => {
                    self.sweep_seating(key, &table, seating, now, &mut summary)
                        .await;
                }
                Due::Call(_) | Due::Ticket(_) => {}
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
                // It is logged where it was found.
                summary.alarms += u32::from(settled.unpaid);
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

/// Whether a kitchen waits for it.
fn is_kitchens(due: &Due, now: UnixMillis) -> bool {
    match due {
        Due::Ticket(_) | Due::Call(_) => true,
        Due::Order(order) => {
            order.is_for_kitchen() && !matches!(due_for(order, now), For::End | For::Nothing)
        }
        Due::Payment(_) | Due::Seating { .. } => false,
    }
}

fn span_of(key: &StoreKey) -> Span {
    let (tenant, store) = (key.tenant.as_str(), key.store.as_str());
    info_span!("store", tenant_id = tenant, store_id = store)
}

/// Does the work of each store, some at a time. One that breaks keeps none of the others from theirs.
async fn each<T: Send + 'static>(
    mut work: impl Iterator<Item = impl Future<Output = (Summary, T)> + Send + 'static>,
) -> (Summary, Vec<T>) {
    let (mut summary, mut left) = (Summary::default(), Vec::new());
    let mut running = JoinSet::new();
    loop {
        while running.len() < STORES_AT_ONCE {
            let Some(work) = work.next() else { break };
            running.spawn(work);
        }
        match running.join_next().await {
            Some(Ok((swept, of_it))) => {
                summary += swept;
                left.push(of_it);
            }
            Some(Err(error)) => {
                summary.failed += 1;
                tracing::error!(%error, "the sweep of a store broke off");
            }
            None => return (summary, left),
        }
    }
}
