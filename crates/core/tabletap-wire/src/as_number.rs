//! Serde for amounts, which are numbers of minor units.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tabletap_domain::Minor;

pub(crate) fn serialize<S: Serializer>(value: &Minor, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i64(value.0)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Minor, D::Error> {
    i64::deserialize(from).map(Minor)
}

/// The same for an amount that may be absent.
pub(crate) mod option {
    use super::{Deserialize, Deserializer, Minor, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        value: &Option<Minor>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(|minor| minor.0).serialize(to)
    }

    pub(crate) fn deserialize<'de, D>(from: D) -> Result<Option<Minor>, D::Error>
    where
        D: Deserializer<'de>,
    {
        Ok(Option::deserialize(from)?.map(Minor))
    }
}
