//! Guests' calls for a person: one row for each table and kind, replaced by the next such call, due until its slip is written.

use crate::{
    Store,
    batch::Question,
    config::set_up,
    due::DueTime,
    error::{MoveError, StoreError, WriteError},
    key::{self, Key},
    row::{Read, Row, missing, s},
    seatings::{ordered, seating},
    tickets::ticket_status,
    write::Change,
};
use aws_sdk_dynamodb::types::AttributeValue;
use tabletap_domain::{
    CallId, StoreKey, TableId,
    call::{Call, CallKind},
    seating::{SeatingMove, TableSeating},
    store::HouseRule,
    ticket::{ALARM_AFTER, DISPATCH_AFTER, TicketState},
    time::UnixMillis,
};
use tabletap_wire::call::CallRecord;

/// What deciding on a call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallContext {
    /// The store's rule for first orders and calls.
    pub house_rule: HouseRule,
    /// Who sits at the table.
    pub seating: TableSeating,
    /// The last call of this kind from this table, whoever sat there.
    pub last: Option<Call>,
}

impl Store {
    /// What deciding on a call needs, with one request.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also when store or table are not there.
    pub async fn read_for_call(
        &self,
        store: &StoreKey,
        table: &TableId,
        kind: CallKind,
    ) -> Result<CallContext, StoreError> {
        let (table_key, call_key) = (key::table(store, table), key::call(store, table, kind));
        let config_key = key::config(store);
        let keys = vec![config_key.clone(), table_key.clone(), call_key.clone()];
        let rows = self.get_all(keys).await?;
        let row = |key: &Key| rows.get(key).ok_or_else(|| missing(key));
        Ok(CallContext {
            house_rule: set_up(row(&config_key)?)?.house_rule,
            seating: seating(row(&table_key)?)?,
            last: rows.get(&call_key).map(call_in).transpose()?,
        })
    }

    /// Stores a call in place of `last`, which is what was read, and counts it at its table: both or nothing. Its slip is due from now on,
    /// unless it waits for the staff.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when another call was stored meanwhile, or the table has moved: read again.
    pub async fn place_call(
        &self,
        call: &Call,
        last: Option<&CallId>,
        step: &SeatingMove,
    ) -> Result<(), MoveError> {
        let place = Change::new("SET #doc = :doc, #call_id = :call_id")
            .value("doc", s(CallRecord::write(call)))
            .value("call_id", s(&call.id));
        let place = match call.held {
            true => place
                .also("#held = :yes")
                .value("yes", AttributeValue::Bool(true))
                .due_no_more(),
            false => due_now(place, call, call.called_at).then("REMOVE #held"),
        };
        let place = match last {
            Some(last) => place.only_if("#call_id = :last").value("last", s(last)),
            None => place.only_if("attribute_not_exists(#call_id)"),
        };
        // A party that waits for the staff is looked at soon; a call that does not wait changes no table's time.
        let due = call.held.then(|| call.called_at.plus(ALARM_AFTER));
        let counted = ordered(&call.store, &call.table, step, due);
        let parts = vec![
            self.part(key::call(&call.store, &call.table, call.kind), place),
            self.part(key::table(&call.store, &call.table), counted),
        ];
        Ok(self.transact(parts).await?)
    }

    /// The calls of a table that wait for the staff.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting_calls(
        &self,
        store: &StoreKey,
        table: &TableId,
    ) -> Result<Vec<Call>, StoreError> {
        let kinds = CallKind::ALL.iter();
        let keys = kinds.map(|kind| key::call(store, table, *kind)).collect();
        let rows = self.get_all(keys).await?;
        let calls: Vec<Call> = rows.values().map(call_in).collect::<Result<_, _>>()?;
        Ok(calls.into_iter().filter(|call| call.held).collect())
    }

    /// The staff's tap reached this call: its slip is due from `now` on. `false` when it did not wait, or a later call stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_call(&self, call: &Call, now: UnixMillis) -> Result<bool, StoreError> {
        let release = Change::new("SET #call_id = :call_id")
            .only_if("#call_id = :call_id AND #held = :yes")
            .value("call_id", s(&call.id))
            .value("yes", AttributeValue::Bool(true));
        let release = due_now(release, call, now).then("REMOVE #held");
        let key = key::call(&call.store, &call.table, call.kind);
        match self.update(key, release).await {
            Ok(_) => Ok(true),
            Err(WriteError::Conditions(_)) => Ok(false),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// Whether a call's slip is still on its way to paper.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn slip_waits(&self, store: &StoreKey, call: &CallId) -> Result<bool, StoreError> {
        let slips = Question::of(key::order_partition(store, &call.as_order()));
        let slips = self.query(slips).await?;
        let printed = |slip: &Row| Ok(ticket_status(slip)?.state == TicketState::Printed);
        let printed: Vec<bool> = slips
            .iter()
            .map(printed)
            .collect::<Result<_, StoreError>>()?;
        Ok(printed.is_empty() || printed.contains(&false))
    }

    /// Looks at a call without a slip again at `due`, unless it has one by now or a later call stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone_call(&self, call: &Call, due: UnixMillis) -> Result<(), StoreError> {
        let later = DueTime::of_kitchen(&call.store, &call.id, due)
            .postponed()
            .and_only_if("#call_id = :call_id".to_owned())
            .value("call_id", s(&call.id));
        let key = key::call(&call.store, &call.table, call.kind);
        match self.update(key, later).await {
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

/// A call whose slip is due from `now` on.
fn due_now(change: Change, call: &Call, now: UnixMillis) -> Change {
    let due = now.plus(DISPATCH_AFTER);
    change.also_due(DueTime::of_kitchen(&call.store, &call.id, due))
}

/// The call in a row; calls of before they could wait do not.
pub(crate) fn call_in(row: &Row) -> Result<Call, StoreError> {
    let document: String = row.get_as("doc")?;
    let call = CallRecord::read(&document).map_err(|_| row.corrupt("doc"))?;
    let held = row.contains_key("held") && row.flag("held")?;
    Ok(Call { held, ..call })
}
