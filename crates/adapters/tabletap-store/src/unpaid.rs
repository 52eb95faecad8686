//! The unpaid takeout orders of a store, counted: one row for each window of time, written in the transaction that places an order, so
//! that no rush gets past a limit.
//!
//! An order's head keeps under which names it was counted, and the transaction that makes it paid takes it off again. Orders that are never
//! paid are forgotten with their window.

use crate::{
    Store,
    error::StoreError,
    key,
    row::{Read, Row, n},
    write::Change,
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use std::{collections::BTreeMap, fmt, str::FromStr};
use tabletap_domain::{
    InvalidId, StoreKey,
    time::UnixMillis,
    unpaid::{CountedBy, UnpaidOrders, WINDOW, window},
};

/// The count of a digest is the attribute of this name and the digest.
const BY: &str = "by_";

/// Under which names a new order is counted, and how many there may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnpaidCap {
    /// Most unpaid orders of the store.
    pub store_max: u32,
    /// The digests, each with its own limit.
    pub by: Vec<CountedBy>,
}

/// How an order was counted, as its head keeps it: the window, then the digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    window: UnixMillis,
    digests: Vec<String>,
}

impl Counted {
    pub(crate) fn new(placed_at: UnixMillis, by: &[CountedBy]) -> Self {
        Self {
            window: window(placed_at),
            digests: by.iter().map(|by| by.digest.clone()).collect(),
        }
    }

    /// The digest that begins with this letter.
    #[must_use]
    pub fn digest(&self, letter: char) -> Option<&str> {
        let found = self
            .digests
            .iter()
            .find(|digest| digest.starts_with(letter));
        found.map(String::as_str)
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.window)?;
        self.digests
            .iter()
            .try_for_each(|digest| write!(f, " {digest}"))
    }
}

impl FromStr for Counted {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut words = text.split(' ');
        let window = words.next().and_then(|word| word.parse().ok());
        let window = window.map(UnixMillis).ok_or(InvalidId {
            kind: "count",
            shape: "a window and the digests that were counted",
        })?;
        Ok(Self {
            window,
            digests: words.map(str::to_owned).collect(),
        })
    }
}

impl Store {
    /// Counts one order more, unless there may be no other.
    pub(crate) fn part_counted(
        &self,
        store: &StoreKey,
        counted: &Counted,
        cap: &UnpaidCap,
    ) -> TransactWriteItem {
        let below =
            |name: &str, max: &str| format!("(attribute_not_exists(#{name}) OR #{name} < :{max})");
        let mut change = counted
            .change(1)
            .only_if(below("total", "total_max"))
            .value("total_max", n(cap.store_max));
        for (place, by) in cap.by.iter().enumerate() {
            let max = format!("max_{place}");
            change = change
                .and_only_if(below(&format!("{BY}{}", by.digest), &max))
                .value(max, n(by.max()));
        }
        self.part(key::unpaid(store, counted.window), change)
    }

    /// Takes an order off again that is paid at `now`; nothing to do where its window is over.
    pub(crate) fn part_uncounted(
        &self,
        store: &StoreKey,
        counted: &Counted,
        now: UnixMillis,
    ) -> Option<TransactWriteItem> {
        let counts = now < counted.window.plus(WINDOW);
        counts.then(|| self.part(key::unpaid(store, counted.window), counted.change(-1)))
    }
}

impl Counted {
    fn change(&self, more: i32) -> Change {
        let names: Vec<String> = self.digests.iter().map(|by| format!("{BY}{by}")).collect();
        let adds: Vec<String> = ["total".to_owned()]
            .iter()
            .chain(&names)
            .map(|name| format!("#{name} :more"))
            .collect();
        Change::new(format!(
            "SET #expires_at = :expires_at ADD {}",
            adds.join(", ")
        ))
        // One window longer than anybody asks for it.
        .value("expires_at", n(self.window.plus(WINDOW * 2).seconds()))
        .value("more", n(more))
    }
}

/// The counts in a row.
pub(crate) fn unpaid_orders(row: &Row) -> Result<UnpaidOrders, StoreError> {
    let counts = row.keys().filter_map(|name| {
        let digest = name.strip_prefix(BY)?;
        Some(count(row, name).map(|count| (digest.to_owned(), count)))
    });
    Ok(UnpaidOrders {
        total: count(row, "total")?,
        by: counts.collect::<Result<BTreeMap<_, _>, _>>()?,
    })
}

/// A count may be below zero for a moment where its row expired before what it counted was paid.
fn count(row: &Row, name: &str) -> Result<u32, StoreError> {
    let count: i64 = row.get_as(name)?;
    Ok(u32::try_from(count.max(0)).unwrap_or(u32::MAX))
}
