//! The kitchen phase: what every kitchen waits for, its alarms first.

use crate::{
    Sweep, Tally,
    asking::Asking,
    lanes,
    reach::is_stuck,
    span_of,
    takeout::{NextAction, next_action},
};
use tabletap_domain::{StoreKey, time::UnixMillis};
use tabletap_store::Due;
use tokio::time::Instant;
use tracing::Instrument;

/// How many kitchens are swept at a time.
const LANES: usize = 16;
/// How many rows of a store's kitchen are read at a time.
const PAGE_ROWS: usize = 500;
/// How many pages of a store's kitchen one run reads.
const PAGES_MAX: usize = 40;
/// How much that can wait is kept aside for a store.
const MISFILED_MAX: usize = 1000;

/// What the previous release filed with what kitchens wait for, though it can wait.
pub(crate) type Misfiled = Vec<(StoreKey, Vec<Due>)>;

impl Sweep {
    /// Sweeps every kitchen until the phase is over. What can wait is given back.
    pub(crate) async fn sweep_kitchens(&self, stores: Vec<StoreKey>) -> (Tally, Misfiled) {
        let kitchens = stores.into_iter().map(|key| {
            let (sweep, span) = (self.clone(), span_of(&key));
            async move {
                let (tally, misfiled) = sweep.sweep_kitchen(&key).await;
                (tally, (key, misfiled))
            }
            .instrument(span)
        });
        let cut_at = self
            .ends
            .min(self.kitchens_until + self.sweeper.limits.grace);
        let outcome = lanes::run(kitchens, LANES, cut_at).await;
        let (tallies, mut misfiled): (Vec<_>, Misfiled) = outcome.done.into_iter().unzip();
        misfiled.retain(|(_, due)| !due.is_empty());
        let mut tally: Tally = tallies.into_iter().sum();
        tally.failed += outcome.broken;
        tally.cut_off = outcome.cut_off;
        if outcome.cut_off > 0 {
            tracing::error!(
                stores = outcome.cut_off,
                "the kitchen phase is over; the next sweep begins with another store"
            );
        }
        (tally, misfiled)
    }

    /// Does what a kitchen waits for, to the last of it.
    async fn sweep_kitchen(&self, key: &StoreKey) -> (Tally, Vec<Due>) {
        let mut tally = Tally {
            stores: 1,
            ..Tally::default()
        };
        let (mut misfiled, mut from, mut has_stuck) = (Vec::new(), None, false);
        for _ in 0..PAGES_MAX {
            let read = self
                .sweeper
                .store
                .kitchen_due(key, self.now, from.take(), PAGE_ROWS);
            let page = match read.await {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "a store was not swept");
                    tally += Tally::failure();
                    break;
                }
            };
            let (kitchens, can_wait): (Vec<_>, Vec<_>) = page
                .due
                .into_iter()
                .partition(|due| is_kitchens(due, self.now));
            let is_stuck =
                |due: &Due| matches!(due, Due::Ticket(ticket) if is_stuck(ticket, self.now));
            has_stuck |= kitchens.iter().any(is_stuck);
            let room = MISFILED_MAX.saturating_sub(misfiled.len());
            misfiled.extend(can_wait.into_iter().take(room));
            tally += self.sweep_page(key, kitchens).await;
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        tally.left += u32::from(from.is_some());
        if tally.left > 0 {
            tracing::error!(
                left = tally.left,
                "a kitchen has more than one sweep can do; the rest is first next time"
            );
        }
        tally += self.watch_kitchen(key, has_stuck).await;
        (tally, misfiled)
    }

    /// Sounds all alarms of a page, then does what else there is to do while there is time.
    async fn sweep_page(&self, key: &StoreKey, page: Vec<Due>) -> Tally {
        let mut tally: Tally = page.iter().map(|due| self.sound_alarm(due)).sum();
        let (mut postponed, mut asking) = (Vec::new(), Asking::default());
        for due in page {
            if Instant::now() >= self.kitchens_until {
                tally.left += 1;
                continue;
            }
            match due {
                Due::Order(order) => tally += self.sweep_order(key, &order).await,
                Due::Call(call) => tally += self.sweep_call(&call).await,
                Due::Ticket(ticket) => {
                    let (swept, later) = self.sweep_ticket(&ticket, &mut asking).await;
                    tally += swept;
                    postponed.extend(later);
                }
                Due::Payment(_) | Due::Seating { .. } => {}
            }
        }
        tally += self.postpone_tickets(key, postponed).await;
        tally += self.ask_agents(key, asking).await;
        tally
    }
}

/// Whether a kitchen waits for it.
fn is_kitchens(due: &Due, now: UnixMillis) -> bool {
    match due {
        Due::Ticket(_) | Due::Call(_) => true,
        Due::Order(order) => {
            let action = next_action(order, now);
            order.is_for_kitchen() && !matches!(action, NextAction::End | NextAction::Nothing)
        }
        Due::Payment(_) | Due::Seating { .. } => false,
    }
}
