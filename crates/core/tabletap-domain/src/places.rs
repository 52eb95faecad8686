//! The places of a pick-up slot: how many are taken, and which of them only by guests who are still paying.
//!
//! A guest takes a place at checkout. While the slot has room, nobody is hurried. Once it is full, a place that is held without payment
//! gives way to the next guest at checkout, so that nobody keeps a restaurant's evening without paying for it.

use crate::{OrderId, time::UnixMillis};
use std::{cmp::Reverse, time::Duration};

/// A held place gives way only after this long: time enough to type a card number.
pub const HOLD_GRACE: Duration = Duration::from_mins(2);
/// An order takes a place without paying for it at most this often. Its guest then orders again, which the limits on unpaid orders count.
pub const HOLDS_MAX: u32 = 3;

/// So many unpaid places of a slot has a network with a time of grace for each: the phones of one carrier share an address.
const OWN_GRACE_MAX: usize = 2;

/// A place that an order holds while its guest pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The order.
    pub order: OrderId,
    /// Since when it counts as held; see [`Places::since`].
    pub since: UnixMillis,
    /// A digest of where its guest orders from; empty where that is not known.
    pub viewer: String,
}

/// The places of one slot, as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// All that are taken, paid for or held.
    pub taken: u32,
    /// Those that are only held.
    pub holds: Vec<Hold>,
}

impl Places {
    /// Whether a guest who comes now may get one: there is room, or a held one that gives way.
    #[must_use]
    pub fn are_open(&self, capacity: u32, now: UnixMillis) -> bool {
        self.taken < capacity || (capacity > 0 && !self.giving_way(now).is_empty())
    }

    /// Whether every place is paid for: whoever comes now cannot get one.
    #[must_use]
    pub fn are_paid(&self, capacity: u32) -> bool {
        let held = u32::try_from(self.holds.len()).unwrap_or(u32::MAX);
        self.taken.saturating_sub(held) >= capacity
    }

    /// The held places that give way at `now`, in this order: those of the viewer who holds most of the slot first, then the oldest.
    #[must_use]
    pub fn giving_way(&self, now: UnixMillis) -> Vec<&Hold> {
        let mut holds: Vec<&Hold> = self
            .holds
            .iter()
            .filter(|hold| hold.since.plus(HOLD_GRACE) <= now)
            .collect();
        holds.sort_by_key(|hold| (Reverse(self.of_viewer(&hold.viewer)), hold.since));
        holds
    }

    /// Since when a place counts as held that a viewer takes at `now`. A viewer who holds a few of the slot already begins no time of grace
    /// anew: otherwise one phone with many orders would keep a slot full for ever.
    #[must_use]
    pub fn since(&self, viewer: &str, now: UnixMillis) -> UnixMillis {
        let known = |hold: &&Hold| !viewer.is_empty() && hold.viewer == viewer;
        let held = self.holds.iter().filter(known);
        if held.clone().count() < OWN_GRACE_MAX {
            return now;
        }
        let first = held.map(|hold| hold.since).min();
        first.map_or(now, |first| first.min(now))
    }

    fn of_viewer(&self, viewer: &str) -> usize {
        match viewer.is_empty() {
            true => 1,
            false => {
                let same = |hold: &&Hold| hold.viewer == viewer;
                self.holds.iter().filter(same).count()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const T0: UnixMillis = UnixMillis(1_795_287_841_250);

    fn at(s: u64) -> UnixMillis {
        T0.plus(Duration::from_secs(s))
    }

    fn hold(number: u32, since_s: u64, viewer: &str) -> Hold {
        Hold {
            order: format!("ord_{number:032x}").parse().unwrap(),
            since: at(since_s),
            viewer: viewer.to_owned(),
        }
    }

    fn full(holds: Vec<Hold>) -> Places {
        Places { taken: 4, holds }
    }

    #[test]
    fn a_slot_that_is_full_of_paid_orders_is_closed_and_one_with_old_holds_is_open() {
        for (places, now, open, why) in [
            (
                Places {
                    taken: 3,
                    holds: Vec::new(),
                },
                0,
                true,
                "room",
            ),
            (full(Vec::new()), 9_999, false, "all are paid for"),
            (
                full(vec![hold(1, 0, "a")]),
                119,
                false,
                "its guest is paying",
            ),
            (full(vec![hold(1, 0, "a")]), 120, true, "long enough"),
        ] {
            assert_eq!(places.are_open(4, at(now)), open, "{why}");
        }
        assert!(full(Vec::new()).are_paid(4));
        assert!(
            !full(vec![hold(1, 0, "a")]).are_paid(4),
            "one may come free"
        );
        let nothing = full(vec![hold(1, 0, "a")]);
        assert!(
            !nothing.are_open(0, at(999)),
            "a slot without places has none"
        );
    }

    #[test]
    fn the_viewer_who_holds_most_gives_way_first_then_the_oldest_hold() {
        let places = full(vec![
            hold(1, 0, "honest"),
            hold(2, 10, "crowd"),
            hold(3, 5, "crowd"),
            hold(4, 200, "late"),
            hold(5, 1, ""),
            hold(6, 2, ""),
        ]);
        let numbers: Vec<String> = places
            .giving_way(at(130))
            .iter()
            .map(|hold| hold.order.hex().trim_start_matches('0').to_owned())
            .collect();
        assert_eq!(numbers, ["3", "2", "1", "5", "6"]);
    }

    #[test]
    fn the_third_hold_of_a_viewer_has_no_new_time_of_grace() {
        let places = full(vec![
            hold(1, 30, "crowd"),
            hold(2, 10, "crowd"),
            hold(3, 0, "carrier"),
            hold(4, 0, ""),
            hold(5, 0, ""),
        ]);
        for (viewer, since, why) in [
            ("crowd", 10, "it holds two already"),
            ("carrier", 100, "another guest's phone, most likely"),
            ("new", 100, "its first"),
            ("", 100, "unknown viewers share nothing"),
        ] {
            assert_eq!(places.since(viewer, at(100)), at(since), "{why}");
        }
    }

    #[test]
    fn a_guest_has_their_own_two_minutes_though_a_stranger_of_their_carrier_left_a_page_open() {
        let mut places = full(vec![hold(1, 0, "carrier")]);
        let since = places.since("carrier", at(119));
        places.holds.push(Hold {
            since,
            ..hold(2, 0, "carrier")
        });
        let giving_way = places.giving_way(at(121));
        let orders: Vec<&OrderId> = giving_way.iter().map(|hold| &hold.order).collect();
        assert_eq!(orders, [&places.holds[0].order]);
    }
}
