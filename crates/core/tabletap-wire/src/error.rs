//! What every refused request answers.

use crate::{order::Totals, time};
use serde::{Deserialize, Serialize};
use tabletap_domain::time::UnixMillis;

/// A stable code for programs, the field it is about, and a sentence for people. Internal text never gets here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// One of the codes in `docs/openapi.yaml`.
    pub code: String,
    /// The field of the request, e.g. `lines[0].quantity`, where there is one.
    pub field: Option<String>,
    /// A sentence a person understands.
    pub message: String,
    /// The new price, only with `quote_changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Box<Totals>>,
    /// When the store opens again, only with `store_closed`, where that is in sight.
    #[serde(
        default,
        with = "time::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub opens_at: Option<UnixMillis>,
    /// The next pick-up times that are free, only with `slot_taken` at checkout.
    #[serde(default, with = "time::list", skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<UnixMillis>,
}

impl ErrorBody {
    /// An error about the request as a whole.
    #[must_use]
    pub fn new(code: &str, message: &str) -> Self {
        Self {
            code: code.to_owned(),
            field: None,
            message: message.to_owned(),
            quote: None,
            opens_at: None,
            slots: Vec::new(),
        }
    }

    /// An error about one field.
    #[must_use]
    pub fn at(code: &str, field: &str, message: &str) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::new(code, message)
        }
    }
}
