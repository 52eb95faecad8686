//! `POST /v1/sessions`: a session for a table's code, or for takeout at a store. Writes nothing.

use crate::pickup::OpenState;
use serde::{Deserialize, Serialize};
use tabletap_domain::{Lang, Slug, TableId, time::UnixMillis};
use tabletap_wire_derive::domain_fields;

/// The request: a table code, or a store with `"mode": "takeout"`. Any text here: a code that is no code is an unknown one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// What the sticker carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_code: Option<String>,
    /// The store's name in addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// `mode` of a session that orders takeout.
pub const TAKEOUT: &str = "takeout";
/// `mode` of a session at a table.
pub const AT_TABLE: &str = "table";

/// The reply, 201.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionReply {
    /// The signed session, for `Authorization: Bearer`.
    pub session: String,
    /// `table` or `takeout`.
    pub mode: String,
    /// When it ends; send the table code again for a new one.
    #[serde(with = "crate::time")]
    pub expires_at: UnixMillis,
    /// The restaurant.
    pub store: StoreView,
    /// The table, where it is at one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableView>,
    /// The party, where it is at a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seating: Option<SeatingView>,
    /// Whether the kitchen takes orders from tables, where it has hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kitchen: Option<KitchenView>,
}

/// Whether a kitchen takes orders from tables.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KitchenView {
    /// Now.
    pub state: OpenState,
    /// Until when it does; absent where no end is in sight, or it does not.
    #[serde(with = "crate::time::option")]
    pub orders_until: Option<UnixMillis>,
    /// When it does again, where it does not.
    #[serde(with = "crate::time::option")]
    pub opens_at: Option<UnixMillis>,
    /// The store's zone, an IANA name.
    pub time_zone: String,
}

/// A restaurant as its guests see it.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoreView {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// The languages its menu is published in, the first is the fallback.
    pub languages: Vec<Lang>,
}

/// A dining table.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableView {
    /// Its id.
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
