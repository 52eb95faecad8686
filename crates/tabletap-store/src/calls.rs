//! Guests' calls for a person: one row for each table and kind, replaced by the next such call, due until its slip is written.

use crate::{
    Store,
    batch::Question,
    error::{MoveError, StoreError, WriteError},
    key,
    orders::due_for_tickets,
    row::{Read, Row, s},
    seatings::seating,
    tickets::ticket_status,
    write::Change,
};
use tabletap_domain::{
    OrderId, StoreKey, TableId,
    call::{Call, CallKind},
    seating::TableSeating,
    ticket::{DISPATCH_AFTER, TicketState},
    time::UnixMillis,
};
use tabletap_wire::call::CallRecord;

/// What deciding on a call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallContext {
    /// Who sits at the table.
    pub seating: TableSeating,
    /// The last call of this kind from this table, whoever sat there.
    pub last: Option<Call>,
}

impl Store {
    /// What deciding on a call needs, with one request.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also when the table is not there.
    pub async fn read_for_call(
        &self,
        store: &StoreKey,
        table: &TableId,
        kind: CallKind,
    ) -> Result<CallContext, StoreError> {
        let (table_key, call_key) = (key::table(store, table), key::call(store, table, kind));
        let rows = self
            .get_all(vec![table_key.clone(), call_key.clone()])
            .await?;
        let missing = || StoreError::Corrupt(format!("{} {}: missing", table_key.pk, table_key.sk));
        Ok(CallContext {
            seating: seating(rows.get(&table_key).ok_or_else(missing)?)?,
            last: rows.get(&call_key).map(call_in).transpose()?,
        })
    }

    /// Stores a call in place of `last`, which is what was read; its slip is due from now on.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when another call was stored meanwhile: read again, it stands.
    pub async fn place_call(&self, call: &Call, last: Option<&OrderId>) -> Result<(), MoveError> {
        let due = call.called_at.plus(DISPATCH_AFTER);
        let [due_pk, due_sk] = due_for_tickets(&call.store, &call.id, due);
        let place = "SET #doc = :doc, #call_id = :call_id, #due_pk = :due_pk, #due_sk = :due_sk";
        let place = Change::new(place)
            .names(["doc", "call_id", "due_pk", "due_sk"])
            .value("doc", s(CallRecord::write(call)))
            .value("call_id", s(&call.id))
            .value(due_pk.0, due_pk.1)
            .value(due_sk.0, due_sk.1);
        let place = match last {
            Some(last) => place.only_if("#call_id = :last").value("last", s(last)),
            None => place.only_if("attribute_not_exists(#call_id)"),
        };
        let key = key::call(&call.store, &call.table, call.kind);
        self.update(key, place).await?;
        Ok(())
    }

    /// Whether a call's slip is still on its way to paper.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn slip_waits(&self, store: &StoreKey, call: &OrderId) -> Result<bool, StoreError> {
        let slips = self
            .query(Question::of(key::order_partition(store, call)))
            .await?;
        let printed = |slip: &Row| Ok(ticket_status(slip)?.state == TicketState::Printed);
        let printed: Vec<bool> = slips.iter().map(printed).collect::<Result<_, _>>()?;
        Ok(printed.is_empty() || printed.contains(&false))
    }

    /// Looks at a call without a slip again at `due`, unless it has one by now or a later call stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone_call(&self, call: &Call, due: UnixMillis) -> Result<(), StoreError> {
        let [_, due_sk] = due_for_tickets(&call.store, &call.id, due);
        let later = Change::new("SET #due_sk = :due_sk")
            .only_if("#call_id = :call_id AND #due_sk < :due_sk")
            .names(["call_id", "due_sk"])
            .value("call_id", s(&call.id))
            .value(due_sk.0, due_sk.1);
        let key = key::call(&call.store, &call.table, call.kind);
        match self.update(key, later).await {
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

/// The call in a row.
pub(crate) fn call_in(row: &Row) -> Result<Call, StoreError> {
    let document: String = row.get_as("doc")?;
    CallRecord::read(&document).map_err(|_| row.corrupt("doc"))
}
