//! Sending conditional writes: a write that only lost a race for its rows is tried again here, within bounds; one whose condition
//! did not hold is the caller's to decide.

use crate::{
    Store,
    error::{Setback, StoreError, WriteError, of_single, of_transaction},
    key::Key,
    row::Row,
};
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use std::{collections::HashMap, time::Duration};

/// Tries of one write that others keep in conflict.
const TRIES_MAX: u32 = 8;

/// A change of one row, as an update or as a part of a transaction. `#name` stands for the attribute `name` in its expressions, and `:name`
/// for the value of that name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    expression: String,
    condition: Option<String>,
    values: Vec<(String, AttributeValue)>,
}

impl Change {
    /// A change by an update expression.
    pub(crate) fn new(expression: impl Into<String>) -> Self {
        Self {
            expression: expression.into(),
            ..Self::default()
        }
    }

    /// The same change by this expression.
    pub(crate) fn expressed(mut self, expression: String) -> Self {
        self.expression = expression;
        self
    }

    /// One more assignment behind those of a `SET`.
    pub(crate) fn also(mut self, assignment: &str) -> Self {
        self.expression = format!("{}, {assignment}", self.expression);
        self
    }

    /// One more clause.
    pub(crate) fn then(mut self, clause: &str) -> Self {
        self.expression = format!("{} {clause}", self.expression);
        self
    }

    /// Only while this holds as well.
    pub(crate) fn and_only_if(mut self, condition: String) -> Self {
        self.condition = Some(match self.condition {
            Some(first) => format!("{first} AND {condition}"),
            None => condition,
        });
        self
    }

    /// Only while this holds.
    pub(crate) fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// What `:name` stands for.
    pub(crate) fn value(mut self, name: impl Into<String>, value: AttributeValue) -> Self {
        self.values.push((name.into(), value));
        self
    }

    /// What each `#name` in the expressions stands for: DynamoDB takes none more and none less.
    fn names(&self) -> Option<HashMap<String, String>> {
        let expressions = [Some(&self.expression), self.condition.as_ref()];
        let expressions = expressions.into_iter().flatten();
        let names = expressions
            .flat_map(|text| text.split('#').skip(1))
            .map(|text| {
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
                (format!("#{}", &text[..end]), text[..end].to_owned())
            });
        Some(names.collect()).filter(not_empty)
    }
}

impl Store {
    /// The change of one row as a part of a transaction.
    pub(crate) fn part(&self, key: Key, change: Change) -> TransactWriteItem {
        let names = change.names();
        let values = change
            .values
            .into_iter()
            .map(|(name, value)| (format!(":{name}"), value));
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key.into_row()))
            .update_expression(change.expression)
            .set_condition_expression(change.condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(Some(values.collect()).filter(not_empty))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .expect("key, table and expression are set above");
        TransactWriteItem::builder().update(update).build()
    }

    /// A row that must be new, as a part of a transaction.
    pub(crate) fn part_new(&self, row: Row) -> TransactWriteItem {
        self.part_put(row, Some("attribute_not_exists(pk)"))
    }

    /// A row that replaces what stood there, as a part of a transaction.
    pub(crate) fn part_put(&self, row: Row, condition: Option<&str>) -> TransactWriteItem {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row))
            .set_condition_expression(condition.map(str::to_owned))
            .build()
            .expect("table and row are set above");
        TransactWriteItem::builder().put(put).build()
    }

    /// A row that goes, as a part of a transaction.
    pub(crate) fn part_delete(&self, key: Key) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.into_row()))
            .build()
            .expect("table and key are set above");
        TransactWriteItem::builder().delete(delete).build()
    }

    /// All parts or none. The SDK gives each request a token of its own, so that its own retry after a lost answer is recognised; two
    /// callers never share one, because both would be told that theirs is the write that happened.
    pub(crate) async fn transact(&self, parts: Vec<TransactWriteItem>) -> Result<(), WriteError> {
        let request = self
            .client
            .transact_write_items()
            .set_transact_items(Some(parts));
        persist(|| {
            let sent = request.clone().send();
            async { sent.await.map(|_| ()).map_err(of_transaction) }
        })
        .await
    }

    /// Changes one row, and answers with it as it stands afterwards.
    pub(crate) async fn update(&self, key: Key, change: Change) -> Result<Row, WriteError> {
        let names = change.names();
        let values = change
            .values
            .into_iter()
            .map(|(name, value)| (format!(":{name}"), value));
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.into_row()))
            .update_expression(change.expression)
            .set_condition_expression(change.condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(Some(values.collect()).filter(not_empty))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew);
        persist(|| {
            let sent = request.clone().send();
            async {
                let updated = sent.await.map_err(|error| of_single("UpdateItem", error))?;
                Ok(updated.attributes.unwrap_or_default())
            }
        })
        .await
    }

    /// Writes a row that must be new; `false` when one stands there.
    pub(crate) async fn put_new(&self, row: Row) -> Result<bool, StoreError> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(pk)");
        let put = persist(|| {
            let sent = request.clone().send();
            async {
                sent.await
                    .map(|_| ())
                    .map_err(|error| of_single("PutItem", error))
            }
        });
        match put.await {
            Ok(()) => Ok(true),
            Err(WriteError::Conditions(_)) => Ok(false),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

fn not_empty<V>(map: &HashMap<String, V>) -> bool {
    !map.is_empty()
}

/// Tries until it is done, refused, or has been in conflict too often.
async fn persist<T, F>(send: impl Fn() -> F) -> Result<T, WriteError>
where
    F: Future<Output = Result<T, Setback>>,
{
    let mut tries = 1;
    loop {
        match send().await {
            Ok(done) => return Ok(done),
            Err(Setback::Final(error)) => return Err(error),
            Err(Setback::Again(error)) if tries == TRIES_MAX => {
                tracing::warn!(tries, "a write was in conflict too often");
                return Err(WriteError::Store(error));
            }
            Err(Setback::Again(_)) => tokio::time::sleep(pause(tries)).await,
        }
        tries += 1;
    }
}

/// Somewhere between nothing and a bound that doubles: 10 ms, 20 ms, … 640 ms. Two that collided do not collide in step again.
pub(crate) fn pause(tries: u32) -> Duration {
    let bound_ms = 10_u64 << tries.saturating_sub(1).min(6);
    Duration::from_millis(fastrand::u64(..bound_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_change_names_each_attribute_of_its_expressions_once() {
        let change = Change::new("SET #a = if_not_exists(#a, :none) + :one, #line_0=:by REMOVE #b")
            .only_if("(attribute_not_exists(#c) OR #line_0 < :max) AND #due_sk = :b");
        let names = change.names().expect("some");
        let mut named: Vec<(&str, &str)> = names.iter().map(|(k, v)| (&**k, &**v)).collect();
        named.sort_unstable();
        assert_eq!(
            named,
            [
                ("#a", "a"),
                ("#b", "b"),
                ("#c", "c"),
                ("#due_sk", "due_sk"),
                ("#line_0", "line_0")
            ]
        );
        assert_eq!(Change::new("").names(), None, "none of none");
    }

    #[tokio::test]
    async fn a_conflict_is_tried_again_and_a_refusal_is_not() {
        let sent = Cell::new(0_u32);
        let answer = persist(|| {
            sent.set(sent.get() + 1);
            let conflict = Err(Setback::Again(StoreError::Unavailable));
            std::future::ready(if sent.get() < 3 { conflict } else { Ok(()) })
        });
        assert_eq!(answer.await, Ok(()));
        assert_eq!(sent.take(), 3);

        let refused = WriteError::Conditions(Vec::new());
        let answer = persist(|| {
            sent.set(sent.get() + 1);
            std::future::ready(Err::<(), _>(Setback::Final(refused.clone())))
        });
        assert_eq!(answer.await, Err(refused.clone()));
        assert_eq!(sent.take(), 1);
    }

    #[tokio::test]
    async fn conflicts_without_end_are_given_up() {
        let sent = Cell::new(0_u32);
        let answer = persist(|| {
            sent.set(sent.get() + 1);
            std::future::ready(Err::<(), _>(Setback::Again(StoreError::Throttled)))
        });
        assert_eq!(answer.await, Err(WriteError::Store(StoreError::Throttled)));
        assert_eq!(sent.get(), TRIES_MAX);
    }
}
