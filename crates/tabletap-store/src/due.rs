//! What of a store somebody must look at now.

use crate::{
    Store,
    batch::Question,
    calls::call_in,
    error::StoreError,
    key::{self, Key},
    orders::order_in,
    payments::payment_in,
    row::Row,
    schema,
    seatings::seating,
    tickets::{StoredTicket, due_of, stored_ticket},
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
    /// An order that should have tickets by now.
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

impl Store {
    /// What is due at `now`, longest due first; at most `limit`.
    ///
    /// The index may lag: rows are read as they stand, and those that are not due any more are left out. So is a row that cannot be
    /// read, with an alarm of its own: it must not keep the others of its store from being looked at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(
        &self,
        store: &StoreKey,
        now: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Due>, StoreError> {
        let question = Question {
            index: Some(schema::DUE.name),
            condition: "due_pk = :pk AND due_sk < :sk",
            // Everything of this very millisecond begins with it and is less than the next.
            sort: Some(UnixMillis(now.0.saturating_add(1)).to_string()),
            limit: Some(limit),
            ..Question::of(key::due_partition(store))
        };
        let keys: Vec<Key> = self
            .query(question)
            .await?
            .iter()
            .filter_map(Key::of)
            .collect();
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
