//! How a house serves its tables, as its set-up keeps it.

use crate::takeout_record::{HolidayRecord, SpanRecord, read, read_days, write, write_days};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tabletap_domain::store::{DineIn, PAID_CLOSES_AFTER, TableHours};

/// The part of the set-up; absent in set-ups of before there was any of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct DineInRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours: Option<HoursRecord>,
    /// Absent for the usual time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    close_paid_after_s: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HoursRecord {
    /// Monday first.
    week: [Vec<SpanRecord>; 7],
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holidays: Vec<HolidayRecord>,
    last_order_s: u64,
}

impl From<&DineIn> for DineInRecord {
    fn from(dine_in: &DineIn) -> Self {
        let hours = |hours: &TableHours| HoursRecord {
            week: hours.week.0.each_ref().map(|spans| write(spans)),
            holidays: write_days(&hours.holidays),
            last_order_s: hours.last_order.as_secs(),
        };
        let after = dine_in.close_paid_after;
        Self {
            hours: dine_in.hours.as_ref().map(hours),
            close_paid_after_s: (after != PAID_CLOSES_AFTER).then_some(after.as_secs()),
        }
    }
}

impl From<DineInRecord> for DineIn {
    fn from(record: DineInRecord) -> Self {
        let hours = |hours: HoursRecord| TableHours {
            week: tabletap_domain::takeout::WeekHours(hours.week.map(read)),
            holidays: read_days(hours.holidays),
            last_order: Duration::from_secs(hours.last_order_s),
        };
        let after = record.close_paid_after_s.map(Duration::from_secs);
        Self {
            hours: record.hours.map(hours),
            close_paid_after: after.unwrap_or(PAID_CLOSES_AFTER),
        }
    }
}

impl DineInRecord {
    /// Whether there is nothing to keep.
    pub(crate) fn is_usual(&self) -> bool {
        self.hours.is_none() && self.close_paid_after_s.is_none()
    }
}
