//! Ends the orders of a party that has left, and raises an alarm for each one that is not paid.

use crate::{OrderCounts, ROUNDS_MAX};
use std::{ops::Range, time::Duration};
use tabletap_domain::{
    OrderId, StoreKey, TableId,
    order::{Order, OrderEvent, OrderStatus, PaymentStatus},
    seating::{TableSeating, TableState},
    time::UnixMillis,
};
use tabletap_store::{MoveError, Store, StoreError};

/// How many parties may have paid at one table and been followed by the next between two looks at it.
const PARTIES_UNSEEN_MAX: u32 = 4;
/// How many of the last parties at a table may still have an order open that they can pay. Fewer than are looked at, so that none is
/// forgotten when more parties follow between two looks.
const PARTIES_PAYING_MAX: u32 = 2;
/// An order without tickets does not end for this long: the kitchen has not got it yet, and nothing is sent for an order that has ended.
/// The sweeper writes its tickets within a minute; an order that has none by then is on an alarm each minute.
const UNSENT_WAITS: Duration = Duration::from_mins(10);
/// An unpaid order of a party that another one followed stays open for this long after it was placed, so that its guests can still pay on
/// their phones: time to drink a coffee. Then it ends, and an alarm tells the staff.
const FOLLOWED_PAYS_WITHIN: Duration = Duration::from_mins(30);

/// Why the orders of a party end, which decides what may stay open.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// Staff closed the table, and know what is unpaid and what the kitchen has not got: everything ends, without an alarm.
    ByStaff,
    /// The table is closed: everything ends but what the kitchen has not got yet.
    Closed { now: UnixMillis },
    /// Another party followed: what can still be paid stays open as well.
    Followed { now: UnixMillis },
}

impl Ending {
    /// The name of the alarm about an order that ends unpaid; `None` if the staff know.
    fn alarm(self) -> Option<&'static str> {
        match self {
            Self::ByStaff => None,
            Self::Closed { .. } => Some("closed_unpaid"),
            Self::Followed { .. } => Some("left_unpaid"),
        }
    }
}

/// The earlier parties at a table whose orders may still be open.
pub(crate) fn earlier_parties(seating: TableSeating) -> Range<u32> {
    seating.number.saturating_sub(PARTIES_UNSEEN_MAX)..seating.number
}

/// How a reconciliation ends the orders of a party that came before the one at a table.
pub(crate) fn ending_of(party: u32, seating: TableSeating, now: UnixMillis) -> Ending {
    let is_recent = seating.number - party <= PARTIES_PAYING_MAX;
    match seating.state {
        // Once a table is idle, everybody has left.
        TableState::Idle => Ending::Closed { now },
        _ if is_recent => Ending::Followed { now },
        _ => Ending::Closed { now },
    }
}

/// Ends the open orders of a party.
pub(crate) async fn end_orders(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    party: u32,
    ending: Ending,
) -> Result<OrderCounts, StoreError> {
    let mut counts = OrderCounts::default();
    for order in store.open_orders_of(key, table, party).await? {
        match end_order(store, key, &order, ending).await? {
            Ended::Cancelled => counts.cancelled += 1,
            Ended::Served { is_unpaid } => {
                counts.served += 1;
                counts.unpaid += u32::from(is_unpaid);
            }
            Ended::StaysUntilSent => counts.unsent += 1,
            Ended::StaysPayable { until } => {
                let known = counts.payable_until.unwrap_or(until);
                counts.payable_until = Some(until.min(known));
            }
            Ended::Unchanged => {}
        }
    }
    Ok(counts)
}

/// What became of an order that should end.
enum Ended {
    Cancelled,
    Served {
        is_unpaid: bool,
    },
    StaysUntilSent,
    StaysPayable {
        until: UnixMillis,
    },
    /// It had ended before, or keeps moving.
    Unchanged,
}

async fn end_order(
    store: &Store,
    key: &StoreKey,
    id: &OrderId,
    ending: Ending,
) -> Result<Ended, StoreError> {
    let mut is_on_alarm = false;
    for _ in 0..ROUNDS_MAX {
        let Some((order, tickets)) = store.order(key, id).await? else {
            return Ok(Ended::Unchanged);
        };
        let Ok(to) = order.status.after(last_event(&order), order.kind) else {
            return Ok(Ended::Unchanged);
        };
        if let Some(stays) = stays_open(&order, !tickets.is_empty(), ending) {
            return Ok(stays);
        }
        let is_unpaid = is_unpaid(&order);
        if is_unpaid
            && !is_on_alarm
            && let Some(alarm) = ending.alarm()
        {
            // Before the order ends, because an order that has ended is never looked at again: a run that stopped in between would lose the
            // alarm.
            let seat = order.seat.as_ref();
            tracing::error!(
                alarm,
                order_id = %id,
                table_id = seat.map(|seat| seat.table.as_str()),
                seating = seat.map(|seat| seat.seating),
                "an order ends with its party, and is not fully paid"
            );
            is_on_alarm = true;
        }
        match store.move_order(&order, order.status, to).await {
            Ok(()) if to == OrderStatus::Cancelled => return Ok(Ended::Cancelled),
            Ok(()) => return Ok(Ended::Served { is_unpaid }),
            Err(MoveError::Moved) => {}
            Err(MoveError::Store(error)) => return Err(error),
        }
    }
    tracing::warn!(order_id = %id, "an order keeps moving; it is ended later");
    Ok(Ended::Unchanged)
}

/// Whether, and why, an order stays open for now.
fn stays_open(order: &Order, is_sent: bool, ending: Ending) -> Option<Ended> {
    let (now, is_payable) = match ending {
        Ending::ByStaff => return None,
        Ending::Closed { now } => (now, false),
        Ending::Followed { now } => (now, is_unpaid(order)),
    };
    if order.is_for_kitchen() && !is_sent && now < order.placed_at.plus(UNSENT_WAITS) {
        return Some(Ended::StaysUntilSent);
    }
    let until = order.placed_at.plus(FOLLOWED_PAYS_WITHIN);
    (is_payable && now < until).then_some(Ended::StaysPayable { until })
}

/// Whether money is owed for it: nothing is for what no kitchen has made.
fn is_unpaid(order: &Order) -> bool {
    let is_owed = order.payment == PaymentStatus::Unpaid && order.cart.totals.total_minor > 0;
    is_owed && !order.held
}

/// An order that is still waiting for the staff was never made: calling it served would be a lie.
fn last_event(order: &Order) -> OrderEvent {
    if order.held {
        OrderEvent::Cancelled
    } else {
        OrderEvent::SeatingClosed
    }
}
