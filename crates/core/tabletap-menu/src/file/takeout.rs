//! `takeout:` of the store block: when it hands out, and how much it promises at a time.

use super::{
    fields::{Field, Fields},
    limits::{HOLIDAYS_MAX, SPANS_MAX},
    mistake::Report,
};
use jiff::civil::Date;
use std::{collections::BTreeMap, time::Duration};
use tabletap_domain::takeout::{CalendarDate, LateRule, OpenSpan, TakeoutRules, WeekHours};

/// Monday first, as the rules count.
const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// A slot shorter than this promises more than a kitchen knows; one longer than half a day promises nothing.
const SLOT_MINUTES: (u32, u32) = (5, 720);
const PREPARATION_MINUTES_MAX: u32 = 24 * 60;
const CAPACITY_MAX: u32 = 1000;
const DAYS_AHEAD_MAX: u32 = 30;

pub(crate) fn read(block: &Field<'_>, report: &mut Report) -> Option<TakeoutRules> {
    let mut fields = block.open(report);
    let hours = fields.required(report, "hours").and_then(|field| {
        week(
            &field,
            report,
            "these hours never open; leave out `takeout:` to offer no takeout",
        )
    });
    let holidays = match fields.optional("holidays") {
        Some(field) => holidays(&field, hours.as_ref(), report),
        None => BTreeMap::new(),
    };
    let preparation = fields.required(report, "preparation_minutes");
    let preparation = preparation.and_then(|f| minutes(&f, report, 0, PREPARATION_MINUTES_MAX));
    let slot = fields.required(report, "slot_minutes");
    let slot = slot.and_then(|f| minutes(&f, report, SLOT_MINUTES.0, SLOT_MINUTES.1));
    let capacity = fields.required(report, "capacity");
    let capacity = capacity.and_then(|f| f.count(report, 1, CAPACITY_MAX));
    let last_order = match fields.optional("last_order_minutes") {
        Some(field) => minutes(&field, report, 0, SLOT_MINUTES.1),
        None => Some(Duration::ZERO),
    };
    let days_ahead = match fields.optional("days_ahead") {
        Some(field) => field.count(report, 0, DAYS_AHEAD_MAX),
        None => Some(0),
    };
    let late = fields.required(report, "late").and_then(|field| {
        let words = LateRule::ALL.iter().map(|rule| rule.as_str());
        field.one_of(report, "rule for late payments", words, LateRule::parse)
    });
    fields.close(report);
    Some(TakeoutRules {
        hours: hours?,
        holidays,
        preparation: preparation?,
        slot: slot?,
        capacity: capacity?,
        last_order: last_order?,
        days_ahead: days_ahead?,
        late: late?,
    })
}

pub(super) fn minutes(
    field: &Field<'_>,
    report: &mut Report,
    least: u32,
    most: u32,
) -> Option<Duration> {
    let count = field.count(report, least, most)?;
    Some(Duration::from_mins(count.into()))
}

/// The spans of each weekday; `daily` is said for those that are not named. `never` is said where there are none at all.
pub(super) fn week(field: &Field<'_>, report: &mut Report, never: &str) -> Option<WeekHours> {
    let errors_before = report.count();
    let mut fields = field.open(report);
    let daily = named(&mut fields, report, "daily").unwrap_or_default();
    let mut hours = WeekHours::default();
    for (name, spans) in WEEKDAYS.into_iter().zip(&mut hours.0) {
        *spans = named(&mut fields, report, name).unwrap_or_else(|| daily.clone());
    }
    fields.close(report);
    if report.count() > errors_before {
        return None;
    }
    if hours.0.iter().all(Vec::is_empty) {
        field.error(report, never);
        return None;
    }
    let longest = (0..7).find(|day| overlaps_next(&hours, *day));
    if let Some(day) = longest {
        let message = format!(
            "{}'s hours overlap with those of the next day",
            WEEKDAYS[day]
        );
        field.error(report, message);
        return None;
    }
    Some(hours)
}

fn overlaps_next(hours: &WeekHours, day: usize) -> bool {
    overlaps(&hours.0[day], &hours.0[(day + 1) % 7])
}

/// Whether a day's last span runs into the first of the day after.
fn overlaps(day: &[OpenSpan], next: &[OpenSpan]) -> bool {
    let closes = day.iter().map(|span| span.to_minute).max();
    let opens = next.iter().map(|span| span.from_minute).min();
    let opens = opens.map(|minute| minute + OpenSpan::DAY_MINUTES);
    closes
        .zip(opens)
        .is_some_and(|(closes, opens)| closes > opens)
}

fn named(fields: &mut Fields<'_>, report: &mut Report, key: &'static str) -> Option<Vec<OpenSpan>> {
    let field = fields.optional(key)?;
    Some(spans(&field, report))
}

/// Days with other hours, which may not run into those of the day after, nor be run into.
pub(super) fn holidays(
    field: &Field<'_>,
    week: Option<&WeekHours>,
    report: &mut Report,
) -> BTreeMap<CalendarDate, Vec<OpenSpan>> {
    let mut holidays = BTreeMap::new();
    let mut places = Vec::new();
    let entries = field.entries(report);
    if entries.len() > HOLIDAYS_MAX {
        let message = format!(
            "at most {HOLIDAYS_MAX} days are allowed; there are {}",
            entries.len()
        );
        field.error(report, message);
    }
    for (key, hours) in entries {
        match key.text.parse() {
            Ok(date) => {
                holidays.insert(date, spans(&hours, report));
                places.push((date, hours));
            }
            Err(error) => {
                let message = format!("`{}` is {error}", key.text);
                report.error(key.at, &hours.path, message);
            }
        }
    }
    if let Some(week) = week {
        for (date, hours) in places {
            if let Some(message) = clash(date, week, &holidays) {
                hours.error(report, message);
            }
        }
    }
    holidays
}

/// Why a holiday cannot have its hours beside those of its neighbours. Two holidays in a row are told once, at the first.
fn clash(
    holiday: CalendarDate,
    week: &WeekHours,
    holidays: &BTreeMap<CalendarDate, Vec<OpenSpan>>,
) -> Option<String> {
    let date = |day: CalendarDate| {
        let part = |part: u8| i8::try_from(part).ok();
        Date::new(
            i16::try_from(day.year).ok()?,
            part(day.month)?,
            part(day.day)?,
        )
        .ok()
    };
    let day = date(holiday)?;
    let usual = |day: Date| {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).ok()?;
        week.0.get(weekday)
    };
    let other = |day: Date| {
        holidays
            .iter()
            .find(|(other, _)| date(**other) == Some(day))
    };
    let own = holidays.get(&holiday)?;
    let (before, after) = (day.yesterday().ok()?, day.tomorrow().ok()?);
    let next = other(after).map(|(_, spans)| spans).or(usual(after))?;
    if overlaps(own, next) {
        return Some(format!(
            "{holiday}'s hours overlap with those of the next day"
        ));
    }
    let previous = usual(before).filter(|_| other(before).is_none())?;
    overlaps(previous, own)
        .then(|| format!("the hours of the day before overlap with those of {holiday}"))
}

/// `closed`, or a list such as `[11:30-14:30, 17:00-02:00]`.
fn spans(field: &Field<'_>, report: &mut Report) -> Vec<OpenSpan> {
    if field.written() == Some("closed") {
        return Vec::new();
    }
    let mut spans: Vec<OpenSpan> = Vec::new();
    for entry in field.list(report, SPANS_MAX) {
        let Some(span) = span(&entry, report) else {
            continue;
        };
        if spans
            .last()
            .is_some_and(|last| span.from_minute < last.to_minute)
        {
            entry.error(report, "this starts before the previous one ends");
        }
        spans.push(span);
    }
    spans
}

fn span(field: &Field<'_>, report: &mut Report) -> Option<OpenSpan> {
    let word = field.word(report)?;
    let read = || {
        let (from, to) = word.split_once('-')?;
        let (from, to) = (minute(from)?, minute(to)?);
        let past_midnight = if to <= from { OpenSpan::DAY_MINUTES } else { 0 };
        OpenSpan::new(from, to + past_midnight)
    };
    let span = read();
    if span.is_none() {
        let hint =
            Some("for example `11:30-14:30`, or `17:00-02:00` until the next day".to_owned());
        field.error_with_hint(report, format!("`{word}` is not a range of times"), hint);
    }
    span
}

/// `17:30`, up to `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let plain = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !plain(hour) || !plain(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= OpenSpan::DAY_MINUTES).then_some(total)
}

/// A key that is read elsewhere: `payments: {account: …}` must be there, for takeout is paid before it is cooked.
pub(crate) fn needs_account(block: &Field<'_>, has_account: bool, report: &mut Report) {
    if !has_account {
        let hint = Some("write `payments: {account: NAME}`".to_owned());
        let message = "takeout is paid in advance, but there is no payment account";
        block.error_with_hint(report, message, hint);
    }
}
