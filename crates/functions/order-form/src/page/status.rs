//! A placed order as its party sees it. It claims only what is known: printed is printed when the printer has proved it.

use super::{
    Frame, Speech, answer,
    sums::{Line, Sum, lines, sums},
};
use crate::words::{Own, fill};
use askama::Template;
use lambda_http::{Body, Response};
use tabletap_domain::{
    order::{Order, OrderStatus},
    store::StoreConfig,
    ticket::{TicketState, TicketStatus},
};
use tabletap_wire::menu::PublicMenu;

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage<'a> {
    frame: Frame<'a>,
    own: &'static Own,
    number: &'a str,
    number_link: &'a str,
    is_held: bool,
    is_cancelled: bool,
    steps: Vec<Step>,
    lines: Vec<Line<'a>>,
    sums: Vec<Sum>,
}

struct Step {
    name: &'static str,
    /// `done`, `now` or `later`.
    state: &'static str,
    is_current: bool,
    stations: Vec<String>,
}

/// The page.
pub(crate) fn page(
    frame: Frame<'_>,
    speech: &Speech,
    (store, menu): (&StoreConfig, &PublicMenu),
    (order, tickets): (&Order, &[TicketStatus]),
) -> Response<Body> {
    let number = [("number", order.number.to_string())];
    let mut steps = steps(order, tickets, speech);
    if let Some(paper) = steps
        .get_mut(1)
        .filter(|_| order.status != OrderStatus::Cancelled)
    {
        paper.stations = stations(store, tickets, speech);
    }
    if let Some(current) = steps.iter_mut().rfind(|step| step.state != "later") {
        current.is_current = true;
    }
    let page = StatusPage {
        frame: frame.titled(fill(speech.words.order_number, &number)),
        own: speech.own,
        number: order.number.as_str(),
        number_link: order.id.as_str(),
        is_held: order.held,
        is_cancelled: order.status == OrderStatus::Cancelled,
        lines: lines(&order.cart, &order.lang, speech),
        sums: sums(&order.cart.totals, menu, speech),
        steps,
    };
    answer(200, &page.frame.style, &page)
}

/// The journey, as `frontend/shared/order.ts` tells it: a fact that we know is done, the one in hand is now.
fn steps(order: &Order, tickets: &[TicketStatus], speech: &Speech) -> Vec<Step> {
    let words = speech.words;
    let step = |name, state| Step {
        name,
        state,
        is_current: false,
        stations: Vec::new(),
    };
    let sent = step(words.step_sent, "done");
    if order.status == OrderStatus::Cancelled {
        return vec![sent, step(words.step_cancelled, "now")];
    }
    let reached = match order.status {
        OrderStatus::Preparing => 2,
        OrderStatus::Ready | OrderStatus::Packed => 3,
        status if status.is_end() => 4,
        _ => 1,
    };
    let paper = match (are_printed(tickets), order.held) {
        (true, _) => step(words.step_paper, "done"),
        (false, true) => step(words.step_to_kitchen, "later"),
        (false, false) => step(words.step_to_kitchen, "now"),
    };
    let mut steps = vec![sent, paper];
    // Cooking and what is ready are shown once somebody says so: until then nobody may ever say it.
    match reached {
        2 => steps.push(step(words.step_making, "now")),
        3 => {
            steps.push(step(words.step_making, "done"));
            steps.push(step(words.step_ready, "now"));
        }
        4 => steps.push(step(words.step_served, "done")),
        _ => {}
    }
    steps
}

fn are_printed(tickets: &[TicketStatus]) -> bool {
    !tickets.is_empty() && tickets.iter().all(|ticket| ticket.printed_at.is_some())
}

/// All on paper: one line. Until then, each station with what is known of it.
fn stations(store: &StoreConfig, tickets: &[TicketStatus], speech: &Speech) -> Vec<String> {
    let name = |ticket: &TicketStatus| {
        let station = &ticket.id.station;
        let known = store.station(station);
        known.map_or_else(|| station.to_string(), |station| station.name.clone())
    };
    if are_printed(tickets) {
        let names: Vec<String> = tickets.iter().map(name).collect();
        return vec![names.join(speech.own.comma)];
    }
    let words = speech.words;
    let told = tickets.iter().map(|ticket| {
        let sentence = match ticket.state {
            _ if ticket.printed_at.is_some() => speech.own.station_printed,
            TicketState::Queued => words.station_queued,
            TicketState::Accepted => words.station_accepted,
            _ => words.station_trouble,
        };
        fill(sentence, &[("station", name(ticket))])
    });
    told.collect()
}
