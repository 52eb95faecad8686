//! Print jobs of an order's tickets, and of a call's slip: pure.

use jiff::{Timestamp, tz::TimeZoneDatabase};
use tabletap_domain::{
    StationId, ThingName, TicketId,
    call::Call,
    order::{Order, OrderType, PaymentStatus},
    store::StoreConfig,
    ticket::{StationTicket, TicketLine},
    time::UnixMillis,
};
use tabletap_wire::print::{JobChoice, JobLine, PrintJob};

/// The first copy of each ticket, with the agent it goes to. The sequence number is given when it is written down.
pub(crate) fn drafts<'a>(
    order: &Order,
    tickets: &'a [StationTicket<'_>],
    store: &StoreConfig,
) -> Result<Vec<(ThingName, PrintJob)>, &'a StationId> {
    let utc_offset_s = utc_offset_s(&store.time_zone, order.placed_at);
    let draft = |ticket: &'a StationTicket<'_>| {
        let own = store.station(&ticket.id.station);
        // A station that was renamed or taken away meanwhile: another printer of the kitchen is better than none.
        let station = own.or(store.stations.first()).ok_or(&ticket.id.station)?;
        let station_name = own.map_or(ticket.id.station.as_str(), |own| own.name.as_str());
        let job = PrintJob {
            v: 1,
            ticket_id: ticket.id.clone(),
            attempt: 1,
            reprint: None,
            seq: 0,
            printer: station.printer.clone(),
            station: ticket.id.station.clone(),
            station_name: station_name.to_owned(),
            number: Some(order.number.clone()),
            call: None,
            order_type: order.kind,
            table_name: order.seat.as_ref().map(|seat| seat.table_name.clone()),
            index: ticket.index,
            count: ticket.count,
            placed_at: order.placed_at,
            ready_clock: order.ready_at.map(|at| clock(&store.time_zone, at)),
            utc_offset_s,
            lines: ticket.lines.iter().map(line).collect(),
            note: order.cart.note.clone(),
            guest: order.cart.guest.clone(),
            allergies: order.cart.allergies.iter().copied().collect(),
            dishes: order.cart.lines.iter().map(|line| line.quantity).sum(),
            paid: order.payment == PaymentStatus::Paid,
        };
        Ok((station.agent.clone(), job))
    };
    tickets.iter().map(draft).collect()
}

/// The first copy of a call's slip, with the agent it goes to; `None` where the store has no station at all.
pub(crate) fn slip(
    call: &Call,
    revision: u32,
    store: &StoreConfig,
) -> Option<(ThingName, PrintJob)> {
    let station = store.front()?;
    let table = store.table(&call.table);
    let table_name = table.map_or(call.table.as_str(), |table| table.name.as_str());
    let job = PrintJob {
        v: 1,
        ticket_id: TicketId {
            order: call.id.clone(),
            station: station.id.clone(),
            revision,
        },
        attempt: 1,
        reprint: None,
        seq: 0,
        printer: station.printer.clone(),
        station: station.id.clone(),
        station_name: station.name.clone(),
        number: None,
        call: Some(call.kind),
        order_type: OrderType::DineIn,
        table_name: Some(table_name.to_owned()),
        index: 1,
        count: 1,
        placed_at: call.called_at,
        ready_clock: None,
        utc_offset_s: utc_offset_s(&store.time_zone, call.called_at),
        lines: Vec::new(),
        note: String::new(),
        guest: String::new(),
        allergies: Vec::new(),
        dishes: 0,
        paid: false,
    };
    Some((station.agent.clone(), job))
}

fn line(line: &TicketLine<'_>) -> JobLine {
    let choice = |choice: &tabletap_domain::ticket::TicketChoice<'_>| JobChoice {
        quantity: choice.quantity,
        name: choice.name.to_owned(),
        removal: choice.removal,
        depth: choice.depth,
    };
    JobLine {
        quantity: line.quantity,
        name: line.name.to_owned(),
        part_of: line.part_of.map(str::to_owned),
        choices: line.choices.iter().map(choice).collect(),
        note: line.note.to_owned(),
    }
}

/// What the kitchen's clock shows then: its distance from UTC may be another than when the order was placed.
fn clock(time_zone: &str, at: UnixMillis) -> String {
    let seconds = at.seconds() + i64::from(utc_offset_s(time_zone, at));
    let minute_of_day = seconds.div_euclid(60).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60)
}

/// The store's distance from UTC at that time. A zone that nobody knows prints in UTC rather than not at all.
fn utc_offset_s(time_zone: &str, at: UnixMillis) -> i32 {
    let zone = TimeZoneDatabase::bundled().get(time_zone);
    match (zone, Timestamp::from_millisecond(at.0)) {
        (Ok(zone), Ok(at)) => zone.to_offset(at).seconds(),
        _ => {
            tracing::warn!(time_zone, "unknown time zone");
            0
        }
    }
}

#[cfg(test)]
mod tests;
