//! `POST /v1/sessions`: a table code for a session. Writes nothing.

use crate::as_text;
use serde::{Deserialize, Serialize};
use tabletap_domain::{Lang, Slug, TableId, time::UnixMillis};

/// The request. The code is any text here: a code that is no code is an unknown one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// What the sticker carries.
    pub table_code: String,
}

/// The reply, 201.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionReply {
    /// The signed session, for `Authorization: Bearer`.
    pub session: String,
    /// When it ends; send the table code again for a new one.
    #[serde(with = "crate::time")]
    pub expires_at: UnixMillis,
    /// The restaurant.
    pub store: StoreView,
    /// The table.
    pub table: TableView,
    /// The party.
    pub seating: SeatingView,
}

/// A restaurant as its guests see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoreView {
    /// Its name in addresses.
    #[serde(with = "as_text")]
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// The languages its menu is published in, the first is the fallback.
    #[serde(with = "as_text::list")]
    pub languages: Vec<Lang>,
}

/// A dining table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableView {
    /// Its id.
    #[serde(with = "as_text")]
    pub id: TableId,
    /// Its name.
    pub name: String,
}

/// A party at a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatingView {
    /// Its number at the table.
    pub number: u32,
    /// Whether somebody of it has ordered.
    pub open: bool,
}
