//! Print jobs of an order's tickets, and of a call's slip: pure.

use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use tabletap_domain::{
    Currency, Lang, StationId, ThingName, TicketId,
    call::Call,
    locale::locale,
    order::{Order, OrderType, PaymentStatus},
    store::StoreConfig,
    ticket::{StationTicket, TicketLine},
    time::UnixMillis,
};
use tabletap_wire::print::{ClockChange, JobChoice, JobLine, PrintJob};

/// The first copy of each ticket, with the agent it goes to. The sequence number is given when it is written down.
pub(crate) fn drafts<'a>(
    order: &Order,
    tickets: &'a [StationTicket<'_>],
    store: &StoreConfig,
) -> Result<Vec<(ThingName, PrintJob)>, &'a StationId> {
    let zone = zone(&store.time_zone);
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
            ready_clock: order.ready_at.map(|at| clock(&zone, at)),
            utc_offset_s: utc_offset_s(&zone, order.placed_at),
            clock_change: clock_change(&zone, order.placed_at),
            lang: kitchen_lang(store.languages.first(), order.currency),
            lines: ticket.lines.iter().map(line).collect(),
            note: order.cart.note.clone(),
            guest: order.cart.guest.clone(),
            customer: None,
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
    let zone = zone(&store.time_zone);
    let table = store.table(&call.table);
    let table_name = table.map_or(call.table.as_str(), |table| table.name.as_str());
    let job = PrintJob {
        v: 1,
        ticket_id: TicketId {
            order: call.id.as_order(),
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
        utc_offset_s: utc_offset_s(&zone, call.called_at),
        clock_change: clock_change(&zone, call.called_at),
        lang: store.languages.first().cloned(),
        lines: Vec::new(),
        note: String::new(),
        guest: String::new(),
        customer: None,
        allergies: Vec::new(),
        dishes: 0,
        paid: false,
    };
    Some((station.agent.clone(), job))
}

/// The kitchen's language: English with the region whose spelling it has.
fn kitchen_lang(first: Option<&Lang>, currency: Currency) -> Option<Lang> {
    let spelled = first
        .filter(|lang| lang.as_str() == "en")
        .and_then(|lang| Lang::parse(&locale(lang.as_str(), currency.code())).ok());
    spelled.or_else(|| first.cloned())
}

fn line(line: &TicketLine<'_>) -> JobLine {
    let choice = |choice: &tabletap_domain::ticket::TicketChoice<'_>| JobChoice {
        quantity: choice.quantity,
        name: choice.name.to_owned(),
        removal: choice.removal,
        question: choice.question.map(str::to_owned),
        depth: choice.depth,
    };
    JobLine {
        quantity: line.quantity,
        name: line.name.to_owned(),
        part_of: line.part_of.map(str::to_owned),
        choices: line.choices.iter().map(choice).collect(),
        note: line.note.to_owned(),
        accepted_allergens: line.accepted.iter().copied().collect(),
    }
}

/// What the kitchen's clock shows then: its distance from UTC may be another than when the order was placed.
fn clock(zone: &TimeZone, at: UnixMillis) -> String {
    let seconds = at.seconds() + i64::from(utc_offset_s(zone, at));
    let minute_of_day = seconds.div_euclid(60).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60)
}

/// The store's zone. One that nobody knows prints in UTC rather than not at all.
fn zone(time_zone: &str) -> TimeZone {
    TimeZoneDatabase::bundled()
        .get(time_zone)
        .unwrap_or_else(|_| {
            tracing::warn!(time_zone, "unknown time zone");
            TimeZone::UTC
        })
}

fn utc_offset_s(zone: &TimeZone, at: UnixMillis) -> i32 {
    let at = Timestamp::from_millisecond(at.0).unwrap_or_default();
    zone.to_offset(at).seconds()
}

/// When the store's clocks change next. Agents know no zones, and a ticket may come out hours after it was written.
fn clock_change(zone: &TimeZone, after: UnixMillis) -> Option<ClockChange> {
    let after = Timestamp::from_millisecond(after.0).ok()?;
    let next = zone.following(after).next()?;
    Some(ClockChange {
        at: UnixMillis(next.timestamp().as_millisecond()),
        utc_offset_s: next.offset().seconds(),
    })
}

#[cfg(test)]
mod tests;
