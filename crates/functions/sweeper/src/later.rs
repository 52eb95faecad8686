//! What can wait for the kitchens: unpaid orders, orders at their day's end, tables, and what the provider must be asked about.
//!
//! It is swept alongside the kitchens and in few lanes, so that it neither waits for them nor takes much of the function from them.

use crate::{Sweep, Tally, kitchen::Misfiled, lanes, provider::ProviderCheck, span_of};
use tabletap_domain::{StoreKey, TableId, seating::TableSeating};
use tabletap_seating::{Reconciled, SeatingActionError, reconcile};
use tabletap_store::Due;
use tokio::time::Instant;
use tracing::Instrument;

/// How many stores are swept at a time.
const LANES: usize = 4;
/// How much one run looks at in a store; what is left waits for the next.
const ROWS_MAX: usize = 1000;

impl Sweep {
    /// Sweeps what can wait in every store, then what the provider must be asked about.
    pub(crate) async fn sweep_later(&self, stores: Vec<StoreKey>) -> Tally {
        let until = self.deadline(self.sweeper.limits.later);
        let work = stores.into_iter().map(|key| {
            let (sweep, span) = (self.clone(), span_of(&key));
            async move { sweep.sweep_waiting(&key, until).await }.instrument(span)
        });
        self.sweep_then_check(work, until).await
    }

    /// The same for what the previous release filed with what kitchens wait for. It moves with its next due time.
    pub(crate) async fn sweep_misfiled(&self, misfiled: Misfiled) -> Tally {
        let until = self.deadline(self.sweeper.limits.later);
        let work = misfiled.into_iter().map(|(key, due)| {
            let (sweep, span) = (self.clone(), span_of(&key));
            async move { sweep.sweep_due(&key, due, until).await }.instrument(span)
        });
        self.sweep_then_check(work, until).await
    }

    /// Runs the work of stores until a little after its time, then checks with the provider what it found.
    async fn sweep_then_check(
        &self,
        work: impl Iterator<Item = impl Future<Output = (Tally, Vec<ProviderCheck>)> + Send + 'static>,
        until: Instant,
    ) -> Tally {
        let cut_at = self.ends.min(until + self.sweeper.limits.grace);
        let outcome = lanes::run(work, LANES, cut_at).await;
        let (tallies, checks): (Vec<_>, Vec<_>) = outcome.done.into_iter().unzip();
        let mut tally: Tally = tallies.into_iter().sum();
        tally.failed += outcome.broken;
        tally.left += outcome.cut_off;
        if tally.left > 0 {
            tracing::error!(left = tally.left, "there was no time for all that can wait");
        }
        tally += self
            .check_with_provider(checks.into_iter().flatten().collect())
            .await;
        tally
    }

    async fn sweep_waiting(&self, key: &StoreKey, until: Instant) -> (Tally, Vec<ProviderCheck>) {
        match self.sweeper.store.later_due(key, self.now, ROWS_MAX).await {
            Ok(due) => self.sweep_due(key, due, until).await,
            Err(error) => {
                tracing::error!(%error, "what can wait in a store was not swept");
                (Tally::failure(), Vec::new())
            }
        }
    }

    /// Does what can be done without the provider, and returns the rest.
    async fn sweep_due(
        &self,
        key: &StoreKey,
        due: Vec<Due>,
        until: Instant,
    ) -> (Tally, Vec<ProviderCheck>) {
        let (mut tally, mut checks) = (Tally::default(), Vec::new());
        for due in due {
            match due {
                Due::Payment(payment) => checks.push(ProviderCheck::Payment(key.clone(), payment)),
                Due::Order(order) if ProviderCheck::concerns(&order) => {
                    checks.push(ProviderCheck::Order(Box::new(order)));
                }
                _ if Instant::now() >= until => tally.left += 1,
                Due::Order(order) => tally += self.sweep_order(key, &order).await,
                Due::Seating { table, seating } => {
                    tally += self.sweep_seating(key, &table, seating).await;
                }
                Due::Call(_) | Due::Ticket(_) => {}
            }
        }
        (tally, checks)
    }

    async fn sweep_seating(&self, key: &StoreKey, table: &TableId, seating: TableSeating) -> Tally {
        match reconcile(&self.sweeper.store, key, table, seating, self.now).await {
            Ok(Reconciled {
                orders,
                closed,
                waits,
            }) => {
                if waits {
                    tracing::error!(
                        alarm = "table_waits",
                        table_id = table.as_str(),
                        "a party waits for the staff"
                    );
                }
                Tally {
                    closed: u32::from(closed),
                    settled: orders.released + orders.served + orders.cancelled,
                    // What is unpaid is logged where it was found.
                    alarms: orders.unpaid + u32::from(waits),
                    ..Tally::default()
                }
            }
            // Somebody else has closed it in between.
            Err(SeatingActionError::NotNow(_)) => Tally::default(),
            Err(error) => {
                tracing::error!(%error, table_id = table.as_str(), "a table was not reconciled");
                Tally::failure()
            }
        }
    }
}
