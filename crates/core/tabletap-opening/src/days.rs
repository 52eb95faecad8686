//! Wall-clock hours on the line of time.

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

/// A time from when to when; the end belongs to what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stretch {
    pub(crate) opens: UnixMillis,
    pub(crate) closes: UnixMillis,
}

/// The hours around a moment.
#[derive(Debug)]
pub(crate) struct Hours {
    /// What the owner wrote for yesterday, whose night may not be over, today, and each day that can be chosen.
    pub(crate) spans: Vec<Stretch>,
    /// From yesterday on, in order, none touching the next.
    pub(crate) stretches: Vec<Stretch>,
    /// Where looking ahead ended: a stretch that closes there goes on.
    pub(crate) seen_until: UnixMillis,
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
fn one_after_another(mut spans: Vec<Stretch>, after: Option<UnixMillis>) -> Vec<Stretch> {
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

    /// What the clocks show at this moment.
    pub(crate) fn wall(&self, at: UnixMillis) -> DateTime {
        self.zone.to_datetime(timestamp(at))
    }

    /// The hours around `now`, and of this many days ahead.
    pub(crate) fn hours(&self, now: UnixMillis, days_ahead: u32) -> Hours {
        let today = self.wall(now).date();
        let days_ahead = i32::try_from(days_ahead).unwrap_or(LOOK_AHEAD_DAYS);
        let on = |day: i32| {
            let date = today.checked_add(day.days()).unwrap_or(today);
            let spans = self.written(date).iter();
            spans.filter_map(move |span| self.stretch(date, *span))
        };
        let after = on(days_ahead + 1).map(|span| span.opens).min();
        let spans = one_after_another((-1..=days_ahead).flat_map(on).collect(), after);
        let last = days_ahead.max(LOOK_AHEAD_DAYS);
        let mut all: Vec<Stretch> = (-1..=last).flat_map(on).collect();
        all.sort_unstable();
        let mut stretches: Vec<Stretch> = Vec::new();
        for next in all {
            match stretches.last_mut() {
                Some(open) if next.opens <= open.closes => {
                    open.closes = open.closes.max(next.closes);
                }
                _ => stretches.push(next),
            }
        }
        let end = today.checked_add((last + 1).days()).unwrap_or(today);
        let seen_until = self.instant(end, 0).unwrap_or(now);
        Hours {
            spans,
            stretches,
            seen_until,
        }
    }

    /// The spans that begin on a day.
    fn written(&self, date: Date) -> &[OpenSpan] {
        let calendar = || {
            let year = u16::try_from(date.year()).ok()?;
            let month = u8::try_from(date.month()).ok()?;
            CalendarDate::new(year, month, u8::try_from(date.day()).ok()?)
        };
        let holiday = calendar().and_then(|date| self.holidays.get(&date));
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        holiday.unwrap_or(&self.week.0[weekday])
    }

    /// A span of a day on the line of time; none where the clocks left all of it out.
    fn stretch(&self, date: Date, span: OpenSpan) -> Option<Stretch> {
        let opens = self.instant(date, span.from_minute)?;
        let closes = self.instant(date, span.to_minute)?;
        (opens < closes).then_some(Stretch { opens, closes })
    }

    /// When the clock shows this minute of a day. A minute that the clocks leave out is taken as if they had not gone forward, and of one
    /// that comes twice the first counts: what a clock on the kitchen's wall that nobody set yet would show.
    fn instant(&self, date: Date, minute: u16) -> Option<UnixMillis> {
        let midnight = date.to_datetime(jiff::civil::Time::midnight());
        let wall = midnight.checked_add(i64::from(minute).minutes()).ok()?;
        let instant = self.zone.to_ambiguous_timestamp(wall).compatible().ok()?;
        Some(UnixMillis(instant.as_millisecond()))
    }
}
