//! What a guest asks to pay, and where from.

use tabletap_domain::{AccountName, GuestSessionId, TableCode, store::StoreConfig};
use tabletap_store::{NewHold, OrderBill};

/// Where a guest pays from; nothing of it is known of takeout.
#[derive(Clone, Debug, Default)]
pub struct Payer {
    /// The table's sticker, for the way back.
    pub code: Option<TableCode>,
    /// The phone's own id: its pages are counted by it.
    pub phone: Option<GuestSessionId>,
}

/// What a guest wants to pay, read and allowed.
pub(crate) struct Wish<'a> {
    pub(crate) store: &'a StoreConfig,
    pub(crate) account: AccountName,
    pub(crate) live: bool,
    pub(crate) bills: Vec<OrderBill>,
    pub(crate) tip_minor: i64,
    pub(crate) payer: Payer,
    /// The page that the guest was sent to before, and wants to replace.
    pub(crate) instead_of: Option<String>,
    /// The place of its slot that a takeout order takes.
    pub(crate) hold: Option<NewHold>,
}
