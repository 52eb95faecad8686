//! What staff do with a party at a table, and what the sweeper does when nobody did: confirm, close, settle.
//!
//! A party that owes something is closed only where whoever closes it says so; where everything is paid, the table is closed by itself
//! when its house says.
//!
//! Each is the same two steps: move the table's row, which alone decides who may order, then bring the seating's orders after it. A crash
//! between them leaves orders behind; so does the index of open orders, which may lag. [`settle`] brings them after, whenever it runs:
//! every move leaves the table due for it. Nothing here speaks HTTP or prints.

mod unsettled;

pub use tabletap_domain::seating::SETTLE_AFTER;
pub use unsettled::Unsettled;

use std::time::Duration;
use tabletap_domain::{
    OrderId, StoreKey, TableId,
    order::{Order, OrderEvent, OrderStatus, PaymentStatus},
    seating::{IDLE_MAX, SeatingError, SeatingMove, TableSeating, TableState},
    store::PAID_CLOSES_AFTER,
    time::UnixMillis,
};
use tabletap_store::{MoveError, Store, StoreError};
use unsettled::unsettled;

/// How many parties may have paid at one table and been followed by the next between two looks at it.
const PARTIES_UNSEEN_MAX: u32 = 4;
/// An order without tickets does not end for this long: the kitchen has not got it yet, and what has ended is sent by nobody. The sweeper
/// writes its tickets within a minute; an order that has none by then is on an alarm each minute.
const UNSENT_WAITS: Duration = Duration::from_mins(10);
/// Rounds against guests who order while staff tap.
const ROUNDS_MAX: u32 = 40;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum SeatingActionError {
    /// The store has no such table: tell whoever asked.
    #[error("there is no such table")]
    UnknownTable,
    /// The table does not stand so that this could be done: tell whoever asked.
    #[error(transparent)]
    NotNow(#[from] SeatingError),
    /// The party has not paid, or waits for something, and nobody said that it may leave so: tell whoever asked.
    #[error("{0}")]
    Unsettled(Unsettled),
    /// Guests keep ordering in between; ask again.
    #[error("the table keeps changing")]
    Busy,
    /// The table itself failed; ask again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a seating's orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Orders that waited for the staff and go to the kitchen now.
    pub released: u32,
    /// Calls that waited, and come out now.
    pub calls: u32,
    /// Orders that came to their end with the seating.
    pub served: u32,
    /// Orders that stay until the kitchen has them.
    pub unsent: u32,
    /// Those of them that nobody has paid to the end.
    pub unpaid: u32,
    /// Orders that waited for the staff to the last; no kitchen has seen them.
    pub cancelled: u32,
}

/// The staff's tap: the party may order, and the orders and calls that waited go to kitchen and staff.
///
/// # Errors
/// [`SeatingActionError`].
pub async fn confirm(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    now: UnixMillis,
) -> Result<Brought, SeatingActionError> {
    for _ in 0..ROUNDS_MAX {
        let step = standing(store, key, table).await?.confirm()?;
        if moved(store, key, table, &step, now).await? {
            return Ok(release(store, key, table, step.to.number, now).await?);
        }
    }
    Err(SeatingActionError::Busy)
}

/// Whether a party may be closed that has not paid, or waits for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpaid {
    /// No: say what is open.
    Refused,
    /// Yes: its orders end as they are.
    Accepted,
}

/// The party has left: its sessions order no more, and its orders come to their end.
///
/// # Errors
/// [`SeatingActionError`].
pub async fn close(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    unpaid: Unpaid,
    now: UnixMillis,
) -> Result<Brought, SeatingActionError> {
    for _ in 0..ROUNDS_MAX {
        let seating = standing(store, key, table).await?;
        let step = seating.close()?;
        if unpaid == Unpaid::Refused {
            let open = unsettled(store, key, table, seating).await?;
            if !open.is_empty() {
                return Err(SeatingActionError::Unsettled(open));
            }
        }
        if moved(store, key, table, &step, now).await? {
            return Ok(end(store, key, table, seating.number, Unsent::Ends).await?);
        }
    }
    Err(SeatingActionError::Busy)
}

/// What the party at a table has not paid, and what it waits for.
///
/// # Errors
/// [`SeatingActionError::UnknownTable`], or the table's trouble.
pub async fn open_at(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
) -> Result<Unsettled, SeatingActionError> {
    let seating = standing(store, key, table).await?;
    Ok(unsettled(store, key, table, seating).await?)
}

/// Brings orders after their table, closes it where nobody has ordered for [`IDLE_MAX`], and says when to look again.
///
/// # Errors
/// [`SeatingActionError`]; settle again, nothing is lost.
pub async fn settle(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    seating: TableSeating,
    now: UnixMillis,
) -> Result<Settled, SeatingActionError> {
    // Parties that paid and were followed by the next before anybody looked.
    let mut brought = Brought::default();
    for earlier in seating.number.saturating_sub(PARTIES_UNSEEN_MAX)..seating.number {
        brought += end_earlier(store, key, table, earlier, now).await?;
    }
    let followed_unpaid = brought.unpaid > 0;
    let idle_at = seating.last_order_at.plus(IDLE_MAX);
    let closes_at = match seating.paid_at() {
        Some(paid_at) => idle_at.min(paid_at.plus(paid_closes_after(store, key).await?)),
        None => idle_at,
    };
    if seating.state != TableState::Idle && closes_at <= now {
        let left = unsettled(store, key, table, seating).await?;
        if !moved(store, key, table, &seating.close()?, now).await? {
            // They ordered again, at this very moment.
            return Ok(Settled::default());
        }
        if left.is_owed() {
            tracing::error!(
                alarm = "closed_unpaid",
                table_id = table.as_str(),
                seating = seating.number,
                orders = left.orders(),
                "a table was closed by itself, and not everything is paid"
            );
        }
        brought += end(store, key, table, seating.number, Unsent::Waits(now)).await?;
        return Ok(Settled {
            brought,
            closed: true,
            unpaid: left.is_owed() || followed_unpaid,
            waits: false,
        });
    }
    let (more, mut due) = match seating.state {
        TableState::Idle => (
            end(store, key, table, seating.number, Unsent::Waits(now)).await?,
            None,
        ),
        TableState::Open => (
            release(store, key, table, seating.number, now).await?,
            Some(closes_at),
        ),
        TableState::Unconfirmed => (Brought::default(), Some(now.plus(SETTLE_AFTER))),
    };
    brought += more;
    if brought.unsent > 0 {
        let soon = now.plus(SETTLE_AFTER);
        due = Some(due.map_or(soon, |due| due.min(soon)));
    }
    match store.move_seating(key, table, &seating.stay(), due).await {
        // Whoever moved it has said when to look again.
        Ok(()) | Err(MoveError::Moved) => {}
        Err(MoveError::Store(error)) => return Err(error.into()),
    }
    Ok(Settled {
        brought,
        closed: false,
        unpaid: followed_unpaid,
        waits: seating.state == TableState::Unconfirmed,
    })
}

/// Ends the orders of a party that another one followed. It had paid, and may have ordered again since: staff hear of what it owes.
async fn end_earlier(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    seating: u32,
    now: UnixMillis,
) -> Result<Brought, StoreError> {
    let brought = end(store, key, table, seating, Unsent::Waits(now)).await?;
    if brought.unpaid > 0 {
        tracing::error!(
            alarm = "left_unpaid",
            table_id = table.as_str(),
            seating,
            orders = brought.unpaid,
            "a party was followed by the next, and not everything is paid"
        );
    }
    Ok(brought)
}

/// How long a table stays open once everything is paid, by its house's rule.
async fn paid_closes_after(store: &Store, key: &StoreKey) -> Result<Duration, StoreError> {
    let config = store.store(key).await?;
    Ok(config.map_or(PAID_CLOSES_AFTER, |config| config.dine_in.close_paid_after))
}

/// What settling did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Orders that were brought after.
    pub brought: Brought,
    /// The table was closed, for everything is paid, or nobody ordered any more.
    pub closed: bool,
    /// It was closed, or its party followed by the next, though not everything is paid.
    pub unpaid: bool,
    /// The party waits for one tap of the staff.
    pub waits: bool,
}

impl std::ops::AddAssign for Brought {
    fn add_assign(&mut self, more: Self) {
        self.released += more.released;
        self.calls += more.calls;
        self.unsent += more.unsent;
        self.served += more.served;
        self.unpaid += more.unpaid;
        self.cancelled += more.cancelled;
    }
}

async fn standing(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
) -> Result<TableSeating, SeatingActionError> {
    let tables = store.table_seatings(key).await?;
    let here = tables.into_iter().find(|(known, _)| known.id == *table);
    here.map(|(_, seating)| seating)
        .ok_or(SeatingActionError::UnknownTable)
}

/// Moves a table, and has it settled later; `false` where it has moved meanwhile.
async fn moved(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    step: &SeatingMove,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    match store
        .move_seating(key, table, step, Some(now.plus(SETTLE_AFTER)))
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
) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    for order in store.open_orders_of(key, table, seating).await? {
        if store.release_order(key, &order, now).await? {
            brought.released += 1;
        }
    }
    for call in store.waiting_calls(key, table).await? {
        if call.seating == seating && store.release_call(&call, now).await? {
            brought.calls += 1;
        }
    }
    Ok(brought)
}

async fn end(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    seating: u32,
    unsent: Unsent,
) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    for order in store.open_orders_of(key, table, seating).await? {
        match end_order(store, key, &order, unsent).await? {
            Ended::As(OrderStatus::Cancelled, _) => brought.cancelled += 1,
            Ended::As(_, order) => {
                let is_owed = order.payment == PaymentStatus::Unpaid;
                brought.unpaid += u32::from(is_owed && order.cart.totals.total_minor > 0);
                brought.served += 1;
            }
            Ended::Unsent => brought.unsent += 1,
            Ended::Not => {}
        }
    }
    Ok(brought)
}

/// What to do with an order that the kitchen has not got yet.
#[derive(Clone, Copy)]
enum Unsent {
    /// It ends: staff closed the table themselves.
    Ends,
    /// It stays open for [`UNSENT_WAITS`] after it was placed; the value is the current time.
    Waits(UnixMillis),
}

/// What became of an order that should end.
enum Ended {
    /// It ended so, and stood like this before.
    As(OrderStatus, Box<Order>),
    /// The kitchen has not got it yet.
    Unsent,
    /// It has ended before, or takes no such step.
    Not,
}

/// Moves an order to its end.
async fn end_order(
    store: &Store,
    key: &StoreKey,
    id: &OrderId,
    unsent: Unsent,
) -> Result<Ended, StoreError> {
    for _ in 0..ROUNDS_MAX {
        let Some((order, tickets)) = store.order(key, id).await? else {
            return Ok(Ended::Not);
        };
        let Ok(to) = order.status.after(last_event(&order), order.kind) else {
            return Ok(Ended::Not);
        };
        if let Unsent::Waits(now) = unsent
            && order.is_for_kitchen()
            && tickets.is_empty()
            && now < order.placed_at.plus(UNSENT_WAITS)
        {
            return Ok(Ended::Unsent);
        }
        match store.move_order(&order, order.status, to).await {
            Ok(()) => return Ok(Ended::As(to, Box::new(order))),
            Err(MoveError::Moved) => {}
            Err(MoveError::Store(error)) => return Err(error),
        }
    }
    tracing::warn!(order_id = %id, "an order keeps moving; it is settled later");
    Ok(Ended::Not)
}

/// An order that still waits for the staff was never made: calling it served would be a lie.
fn last_event(order: &Order) -> OrderEvent {
    if order.held {
        OrderEvent::Cancelled
    } else {
        OrderEvent::SeatingClosed
    }
}
