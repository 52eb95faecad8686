//! Times as JSON: RFC 3339 in UTC with milliseconds, `2026-11-21T19:04:01.250Z`.

use serde::{Deserialize, Deserializer, Serializer, de::Error};
use tabletap_domain::time::UnixMillis;

/// The RFC 3339 text of a time.
#[must_use]
pub fn rfc3339(at: UnixMillis) -> String {
    let timestamp = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{timestamp:.3}")
}

/// Reads an RFC 3339 text.
#[must_use]
pub fn parse(text: &str) -> Option<UnixMillis> {
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    Some(UnixMillis(timestamp.as_millisecond()))
}

/// Writes a time.
///
/// # Errors
/// Only the serializer's own.
pub fn serialize<S: Serializer>(at: &UnixMillis, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&rfc3339(*at))
}

/// Reads a time.
///
/// # Errors
/// When the text is no RFC 3339 time.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<UnixMillis, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).ok_or_else(|| D::Error::custom("expected an RFC 3339 time"))
}

/// The same for a time that may be absent.
pub mod option {
    use super::{Deserialize, Deserializer, Error, Serializer, UnixMillis, parse, rfc3339};

    /// Writes a time or `null`.
    ///
    /// # Errors
    /// Only the serializer's own.
    pub fn serialize<S: Serializer>(at: &Option<UnixMillis>, to: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => to.serialize_str(&rfc3339(*at)),
            None => to.serialize_none(),
        }
    }

    /// Reads a time or `null`.
    ///
    /// # Errors
    /// When the text is no RFC 3339 time.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<UnixMillis>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| parse(&text).ok_or_else(|| D::Error::custom("expected an RFC 3339 time")))
            .transpose()
    }
}

/// The same for several.
pub mod list {
    use super::{Deserialize, Deserializer, Error, Serializer, UnixMillis, parse, rfc3339};

    /// Writes the times.
    ///
    /// # Errors
    /// Only the serializer's own.
    pub fn serialize<S: Serializer>(times: &[UnixMillis], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(times.iter().map(|at| rfc3339(*at)))
    }

    /// Reads the times.
    ///
    /// # Errors
    /// When a text is no RFC 3339 time.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<UnixMillis>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let read = texts.iter().map(|text| parse(text));
        read.collect::<Option<_>>()
            .ok_or_else(|| D::Error::custom("expected RFC 3339 times"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_to_the_millisecond() {
        let at = UnixMillis(1_795_287_841_250);
        assert_eq!(rfc3339(at), "2026-11-21T19:04:01.250Z");
        assert_eq!(parse(&rfc3339(at)), Some(at));
        assert_eq!(
            rfc3339(UnixMillis(1_795_287_841_000)),
            "2026-11-21T19:04:01.000Z"
        );
    }
}
