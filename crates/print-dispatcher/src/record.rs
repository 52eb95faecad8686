//! A batch of the table's stream, as far as it is read, and which of its records concern the kitchen.
//!
//! Images stay unread until they are needed: one that is broken fails its own record, not the whole batch.
//! See the Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB".

use crate::RecordError;
use serde::Deserialize;
use serde_json::Value;
use tabletap_domain::{
    call::Call,
    order::{Order, OrderStatus},
};
use tabletap_wire::stream::{CallImage, OrderHeadImage};

/// What the event source hands over.
#[derive(Clone, Debug, Deserialize)]
pub struct Batch {
    /// Oldest first.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// One change of one row.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    event_name: String,
    dynamodb: Change,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    #[serde(default)]
    keys: Value,
    #[serde(default)]
    new_image: Value,
    #[serde(default)]
    old_image: Value,
}

/// What a record asks of the printers.
#[derive(Debug)]
pub(crate) enum Work {
    /// An order's tickets.
    Order(Box<Order>),
    /// A call's slip.
    Call(Call),
}

impl Record {
    /// The record behind the number it is reported by.
    pub(crate) fn numbered(self) -> (String, Self) {
        (self.dynamodb.sequence_number.clone(), self)
    }

    /// An order, where this change lets the kitchen see it for the first time: it was placed and waits for nobody. Or a guest's call.
    pub(crate) fn work(self) -> Result<Option<Work>, RecordError> {
        let Change {
            keys,
            new_image,
            old_image,
            ..
        } = self.dynamodb;
        let row = keys["sk"]["S"].as_str().unwrap_or_default();
        if self.event_name == "REMOVE" {
            return Ok(None);
        }
        if row.starts_with("CALL#") {
            return Ok(Some(Work::Call(CallImage::deserialize(new_image)?.call()?)));
        }
        if row != "HEAD" {
            return Ok(None);
        }
        let new = OrderHeadImage::deserialize(new_image)?;
        // An earlier image that cannot be read tells nothing; dispatching twice changes nothing.
        let seen = OrderHeadImage::deserialize(old_image).is_ok_and(|old| is_for_kitchen(&old));
        if seen || !is_for_kitchen(&new) {
            return Ok(None);
        }
        Ok(Some(Work::Order(Box::new(new.order()?))))
    }
}

fn is_for_kitchen(head: &OrderHeadImage) -> bool {
    head.status.s == OrderStatus::Placed.as_str() && !head.held.flag
}
