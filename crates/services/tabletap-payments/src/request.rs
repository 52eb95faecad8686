//! A guest's request to pay.

use tabletap_domain::{AccountName, GuestSessionId, Minor, TableCode, store::StoreConfig};
use tabletap_store::{NewHold, OrderBill};

/// The table and the phone that a guest pays from. Both are empty for takeout.
#[derive(Clone, Debug, Default)]
pub struct Payer {
    /// The table's sticker, for the way back.
    pub code: Option<TableCode>,
    /// The phone's own id: its pages are counted by it.
    pub phone: Option<GuestSessionId>,
}

/// A guest's request for a payment page, with the bills it is about.
pub(crate) struct CheckoutRequest<'a> {
    pub(crate) store: &'a StoreConfig,
    pub(crate) account: AccountName,
    pub(crate) live: bool,
    pub(crate) bills: Vec<OrderBill>,
    pub(crate) tip_minor: Minor,
    pub(crate) payer: Payer,
    /// The page that the guest was sent to before, and wants to replace.
    pub(crate) instead_of: Option<String>,
    /// The place of its slot that a takeout order takes.
    pub(crate) hold: Option<NewHold>,
}
