//! Which records of the database's stream concern the kitchen.

use crate::RecordError;
use serde::Deserialize;
use tabletap_domain::{
    call::Call,
    order::{Order, OrderStatus},
    time::UnixMillis,
};
use tabletap_wire::stream::{CallImage, OrderHeadImage, Record};

/// What a record asks of the printers.
#[derive(Debug)]
pub(crate) enum Work {
    /// An order's tickets.
    Order(Box<Order>),
    /// A call's slip.
    Call(Call),
}

/// An order, where this change lets the kitchen see it for the first time: it was placed, waits for nobody, and its time has come by `now`; of
/// one that is to be cooked later the stream says no more, and the sweeper finds it in what is due. Or a guest's call.
pub(crate) fn work(record: Record, now: UnixMillis) -> Result<Option<Work>, RecordError> {
    let change = record.change;
    if record.name == "REMOVE" {
        return Ok(None);
    }
    if change.row().starts_with("CALL#") {
        let call = CallImage::deserialize(change.new_image)?.call()?;
        return Ok(Some(Work::Call(call)));
    }
    if change.row() != "HEAD" {
        return Ok(None);
    }
    let new = OrderHeadImage::deserialize(change.new_image)?;
    // An earlier image that cannot be read tells nothing; dispatching twice changes nothing.
    let old = OrderHeadImage::deserialize(change.old_image);
    if old.is_ok_and(|old| is_for_kitchen(&old)) || !is_for_kitchen(&new) {
        return Ok(None);
    }
    let order = new.order()?;
    Ok(order.fires_by(now).then(|| Work::Order(Box::new(order))))
}

fn is_for_kitchen(head: &OrderHeadImage) -> bool {
    head.status.s == OrderStatus::Placed.as_str() && !head.held.flag
}
