//! What staff do with a party at a table, and what the sweeper does when nobody did: confirm, close, settle.
//!
//! Each is the same two steps: move the table's row, which alone decides who may order, then bring the seating's orders after it. A crash
//! between them leaves orders behind; so does the index of open orders, which may lag. [`settle`] brings them after, whenever it runs:
//! every move leaves the table due for it. Nothing here speaks HTTP or prints.

use std::time::Duration;
use tabletap_domain::{
    OrderId, StoreKey, TableId,
    order::{Order, OrderEvent, OrderStatus},
    seating::{IDLE_MAX, SeatingError, SeatingMove, TableSeating, TableState},
    time::UnixMillis,
};
use tabletap_store::{MoveError, Store, StoreError};

/// When a table is looked at again after a move: long after the index of open orders has caught up.
pub const SETTLE_AFTER: Duration = Duration::from_secs(60);

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
    /// Guests keep ordering in between; ask again.
    #[error("the table keeps moving")]
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
    /// Orders that came to their end with the seating.
    pub served: u32,
    /// Orders that waited for the staff to the last; no kitchen has seen them.
    pub cancelled: u32,
}

/// The staff's tap: the party may order, and the orders that waited go to the kitchen.
///
/// # Errors
/// [`SeatingActionError`].
pub async fn confirm(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    now: UnixMillis,
) -> Result<Brought, SeatingActionError> {
    let seating = move_table(store, key, table, now, TableSeating::confirm).await?;
    Ok(release(store, key, table, seating.number, now).await?)
}

/// The party has left: its sessions order no more, and its orders come to their end.
///
/// # Errors
/// [`SeatingActionError`].
pub async fn close(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    now: UnixMillis,
) -> Result<Brought, SeatingActionError> {
    let seating = move_table(store, key, table, now, TableSeating::close).await?;
    Ok(end(store, key, table, seating.number).await?)
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
    // Those of the party before may have been missed: a new one sat down before anybody looked.
    let mut brought = end(store, key, table, seating.number.saturating_sub(1)).await?;
    let idle_at = seating.last_order_at.plus(IDLE_MAX);
    if seating.state != TableState::Idle && idle_at <= now {
        brought += close(store, key, table, now).await?;
        return Ok(Settled {
            brought,
            closed: true,
            waits: false,
        });
    }
    let (more, due) = match seating.state {
        TableState::Idle => (end(store, key, table, seating.number).await?, None),
        TableState::Open => (
            release(store, key, table, seating.number, now).await?,
            Some(idle_at),
        ),
        TableState::Unconfirmed => (Brought::default(), Some(now.plus(SETTLE_AFTER))),
    };
    brought += more;
    let stay = SeatingMove {
        from: seating,
        to: seating,
    };
    match store.move_seating(key, table, &stay, due).await {
        // Whoever moved it has said when to look again.
        Ok(()) | Err(MoveError::Moved) => {}
        Err(MoveError::Store(error)) => return Err(error.into()),
    }
    Ok(Settled {
        brought,
        closed: false,
        waits: seating.state == TableState::Unconfirmed,
    })
}

/// What settling did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Orders that were brought after.
    pub brought: Brought,
    /// The table was closed, for nobody ordered any more.
    pub closed: bool,
    /// The party waits for one tap of the staff.
    pub waits: bool,
}

impl std::ops::AddAssign for Brought {
    fn add_assign(&mut self, more: Self) {
        self.released += more.released;
        self.served += more.served;
        self.cancelled += more.cancelled;
    }
}

async fn move_table(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    now: UnixMillis,
    step: impl Fn(TableSeating) -> Result<SeatingMove, SeatingError>,
) -> Result<TableSeating, SeatingActionError> {
    for _ in 0..ROUNDS_MAX {
        let tables = store.table_seatings(key).await?;
        let here = tables.into_iter().find(|(known, _)| known.id == *table);
        let (_, seating) = here.ok_or(SeatingActionError::UnknownTable)?;
        let step = step(seating)?;
        match store
            .move_seating(key, table, &step, Some(now.plus(SETTLE_AFTER)))
            .await
        {
            Ok(()) => return Ok(step.to),
            Err(MoveError::Moved) => {}
            Err(MoveError::Store(error)) => return Err(error.into()),
        }
    }
    Err(SeatingActionError::Busy)
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
    Ok(brought)
}

async fn end(
    store: &Store,
    key: &StoreKey,
    table: &TableId,
    seating: u32,
) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    for order in store.open_orders_of(key, table, seating).await? {
        match end_order(store, key, &order).await? {
            Some(OrderStatus::Cancelled) => brought.cancelled += 1,
            Some(_) => brought.served += 1,
            None => {}
        }
    }
    Ok(brought)
}

/// Moves an order to its end; `None` where it has come to one, or takes no such step.
async fn end_order(
    store: &Store,
    key: &StoreKey,
    id: &OrderId,
) -> Result<Option<OrderStatus>, StoreError> {
    for _ in 0..ROUNDS_MAX {
        let Some((order, _)) = store.order(key, id).await? else {
            return Ok(None);
        };
        let Ok(to) = order.status.after(last_event(&order), order.kind) else {
            return Ok(None);
        };
        match store.move_order(&order, order.status, to).await {
            Ok(()) => return Ok(Some(to)),
            Err(MoveError::Moved) => {}
            Err(MoveError::Store(error)) => return Err(error),
        }
    }
    tracing::warn!(order_id = %id, "an order keeps moving; it is settled later");
    Ok(None)
}

/// An order that still waits for the staff was never made: calling it served would be a lie.
fn last_event(order: &Order) -> OrderEvent {
    if order.held {
        OrderEvent::Cancelled
    } else {
        OrderEvent::SeatingClosed
    }
}
