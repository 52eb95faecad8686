//! Converts wall-clock hours to moments.

use crate::UnknownZone;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime},
    tz::{TimeZone, TimeZoneDatabase},
};
use std::collections::BTreeMap;
use tabletap_domain::{
    takeout::{CalendarDate, OpenSpan, WeekHours},
    time::UnixMillis,
};

/// How far ahead the next opening is looked for: longer than any holiday a restaurant announces.
const LOOK_AHEAD_DAYS: i32 = 60;

/// A time without a break in which the kitchen is open; `closes` is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OpenPeriod {
    pub(crate) opens: UnixMillis,
    pub(crate) closes: UnixMillis,
}

/// The hours around a moment.
#[derive(Debug)]
pub(crate) struct Hours {
    /// What the owner wrote for yesterday, whose night may not be over, today, and each day that can be chosen.
    pub(crate) spans: Vec<OpenPeriod>,
    /// From yesterday on, in order; none touches the next.
    pub(crate) open_periods: Vec<OpenPeriod>,
    /// Where looking ahead ended. A period that closes there may go on.
    pub(crate) known_until: UnixMillis,
}

/// What an owner wrote for each day, in the store's zone.
#[derive(Clone, Debug)]
pub(crate) struct Calendar<'a> {
    week: &'a WeekHours,
    holidays: &'a BTreeMap<CalendarDate, Vec<OpenSpan>>,
    zone: TimeZone,
}

/// Spans of which none runs into the next, so that a moment belongs to one of them and to one row of slots. Menu files with such hours are
/// refused; set-ups that were stored before may have them.
fn one_after_another(mut spans: Vec<OpenPeriod>, after: Option<UnixMillis>) -> Vec<OpenPeriod> {
    spans.sort_unstable();
    let next = spans.iter().skip(1).map(|next| next.opens);
    let opens: Vec<UnixMillis> = next.chain(after).collect();
    for (span, next_opens) in spans.iter_mut().zip(opens) {
        span.closes = span.closes.min(next_opens);
    }
    spans
}

pub(crate) fn timestamp(at: UnixMillis) -> Timestamp {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl<'a> Calendar<'a> {
    /// The calendar in the zone of this IANA name.
    pub(crate) fn new(
        week: &'a WeekHours,
        holidays: &'a BTreeMap<CalendarDate, Vec<OpenSpan>>,
        time_zone: &str,
    ) -> Result<Self, UnknownZone> {
        let zone = TimeZoneDatabase::bundled().get(time_zone);
        Ok(Self {
            week,
            holidays,
            zone: zone.map_err(|_| UnknownZone(time_zone.to_owned()))?,
        })
    }

    /// The local time at this moment.
    pub(crate) fn wall(&self, at: UnixMillis) -> DateTime {
        self.zone.to_datetime(timestamp(at))
    }

    /// The hours around `now`, and of this many days ahead.
    pub(crate) fn hours(&self, now: UnixMillis, days_ahead: u32) -> Hours {
        let today = self.wall(now).date();
        let days_ahead = i32::try_from(days_ahead).unwrap_or(LOOK_AHEAD_DAYS);
        let on = |day: i32| {
            let date = today.checked_add(day.days()).unwrap_or(today);
            let spans = self.spans_on(date).iter();
            spans.filter_map(move |span| self.open_period(date, *span))
        };
        let after = on(days_ahead + 1).map(|span| span.opens).min();
        let spans = one_after_another((-1..=days_ahead).flat_map(on).collect(), after);
        let last = days_ahead.max(LOOK_AHEAD_DAYS);
        let mut all: Vec<OpenPeriod> = (-1..=last).flat_map(on).collect();
        all.sort_unstable();
        let mut open_periods: Vec<OpenPeriod> = Vec::new();
        for next in all {
            match open_periods.last_mut() {
                Some(open) if next.opens <= open.closes => {
                    open.closes = open.closes.max(next.closes);
                }
                _ => open_periods.push(next),
            }
        }
        let end = today.checked_add((last + 1).days()).unwrap_or(today);
        let known_until = self.instant(end, 0).unwrap_or(now);
        Hours {
            spans,
            open_periods,
            known_until,
        }
    }

    /// The spans that begin on a day.
    fn spans_on(&self, date: Date) -> &[OpenSpan] {
        let calendar = || {
            let year = u16::try_from(date.year()).ok()?;
            let month = u8::try_from(date.month()).ok()?;
            CalendarDate::new(year, month, u8::try_from(date.day()).ok()?)
        };
        let holiday = calendar().and_then(|date| self.holidays.get(&date));
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        holiday.unwrap_or(&self.week.0[weekday])
    }

    /// A span of a day as moments; `None` if the clocks skip all of it.
    fn open_period(&self, date: Date, span: OpenSpan) -> Option<OpenPeriod> {
        let opens = self.instant(date, span.from_minute)?;
        let closes = self.instant(date, span.to_minute)?;
        (opens < closes).then_some(OpenPeriod { opens, closes })
    }

    /// The moment when the clock shows this minute of a day. A skipped minute counts as if the clocks had not gone forward, and of a
    /// repeated minute the first counts, just as on a wall clock that nobody has changed yet.
    fn instant(&self, date: Date, minute: u16) -> Option<UnixMillis> {
        let midnight = date.to_datetime(jiff::civil::Time::midnight());
        let wall = midnight.checked_add(i64::from(minute).minutes()).ok()?;
        let instant = self.zone.to_ambiguous_timestamp(wall).compatible().ok()?;
        Some(UnixMillis(instant.as_millisecond()))
    }
}
