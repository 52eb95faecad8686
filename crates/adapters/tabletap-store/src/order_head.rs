//! The head of an order: the row that holds its lines and its states.

use crate::{
    due::DueTime,
    error::StoreError,
    history::day,
    key,
    row::{Read, Row, ms, row, s},
};
use aws_sdk_dynamodb::types::AttributeValue;
use tabletap_domain::{
    order::{Order, OrderStatus, PickupWish},
    takeout::PAYMENT_HOLD,
    ticket::tickets_due,
    time::UnixMillis,
};
use tabletap_wire::order_record::{OrderRecord, OrderStates};

/// The order in a head's row.
pub(crate) fn order_in(row: &Row) -> Result<Order, StoreError> {
    let states = OrderStates {
        status: row.get_as("status")?,
        payment: row.get_as("payment")?,
        held: row.flag("held")?,
        fire_at: row.maybe("fire_at")?.map(UnixMillis),
        ready_at: row.maybe("ready_at")?.map(UnixMillis),
        refund_reason: row.maybe("refund_reason")?,
    };
    let document: String = row.get_as("doc")?;
    OrderRecord::read(&document, states).map_err(|_| row.corrupt("doc"))
}

/// The head of a new order.
pub(crate) fn head(order: &Order) -> Row {
    let placed_at = order.placed_at;
    let prefix = match &order.seat {
        Some(seat) => key::open_prefix(Some(&seat.table), seat.seating),
        None => key::open_prefix(None, 0),
    };
    let mut head = row(
        key::head(&order.store, &order.id),
        [
            ("doc", s(OrderRecord::write(order))),
            ("status", s(order.status)),
            ("payment", s(order.payment)),
            ("held", AttributeValue::Bool(order.held)),
            ("open_pk", s(key::open_partition(&order.store))),
            ("open_sk", s(format!("{prefix}{placed_at}#{}", order.id))),
            (
                "day_pk",
                s(key::day_partition(&order.store, &day(placed_at))),
            ),
            ("day_sk", s(format!("{placed_at}#{}", order.id))),
        ],
    );
    let times = [("fire_at", order.fire_at), ("ready_at", order.ready_at)];
    for (name, at) in times {
        head.extend(at.map(|at| (name.to_owned(), ms(at))));
    }
    let reason = order.refund_reason;
    head.extend(reason.map(|reason| ("refund_reason".to_owned(), s(reason))));
    if slot_of(order).is_some() {
        // A place is taken at checkout.
        head.insert("slot_held".to_owned(), AttributeValue::Bool(false));
    }
    let due = match order.status {
        OrderStatus::AwaitingPayment => {
            let held_until = placed_at.plus(PAYMENT_HOLD);
            Some(DueTime::later(&order.store, &order.id, held_until))
        }
        _ if order.is_for_kitchen() => {
            let at = tickets_due(order.fire_at, placed_at);
            Some(DueTime::of_kitchen(&order.store, &order.id, at))
        }
        _ => None,
    };
    head.extend(due.into_iter().flat_map(DueTime::attributes));
    head
}

/// The slot that an order takes a place of.
pub(crate) fn slot_of(order: &Order) -> Option<UnixMillis> {
    match order.takeout.as_ref()?.pickup {
        PickupWish::At(slot) => Some(slot),
        PickupWish::Asap => None,
    }
}
