//! How orders, payments and tickets stand, in words for the console and the command line.

use tabletap_domain::{
    order::{Order, OrderStatus, PaymentStatus},
    ticket::TicketState,
};

/// Where an order is eaten: its table's name, or takeout.
pub(crate) fn place(order: &Order) -> String {
    let table = order.seat.as_ref().map(|seat| seat.table_name.clone());
    table.unwrap_or_else(|| "Takeout".to_owned())
}

/// `1 dish`, `3 dishes`
pub(crate) fn dishes(order: &Order) -> String {
    let count: u64 = order
        .cart
        .lines
        .iter()
        .map(|line| u64::from(line.quantity))
        .sum();
    let dishes = if count == 1 { "dish" } else { "dishes" };
    format!("{count} {dishes}")
}

/// Where an order stands.
pub(crate) fn standing(order: &Order) -> &'static str {
    match order.status {
        OrderStatus::AwaitingPayment => "waiting for payment",
        OrderStatus::RefundDue => "to be refunded",
        OrderStatus::Placed if order.held => "waiting for staff",
        OrderStatus::Placed => "ordered",
        OrderStatus::Preparing => "being made",
        OrderStatus::Ready => "ready",
        OrderStatus::Packed => "packed",
        OrderStatus::OutForDelivery => "on its way",
        OrderStatus::Delivered => "delivered",
        OrderStatus::Served => "served",
        OrderStatus::Collected => "picked up",
        OrderStatus::Cancelled => "cancelled",
    }
}

/// Where its money stands.
pub(crate) fn payment(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Unpaid => "unpaid",
        PaymentStatus::Pending => "being paid",
        PaymentStatus::Paid => "paid",
        PaymentStatus::PartRefunded => "partly refunded",
        PaymentStatus::Refunded => "refunded",
        PaymentStatus::Failed => "payment failed",
    }
}

/// Where a ticket stands.
pub(crate) fn ticket(state: TicketState) -> &'static str {
    match state {
        TicketState::Queued => "sent to the printer",
        TicketState::Accepted => "with the printer agent",
        TicketState::Blocked => "the printer cannot print",
        TicketState::Printed => "printed",
        TicketState::Unknown => "not known whether it was printed",
    }
}

/// A printer's problem, which agents name in a word of their own.
pub(crate) fn problem(word: &str) -> String {
    word.replace('_', " ")
}
