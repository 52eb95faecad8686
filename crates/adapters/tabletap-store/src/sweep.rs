//! What of a store somebody must look at now: what its kitchen waits for, page by page to the end, and all that may wait for it.
//!
//! The two stand in partitions of their own, so that a thousand unpaid orders keep no ticket from its alarm. Releases before this one
//! filed everything with the kitchen's; what is left of that is found there until its next move files it where it belongs.

use crate::{
    Store,
    batch::Question,
    calls::call_in,
    due::{due_of, kitchen_partition, later_partition},
    error::StoreError,
    key::{self, Key},
    order_head::order_in,
    payments::payment_in,
    row::Row,
    schema,
    seatings::seating,
    tickets::{StoredTicket, stored_ticket},
};
use tabletap_domain::{
    PaymentId, StoreKey, TableId, call::Call, order::Order, seating::TableSeating, time::UnixMillis,
};

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "few live at once, and nearly all are tickets"
)]
pub enum Due {
    /// An order that should have tickets by now, or whose money or end must be looked after.
    Order(Order),
    /// A call that should have its slip by now.
    Call(Call),
    /// A payment to ask the provider about.
    Payment(PaymentId),
    /// A ticket that is not proven printed.
    Ticket(StoredTicket),
    /// A table: a party that has not ordered for long, or one that left and whose orders must be settled.
    Seating {
        /// The table.
        table: TableId,
        /// How it stands.
        seating: TableSeating,
    },
}

/// Some of what is due, longest due first.
#[derive(Clone, Debug)]
pub struct DuePage {
    /// What is due.
    pub due: Vec<Due>,
    /// Where the next page begins, if there is one.
    pub next: Option<DueMark>,
}

/// Where a page of what is due begins.
#[derive(Clone, Debug)]
pub struct DueMark(Row);

impl Store {
    /// What a store's kitchen waits for at `now`, longest due first: orders to dispatch, calls, and tickets. At most `limit` a page; `from` is
    /// the mark of the page before, and holds whatever has become of its rows.
    ///
    /// The index may lag: rows are read as they stand, and those that are not due any more are left out. So is a row that cannot be
    /// read, with an alarm of its own: it must not keep the others of its store from being looked at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn kitchen_due(
        &self,
        store: &StoreKey,
        now: UnixMillis,
        from: Option<DueMark>,
        limit: usize,
    ) -> Result<DuePage, StoreError> {
        let question = Question {
            limit: Some(limit),
            ..question(kitchen_partition(store), now)
        };
        let from = from.map(|DueMark(from)| from);
        let (entries, next) = self.query_page(&question, from).await?;
        Ok(DuePage {
            due: self.standing(&entries, now).await?,
            next: next.map(DueMark),
        })
    }

    /// What of a store is due at `now` and can wait for its kitchen, longest due first; at most `limit`. Rows are read like
    /// [`Store::kitchen_due`]'s.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn later_due(
        &self,
        store: &StoreKey,
        now: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Due>, StoreError> {
        let question = Question {
            limit: Some(limit),
            ..question(later_partition(store), now)
        };
        let entries = self.query(question).await?;
        self.standing(&entries, now).await
    }

    /// What these entries of the index stand for, as far as it is due.
    async fn standing(&self, entries: &[Row], now: UnixMillis) -> Result<Vec<Due>, StoreError> {
        let keys: Vec<Key> = entries.iter().filter_map(Key::of).collect();
        let rows = self.get_all(keys.clone()).await?;
        let standing = keys.iter().filter_map(|key| Some((key, rows.get(key)?)));
        let mut due = Vec::new();
        for (key, row) in standing {
            match due_at(key, row, now) {
                Ok(found) => due.extend(found),
                Err(error) => {
                    tracing::error!(alarm = "row_unreadable", %error, "left out of what is due")
                }
            }
        }
        Ok(due)
    }
}

fn question(partition: String, now: UnixMillis) -> Question {
    Question {
        index: Some(schema::DUE.name),
        condition: "due_pk = :pk AND due_sk < :sk",
        // Everything of this very millisecond begins with it and is less than the next.
        sort: Some(UnixMillis(now.0.saturating_add(1)).to_string()),
        ..Question::of(partition)
    }
}

/// What a row stands for, if it is due at `now`.
fn due_at(key: &Key, row: &Row, now: UnixMillis) -> Result<Option<Due>, StoreError> {
    match due_of(row)? {
        Some(at) if at <= now => read(key, row),
        Some(_) | None => Ok(None),
    }
}

fn read(key: &Key, row: &Row) -> Result<Option<Due>, StoreError> {
    if key.sk == key::HEAD {
        return order_in(row).map(Due::Order).map(Some);
    }
    if key.sk.starts_with(key::TICKET) {
        return stored_ticket(row).map(Due::Ticket).map(Some);
    }
    if key.sk == key::PAYMENT {
        return payment_in(row).map(|stored| Some(Due::Payment(stored.payment.id)));
    }
    if key.sk.starts_with(key::CALL) {
        return call_in(row).map(Due::Call).map(Some);
    }
    let table = key.table();
    table
        .map(|table| {
            Ok(Due::Seating {
                table,
                seating: seating(row)?,
            })
        })
        .transpose()
}
