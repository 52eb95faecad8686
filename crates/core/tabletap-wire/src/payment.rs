//! Paying: `POST /v1/orders/{order_id}/checkout`, `GET /v1/seatings/current/bill`, `POST /v1/seatings/current/checkout` and what ends it,
//! `…/checkout/leave`.

use serde::{Deserialize, Serialize};
use tabletap_domain::{Minor, OrderId, PaymentId, number::OrderNumber, time::UnixMillis};
use tabletap_wire_derive::domain_fields;

/// The request for an order's payment.
#[domain_fields]
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderCheckoutRequest {
    /// On top of what is owed.
    #[serde(default)]
    pub tip_minor: Minor,
}

/// The request for the payment of lines of a table.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinesCheckoutRequest {
    /// Which.
    pub lines: LineChoice,
    /// On top of what is owed.
    #[serde(default)]
    pub tip_minor: Minor,
    /// The `session_id` that this guest was given before: its page is ended first, and its lines are free again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// `"all"` may be what others ordered: the guest was asked, and wants to pay for them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_others: bool,
}

/// The request that ends a payment page that its guest has left.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveRequest {
    /// What was paid there.
    pub payment_id: PaymentId,
    /// The `session_id` that this guest was given with it. Without it, it is somebody else's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

/// Which lines of a table are paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LineChoice {
    /// `"all"`: whatever nobody has paid or is paying.
    Word(String),
    /// These, by the `line_id` of the bill.
    Some(Vec<String>),
    /// A share of whatever is open.
    Share(ShareRequest),
}

/// A share of a bill: an equal one, or any amount.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareRequest {
    /// What the guest was shown, without a tip.
    pub amount_minor: Minor,
    /// How many guests split the bill evenly; absent where the guest named the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guests: Option<u32>,
}

/// The reply: where to pay.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutReply {
    /// The payment.
    pub payment_id: PaymentId,
    /// The provider's name for it.
    pub session_id: String,
    /// The provider's page.
    pub url: String,
    /// What it holds is held until then.
    #[serde(with = "crate::time")]
    pub expires_at: UnixMillis,
}

/// What a party still owes, and what is paid.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillView {
    /// Three letters.
    pub currency: String,
    /// Every line of every order, oldest order first.
    pub lines: Vec<BillLine>,
    /// All of it.
    pub total_minor: Minor,
    /// Paid.
    pub paid_minor: Minor,
    /// Being paid: nobody else can meanwhile.
    #[serde(default)]
    pub reserved_minor: Minor,
    /// Neither paid nor being paid.
    pub open_minor: Minor,
    /// Who is paying what at this moment, the oldest first.
    #[serde(default)]
    pub reservations: Vec<ReservationView>,
    /// The even split that somebody of the party has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equal_shares: Option<EqualSharesView>,
}

/// An even split that is not paid to its end.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EqualSharesView {
    /// Between so many.
    pub guests: u32,
    /// So many shares are neither paid nor being paid.
    pub left: u32,
    /// What the next of them comes to; the last takes the remainder.
    pub next_minor: Minor,
}

/// A payment that is under way.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationView {
    /// The payment.
    pub payment_id: PaymentId,
    /// What of this bill it pays, without a tip.
    pub amount_minor: Minor,
    /// Its lines are free again by then, unless it is paid; none while a bank decides.
    #[serde(with = "crate::time::option")]
    pub until: Option<UnixMillis>,
    /// It stands for so long that anybody of the party may end it.
    pub may_end: bool,
}

/// One line of a bill.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillLine {
    /// `{order_id}:{place}`.
    pub line_id: String,
    /// Its order.
    pub order_id: OrderId,
    /// The order's number to say.
    pub number: OrderNumber,
    /// The dish.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// The options' names.
    pub choices: Vec<String>,
    /// Whose; may be empty.
    pub guest: String,
    /// Its price with its share of service and taxes.
    pub due_minor: Minor,
    /// What of it is neither paid nor being paid: less than all of it where guests share a line.
    pub open_minor: Minor,
    /// Where its money stands.
    pub state: BillLineState,
    /// The payment that has it.
    pub payment_id: Option<PaymentId>,
}

/// Where a line's money stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillLineState {
    /// To be paid.
    Open,
    /// Somebody is paying it.
    Reserved,
    /// Paid.
    Paid,
}

/// One payment of an order, as its receipt on the screen tells it.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// The payment.
    pub payment_id: PaymentId,
    /// All of it, with the tip.
    pub amount_minor: Minor,
    /// On top of what was owed.
    pub tip_minor: Minor,
    /// What went back.
    pub refunded_minor: Minor,
    /// When.
    #[serde(with = "crate::time::option")]
    pub paid_at: Option<UnixMillis>,
    /// How.
    pub method: Option<MethodView>,
    /// The provider's own receipt, where it has one.
    pub receipt_url: Option<String>,
}

/// How somebody paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodView {
    /// `visa`, `sepa_debit`, …
    pub brand: String,
    /// The last four digits, where it has any.
    pub last4: Option<String>,
}
