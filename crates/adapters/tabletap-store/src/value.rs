//! Attributes as DynamoDB holds them.

use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;
use tabletap_domain::time::UnixMillis;

/// A row's attributes by name.
pub(crate) type Row = HashMap<String, AttributeValue>;

/// A text attribute.
pub(crate) fn s(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// A number attribute.
pub(crate) fn n(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A time, in milliseconds.
pub(crate) fn ms(at: UnixMillis) -> AttributeValue {
    AttributeValue::N(at.0.to_string())
}
