//! When a kitchen takes orders from tables.

use crate::{
    State, UnknownZone,
    days::{Calendar, Hours, OpenPeriod},
    pickup::before,
};
use tabletap_domain::{
    store::{StoreConfig, TableHours},
    time::UnixMillis,
};

/// A store's hours for its tables, in its zone.
#[derive(Clone, Debug)]
pub struct DineInOpening<'a> {
    rules: &'a TableHours,
    calendar: Calendar<'a>,
}

impl<'a> DineInOpening<'a> {
    /// The hours of a store; `None` if it takes orders at any time.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn of(store: &'a StoreConfig) -> Result<Option<Self>, UnknownZone> {
        let rules = store.dine_in.hours.as_ref();
        let house = |rules: &'a TableHours| {
            Ok(Self {
                rules,
                calendar: Calendar::new(&rules.week, &rules.holidays, &store.time_zone)?,
            })
        };
        rules.map(house).transpose()
    }

    /// Whether it takes orders at `now`.
    #[must_use]
    pub fn state(&self, now: UnixMillis) -> State {
        let hours = self.calendar.hours(now, 0);
        hours.state(now, |period| now < self.last_order(&hours, period))
    }

    /// When it stops taking orders, if it takes them at `now` and the end is known.
    #[must_use]
    pub fn orders_until(&self, now: UnixMillis) -> Option<UnixMillis> {
        match self.state(now) {
            State::Open { closes_at } => closes_at.map(|at| before(at, self.rules.last_order)),
            State::LastOrderPassed { .. } | State::Closed { .. } => None,
        }
    }

    /// The clock in the kitchen at this moment: day of the week, Monday is 0, hour and minute.
    #[must_use]
    pub fn clock(&self, at: UnixMillis) -> (u8, u8, u8) {
        let time = self.calendar.wall(at);
        let weekday = time.date().weekday().to_monday_zero_offset();
        let part = |part: i8| u8::try_from(part).unwrap_or_default();
        (part(weekday), part(time.hour()), part(time.minute()))
    }

    /// When the last order of an open period is taken.
    fn last_order(&self, hours: &Hours, period: &OpenPeriod) -> UnixMillis {
        if period.closes >= hours.known_until {
            return period.closes;
        }
        before(period.closes, self.rules.last_order)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use jiff::civil::DateTime;
    use std::{collections::BTreeMap, time::Duration};
    use tabletap_domain::takeout::{OpenSpan, WeekHours};

    const ZONE: &str = "Europe/Berlin";

    fn at(wall: &str) -> UnixMillis {
        let wall: DateTime = wall.parse().unwrap();
        UnixMillis(wall.in_tz(ZONE).unwrap().timestamp().as_millisecond())
    }

    /// Lunch, and dinner until one at night; the last order half an hour before; shut on Christmas Eve.
    fn hours() -> TableHours {
        let span = |from: u16, to: u16| OpenSpan::new(from * 60, to * 60).unwrap();
        TableHours {
            week: WeekHours(std::array::from_fn(|_| vec![span(11, 15), span(18, 25)])),
            holidays: BTreeMap::from([("2026-12-24".parse().unwrap(), Vec::new())]),
            last_order: Duration::from_mins(30),
        }
    }

    fn state(wall: &str) -> State {
        let rules = hours();
        let calendar = Calendar::new(&rules.week, &rules.holidays, ZONE).unwrap();
        DineInOpening {
            rules: &rules,
            calendar,
        }
        .state(at(wall))
    }

    #[test]
    fn tables_order_from_opening_until_the_last_order_and_hear_when_it_opens_again() {
        let open = |closes: &str| State::Open {
            closes_at: Some(at(closes)),
        };
        let over = |closes: &str, opens: &str| State::LastOrderPassed {
            closes_at: Some(at(closes)),
            opens_at: Some(at(opens)),
        };
        let closed = |opens: &str| State::Closed {
            opens_at: Some(at(opens)),
        };
        for (now, expected, why) in [
            (
                "2026-11-21T10:59:59",
                closed("2026-11-21T11:00"),
                "a second too early",
            ),
            ("2026-11-21T11:00", open("2026-11-21T15:00"), "it opens"),
            (
                "2026-11-21T14:29:59",
                open("2026-11-21T15:00"),
                "just in time",
            ),
            (
                "2026-11-21T14:30",
                over("2026-11-21T15:00", "2026-11-21T18:00"),
                "the last order",
            ),
            (
                "2026-11-21T15:00",
                closed("2026-11-21T18:00"),
                "between lunch and dinner",
            ),
            (
                "2026-11-22T00:10",
                open("2026-11-22T01:00"),
                "past midnight",
            ),
            ("2026-11-22T01:00", closed("2026-11-22T11:00"), "the night"),
            ("2026-12-24T12:00", closed("2026-12-25T11:00"), "a holiday"),
            (
                "2026-12-24T00:10",
                open("2026-12-24T01:00"),
                "the night before it",
            ),
            (
                "2027-03-27T23:00",
                open("2027-03-28T01:00"),
                "a night whose clocks go forward",
            ),
        ] {
            assert_eq!(state(now), expected, "{now}: {why}");
        }
    }
}
