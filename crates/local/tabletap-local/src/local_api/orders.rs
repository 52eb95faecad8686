//! The latest orders, as the console shows them.

use serde_json::{Value, json};
use tabletap_domain::{
    Money,
    order::Order,
    store::StoreConfig,
    ticket::{TicketState, TicketStatus},
    time::UnixMillis,
};
use tabletap_wire::time::rfc3339;

use crate::words;

/// An order with its way to the paper.
pub(super) fn shown(config: &StoreConfig, order: &Order, tickets: &[TicketStatus]) -> Value {
    let lines = order.cart.lines.iter();
    let lines: Vec<String> = lines
        .map(|line| format!("{} × {}", line.quantity, line.name.guest))
        .collect();
    json!({
        "order_id": order.id.to_string(),
        "store": config.slug.to_string(),
        "number": order.number.to_string(),
        "table_name": order.seat.as_ref().map(|seat| seat.table_name.as_str()),
        "order_type": order.kind.to_string(),
        "ready_at": order.ready_at.map(rfc3339),
        "place": words::place(order),
        "lines": lines,
        "dishes": words::dishes(order),
        "status": order.status.to_string(),
        "standing": words::standing(order),
        "payment": words::payment(order.payment),
        "total": Money::new(order.cart.totals.total_minor, order.currency).to_string(),
        "held": order.held,
        "placed_at": rfc3339(order.placed_at),
        "steps": steps(order, tickets),
    })
}

/// Placed → ticket → accepted → printed; a step of several tickets is done when the last of them is.
fn steps(order: &Order, tickets: &[TicketStatus]) -> Vec<Value> {
    let all = |time: fn(&TicketStatus) -> Option<UnixMillis>| -> Option<UnixMillis> {
        let times: Option<Vec<UnixMillis>> = tickets.iter().map(time).collect();
        times.and_then(|times| times.into_iter().max())
    };
    let trouble = tickets
        .iter()
        .find(|t| matches!(t.state, TicketState::Blocked | TicketState::Unknown));
    let problem = trouble.map(|t| match &t.problem {
        Some(problem) => words::problem(problem),
        None => words::ticket(t.state).to_owned(),
    });
    let step = |name: &str, at: Option<UnixMillis>, problem: Option<&String>| {
        json!({"name": name, "at": at.map(rfc3339), "problem": problem,
            "ms": at.map(|at| at.0.saturating_sub(order.placed_at.0).max(0))})
    };
    vec![
        step("placed", Some(order.placed_at), None),
        step("ticket", all(|ticket| Some(ticket.created_at)), None),
        step("accepted", all(|ticket| ticket.accepted_at), None),
        step("printed", all(|ticket| ticket.printed_at), problem.as_ref()),
    ]
}
