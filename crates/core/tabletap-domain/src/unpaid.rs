//! How many takeout orders may wait for their payment, so that one phone cannot fill a restaurant's numbers and nights with orders that
//! nobody pays.
//!
//! Orders are counted in windows of [`WINDOW`], by contact, by viewer and for the store as a whole; one that is paid is taken off again.
//! The limits are far above an honest evening: an office or a phone company's network shares one viewer prefix.

use crate::{takeout::TakeoutRules, time::UnixMillis};
use std::{collections::BTreeMap, time::Duration};

/// Orders are counted from the beginning of their window to its end.
pub const WINDOW: Duration = Duration::from_mins(10);
/// Most unpaid orders in a window with one e-mail address or phone number.
pub const CONTACT_MAX: u32 = 6;
/// Most unpaid orders in a window from one viewer prefix.
pub const VIEWER_MAX: u32 = 30;
/// Most unpaid orders in a window of a store, for each place of one of its slots.
const STORE_MAX_PER_PLACE: u32 = 20;
/// The same of a small store.
const STORE_MAX_LEAST: u32 = 120;

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnpaidLimit {
    /// This address or phone number has enough of them.
    Contact,
    /// So has this viewer prefix.
    Viewer,
    /// So has the store.
    Store,
}

/// A name under which an order is counted: a keyed digest, never what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedBy {
    /// Letters and digits.
    pub digest: String,
    /// What it stands for.
    pub limit: UnpaidLimit,
}

impl CountedBy {
    /// The most that it may count.
    #[must_use]
    pub fn max(&self) -> u32 {
        match self.limit {
            UnpaidLimit::Contact => CONTACT_MAX,
            UnpaidLimit::Viewer | UnpaidLimit::Store => VIEWER_MAX,
        }
    }
}

/// The beginning of the window that `now` lies in.
#[must_use]
pub fn window(now: UnixMillis) -> UnixMillis {
    UnixMillis(now.0 - now.0.rem_euclid(window_ms()))
}

/// Whole seconds until the next window begins: at least one.
#[must_use]
pub fn seconds_left(now: UnixMillis) -> u32 {
    let left_ms = window_ms() - now.0.rem_euclid(window_ms());
    u32::try_from(left_ms.div_euclid(1000))
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

fn window_ms() -> i64 {
    i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX)
}

/// Most unpaid orders of a store in a window.
#[must_use]
pub fn store_max(rules: &TakeoutRules) -> u32 {
    rules
        .capacity
        .saturating_mul(STORE_MAX_PER_PLACE)
        .max(STORE_MAX_LEAST)
}

/// The unpaid orders of a store in one window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnpaidOrders {
    /// All of them.
    pub total: u32,
    /// Those of each digest.
    pub by: BTreeMap<String, u32>,
}

impl UnpaidOrders {
    /// The limit that another order would go beyond, if any. The narrowest comes first: it is what the guest can do something about.
    #[must_use]
    pub fn limit_reached(&self, by: &[CountedBy], store_max: u32) -> Option<UnpaidLimit> {
        let count = |by: &CountedBy| self.by.get(&by.digest).copied().unwrap_or_default();
        let full = by.iter().find(|by| count(by) >= by.max());
        let store = (self.total >= store_max).then_some(UnpaidLimit::Store);
        full.map(|by| by.limit).or(store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(digest: &str, limit: UnpaidLimit) -> CountedBy {
        CountedBy {
            digest: digest.to_owned(),
            limit,
        }
    }

    #[test]
    fn each_limit_is_told_and_the_narrowest_first() {
        let asked = [
            by("c1", UnpaidLimit::Contact),
            by("v1", UnpaidLimit::Viewer),
        ];
        for (total, contact, viewer, limit, why) in [
            (119, 5, 29, None, "one below each"),
            (119, 6, 29, Some(UnpaidLimit::Contact), "the contact"),
            (119, 5, 30, Some(UnpaidLimit::Viewer), "the viewer"),
            (120, 5, 29, Some(UnpaidLimit::Store), "the store"),
            (120, 6, 30, Some(UnpaidLimit::Contact), "all of them"),
        ] {
            let by = [("c1", contact), ("v1", viewer), ("c2", 99)];
            let by = by.map(|(digest, count)| (digest.to_owned(), count)).into();
            let unpaid = UnpaidOrders { total, by };
            assert_eq!(unpaid.limit_reached(&asked, 120), limit, "{why}");
        }
    }

    #[test]
    fn a_window_begins_and_ends_on_the_ten_minutes() {
        let start = 1_795_287_600_000;
        assert_eq!(window(UnixMillis(start + 599_999)), UnixMillis(start));
        assert_eq!(window(UnixMillis(start)), UnixMillis(start));
        assert_eq!(seconds_left(UnixMillis(start + 599_999)), 1);
        assert_eq!(seconds_left(UnixMillis(start)), 601);
    }
}
