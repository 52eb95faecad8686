//! One party's stay at a table: who may order there, and until when.
//!
//! The table counts its seatings. A scan at an idle table gets the next number and writes nothing; the first order of that number
//! opens the seating in its own transaction; closing it ends the right to order of every session that bears the number.

use crate::{menu::words, store::HouseRule, time::UnixMillis};
use std::time::Duration;

/// A seating that nobody closed is closed by itself after this long without an order.
pub const IDLE_MAX: Duration = Duration::from_hours(4);

words!(
    /// Where a table stands.
    TableState {
        /// Nobody has ordered since the last seating ended.
        Idle = "idle",
        /// A first order waits for one tap of the staff.
        Unconfirmed = "unconfirmed",
        /// A party is ordering.
        Open = "open",
    }
);

/// A table's counter and state, as its row holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSeating {
    /// The number of the last seating that was opened; 0 before the first.
    pub number: u32,
    /// Where the table stands.
    pub state: TableState,
    /// When the last order came in, while a party sits.
    pub last_order_at: UnixMillis,
}

/// What an order does to its table, as conditions and changes of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatingMove {
    /// The table must still stand like this.
    pub from: TableSeating,
    /// And stands like this afterwards.
    pub to: TableSeating,
}

impl SeatingMove {
    /// Whether an order of this move waits for the staff.
    #[must_use]
    pub fn holds_order(&self) -> bool {
        self.to.state == TableState::Unconfirmed
    }
}

/// The session's seating has ended; a new scan of the sticker begins the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seating has ended")]
pub struct SeatingEnded;

/// The table's row does not stand as the staff's tap assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeatingError {
    /// Nobody sits there.
    #[error("nobody is seated at this table")]
    NotSeated,
    /// It is confirmed already.
    #[error("this table needs no confirmation")]
    NotWaiting,
}

impl TableSeating {
    /// The number that a scan gets now.
    #[must_use]
    pub fn number_for_scan(&self) -> u32 {
        match self.state {
            TableState::Idle => self.number.saturating_add(1),
            TableState::Unconfirmed | TableState::Open => self.number,
        }
    }

    /// What an order of `session_seating` does to the table at `now`.
    ///
    /// # Errors
    /// [`SeatingEnded`] when another party sits there by now, or the seating was closed.
    pub fn order(
        self,
        session_seating: u32,
        rule: HouseRule,
        now: UnixMillis,
    ) -> Result<SeatingMove, SeatingEnded> {
        if session_seating != self.number_for_scan() {
            return Err(SeatingEnded);
        }
        let state = match (self.state, rule) {
            (TableState::Idle, HouseRule::StaffTap) => TableState::Unconfirmed,
            (TableState::Idle, HouseRule::Open) => TableState::Open,
            (state, _) => state,
        };
        let to = Self {
            number: session_seating,
            state,
            last_order_at: now,
        };
        Ok(SeatingMove { from: self, to })
    }

    /// The staff's tap: the waiting order, and all that follow, go to the kitchen.
    ///
    /// # Errors
    /// [`SeatingError`] when there is nothing to confirm.
    pub fn confirm(self) -> Result<SeatingMove, SeatingError> {
        match self.state {
            TableState::Idle => Err(SeatingError::NotSeated),
            TableState::Open => Err(SeatingError::NotWaiting),
            TableState::Unconfirmed => Ok(SeatingMove {
                from: self,
                to: Self {
                    state: TableState::Open,
                    ..self
                },
            }),
        }
    }

    /// The party leaves.
    ///
    /// # Errors
    /// [`SeatingError::NotSeated`] when nobody sits there.
    pub fn close(self) -> Result<SeatingMove, SeatingError> {
        match self.state {
            TableState::Idle => Err(SeatingError::NotSeated),
            TableState::Unconfirmed | TableState::Open => Ok(SeatingMove {
                from: self,
                to: Self {
                    state: TableState::Idle,
                    ..self
                },
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    const NEW_TABLE: TableSeating = TableSeating {
        number: 0,
        state: TableState::Idle,
        last_order_at: UnixMillis(0),
    };

    #[test]
    fn every_phone_that_scans_an_idle_table_gets_the_same_next_number() {
        assert_eq!(NEW_TABLE.number_for_scan(), 1);
        let seated = NEW_TABLE
            .order(1, HouseRule::Open, UnixMillis(5))
            .unwrap()
            .to;
        assert_eq!(seated.number_for_scan(), 1, "the second phone joins");
        assert!(seated.order(1, HouseRule::Open, UnixMillis(6)).is_ok());
    }

    #[test]
    fn closing_ends_the_right_to_order_of_every_session_of_that_seating() {
        let seated = NEW_TABLE
            .order(1, HouseRule::Open, UnixMillis(5))
            .unwrap()
            .to;
        let closed = seated.close().unwrap().to;
        assert_eq!(
            closed.order(1, HouseRule::Open, UnixMillis(9)),
            Err(SeatingEnded)
        );
        assert_eq!(closed.number_for_scan(), 2);
        assert!(closed.order(2, HouseRule::Open, UnixMillis(9)).is_ok());
    }

    #[test]
    fn under_staff_tap_orders_wait_until_the_tap() {
        let first = NEW_TABLE
            .order(1, HouseRule::StaffTap, UnixMillis(5))
            .unwrap();
        assert!(first.holds_order());
        let second = first
            .to
            .order(1, HouseRule::StaffTap, UnixMillis(6))
            .unwrap();
        assert!(second.holds_order(), "so do the ones that follow");
        let confirmed = second.to.confirm().unwrap().to;
        assert!(
            !confirmed
                .order(1, HouseRule::StaffTap, UnixMillis(7))
                .unwrap()
                .holds_order()
        );
        assert_eq!(confirmed.confirm(), Err(SeatingError::NotWaiting));
        assert_eq!(NEW_TABLE.confirm(), Err(SeatingError::NotSeated));
    }

    proptest! {
        #[test]
        fn a_later_party_never_shares_a_number_with_an_earlier_one(closes in prop::collection::vec(any::<bool>(), 1..50)) {
            let mut table = NEW_TABLE;
            let mut ended = Vec::new();
            for close in closes {
                if close && table.state != TableState::Idle {
                    ended.push(table.number);
                    table = table.close().unwrap().to;
                } else {
                    let number = table.number_for_scan();
                    prop_assert!(!ended.contains(&number));
                    table = table.order(number, HouseRule::Open, UnixMillis(1)).unwrap().to;
                }
                for number in &ended {
                    prop_assert_eq!(table.order(*number, HouseRule::Open, UnixMillis(1)), Err(SeatingEnded));
                }
            }
        }
    }
}
