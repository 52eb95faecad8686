//! How a store takes orders to be picked up, as its set-up keeps it.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use std::{collections::BTreeMap, time::Duration};
use tabletap_domain::takeout::{CalendarDate, LateRule, OpenSpan, TakeoutRules, WeekHours};
use tabletap_wire_derive::domain_fields;

/// The part of the set-up.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TakeoutRecord {
    /// Monday first.
    hours: [Vec<SpanRecord>; 7],
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holidays: Vec<HolidayRecord>,
    preparation_s: u64,
    slot_s: u64,
    capacity: u32,
    last_order_s: u64,
    days_ahead: u32,
    late: LateRule,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HolidayRecord {
    date: CalendarDate,
    open: Vec<SpanRecord>,
}

/// Minutes after the beginning of the day: `[660, 1380]`.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct SpanRecord(u16, u16);

impl<'de> Deserialize<'de> for SpanRecord {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (from_minute, to_minute) = <(u16, u16)>::deserialize(from)?;
        match OpenSpan::new(from_minute, to_minute) {
            Some(_) => Ok(Self(from_minute, to_minute)),
            None => Err(D::Error::custom(
                "a span that opens in its day and closes later",
            )),
        }
    }
}

pub(crate) fn write(spans: &[OpenSpan]) -> Vec<SpanRecord> {
    let span = |span: &OpenSpan| SpanRecord(span.from_minute, span.to_minute);
    spans.iter().map(span).collect()
}

pub(crate) fn read(spans: Vec<SpanRecord>) -> Vec<OpenSpan> {
    let span = |SpanRecord(from_minute, to_minute)| OpenSpan {
        from_minute,
        to_minute,
    };
    spans.into_iter().map(span).collect()
}

/// The days with other hours.
pub(crate) fn write_days(days: &BTreeMap<CalendarDate, Vec<OpenSpan>>) -> Vec<HolidayRecord> {
    let holiday = |(date, open): (&CalendarDate, &Vec<OpenSpan>)| HolidayRecord {
        date: *date,
        open: write(open),
    };
    days.iter().map(holiday).collect()
}

/// The same, read.
pub(crate) fn read_days(days: Vec<HolidayRecord>) -> BTreeMap<CalendarDate, Vec<OpenSpan>> {
    days.into_iter()
        .map(|day| (day.date, read(day.open)))
        .collect()
}

impl From<&TakeoutRules> for TakeoutRecord {
    fn from(rules: &TakeoutRules) -> Self {
        Self {
            hours: rules.hours.0.each_ref().map(|spans| write(spans)),
            holidays: write_days(&rules.holidays),
            preparation_s: rules.preparation.as_secs(),
            slot_s: rules.slot.as_secs(),
            capacity: rules.capacity,
            last_order_s: rules.last_order.as_secs(),
            days_ahead: rules.days_ahead,
            late: rules.late,
        }
    }
}

impl From<TakeoutRecord> for TakeoutRules {
    fn from(record: TakeoutRecord) -> Self {
        Self {
            hours: WeekHours(record.hours.map(read)),
            holidays: read_days(record.holidays),
            preparation: Duration::from_secs(record.preparation_s),
            slot: Duration::from_secs(record.slot_s),
            capacity: record.capacity,
            last_order: Duration::from_secs(record.last_order_s),
            days_ahead: record.days_ahead,
            late: record.late,
        }
    }
}
