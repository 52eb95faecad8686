//! Stripe's answers, as far as we read them. Every field but an id may be absent.

use crate::amount::from_stripe;
use crate::webhook::payment_of;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use tabletap_domain::{
    Currency, Minor, RefundId,
    payment::{PaymentMethod, PaymentState, RefundState},
};
use tabletap_gateway::{GatewayError, ListedPage, PageList, ProviderRefund, ProviderStatus};

/// The fields we need of an answer.
pub(crate) fn read<T: DeserializeOwned>(answer: &[u8]) -> Result<T, GatewayError> {
    serde_json::from_slice(answer).map_err(|_| {
        tracing::error!("an answer of Stripe has another shape");
        GatewayError::Away
    })
}

/// An object, or only its id if it was not expanded.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Expandable<T> {
    Whole(Box<T>),
    Id(serde::de::IgnoredAny),
}

impl<T> Expandable<T> {
    fn whole(self) -> Option<T> {
        match self {
            Self::Whole(whole) => Some(*whole),
            Self::Id(_) => None,
        }
    }
}

/// A Checkout Session.
#[derive(Debug, Deserialize)]
pub(crate) struct SessionAnswer {
    pub(crate) id: String,
    pub(crate) url: Option<String>,
    status: Option<String>,
    payment_status: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
    livemode: Option<bool>,
    client_reference_id: Option<String>,
    payment_intent: Option<Expandable<Intent>>,
    customer_details: Option<Guest>,
}

#[derive(Debug, Deserialize)]
struct Guest {
    email: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Intent {
    id: String,
    status: Option<String>,
    latest_charge: Option<Expandable<Charge>>,
}

#[derive(Debug, Deserialize)]
struct Charge {
    amount_refunded: Option<i64>,
    disputed: Option<bool>,
    payment_method_details: Option<Details>,
    receipt_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Details {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(flatten)]
    by_kind: BTreeMap<String, serde_json::Value>,
}

/// A refund.
#[derive(Debug, Deserialize)]
pub(crate) struct RefundAnswer {
    id: String,
    amount: i64,
    status: Option<String>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
}

/// A page of refunds.
#[derive(Debug, Deserialize)]
pub(crate) struct RefundList {
    pub(crate) data: Vec<RefundAnswer>,
    #[serde(default)]
    pub(crate) has_more: bool,
}

/// A page of Checkout Sessions, the newest first.
#[derive(Debug, Deserialize)]
pub(crate) struct SessionList {
    data: Vec<serde_json::Value>,
    #[serde(default)]
    has_more: bool,
}

impl SessionList {
    /// Those that were made since then.
    pub(crate) fn pages(self, since_s: i64) -> PageList {
        let is_new = |session: &&serde_json::Value| {
            session["created"].as_i64().is_none_or(|at| at >= since_s)
        };
        let pages: Vec<ListedPage> = self.data.iter().take_while(is_new).map(listed).collect();
        let last = self.data.last().and_then(|session| session["id"].as_str());
        let goes_on = self.has_more && pages.len() == self.data.len();
        PageList {
            next: last.filter(|_| goes_on).map(str::to_owned),
            pages,
        }
    }
}

fn listed(session: &serde_json::Value) -> ListedPage {
    let minor = |amount: &serde_json::Value| {
        let code = session["currency"].as_str().unwrap_or_default();
        let currency = Currency::from_code(&code.to_ascii_uppercase());
        let amount = amount.as_i64().unwrap_or_default();
        currency.map_or(Minor(amount), |currency| from_stripe(amount, currency))
    };
    ListedPage {
        payment: payment_of(session),
        paid: session["status"] == "complete" && session["payment_status"] == "paid",
        amount_minor: minor(&session["amount_total"]),
        refunded_minor: minor(&session["payment_intent"]["latest_charge"]["amount_refunded"]),
    }
}

impl SessionAnswer {
    /// What it says of a payment in `currency`.
    pub(crate) fn status(self, currency: Currency) -> ProviderStatus {
        let intent = self.payment_intent.and_then(Expandable::whole);
        let state = state(
            self.status.as_deref(),
            self.payment_status.as_deref(),
            intent.as_ref().and_then(|intent| intent.status.as_deref()),
        );
        let (reference, charge) = match intent {
            Some(intent) => (
                Some(intent.id),
                intent.latest_charge.and_then(Expandable::whole),
            ),
            None => (None, None),
        };
        let refunded = charge.as_ref().and_then(|charge| charge.amount_refunded);
        ProviderStatus {
            state,
            amount_minor: from_stripe(self.amount_total.unwrap_or_default(), currency),
            currency: self.currency.unwrap_or_default().to_ascii_uppercase(),
            live: self.livemode.unwrap_or_default(),
            payment: self.client_reference_id,
            email: self.customer_details.and_then(|guest| guest.email),
            reference,
            refunded_minor: from_stripe(refunded.unwrap_or_default(), currency),
            disputed: charge
                .as_ref()
                .and_then(|charge| charge.disputed)
                .unwrap_or_default(),
            receipt_url: charge
                .as_ref()
                .and_then(|charge| charge.receipt_url.clone()),
            method: charge
                .and_then(|charge| charge.payment_method_details)
                .and_then(Details::method),
        }
    }
}

/// A completed session whose money is not there waits for a delayed method, until its intent wants another one.
fn state(session: Option<&str>, payment: Option<&str>, intent: Option<&str>) -> PaymentState {
    match (session, payment, intent) {
        (Some("complete"), Some("paid" | "no_payment_required"), _) => PaymentState::Paid,
        (Some("complete"), _, Some("requires_payment_method" | "canceled")) => PaymentState::Failed,
        (Some("complete"), _, _) => PaymentState::Processing,
        (Some("expired"), _, _) => PaymentState::Expired,
        // `open`, and any state that Stripe may add: it is asked about again.
        _ => PaymentState::Open,
    }
}

impl Details {
    fn method(self) -> Option<PaymentMethod> {
        let kind = self.kind?;
        let of_kind = self.by_kind.get(&kind);
        let text = |name: &str| {
            of_kind
                .and_then(|of| of.get(name)?.as_str())
                .map(str::to_owned)
        };
        Some(PaymentMethod {
            brand: text("brand").unwrap_or(kind.clone()),
            last4: text("last4").filter(|digits| digits.len() == 4),
        })
    }
}

impl RefundAnswer {
    /// What it says of a refund in `currency`.
    pub(crate) fn status(self, currency: Currency) -> ProviderRefund {
        let ours = self
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.get("refund"));
        ProviderRefund {
            id: ours.and_then(|id| RefundId::parse(id).ok()),
            reference: self.id,
            amount_minor: from_stripe(self.amount, currency),
            state: match self.status.as_deref() {
                Some("succeeded") => RefundState::Succeeded,
                Some("failed" | "canceled") => RefundState::Failed,
                // `pending`, `requires_action`, and any state that Stripe may add.
                _ => RefundState::Pending,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn status_of(json: &str) -> ProviderStatus {
        let answer: SessionAnswer = serde_json::from_str(json).unwrap();
        answer.status(Currency::from_code("USD").unwrap())
    }

    #[test]
    fn a_session_is_read_whether_its_intent_is_written_out_or_not() {
        let paid = status_of(
            r#"{"id": "cs_1", "status": "complete", "payment_status": "paid", "amount_total": 1250, "currency": "usd",
            "livemode": false, "client_reference_id": "pay_1", "payment_intent": {"id": "pi_1", "status": "succeeded", "latest_charge":
            {"amount_refunded": 250, "disputed": false, "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}}}}}"#,
        );
        assert_eq!(paid.state, PaymentState::Paid);
        assert_eq!([paid.amount_minor, paid.refunded_minor], [1250, 250]);
        let visa = PaymentMethod {
            brand: "visa".to_owned(),
            last4: Some("4242".to_owned()),
        };
        assert_eq!((paid.method, paid.currency.as_str()), (Some(visa), "USD"));
        assert_eq!(
            status_of(r#"{"id": "cs_1", "status": "open", "payment_intent": "pi_1"}"#).state,
            PaymentState::Open
        );
        assert_eq!(
            status_of(r#"{"id": "cs_1"}"#).state,
            PaymentState::Open,
            "nothing said"
        );
    }

    #[test]
    fn an_amount_that_does_not_fit_is_no_answer() {
        let answer = |amount: u64| {
            serde_json::from_str::<SessionAnswer>(&format!(
                r#"{{"id": "cs_1", "currency": "usd", "amount_total": {amount}}}"#
            ))
        };
        let largest = answer(i64::MAX.unsigned_abs()).unwrap();
        assert_eq!(largest.amount_total, Some(i64::MAX));
        assert!(answer(i64::MAX.unsigned_abs() + 1).is_err());
    }

    #[test]
    fn a_delayed_method_is_processing_until_it_says_yes_or_no() {
        let completed = |intent: &str| {
            status_of(&format!(
                r#"{{"id": "cs_1", "status": "complete", "payment_status": "unpaid", "payment_intent": {{"id": "pi_1", "status": "{intent}"}}}}"#
            ))
        };
        assert_eq!(completed("processing").state, PaymentState::Processing);
        assert_eq!(
            completed("requires_payment_method").state,
            PaymentState::Failed
        );
        assert_eq!(
            status_of(r#"{"id": "cs_1", "status": "expired", "payment_status": "unpaid"}"#).state,
            PaymentState::Expired
        );
    }

    #[test]
    fn a_method_of_a_kind_that_stripe_has_yet_to_add_is_named_by_its_kind() {
        let details: Details =
            serde_json::from_str(r#"{"type": "new_wallet", "new_wallet": {}}"#).unwrap();
        let method = details.method().unwrap();
        assert_eq!((method.brand.as_str(), method.last4), ("new_wallet", None));
    }
}
