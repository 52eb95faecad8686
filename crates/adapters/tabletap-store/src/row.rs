//! Rows as DynamoDB hands them out, read attribute by attribute. A row that cannot be read is named by its key, never by its content.

use crate::{error::StoreError, key::Key};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use std::str::FromStr;
use tabletap_domain::time::UnixMillis;

pub(crate) use crate::value::{Row, ms, n, s};

/// A new row with its key.
pub(crate) fn row<const N: usize>(key: Key, attributes: [(&str, AttributeValue); N]) -> Row {
    let named = attributes.map(|(name, value)| (name.to_owned(), value));
    key.into_row().into_iter().chain(named).collect()
}

/// A row that must be there is not.
pub(crate) fn missing(key: &Key) -> StoreError {
    StoreError::Corrupt(format!("{} {}: missing", key.pk, key.sk))
}

/// Reading of one row.
pub(crate) trait Read {
    /// The attribute's text, read as `T`.
    fn get_as<T: FromStr>(&self, name: &str) -> Result<T, StoreError>;
    /// The same where it may be absent.
    fn maybe<T: FromStr>(&self, name: &str) -> Result<Option<T>, StoreError>;
    /// A time.
    fn time(&self, name: &str) -> Result<UnixMillis, StoreError> {
        self.get_as(name).map(UnixMillis)
    }
    /// A yes or no.
    fn flag(&self, name: &str) -> Result<bool, StoreError>;
    /// Bytes.
    fn bytes(&self, name: &str) -> Result<&[u8], StoreError>;
    /// Names the row as unreadable because of `what`.
    fn corrupt(&self, what: &str) -> StoreError;
}

impl Read for Row {
    fn get_as<T: FromStr>(&self, name: &str) -> Result<T, StoreError> {
        self.maybe(name)?.ok_or_else(|| self.corrupt(name))
    }

    fn maybe<T: FromStr>(&self, name: &str) -> Result<Option<T>, StoreError> {
        match self.get(name) {
            None => Ok(None),
            Some(AttributeValue::S(text) | AttributeValue::N(text)) => {
                text.parse().map(Some).map_err(|_| self.corrupt(name))
            }
            Some(_) => Err(self.corrupt(name)),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, StoreError> {
        let value = self.get(name).and_then(|value| value.as_bool().ok());
        value.copied().ok_or_else(|| self.corrupt(name))
    }

    fn bytes(&self, name: &str) -> Result<&[u8], StoreError> {
        let value = self.get(name).and_then(|value| value.as_b().ok());
        value.map(Blob::as_ref).ok_or_else(|| self.corrupt(name))
    }

    fn corrupt(&self, what: &str) -> StoreError {
        let part = |name| self.get(name).and_then(|value| value.as_s().ok());
        let (pk, sk) = (part("pk"), part("sk"));
        let named = |part: Option<&String>| part.map_or("?", String::as_str).to_owned();
        StoreError::Corrupt(format!("{} {}: {what}", named(pk), named(sk)))
    }
}
