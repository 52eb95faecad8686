//! A batch of the table's stream, as far as it is read, and which of its records concern the kitchen.
//!
//! Images stay unread until they are needed: one that is broken fails its own record, not the whole batch.
//! See the Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB".

use crate::RecordError;
use serde::Deserialize;
use serde_json::Value;
use tabletap_domain::order::{Order, OrderStatus};
use tabletap_wire::stream::OrderHeadImage;

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

impl Record {
    /// The record behind the number it is reported by.
    pub(crate) fn numbered(self) -> (String, Self) {
        (self.dynamodb.sequence_number.clone(), self)
    }

    /// The order, where this change lets the kitchen see it for the first time: it was placed and waits for nobody.
    pub(crate) fn order_for_kitchen(self) -> Result<Option<Order>, RecordError> {
        let Change {
            keys,
            new_image,
            old_image,
            ..
        } = self.dynamodb;
        if self.event_name == "REMOVE" || keys["sk"]["S"] != "HEAD" {
            return Ok(None);
        }
        let new = OrderHeadImage::deserialize(new_image)?;
        // An earlier image that cannot be read tells nothing; dispatching twice changes nothing.
        let seen = OrderHeadImage::deserialize(old_image).is_ok_and(|old| is_for_kitchen(&old));
        if seen || !is_for_kitchen(&new) {
            return Ok(None);
        }
        Ok(Some(new.order()?))
    }
}

fn is_for_kitchen(head: &OrderHeadImage) -> bool {
    head.status.s == OrderStatus::Placed.as_str() && !head.held.flag
}
