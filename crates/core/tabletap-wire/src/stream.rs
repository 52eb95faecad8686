//! Records of the table's stream, as far as our consumers read them: the images of order heads, of calls and of what a store sells, with
//! DynamoDB's typed attributes.
//!
//! Images stay unread until they are needed: one that is broken fails its own record, not the whole batch. See the DynamoDB Streams API
//! reference, `StreamRecord` and `AttributeValue`, and the Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB".

use crate::{
    call::CallRecord,
    order_record::{OrderRecord, OrderRecordError, OrderStates},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tabletap_domain::{PaymentId, StoreKey, call::Call, order::Order, time::UnixMillis};

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
    /// The same each time the record comes.
    #[serde(rename = "eventID")]
    pub id: String,
    /// `INSERT`, `MODIFY` or `REMOVE`.
    #[serde(rename = "eventName")]
    pub name: String,
    /// What changed.
    #[serde(rename = "dynamodb")]
    pub change: Change,
}

/// What changed, unread.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// What a record that failed is reported by.
    pub sequence_number: String,
    #[serde(default)]
    keys: Value,
    /// The row as it stands; null where it is gone.
    #[serde(default)]
    pub new_image: Value,
    /// The row as it stood; null where it is new.
    #[serde(default)]
    pub old_image: Value,
}

impl Change {
    /// The row's partition key.
    #[must_use]
    pub fn partition(&self) -> &str {
        self.keys["pk"]["S"].as_str().unwrap_or_default()
    }

    /// The row's sort key, which says what it is.
    #[must_use]
    pub fn row(&self) -> &str {
        self.keys["sk"]["S"].as_str().unwrap_or_default()
    }
}

/// `{"S": "…"}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TextAttribute {
    /// The text.
    #[serde(rename = "S")]
    pub s: String,
}

/// `{"N": "7"}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NumberAttribute {
    /// The number's digits.
    #[serde(rename = "N")]
    pub n: String,
}

/// `{"BOOL": true}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FlagAttribute {
    /// The flag.
    #[serde(rename = "BOOL")]
    pub flag: bool,
}

/// The image of an order's head: its document and its states. Other attributes are keys for indexes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderHeadImage {
    /// The document, see [`OrderRecord`].
    pub doc: TextAttribute,
    /// Where the order stands.
    pub status: TextAttribute,
    /// Where its money stands.
    pub payment: TextAttribute,
    /// Waits for the staff.
    pub held: FlagAttribute,
    /// When the kitchen gets it; at once where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fire_at: Option<NumberAttribute>,
    /// When it is promised to be ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<NumberAttribute>,
    /// Why its money is to go back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_reason: Option<TextAttribute>,
}

/// The image of a guest's call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CallImage {
    /// The document, see [`CallRecord`].
    pub doc: TextAttribute,
}

impl CallImage {
    /// The call of this image.
    ///
    /// # Errors
    /// Its document is unreadable; permanent: park the record.
    pub fn call(&self) -> Result<Call, serde_json::Error> {
        CallRecord::read(&self.doc.s)
    }
}

/// A head that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// Its document.
    #[error("the document is unreadable")]
    Document(#[from] OrderRecordError),
    /// One of its states.
    #[error("a state is no known word")]
    State(#[from] tabletap_domain::InvalidId),
    /// One of its times.
    #[error("a time is no number")]
    Time(#[from] std::num::ParseIntError),
}

impl OrderHeadImage {
    /// The order of this image.
    ///
    /// # Errors
    /// [`ImageError`]; permanent: park the record.
    pub fn order(&self) -> Result<Order, ImageError> {
        let states = OrderStates {
            status: self.status.s.parse()?,
            payment: self.payment.s.parse()?,
            held: self.held.flag,
            fire_at: time_in(self.fire_at.as_ref())?,
            ready_at: time_in(self.ready_at.as_ref())?,
            refund_reason: self
                .refund_reason
                .as_ref()
                .map(|reason| reason.s.parse())
                .transpose()?,
        };
        Ok(OrderRecord::read(&self.doc.s, states)?)
    }
}

fn time_in(attribute: Option<&NumberAttribute>) -> Result<Option<UnixMillis>, ImageError> {
    let read = |number: &NumberAttribute| Ok(UnixMillis(number.n.parse()?));
    attribute.map(read).transpose()
}

/// The image of a payment or a refund, as far as others hear of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StateImage {
    /// Where it stands.
    pub state: TextAttribute,
}

/// The image of the row that says what a store sells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CurrentMenuImage {
    /// The version that is sold.
    pub version: TextAttribute,
}

/// The store of a key such as `STORE#{tenant}#{store}`; none where it is no store's.
#[must_use]
pub fn store_of_key(pk: &str) -> Option<StoreKey> {
    let (tenant, store) = pk.strip_prefix("STORE#")?.split_once('#')?;
    Some(StoreKey {
        tenant: tenant.parse().ok()?,
        store: store.parse().ok()?,
    })
}

/// The payment of a key such as `PAYMENT#{tenant}#{store}#{payment}`; none where it is no payment's.
#[must_use]
pub fn payment_of_key(pk: &str) -> Option<(StoreKey, PaymentId)> {
    let (of, payment) = pk.strip_prefix("PAYMENT#")?.rsplit_once('#')?;
    let (tenant, store) = of.split_once('#')?;
    let store = StoreKey {
        tenant: tenant.parse().ok()?,
        store: store.parse().ok()?,
    };
    Some((store, payment.parse().ok()?))
}
