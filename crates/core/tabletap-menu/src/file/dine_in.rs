//! `dine_in:` of the store block: when tables can order, and when a table that has paid is closed.

use super::{
    fields::Field,
    mistake::Report,
    takeout::{holidays, minutes, week},
};
use std::{collections::BTreeMap, time::Duration};
use tabletap_domain::store::{DineIn, PAID_CLOSES_AFTER, TableHours};

/// A last order earlier than this before closing is no last order.
const LAST_ORDER_MINUTES_MAX: u32 = 12 * 60;
/// Longer than this, and a table that nobody orders at is closed anyway.
const CLOSE_PAID_MINUTES_MAX: u32 = 240;

pub(crate) fn read(block: &Field<'_>, report: &mut Report) -> DineIn {
    let mut fields = block.open(report);
    let hours = fields.optional("hours");
    let others = fields.optional("holidays");
    let last = fields.optional("last_order_minutes");
    if hours.is_none() {
        for field in others.iter().chain(&last) {
            field.error(report, "this changes `hours:`, but there are no `hours:`");
        }
    }
    let never = "these hours never open; leave out `hours:` to take orders at any time";
    let week = hours.and_then(|field| week(&field, report, never));
    let holidays = match others {
        Some(field) => holidays(&field, week.as_ref(), report),
        None => BTreeMap::new(),
    };
    let last_order = last.and_then(|field| minutes(&field, report, 0, LAST_ORDER_MINUTES_MAX));
    let close_paid_after = fields
        .optional("close_paid_after_minutes")
        .and_then(|field| minutes(&field, report, 0, CLOSE_PAID_MINUTES_MAX));
    fields.close(report);
    DineIn {
        hours: week.map(|week| TableHours {
            week,
            holidays,
            last_order: last_order.unwrap_or(Duration::ZERO),
        }),
        close_paid_after: close_paid_after.unwrap_or(PAID_CLOSES_AFTER),
    }
}
