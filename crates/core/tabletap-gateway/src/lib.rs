//! The interface to a payment provider: what we request and what it answers, in our own types. No type of a provider appears here.

use std::fmt;
use tabletap_domain::{
    AccountName, Minor, PaymentId, RefundId, StoreKey,
    payment::{Payment, PaymentMethod, PaymentPage, PaymentState, Refund, RefundState},
    time::UnixMillis,
};

/// A payment provider. Every call may be repeated: what was done stays done, and is answered the same.
pub trait Gateway: Clone + Send + Sync + 'static {
    /// Name of the setting with the keys of all accounts. It must be set.
    const ACCOUNTS: &'static str;
    /// Name of the setting with the address of the provider's API.
    const API_BASE: &'static str;
    /// The provider's own address, for when that is not set.
    const API_BASE_DEFAULT: &'static str;
    /// What is wrong with the keys, without saying what they are.
    type SettingsError: fmt::Display;

    /// Reads the settings. Opens nothing.
    ///
    /// # Errors
    /// When the keys cannot be read; refuse to start.
    fn from_settings(accounts: &str, api_base: String) -> Result<Self, Self::SettingsError>;

    /// Whether the account moves real money; `None` where we have no keys for it.
    fn is_live(&self, account: &AccountName) -> Option<bool>;

    /// Creates the page where the guest pays. Their mail address, where we know it, stands there already.
    fn create_page(
        &self,
        payment: &Payment,
        email: Option<&str>,
    ) -> impl Future<Output = Result<PaymentPage, GatewayError>> + Send;

    /// Expires a page, so that nobody can pay it any more. It may have been paid a moment before: [`Gateway::page_status`] tells.
    fn expire_page(
        &self,
        payment: &Payment,
        checkout: &str,
    ) -> impl Future<Output = Result<(), GatewayError>> + Send;

    /// Where the payment stands.
    fn page_status(
        &self,
        payment: &Payment,
        checkout: &str,
    ) -> impl Future<Output = Result<ProviderStatus, GatewayError>> + Send;

    /// All refunds of a payment, those made in the provider's dashboard too.
    fn list_refunds(
        &self,
        payment: &Payment,
        reference: &str,
    ) -> impl Future<Output = Result<Vec<ProviderRefund>, GatewayError>> + Send;

    /// The payment pages that an account has made since then, the newest first, a part of the list at a time: those after the page `after`.
    fn list_pages(
        &self,
        account: &AccountName,
        since: UnixMillis,
        after: Option<&str>,
    ) -> impl Future<Output = Result<PageList, GatewayError>> + Send;

    /// Refunds money under the refund's own id, which is the idempotency key.
    fn create_refund(
        &self,
        payment: &Payment,
        reference: &str,
        refund: &Refund,
    ) -> impl Future<Output = Result<ProviderRefund, GatewayError>> + Send;
}

/// A payment as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderStatus {
    /// Where it stands.
    pub state: PaymentState,
    /// All that the guest pays.
    pub amount_minor: Minor,
    /// Three capital letters.
    pub currency: String,
    /// With real money.
    pub live: bool,
    /// Our id of it, as we gave it along.
    pub payment: Option<String>,
    /// The provider's name for the money, once there is any.
    pub reference: Option<String>,
    /// How it was paid.
    pub method: Option<PaymentMethod>,
    /// The provider's own receipt.
    pub receipt_url: Option<String>,
    /// The mail address that the guest left there; personal data.
    pub email: Option<String>,
    /// What has gone back or is going, in all.
    pub refunded_minor: Minor,
    /// The guest's bank wants it back.
    pub disputed: bool,
}

/// A part of an account's payment pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageList {
    /// The pages, the newest first.
    pub pages: Vec<ListedPage>,
    /// Where the next part begins; none at the end.
    pub next: Option<String>,
}

/// A payment page in an account's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPage {
    /// The payment it was made for, where it is one of ours.
    pub payment: Option<(StoreKey, PaymentId)>,
    /// Whether a guest has paid on it.
    pub paid: bool,
    /// What the guest pays or has paid in all.
    pub amount_minor: Minor,
    /// What has gone back or is going.
    pub refunded_minor: Minor,
}

/// A refund as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRefund {
    /// Our id of it, where we wanted it.
    pub id: Option<RefundId>,
    /// The provider's name for it.
    pub reference: String,
    /// How much.
    pub amount_minor: Minor,
    /// Where it stands.
    pub state: RefundState,
}

/// Why a provider did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// It cannot be reached, is busy, or its answer was lost: it may have done it. Ask the same again later.
    #[error("the payment provider cannot be reached")]
    Away,
    /// It will not, whenever asked; nothing was done.
    #[error("the payment provider refused: {0}")]
    Refused(String),
    /// There are no keys for this account.
    #[error("there are no keys for the payment account {0}")]
    UnknownAccount(AccountName),
}
