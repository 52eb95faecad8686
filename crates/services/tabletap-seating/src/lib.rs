//! Confirms and closes tables for the staff, and reconciles orders with their tables for the sweeper.
//!
//! Staff close a party that owes something only if they say so. A table where everything is paid is closed automatically after the time
//! that its restaurant chose.
//!
//! Each action has two steps: it moves the table's row, which alone decides who may order, and then updates the seating's orders. A crash
//! in between leaves orders behind, and so does the index of open orders, which may lag. [`reconcile`] catches up on them: every move of a
//! table leaves it due for that. Nothing here speaks HTTP or prints.

mod ending;
mod unsettled;

pub use tabletap_domain::seating::RECONCILE_AFTER;
pub use unsettled::Unsettled;

use ending::{Ending, earlier_parties, end_orders, ending_of};

use std::time::Duration;
use tabletap_domain::{
    StoreKey, TableId,
    seating::{IDLE_MAX, SeatingError, SeatingMove, TableSeating, TableState},
    store::PAID_CLOSES_AFTER,
    time::UnixMillis,
};
use tabletap_store::{MoveError, Store, StoreError};
use unsettled::unsettled;

/// How often an action starts again because guests ordered at the same moment.
const ROUNDS_MAX: u32 = 40;

/// Why an action was not done.
#[derive(Debug, thiserror::Error)]
pub enum SeatingActionError {
    /// The store has no such table: tell the caller.
    #[error("there is no such table")]
    UnknownTable,
    /// The table is not in a state that allows it: tell the caller.
    #[error(transparent)]
    NotNow(#[from] SeatingError),
    /// The party has not paid, or waits for something, and the caller did not accept that: tell the caller.
    #[error("{0}")]
    Unsettled(Unsettled),
    /// Guests keep ordering in between; ask again.
    #[error("the table keeps changing")]
    Busy,
    /// The database failed; ask again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many orders and calls of a seating an action or a reconciliation moved, and how many it left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderCounts {
    /// Orders that were waiting for the staff and now go to the kitchen.
    pub released: u32,
    /// Calls that were waiting for the staff and now come out.
    pub calls: u32,
    /// Orders that ended with the seating.
    pub served: u32,
    /// Orders that stay open until the kitchen has them.
    pub unsent: u32,
    /// Orders that ended and are not fully paid.
    pub unpaid: u32,
    /// Orders that were still waiting for the staff when the party left; no kitchen has seen them.
    pub cancelled: u32,
    /// When to look again at orders that stay open so that their guests can pay.
    pub payable_until: Option<UnixMillis>,
}

/// Confirms a table by the staff's tap: the party may order, and the orders and calls that were waiting go to kitchen and staff.
///
/// # Errors
/// [`SeatingActionError`].
pub async fn confirm(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    now: UnixMillis,
) -> Result<OrderCounts, SeatingActionError> {
    for _ in 0..ROUNDS_MAX {
        let step = seating_at(store, key, table).await?.confirm()?;
        if moved(store, key, table, &step, now).await? {
            return Ok(release(store, key, table, step.to.number, now).await?);
        }
    }
    Err(SeatingActionError::Busy)
}

/// What to do about a party that has not paid, or waits for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpaid {
    /// Refuse, and say what is open.
    Refused,
    /// Close the table all the same: its orders end as they are.
    Accepted,
}

/// Closes a table: the party has left, so its sessions can order no more, and its orders end.
///
/// # Errors
/// [`SeatingActionError`].
pub async fn close(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    unpaid: Unpaid,
    now: UnixMillis,
) -> Result<OrderCounts, SeatingActionError> {
    for _ in 0..ROUNDS_MAX {
        let seating = seating_at(store, key, table).await?;
        let step = seating.close()?;
        if unpaid == Unpaid::Refused {
            let open = unsettled(store, key, table, seating).await?;
            if !open.is_empty() {
                return Err(SeatingActionError::Unsettled(open));
            }
        }
        if moved(store, key, table, &step, now).await? {
            let mut ended = OrderCounts::default();
            // An earlier party's unpaid orders were among those that the staff were told of.
            for party in earlier_parties(seating) {
                ended += end_orders(store, key, table, party, Ending::ByStaff).await?;
            }
            ended += end_orders(store, key, table, seating.number, Ending::ByStaff).await?;
            return Ok(ended);
        }
    }
    Err(SeatingActionError::Busy)
}

/// What is unpaid or waiting at a table.
///
/// # Errors
/// [`SeatingActionError::UnknownTable`], or the database failed.
pub async fn open_at(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
) -> Result<Unsettled, SeatingActionError> {
    let seating = seating_at(store, key, table).await?;
    Ok(unsettled(store, key, table, seating).await?)
}

/// Updates orders that were left behind by their table, closes a table where nobody has ordered for [`IDLE_MAX`] or everything is paid, and
/// notes when to look again.
///
/// # Errors
/// [`SeatingActionError`]; reconcile again, nothing is lost.
pub async fn reconcile(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    seating: TableSeating,
    now: UnixMillis,
) -> Result<Reconciled, SeatingActionError> {
    let is_idle = seating.state == TableState::Idle;
    let mut orders = OrderCounts::default();
    for party in earlier_parties(seating) {
        let ending = ending_of(party, seating, now);
        orders += end_orders(store, key, table, party, ending).await?;
    }
    let idle_at = seating.last_order_at.plus(IDLE_MAX);
    let closes_at = match seating.paid_at() {
        Some(paid_at) => idle_at.min(paid_at.plus(paid_closes_after(store, key).await?)),
        None => idle_at,
    };
    let mut closed = false;
    if !is_idle && closes_at <= now {
        if !moved(store, key, table, &seating.close()?, now).await? {
            // They ordered again, at this very moment.
            return Ok(Reconciled {
                orders,
                ..Reconciled::default()
            });
        }
        closed = true;
    }
    let number = seating.number;
    let mut due = None;
    match seating.state {
        _ if closed || is_idle => {
            orders += end_orders(store, key, table, number, Ending::Closed { now }).await?;
        }
        TableState::Open => {
            orders += release(store, key, table, number, now).await?;
            due = Some(closes_at);
        }
        TableState::Unconfirmed | TableState::Idle => due = Some(now.plus(RECONCILE_AFTER)),
    }
    if !closed {
        let unsent = (orders.unsent > 0).then(|| now.plus(RECONCILE_AFTER));
        let due = [due, unsent, orders.payable_until].into_iter().flatten();
        match store
            .move_seating(key, table, &seating.stay(), due.min())
            .await
        {
            // It has moved since, and that move noted when to look again.
            Ok(()) | Err(MoveError::Moved) => {}
            Err(MoveError::Store(error)) => return Err(error.into()),
        }
    }
    Ok(Reconciled {
        orders,
        closed,
        waits: !closed && seating.state == TableState::Unconfirmed,
    })
}

/// How long a table stays open once everything is paid, by its house's rule.
async fn paid_closes_after(store: &Store, key: &StoreKey) -> Result<Duration, StoreError> {
    let config = store.store(key).await?;
    Ok(config.map_or(PAID_CLOSES_AFTER, |config| config.dine_in.close_paid_after))
}

/// What a reconciliation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Orders that were updated, and those that ended unpaid: each of these raised an alarm.
    pub orders: OrderCounts,
    /// The table was closed: everything is paid, or nobody ordered any more.
    pub closed: bool,
    /// The party is waiting for the staff to confirm it.
    pub waits: bool,
}

impl std::ops::AddAssign for OrderCounts {
    fn add_assign(&mut self, more: Self) {
        self.released += more.released;
        self.calls += more.calls;
        self.unsent += more.unsent;
        self.served += more.served;
        self.unpaid += more.unpaid;
        self.cancelled += more.cancelled;
        let both = [self.payable_until, more.payable_until];
        self.payable_until = both.into_iter().flatten().min();
    }
}

async fn seating_at(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
) -> Result<TableSeating, SeatingActionError> {
    let tables = store.table_seatings(key).await?;
    let here = tables.into_iter().find(|(known, _)| known.id == *table);
    here.map(|(_, seating)| seating)
        .ok_or(SeatingActionError::UnknownTable)
}

/// Moves a table and leaves it due for reconciliation; `false` if it has moved meanwhile.
async fn moved(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    step: &SeatingMove,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    match store
        .move_seating(key, table, step, Some(now.plus(RECONCILE_AFTER)))
        .await
    {
        Ok(()) => Ok(true),
        Err(MoveError::Moved) => Ok(false),
        Err(MoveError::Store(error)) => Err(error),
    }
}

async fn release(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    seating: u32,
    now: UnixMillis,
) -> Result<OrderCounts, StoreError> {
    let mut counts = OrderCounts::default();
    for order in store.open_orders_of(key, table, seating).await? {
        if store.release_order(key, &order, now).await? {
            counts.released += 1;
        }
    }
    for call in store.waiting_calls(key, table).await? {
        if call.seating == seating && store.release_call(&call, now).await? {
            counts.calls += 1;
        }
    }
    Ok(counts)
}
