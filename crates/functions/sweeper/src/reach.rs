//! A kitchen that cannot print must not take money: where no printer prints what it was asked for, takeout pauses until one does.
//!
//! It is looked at only while a ticket waits for long, and said for a few minutes at a time: the pause ends with the first sweep that finds a
//! printer at work, and by itself should the sweeper stop.

use crate::{Sweep, Tally};
use futures_util::future::try_join_all;
use tabletap_domain::{
    StoreKey,
    reach::{Sign, UNREACHABLE_FOR, is_long, is_unreachable},
    ticket::TicketState,
    time::UnixMillis,
};
use tabletap_store::{StoreError, StoredTicket};

/// How many of the last orders are looked at for a ticket that was printed.
const ORDERS_MAX: usize = 25;

/// Whether a ticket has waited for so long that its printer may be out of reach. One that staff must answer for says nothing: its printer may
/// work again since. Neither does a call's slip, which asks no printer of the kitchen.
pub(crate) fn is_stuck(ticket: &StoredTicket, now: UnixMillis) -> bool {
    let waits = ticket.job.call.is_none()
        && !matches!(
            ticket.status.state,
            TicketState::Printed | TicketState::Unknown
        );
    waits && is_long(ticket.since, now)
}

impl Sweep {
    /// Pauses a store's takeout, keeps it paused, or lets it go on.
    pub(crate) async fn watch_kitchen(&self, key: &StoreKey, has_stuck: bool) -> Tally {
        let (store, now) = (&self.sweeper.store, self.now);
        let looked = async {
            let before = store.kitchen_unreachable_until(key).await?;
            // Tickets are due at distances of a minute, and sweeps come a moment earlier or later: while takeout pauses, all are looked at.
            let unreachable = (has_stuck || before.is_some()) && self.is_unreachable(key).await?;
            if unreachable {
                let until = now.plus(UNREACHABLE_FOR);
                store.note_kitchen(key, Some(until)).await?;
            } else if before.is_some() {
                store.note_kitchen(key, None).await?;
                tracing::info!("the kitchen prints again; takeout goes on");
            }
            Ok::<_, StoreError>(unreachable)
        };
        match looked.await {
            Ok(false) => Tally::default(),
            Ok(true) => {
                tracing::error!(
                    alarm = "kitchen_unreachable",
                    "no printer prints; takeout takes no money until one does"
                );
                Tally {
                    unreachable: 1,
                    ..Tally::default()
                }
            }
            Err(error) => {
                tracing::error!(%error, "the kitchen was not looked at");
                Tally::failure()
            }
        }
    }

    async fn is_unreachable(&self, key: &StoreKey) -> Result<bool, StoreError> {
        let (store, now) = (&self.sweeper.store, self.now);
        let open = store.open_tickets(key).await?;
        let waiting: Vec<Sign> = open
            .iter()
            .filter(|ticket| is_stuck(ticket, now))
            .map(|ticket| Sign {
                printer: ticket.job.printer.clone(),
                at: ticket.since,
            })
            .collect();
        if waiting.is_empty() {
            return Ok(false);
        }
        let (config, orders) =
            tokio::try_join!(store.store(key), store.recent_orders(key, now, ORDERS_MAX))?;
        let read = orders.iter().map(|order| store.order(key, order));
        let orders = try_join_all(read).await?;
        let tickets = orders.iter().flatten().flat_map(|(_, tickets)| tickets);
        let printed: Vec<Sign> = tickets
            .filter_map(|ticket| {
                let station = config.as_ref()?.station(&ticket.id.station)?;
                Some(Sign {
                    printer: station.printer.clone(),
                    at: ticket.printed_at?,
                })
            })
            .collect();
        Ok(is_unreachable(&waiting, &printed, now))
    }
}
