//! When a store hands out takeout: its hours as its owner wrote them, and how much it promises at a time.
//!
//! Wall-clock values only, without a zone: `tabletap-opening` puts them on the line of time.

use crate::menu::words;
use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

/// A place of a slot that was taken at checkout, and is neither paid for nor being paid for, is given back after this long.
pub const PAYMENT_HOLD: Duration = Duration::from_mins(10);
/// An order that is not paid, and is not being paid, ends after this long.
pub const UNPAID_ENDS_AFTER: Duration = Duration::from_hours(2);
/// An order for later goes to the kitchen up to this long before its time: the sweeper looks once a minute, some seconds early or late, and
/// an order must not be found by the sweep after its time.
pub const FIRE_AHEAD: Duration = Duration::from_secs(75);
/// An order that nobody marked as picked up counts so this long after it was promised: its business day is over.
pub const COLLECTED_AFTER: Duration = Duration::from_hours(4);

/// How a store takes orders to be picked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeoutRules {
    /// When the kitchen is open for takeout, each week.
    pub hours: WeekHours,
    /// Days with other hours; none at all on a day that is closed.
    pub holidays: BTreeMap<CalendarDate, Vec<OpenSpan>>,
    /// From the kitchen's ticket to the bag.
    pub preparation: Duration,
    /// Length of a pick-up slot.
    pub slot: Duration,
    /// Most orders promised for one slot.
    pub capacity: u32,
    /// How long before closing the last bag is promised.
    pub last_order: Duration,
    /// How many days ahead can be chosen, besides today.
    pub days_ahead: u32,
    /// What happens to a paid order that can no longer be honoured.
    pub late: LateRule,
}

words!(
    /// What happens to a paid order that can no longer be honoured.
    LateRule {
        /// Its money goes back by itself.
        Refund = "refund",
        /// Staff decide.
        Ask = "ask",
    }
);

/// The spans of each weekday, Monday first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeekHours(pub [Vec<OpenSpan>; 7]);

/// A time the kitchen is open, in minutes after the beginning of its day on the wall clock. One that runs past midnight ends beyond
/// [`OpenSpan::DAY_MINUTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenSpan {
    /// Opens, within its day.
    pub from_minute: u16,
    /// Closes; always later, by at most one day.
    pub to_minute: u16,
}

impl OpenSpan {
    /// Minutes of a day on the wall clock.
    pub const DAY_MINUTES: u16 = 24 * 60;

    /// A span that makes sense: it opens within its day, and closes later, within a day.
    #[must_use]
    pub fn new(from_minute: u16, to_minute: u16) -> Option<Self> {
        let sound = from_minute < Self::DAY_MINUTES
            && from_minute < to_minute
            && to_minute - from_minute <= Self::DAY_MINUTES;
        sound.then_some(Self {
            from_minute,
            to_minute,
        })
    }
}

/// A day of the calendar, such as `2026-12-24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarDate {
    /// The year, from 2000 to 2999.
    pub year: u16,
    /// January is 1.
    pub month: u8,
    /// The first is 1.
    pub day: u8,
}

impl CalendarDate {
    /// A day that the calendar has.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        let is_day = (2000..3000).contains(&year) && (1..=days).contains(&day);
        is_day.then_some(Self { year, month, day })
    }
}

impl fmt::Display for CalendarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for CalendarDate {
    type Err = crate::InvalidId;
    fn from_str(text: &str) -> Result<Self, crate::InvalidId> {
        let read = || {
            let mut parts = text.split('-');
            let mut part = |length: usize| parts.next().filter(|part| part.len() == length);
            let (year, month, day) = (part(4)?, part(2)?, part(2)?);
            let date = Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
            (date.to_string() == text).then_some(date)
        };
        read().ok_or(crate::InvalidId {
            kind: "date",
            shape: "a day of the calendar such as 2026-12-24",
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        for text in ["2026-12-24", "2028-02-29", "2000-02-29"] {
            assert_eq!(text.parse::<CalendarDate>().unwrap().to_string(), text);
        }
        for (text, why) in [
            ("2026-02-29", "no leap year"),
            ("2100-02-29", "a century without one"),
            ("2026-13-01", "a thirteenth month"),
            ("2026-04-31", "April has thirty"),
            ("2026-4-01", "short"),
            ("2026-12-24-1", "a part too many"),
            ("+026-12-24", "a sign"),
            ("1999-12-31", "long past"),
            ("today", "a word"),
        ] {
            assert!(text.parse::<CalendarDate>().is_err(), "{why}");
        }
    }

    #[test]
    fn a_span_opens_in_its_day_and_closes_within_a_day_after() {
        assert!(OpenSpan::new(0, 1440).is_some(), "all day");
        assert!(OpenSpan::new(1080, 1560).is_some(), "until two at night");
        for (from, to, why) in [
            (600, 600, "never open"),
            (600, 500, "backwards"),
            (1440, 1500, "begins the next day"),
            (600, 2100, "longer than a day"),
        ] {
            assert_eq!(OpenSpan::new(from, to), None, "{why}");
        }
    }
}
