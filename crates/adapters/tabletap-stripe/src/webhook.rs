//! A webhook's event: authentic, and which payment it is about. What it says of that payment is not believed: Stripe is asked.
//!
//! `async-stripe-webhook` judges the signature; where that is right but the event's shape is another version's, the few fields we need are
//! read all the same. See docs.stripe.com/webhooks: "Verify webhook signatures manually".

use crate::Account;
use serde::Deserialize;
use serde_json::Value;
use stripe_webhook::{Webhook, WebhookError};
use tabletap_domain::{PaymentId, StoreId, StoreKey, TenantId, time::UnixMillis};

/// An authentic event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id: the same each time it is sent.
    pub id: String,
    /// Its type, Stripe's word.
    pub kind: String,
    /// What it is about, where that is a payment of ours.
    pub subject: Option<Subject>,
}

/// Which payment an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Our own id of it, which Stripe keeps with session, intent and charge.
    Payment(StoreKey, PaymentId),
    /// The intent of a refund or dispute, which bear no id of ours.
    Intent(String),
}

/// Not signed by Stripe for this account, or too long ago. Says no more, so that a forger learns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an authentic event")]
pub struct NotAuthentic;

#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

/// The event of a request's raw body and its `Stripe-Signature`.
///
/// # Errors
/// [`NotAuthentic`].
pub fn read_event(
    account: &Account,
    body: &[u8],
    signature: &str,
    now: UnixMillis,
) -> Result<Event, NotAuthentic> {
    let body = std::str::from_utf8(body).map_err(|_| NotAuthentic)?;
    // Of two times the library takes the last one; nobody but a forger sends two.
    let times = signature
        .split(',')
        .filter(|part| part.trim().starts_with("t="));
    if times.count() != 1 {
        return Err(NotAuthentic);
    }
    let authentic = |secret: &String| {
        let judged =
            Webhook::construct_event_with_timestamp(body, signature, secret, now.seconds());
        // The shape is judged last: who complains of it has found signature and time right.
        matches!(judged, Ok(_) | Err(WebhookError::BadParse(_)))
    };
    if !account.webhook_secrets().iter().any(authentic) {
        return Err(NotAuthentic);
    }
    let envelope: Envelope = serde_json::from_str(body).map_err(|_| NotAuthentic)?;
    Ok(Event {
        subject: subject(&envelope.data.object),
        id: envelope.id,
        kind: envelope.kind,
    })
}

fn subject(object: &Value) -> Option<Subject> {
    let intent = || {
        let intent = &object["payment_intent"];
        let id = intent.as_str().or_else(|| intent["id"].as_str())?;
        Some(Subject::Intent(id.to_owned()))
    };
    let ours = payment_of(object).map(|(store, payment)| Subject::Payment(store, payment));
    ours.or_else(intent)
}

/// The payment of ours that an object of Stripe's bears along.
pub(crate) fn payment_of(object: &Value) -> Option<(StoreKey, PaymentId)> {
    let metadata = |name: &str| object["metadata"][name].as_str();
    let store = StoreKey {
        tenant: TenantId::parse(metadata("tenant")?).ok()?,
        store: StoreId::parse(metadata("store")?).ok()?,
    };
    Some((store, PaymentId::parse(metadata("payment")?).ok()?))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::Accounts;
    use tabletap_domain::AccountName;

    const NOW: UnixMillis = UnixMillis(1_800_000_000_000);

    fn account() -> Account {
        let accounts = Accounts::parse(
            r#"{"sushi": {"api_key": "sk_test_1", "webhook_secrets": ["whsec_new", "whsec_old"]}}"#,
        );
        let name = AccountName::parse("sushi").unwrap();
        accounts.unwrap().get(&name).unwrap().clone()
    }

    fn signed(body: &str, secret: &str, at_s: i64) -> String {
        Webhook::generate_test_header(body, secret, Some(at_s))
    }

    #[test]
    fn an_event_of_any_shape_leads_to_its_payment_under_either_secret() {
        let payment = "pay_0123456789abcdef0123456789abcdef";
        let body = format!(
            r#"{{"id": "evt_1", "type": "checkout.session.completed", "data": {{"object": {{"metadata":
            {{"tenant": "kumo", "store": "sushi", "payment": "{payment}"}}}}}}}}"#
        );
        for secret in ["whsec_new", "whsec_old"] {
            let header = signed(&body, secret, NOW.seconds());
            let event = read_event(&account(), body.as_bytes(), &header, NOW).unwrap();
            assert_eq!(event.id, "evt_1");
            assert!(
                matches!(event.subject, Some(Subject::Payment(_, id)) if id.as_str() == payment)
            );
        }
        let refund = r#"{"id": "evt_2", "type": "refund.failed", "data": {"object": {"payment_intent": "pi_1", "metadata": {}}}}"#;
        let header = signed(refund, "whsec_new", NOW.seconds());
        let event = read_event(&account(), refund.as_bytes(), &header, NOW).unwrap();
        assert_eq!(event.subject, Some(Subject::Intent("pi_1".to_owned())));
    }

    #[test]
    fn what_stripe_did_not_sign_for_us_now_is_refused() {
        let body = r#"{"id": "evt_1", "type": "x", "data": {"object": {}}}"#;
        let now_s = NOW.seconds();
        let good = signed(body, "whsec_new", now_s);
        for (header, why) in [
            (signed(body, "whsec_other", now_s), "another secret"),
            (signed(body, "whsec_new", now_s - 301), "stale"),
            (signed(body, "whsec_new", now_s + 301), "of the future"),
            (signed("{}", "whsec_new", now_s), "of another body"),
            (format!("t=1,{good}"), "two times"),
            (String::new(), "empty"),
            ("garbage".to_owned(), "no header"),
        ] {
            let read = read_event(&account(), body.as_bytes(), &header, NOW);
            assert_eq!(read, Err(NotAuthentic), "{why}");
        }
        assert!(read_event(&account(), body.as_bytes(), &good, NOW).is_ok());
        assert!(
            read_event(&account(), &[0xff, 0xfe], &good, NOW).is_err(),
            "no text"
        );
    }
}
