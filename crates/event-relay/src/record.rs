//! A batch of the table's stream, as far as it is read, and the fact that each record is.
//!
//! Images stay unread until they are needed: one that is broken fails its own record, not the whole batch.
//! See the Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB".

use serde::Deserialize;
use serde_json::Value;
use tabletap_domain::InvalidId;
use tabletap_wire::{
    event::{Fact, MenuChanged, OfStore, OrderMoved, OrderPlaced, OrderState},
    stream::{CurrentMenuImage, ImageError, OrderHeadImage, store_of_key},
};

/// What the event source hands over.
#[derive(Clone, Debug, Deserialize)]
pub struct Batch {
    /// Oldest first.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// One change of one row.
#[derive(Clone, Debug, Deserialize)]
pub struct Record {
    #[serde(rename = "eventID")]
    id: String,
    #[serde(rename = "eventName")]
    name: String,
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

/// A record that is no fact and never will be.
#[derive(Debug, thiserror::Error)]
pub enum FactError {
    /// An attribute is missing or of another type.
    #[error("the image cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The order in it.
    #[error("the order cannot be read: {0}")]
    Order(#[from] ImageError),
    /// A word in it.
    #[error("an id or state is none: {0}")]
    Invalid(#[from] InvalidId),
    /// Its key names no store.
    #[error("the key names no store")]
    NoStore,
}

impl Record {
    /// The number that a record which failed is reported by.
    pub(crate) fn number(&self) -> &str {
        &self.dynamodb.sequence_number
    }

    /// What has happened, where this change is of a row that others may hear of.
    ///
    /// # Errors
    /// [`FactError`]; permanent: its retries end in the dead letters.
    pub(crate) fn fact(self) -> Result<Option<Fact>, FactError> {
        let change = &self.dynamodb;
        if self.name == "REMOVE" || change.new_image == change.old_image {
            return Ok(None);
        }
        match change.keys["sk"]["S"].as_str() {
            Some("HEAD") => self.of_order(),
            Some("MENU#CURRENT") => self.of_menu().map(Some),
            Some("CONFIG") => self.of_store().map(Fact::StoreChanged).map(Some),
            _ => Ok(None),
        }
    }

    fn of_menu(self) -> Result<Fact, FactError> {
        let of = self.of_store()?;
        let image = CurrentMenuImage::deserialize(self.dynamodb.new_image)?;
        let version = image.version.s.parse()?;
        Ok(Fact::MenuChanged(MenuChanged { of, version }))
    }

    fn of_store(&self) -> Result<OfStore, FactError> {
        let partition = self.dynamodb.keys["pk"]["S"].as_str();
        let key = partition.and_then(store_of_key).ok_or(FactError::NoStore)?;
        Ok(OfStore::new(self.id.clone(), key))
    }

    fn of_order(self) -> Result<Option<Fact>, FactError> {
        let new = OrderHeadImage::deserialize(self.dynamodb.new_image)?;
        if new.held.flag {
            return Ok(None);
        }
        let states = states(&new)?;
        // Without an earlier image that waited for nobody the order has just come to stand.
        let was = OrderHeadImage::deserialize(self.dynamodb.old_image)
            .ok()
            .filter(|old| !old.held.flag)
            .map(|old| self::states(&old))
            .transpose()?;
        let order = new.order()?;
        let now = OrderPlaced {
            of: OfStore::new(self.id, order.store),
            order: order.id,
            kind: order.kind,
            states,
        };
        Ok(match was {
            None => Some(Fact::OrderPlaced(now)),
            Some(was) if was != states => Some(Fact::OrderMoved(OrderMoved { now, was })),
            Some(_) => None,
        })
    }
}

fn states(head: &OrderHeadImage) -> Result<OrderState, InvalidId> {
    Ok(OrderState {
        status: head.status.s.parse()?,
        payment: head.payment.s.parse()?,
    })
}
