//! Kitchen paper: an order split by station, and the states of a ticket on its way to paper.

use crate::{
    StationId, TicketId,
    cart::{CartError, CartProblem},
    limits::TICKET_BYTES_MAX,
    menu::{Allergen, words},
    order::Order,
    pricing::{Label, PricedCart, PricedChoice, PricedLine, choices::allergens},
    removal,
    takeout::FIRE_AHEAD,
    time::UnixMillis,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// An order that has no tickets after this long was lost on its way to the dispatcher: the sweeper dispatches it.
pub const DISPATCH_AFTER: Duration = Duration::from_secs(15);
/// A ticket that no agent has accepted is sent again after this long.
pub const RESEND_AFTER: Duration = Duration::from_secs(5);
/// The agent of a ticket that it has accepted, and of whose end nothing was heard after this long, is asked about it.
pub const ASK_AFTER: Duration = Duration::from_secs(15);
/// A ticket that is not proven printed after this long is on an alarm, whatever the printer's heartbeat says.
pub const ALARM_AFTER: Duration = Duration::from_secs(60);

/// When an order that is for the kitchen since `since` is looked at, unless it has tickets by then: one for later when its time comes, every
/// other when it must have been lost on its way.
#[must_use]
pub fn tickets_due(fire_at: Option<UnixMillis>, since: UnixMillis) -> UnixMillis {
    let lost = since.plus(DISPATCH_AFTER);
    fire_at.map_or(lost, |at| at.minus(FIRE_AHEAD).max(lost))
}

words!(
    /// How far a ticket is proven to have come.
    TicketState {
        /// Written down and sent; nobody has answered.
        Queued = "queued",
        /// On the agent's disk.
        Accepted = "accepted",
        /// The printer cannot print now: paper, cover, power.
        Blocked = "blocked",
        /// Proven to be on paper.
        Printed = "printed",
        /// It may or may not be on paper, and the reprint too: staff must say.
        Unknown = "unknown",
    }
);

/// What an agent or the staff report of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketReport {
    /// The attempt it speaks of.
    pub attempt: u32,
    /// What became of it.
    pub state: TicketState,
}

impl TicketState {
    /// The attempt and state after `report`, or `None` where it tells nothing new: reports may come twice, late and out of order.
    ///
    /// A later attempt always wins; within one attempt `printed` is final, and nothing falls back to an earlier step except between
    /// `accepted`, `blocked` and `unknown`, which follow the printer.
    #[must_use]
    pub fn advanced(self, attempt: u32, report: TicketReport) -> Option<TicketReport> {
        let newer = report.attempt > attempt;
        let same = report.attempt == attempt;
        let forward = match (self, report.state) {
            (Self::Printed, _) | (_, Self::Queued) => false,
            (Self::Unknown, Self::Accepted) => false,
            (from, to) => from != to,
        };
        (newer || (same && forward)).then_some(report)
    }
}

/// A ticket's journey to paper, as the cloud knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketStatus {
    /// The ticket.
    pub id: TicketId,
    /// Where it stands.
    pub state: TicketState,
    /// The attempt the state tells of; 1 is the first copy.
    pub attempt: u32,
    /// When it was written down.
    pub created_at: UnixMillis,
    /// When the agent had it on its disk.
    pub accepted_at: Option<UnixMillis>,
    /// When it was proven to be on paper.
    pub printed_at: Option<UnixMillis>,
    /// Why it is not, in a word of the agent.
    pub problem: Option<String>,
}

/// What one station makes of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationTicket<'a> {
    /// The ticket.
    pub id: TicketId,
    /// Its place among the order's tickets, from 1.
    pub index: u32,
    /// How many tickets the order has.
    pub count: u32,
    /// What to make.
    pub lines: Vec<TicketLine<'a>>,
}

/// One thing to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketLine<'a> {
    /// How many.
    pub quantity: u32,
    /// Its name for the kitchen.
    pub name: &'a str,
    /// The dish it is part of, where that is another station's: a slot of a combo.
    pub part_of: Option<&'a str>,
    /// Its options, flattened, in the menu's order.
    pub choices: Vec<TicketChoice<'a>>,
    /// The guest's words.
    pub note: &'a str,
    /// What it contains although the guest is allergic to it: they were asked, and want it.
    pub accepted: BTreeSet<Allergen>,
}

/// An option as the cook reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketChoice<'a> {
    /// How many on one dish.
    pub quantity: u32,
    /// Its name for the kitchen.
    pub name: &'a str,
    /// Leave it out.
    pub removal: bool,
    /// The question it answers, where its name alone says nothing: `Sauce` for `No`.
    pub question: Option<&'a str>,
    /// How deep it is nested: 0 belongs to the dish, 1 to an option of it.
    pub depth: u32,
}

/// Splits an order by station: one ticket each, in the order stations first appear. An option with a station of its own is a line of
/// its own there, marked with the dish it is part of, and stays named on the dish's ticket.
#[must_use]
pub fn split_by_station(order: &Order, revision: u32) -> Vec<StationTicket<'_>> {
    let mut stations: Vec<(&StationId, Vec<TicketLine<'_>>)> = Vec::new();
    for (station, line) in order.cart.lines.iter().flat_map(work_of) {
        match stations.iter_mut().find(|(known, _)| *known == station) {
            Some((_, lines)) => lines.push(line),
            None => stations.push((station, vec![line])),
        }
    }
    let count = u32::try_from(stations.len()).unwrap_or(u32::MAX);
    stations
        .into_iter()
        .zip(1..)
        .map(|((station, lines), index)| {
            let id = TicketId {
                order: order.id.clone(),
                station: station.clone(),
                revision,
            };
            StationTicket {
                id,
                index,
                count,
                lines,
            }
        })
        .collect()
}

/// What a ticket's message holds besides its lines, the order's note and the guest's name, at most.
const HEAD_BYTES: usize = 4 * 1024;
/// What a line or an option takes in a message besides its texts, at most.
const ENTRY_BYTES: usize = 96;

/// Whether every station's ticket of this cart fits into a message to its printer. A note is on every ticket that makes a part of its
/// line, so a small request can become a large ticket.
///
/// # Errors
/// [`CartProblem::TooLongForTicket`].
pub fn check_size(cart: &PricedCart) -> Result<(), CartError> {
    let of_all = HEAD_BYTES + text_bytes(&cart.note) + text_bytes(&cart.guest);
    let mut tickets: BTreeMap<&StationId, usize> = BTreeMap::new();
    for (station, line) in cart.lines.iter().flat_map(work_of) {
        let bytes = tickets.entry(station).or_insert(of_all);
        *bytes = bytes.saturating_add(line_bytes(&line));
    }
    if tickets.values().all(|bytes| *bytes <= TICKET_BYTES_MAX) {
        return Ok(());
    }
    Err(CartError {
        field: "lines".to_owned(),
        problem: CartProblem::TooLongForTicket,
    })
}

fn line_bytes(line: &TicketLine<'_>) -> usize {
    let texts = [line.name, line.part_of.unwrap_or_default(), line.note];
    let choices = line.choices.iter().map(|choice| {
        ENTRY_BYTES + text_bytes(choice.name) + text_bytes(choice.question.unwrap_or_default())
    });
    let accepted = line.accepted.iter().map(|word| text_bytes(word.as_str()));
    ENTRY_BYTES
        + texts.into_iter().map(text_bytes).sum::<usize>()
        + choices.sum::<usize>()
        + accepted.sum::<usize>()
}

/// At most: a quotation mark takes two bytes, and controls have been cleaned away.
fn text_bytes(text: &str) -> usize {
    2 * text.len()
}

/// What an order line asks of each station: the dish of its own, and the parts that others make.
fn work_of(line: &PricedLine) -> Vec<(&StationId, TicketLine<'_>)> {
    let dish = TicketLine {
        quantity: line.quantity,
        name: &line.name.kitchen,
        part_of: None,
        choices: flattened(&line.choices, &line.left_out, 0),
        note: &line.note,
        accepted: line.accepted.clone(),
    };
    let mut work = vec![(&line.station, dish)];
    collect_parts(line, &line.station, &line.choices, line.quantity, &mut work);
    work
}

/// Adds what of `choices` other stations make than the dish's own and `maker`, which makes what they belong to.
fn collect_parts<'a>(
    line: &'a PricedLine,
    maker: &'a StationId,
    choices: &'a [PricedChoice],
    times: u32,
    work: &mut Vec<(&'a StationId, TicketLine<'a>)>,
) {
    for choice in choices {
        let quantity = times.saturating_mul(choice.quantity);
        let station = choice.station.as_ref().unwrap_or(maker);
        if *station != *maker && *station != line.station {
            let part = TicketLine {
                quantity,
                name: &choice.name.kitchen,
                part_of: Some(&line.name.kitchen),
                choices: flattened(&choice.choices, &choice.left_out, 0),
                note: &line.note,
                accepted: accepted_of(line, choice),
            };
            work.push((station, part));
        }
        collect_parts(line, station, &choice.choices, quantity, work);
    }
}

/// What the guest accepted of one part of a dish: what the part contains, and what no part is known to contain, for it may be in any.
fn accepted_of(line: &PricedLine, part: &PricedChoice) -> BTreeSet<Allergen> {
    let (own, known) = (
        allergens(std::slice::from_ref(part)),
        allergens(&line.choices),
    );
    let accepted = line.accepted.iter().copied();
    accepted
        .filter(|allergen| own.contains(allergen) || !known.contains(allergen))
        .collect()
}

/// What the cook must know: everything but what the dish comes with, then what of that is left out.
fn flattened<'a>(
    choices: &'a [PricedChoice],
    left_out: &'a [Label],
    depth: u32,
) -> Vec<TicketChoice<'a>> {
    let mut flat = Vec::new();
    for choice in choices.iter().filter(|choice| !choice.as_served) {
        let name = &choice.name.kitchen;
        let says_nothing = choice.removal && removal::says_nothing_alone(name);
        flat.push(TicketChoice {
            quantity: choice.quantity,
            name,
            removal: choice.removal,
            question: says_nothing.then_some(&choice.group_name.kitchen),
            depth,
        });
        flat.extend(flattened(&choice.choices, &choice.left_out, depth + 1));
    }
    flat.extend(left_out.iter().map(|label| TicketChoice {
        quantity: 1,
        name: &label.kitchen,
        removal: true,
        question: None,
        depth,
    }));
    flat
}

#[cfg(test)]
mod tests;
