//! Orders: placed by one conditional transaction, read with one query, moved one condition at a time.

use crate::{
    Store,
    batch::Question,
    config::set_up,
    error::{MoveError, StoreError, WriteError},
    key::{self, Key},
    menus::{CurrentMenu, current, missing_menu},
    row::{Read, Row, row, s},
    schema,
    seatings::{order_of, ordered, seating},
    tickets::ticket_status,
    write::Change,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::BTreeSet;
use tabletap_domain::{
    OrderId, StoreKey, TableId,
    number::OrderNumber,
    order::{Order, OrderStatus},
    seating::{IDLE_MAX, SeatingMove, TableSeating},
    store::StoreConfig,
    ticket::{ALARM_AFTER, DISPATCH_AFTER, TicketStatus},
    time::UnixMillis,
};
use tabletap_wire::{
    order_record::{OrderRecord, OrderStates},
    time::rfc3339,
};

const ONE_DAY_MS: i64 = 24 * 60 * 60 * 1000;

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
        let (head_key, config_key) = (key::head(store, order), key::config(store));
        let (menu_key, table_key) = (key::current_menu(store), key::table(store, table));
        let mut keys = vec![
            head_key.clone(),
            config_key.clone(),
            menu_key.clone(),
            table_key.clone(),
        ];
        let numbers: BTreeSet<&OrderNumber> = numbers.iter().collect();
        keys.extend(numbers.iter().map(|number| key::number(store, number)));
        let rows = self.get_all(keys).await?;
        let missing = |key: &Key| StoreError::Corrupt(format!("{} {}: missing", key.pk, key.sk));
        let taken = numbers
            .into_iter()
            .filter(|number| rows.contains_key(&key::number(store, number)));
        Ok(OrderContext {
            stored: rows.get(&head_key).map(order_in).transpose()?,
            store: set_up(rows.get(&config_key).ok_or_else(|| missing(&config_key))?)?,
            menu: current(rows.get(&menu_key).ok_or_else(|| missing_menu(store))?)?,
            seating: seating(rows.get(&table_key).ok_or_else(|| missing(&table_key))?)?,
            taken: taken.cloned().collect(),
        })
    }

    /// Stores an order, moves its table and claims its number: all of it or nothing.
    ///
    /// Whoever loses the race with the same order is told that it exists, so one caller only has placed it.
    ///
    /// # Errors
    /// [`PlaceOrderError`]; where several reasons hold, the first of them.
    pub async fn place_order(
        &self,
        order: &Order,
        step: &SeatingMove,
    ) -> Result<(), PlaceOrderError> {
        let number = row(
            key::number(&order.store, &order.number),
            [("order_id", s(&order.id))],
        );
        let mut parts = vec![self.part_new(head(order)), self.part_new(number)];
        if let Some(seat) = &order.seat {
            // A party that waits for the staff is looked at soon: it must not wait unnoticed.
            let look_after = if step.holds_order() {
                ALARM_AFTER
            } else {
                IDLE_MAX
            };
            let due = step.to.last_order_at.plus(look_after);
            let change = ordered(&order.store, &seat.table, step, due);
            parts.push(self.part(key::table(&order.store, &seat.table), change));
        }
        let placed = self.transact(parts).await;
        placed.map_err(|error| match error {
            _ if error.refused(0) => PlaceOrderError::AlreadyExists,
            _ if error.refused(2) => PlaceOrderError::SeatingMoved,
            WriteError::Conditions(_) => PlaceOrderError::NumberTaken,
            WriteError::Store(StoreError::Throttled) => PlaceOrderError::Throttled,
            WriteError::Store(_) => PlaceOrderError::Unavailable,
        })
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
        let rows = self
            .query(Question::of(key::order_partition(store, order)))
            .await?;
        let (mut stored, mut tickets) = (None, Vec::new());
        for row in &rows {
            let sk: String = row.get_as("sk")?;
            if sk == key::HEAD {
                stored = Some(order_in(row)?);
            } else if sk.starts_with(key::TICKET) {
                tickets.push(ticket_status(row)?);
            }
        }
        Ok(stored.map(|order| (order, tickets)))
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
        let expression = match to.is_end() {
            true => "SET #status = :to REMOVE #open_pk, #open_sk, #due_pk, #due_sk",
            false => "SET #status = :to",
        };
        let change = Change::new(expression)
            .only_if("#status = :from")
            .names(["status"])
            .value("from", s(from))
            .value("to", s(to));
        if !to.is_end() {
            self.update(head, change).await?;
            return Ok(());
        }
        let change = self.part(
            head,
            change.names(["open_pk", "open_sk", "due_pk", "due_sk"]),
        );
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
        let [due_pk, due_sk] = due_for_tickets(store, order, now.plus(DISPATCH_AFTER));
        let release = Change::new("SET #held = :no, #due_pk = :due_pk, #due_sk = :due_sk")
            // One that has ended meanwhile is no more for the kitchen.
            .only_if("#held = :yes AND attribute_exists(#open_pk)")
            .names(["held", "open_pk", "due_pk", "due_sk"])
            .value("no", AttributeValue::Bool(false))
            .value("yes", AttributeValue::Bool(true))
            .value(due_pk.0, due_pk.1)
            .value(due_sk.0, due_sk.1);
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
        let [_, due_sk] = due_for_tickets(store, order, due);
        let later = Change::new("SET #due_sk = :due_sk")
            .only_if("#due_sk < :due_sk")
            .names(["due_sk"])
            .value(due_sk.0, due_sk.1);
        match self.update(key::head(store, order), later).await {
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// A store's orders of one day in UTC, `yyyy-mm-dd`, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn day_orders(
        &self,
        store: &StoreKey,
        day: &str,
        limit: usize,
    ) -> Result<Vec<OrderId>, StoreError> {
        let question = Question {
            index: Some(schema::DAY_ORDERS.name),
            condition: "day_pk = :pk",
            descending: true,
            limit: Some(limit),
            ..Question::of(key::day_partition(store, day))
        };
        self.query(question).await?.iter().map(order_of).collect()
    }

    /// A store's orders of today and yesterday in UTC, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recent_orders(
        &self,
        store: &StoreKey,
        now: UnixMillis,
        limit: usize,
    ) -> Result<Vec<OrderId>, StoreError> {
        let mut orders = self.day_orders(store, &day(now), limit).await?;
        let yesterday = UnixMillis(now.0.saturating_sub(ONE_DAY_MS));
        orders.extend(
            self.day_orders(store, &day(yesterday), limit - orders.len())
                .await?,
        );
        Ok(orders)
    }
}

/// The day in UTC.
fn day(at: UnixMillis) -> String {
    let mut text = rfc3339(at);
    text.truncate("yyyy-mm-dd".len());
    text
}

/// The order in a head's row.
pub(crate) fn order_in(row: &Row) -> Result<Order, StoreError> {
    let states = OrderStates {
        status: row.get_as("status")?,
        payment: row.get_as("payment")?,
        held: row.flag("held")?,
    };
    let document: String = row.get_as("doc")?;
    OrderRecord::read(&document, states).map_err(|_| row.corrupt("doc"))
}

/// What keeps an order, or a call, in what is due until its tickets are written.
pub(crate) fn due_for_tickets(
    store: &StoreKey,
    order: &OrderId,
    at: UnixMillis,
) -> [(&'static str, AttributeValue); 2] {
    [
        ("due_pk", s(key::due_partition(store))),
        ("due_sk", s(key::due_at(at, &order.to_string()))),
    ]
}

fn head(order: &Order) -> Row {
    let placed_at = order.placed_at;
    let prefix = match &order.seat {
        Some(seat) => key::open_prefix(Some(&seat.table), seat.seating),
        None => key::open_prefix(None, 0),
    };
    let mut head = row(
        key::head(&order.store, &order.id),
        [
            ("doc", s(OrderRecord::write(order))),
            ("status", s(order.status)),
            ("payment", s(order.payment)),
            ("held", AttributeValue::Bool(order.held)),
            ("open_pk", s(key::open_partition(&order.store))),
            ("open_sk", s(format!("{prefix}{placed_at}#{}", order.id))),
            (
                "day_pk",
                s(key::day_partition(&order.store, &day(placed_at))),
            ),
            ("day_sk", s(format!("{placed_at}#{}", order.id))),
        ],
    );
    if order.is_for_kitchen() {
        let due = due_for_tickets(&order.store, &order.id, placed_at.plus(DISPATCH_AFTER));
        head.extend(due.map(|(name, value)| (name.to_owned(), value)));
    }
    head
}
