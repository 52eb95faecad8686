//! Orders: placed by one conditional transaction, read with one query, moved one condition at a time.

use crate::{
    Store,
    batch::Question,
    config::set_up,
    due::DueTime,
    error::{MoveError, StoreError, WriteError},
    key::{self, Key},
    menus::{CurrentMenu, current, missing_menu},
    order_head::{head, order_in},
    payments::{OrderBill, bill_in},
    row::{Read, Row, missing, row, s},
    seatings::{ordered, seating},
    tickets::ticket_status,
    write::Change,
};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use std::collections::{BTreeSet, HashMap};
use tabletap_domain::{
    OrderId, StoreKey, TableId,
    number::OrderNumber,
    order::{Order, OrderStatus},
    seating::{IDLE_MAX, RECONCILE_AFTER, SeatingMove, TableSeating},
    store::StoreConfig,
    ticket::{ALARM_AFTER, DISPATCH_AFTER, TicketStatus},
    time::UnixMillis,
};

/// Everything that deciding on an order needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderContext {
    /// The order, if it is stored already: answer with it, before anything else is looked at.
    pub stored: Option<Order>,
    /// The store.
    pub store: StoreConfig,
    /// What it sells.
    pub menu: CurrentMenu,
    /// Who sits at the table.
    pub seating: TableSeating,
    /// Which of the numbers asked for other open orders bear.
    pub taken: BTreeSet<OrderNumber>,
}

/// Why an order was not placed; nothing at all was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceOrderError {
    /// An order with this id is stored: read it, and answer with it or refuse.
    #[error("an order with this id is stored already")]
    AlreadyExists,
    /// The table does not stand as assumed: read it again and decide anew.
    #[error("the table's seating has moved")]
    SeatingMoved,
    /// Too many orders wait for their payment: read again which limit is reached.
    #[error("too many orders are unpaid")]
    TooManyUnpaid,
    /// Another open order bears the number: take another.
    #[error("another open order bears this number")]
    NumberTaken,
    /// Too much at once.
    #[error("the table is too busy")]
    Throttled,
    /// The table cannot be reached; the order may be stored if the answer was lost, so send the same again.
    #[error("the table cannot be reached")]
    Unavailable,
}

/// Head and number are the first parts of what places an order; whoever adds more tells their refusals first.
impl From<WriteError> for PlaceOrderError {
    fn from(error: WriteError) -> Self {
        match error {
            _ if error.refused(0) => Self::AlreadyExists,
            WriteError::Conditions(_) => Self::NumberTaken,
            WriteError::Store(StoreError::Throttled) => Self::Throttled,
            WriteError::Store(_) => Self::Unavailable,
        }
    }
}

/// What every new order is decided by.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) stored: Option<Order>,
    pub(crate) store: StoreConfig,
    pub(crate) menu: CurrentMenu,
    pub(crate) taken: BTreeSet<OrderNumber>,
}

impl Store {
    /// What deciding on an order needs, with one request.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also when store, menu or table are not there.
    pub async fn read_for_order(
        &self,
        store: &StoreKey,
        table: &TableId,
        order: &OrderId,
        numbers: &[OrderNumber],
    ) -> Result<OrderContext, StoreError> {
        let table_key = key::table(store, table);
        let asked = [table_key.clone()];
        let (common, rows) = self.read_common(store, order, numbers, asked).await?;
        let Common {
            stored,
            store,
            menu,
            taken,
        } = common;
        Ok(OrderContext {
            stored,
            store,
            menu,
            seating: seating(rows.get(&table_key).ok_or_else(|| missing(&table_key))?)?,
            taken,
        })
    }

    /// What every new order is decided by, and the rows of `also`.
    pub(crate) async fn read_common(
        &self,
        store: &StoreKey,
        order: &OrderId,
        numbers: &[OrderNumber],
        also: impl IntoIterator<Item = Key>,
    ) -> Result<(Common, HashMap<Key, Row>), StoreError> {
        let (head_key, config_key) = (key::head(store, order), key::config(store));
        let menu_key = key::current_menu(store);
        let mut keys = vec![head_key.clone(), config_key.clone(), menu_key.clone()];
        keys.extend(also);
        let numbers: BTreeSet<&OrderNumber> = numbers.iter().collect();
        keys.extend(numbers.iter().map(|number| key::number(store, number)));
        let rows = self.get_all(keys).await?;
        let taken = numbers
            .into_iter()
            .filter(|number| rows.contains_key(&key::number(store, number)));
        let common = Common {
            stored: rows.get(&head_key).map(order_in).transpose()?,
            store: set_up(rows.get(&config_key).ok_or_else(|| missing(&config_key))?)?,
            menu: current(rows.get(&menu_key).ok_or_else(|| missing_menu(store))?)?,
            taken: taken.cloned().collect(),
        };
        Ok((common, rows))
    }

    /// Stores an order, moves its table and claims its number, and keeps what its guest said of an allergy, sealed: all of it or nothing.
    ///
    /// Whoever loses the race with the same order is told that it exists, so one caller only has placed it.
    ///
    /// # Errors
    /// [`PlaceOrderError`]; where several reasons hold, the first of them.
    pub async fn place_order(
        &self,
        order: &Order,
        step: &SeatingMove,
        statement: Option<Vec<u8>>,
    ) -> Result<(), PlaceOrderError> {
        let mut parts = self.parts_of_new(order, []);
        if let Some(seat) = &order.seat {
            // A party that waits for the staff is looked at soon: it must not wait unnoticed.
            let look_after = if step.holds_order() {
                ALARM_AFTER
            } else if step.follows_party() {
                // The party before is brought to its end.
                RECONCILE_AFTER
            } else {
                IDLE_MAX
            };
            let due = step.to.last_order_at.plus(look_after);
            let change = ordered(&order.store, &seat.table, step, Some(due));
            parts.push(self.part(key::table(&order.store, &seat.table), change));
        }
        parts.extend(self.part_of_statement(order, statement));
        let placed = self.transact(parts).await;
        placed.map_err(|error| match error {
            _ if error.refused(0) => PlaceOrderError::AlreadyExists,
            _ if error.refused(2) => PlaceOrderError::SeatingMoved,
            error => error.into(),
        })
    }

    /// The head of a new order, with these attributes more, and the claim on its number, as the first parts of a transaction.
    pub(crate) fn parts_of_new<const N: usize>(
        &self,
        order: &Order,
        more: [(&str, AttributeValue); N],
    ) -> Vec<TransactWriteItem> {
        let number = row(
            key::number(&order.store, &order.number),
            [("order_id", s(&order.id))],
        );
        let mut head = head(order);
        head.extend(more.map(|(name, value)| (name.to_owned(), value)));
        vec![self.part_new(head), self.part_new(number)]
    }

    /// An order with its tickets, with one query.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order(
        &self,
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<Option<(Order, Vec<TicketStatus>)>, StoreError> {
        let found = self.order_bill(store, order).await?;
        Ok(found.map(|(bill, tickets)| (bill.order, tickets)))
    }

    /// The same, with the payments that have its lines.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn order_bill(
        &self,
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<Option<(OrderBill, Vec<TicketStatus>)>, StoreError> {
        let rows = self
            .query(Question::of(key::order_partition(store, order)))
            .await?;
        let (mut stored, mut tickets) = (None, Vec::new());
        for row in &rows {
            let sk: String = row.get_as("sk")?;
            if sk == key::HEAD {
                stored = Some(bill_in(row)?);
            } else if sk.starts_with(key::TICKET) {
                tickets.push(ticket_status(row)?);
            }
        }
        Ok(stored.map(|bill| (bill, tickets)))
    }

    /// Moves an order from one status to another. At its end it leaves the open orders and what is due, and frees its number.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when it has another status, or is not there: read it again.
    pub async fn move_order(
        &self,
        order: &Order,
        from: OrderStatus,
        to: OrderStatus,
    ) -> Result<(), MoveError> {
        let head = key::head(&order.store, &order.id);
        let change = Change::new("SET #status = :to")
            .only_if("#status = :from")
            .value("from", s(from))
            .value("to", s(to));
        if !to.is_end() {
            self.update(head, change).await?;
            return Ok(());
        }
        let change = change.then("REMOVE #open_pk, #open_sk, #due_pk, #due_sk");
        let change = self.part(head, change);
        let number = self.part_delete(key::number(&order.store, &order.number));
        Ok(self.transact(vec![change, number]).await?)
    }

    /// The staff's tap reached this order: it waits no longer, and is due until it has tickets. `false` when it did not wait, or is not
    /// there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_order(
        &self,
        store: &StoreKey,
        order: &OrderId,
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        let due = DueTime::of_kitchen(store, order, now.plus(DISPATCH_AFTER));
        let release = Change::new("SET #held = :no")
            // One that has ended meanwhile is no more for the kitchen.
            .only_if("#held = :yes AND attribute_exists(#open_pk)")
            .value("no", AttributeValue::Bool(false))
            .value("yes", AttributeValue::Bool(true))
            .also_due(due);
        match self.update(key::head(store, order), release).await {
            Ok(_) => Ok(true),
            Err(WriteError::Conditions(_)) => Ok(false),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// Looks at an order without tickets again at `due`, unless it has them by now or has ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone_order(
        &self,
        store: &StoreKey,
        order: &OrderId,
        due: UnixMillis,
    ) -> Result<(), StoreError> {
        let later = DueTime::of_kitchen(store, order, due).postponed();
        match self.update(key::head(store, order), later).await {
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}
