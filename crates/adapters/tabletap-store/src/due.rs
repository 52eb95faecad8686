//! Due times: what makes a row findable when somebody must look at it.
//!
//! What the kitchen waits for has a partition of its own, so that a thousand unpaid orders keep no ticket from its alarm.

use crate::{
    error::StoreError,
    key,
    row::{Read, Row, s},
    write::Change,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::fmt::Display;
use tabletap_domain::{StoreKey, time::UnixMillis};

/// What a store's kitchen waits for.
pub(crate) fn kitchen_partition(store: &StoreKey) -> String {
    key::of_store("DUE", store)
}

/// What else of a store somebody must look at. It can wait for the kitchen.
pub(crate) fn later_partition(store: &StoreKey) -> String {
    key::of_store("LATER", store)
}

/// When a row must be looked at, and whether its kitchen waits for it: its place in the index `due`.
#[derive(Clone, Debug)]
pub(crate) struct DueTime {
    partition: String,
    sort: String,
}

impl DueTime {
    /// The kitchen waits for `row`: a ticket, or an order or call without tickets. `row` keeps two of the same moment apart.
    pub(crate) fn of_kitchen(store: &StoreKey, row: impl Display, at: UnixMillis) -> Self {
        Self {
            partition: kitchen_partition(store),
            sort: format!("{at}#{row}"),
        }
    }

    /// `row` can wait for the kitchen: money, a table, the end of an order.
    pub(crate) fn later(store: &StoreKey, row: impl Display, at: UnixMillis) -> Self {
        Self {
            partition: later_partition(store),
            sort: format!("{at}#{row}"),
        }
    }

    /// The attributes of a new row.
    pub(crate) fn attributes(self) -> [(String, AttributeValue); 2] {
        let Self { partition, sort } = self;
        [("due_pk", s(partition)), ("due_sk", s(sort))].map(|(name, at)| (name.to_owned(), at))
    }

    /// A change that puts a row off, unless it is due later already, or not at all.
    pub(crate) fn postponed(self) -> Change {
        Change::new("SET #due_sk = :due_sk")
            .only_if("#due_sk < :due_sk")
            .value("due_sk", s(self.sort))
    }
}

impl Change {
    /// A change that does nothing but make a row due, or due no more.
    pub(crate) fn due(at: Option<DueTime>) -> Self {
        match at {
            Some(at) => Self::new("SET #due_pk = :due_pk, #due_sk = :due_sk").due_values(at),
            None => Self::new("REMOVE #due_pk, #due_sk"),
        }
    }

    /// Makes the row due as well.
    pub(crate) fn also_due(self, at: DueTime) -> Self {
        let set = self.also("#due_pk = :due_pk, #due_sk = :due_sk");
        set.due_values(at)
    }

    /// Makes the row due unless it is already.
    pub(crate) fn also_due_if_not_yet(self, at: DueTime) -> Self {
        let set = self.also(
            "#due_pk = if_not_exists(#due_pk, :due_pk), #due_sk = if_not_exists(#due_sk, :due_sk)",
        );
        set.due_values(at)
    }

    /// The row is due no more.
    pub(crate) fn due_no_more(self) -> Self {
        self.then("REMOVE #due_pk, #due_sk")
    }

    /// Only while the row is due then.
    pub(crate) fn only_if_due(self, at: DueTime) -> Self {
        self.and_only_if("#due_sk = :due_seen".to_owned())
            .value("due_seen", s(at.sort))
    }

    fn due_values(self, at: DueTime) -> Self {
        let values = at.attributes().into_iter();
        values.fold(self, |change, (name, value)| change.value(name, value))
    }
}

/// When a row is due.
pub(crate) fn due_of(row: &Row) -> Result<Option<UnixMillis>, StoreError> {
    let text: Option<String> = row.maybe("due_sk")?;
    text.map(|text| {
        let at = text.split('#').next().and_then(|at| at.parse().ok());
        at.map(UnixMillis).ok_or_else(|| row.corrupt("due_sk"))
    })
    .transpose()
}
