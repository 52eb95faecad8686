//! The fault switches: what goes wrong on purpose. All are off at first; they survive a restart.

use serde::{Deserialize, Serialize};

/// How a paid checkout ends for the guest and for the webhook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The events are sent first and the guest goes back once each was answered, or after 10 s, as Stripe does it.
    #[default]
    WebhookFirst,
    /// The guest goes back at once; the events follow a while later.
    RedirectFirst,
    /// The guest closes the page: only the events say that it is paid.
    WebhookOnly,
    /// The guest goes back, and no event is ever sent.
    RedirectOnly,
}

/// What becomes of a refund.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refunds {
    /// It is `succeeded` in the answer.
    #[default]
    Succeed,
    /// It is `pending`, and succeeds about a second later.
    PendingThenSucceed,
    /// It is `pending`, and fails about a second later.
    PendingThenFail,
}

/// How a call of the API fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiFaultKind {
    /// Answered 500; nothing was done.
    #[serde(rename = "500")]
    Error,
    /// Answered 429; nothing was done.
    #[serde(rename = "429")]
    TooMany,
    /// Answered 409 as if the idempotency key were in use; nothing was done.
    #[serde(rename = "409")]
    InUse,
    /// Done, but the connection breaks before the answer.
    #[serde(rename = "lost")]
    Lost,
    /// Done, but there is no answer for a minute.
    #[serde(rename = "timeout")]
    Timeout,
}

/// A fault of the next calls of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiFault {
    /// `POST /v1/checkout/sessions/:id/expire`; a segment that begins with a colon stands for any, and an absent endpoint for every call.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// How it fails.
    pub kind: ApiFaultKind,
    /// How many calls; it counts down.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// All switches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// How many copies of each event are sent at the same time; 0 and 1 are one.
    pub duplicate: u32,
    /// Events are held until two seconds pass without another, then sent the last first.
    pub reorder: bool,
    /// How late every event is sent.
    pub delay_ms: u32,
    /// How many attempts of each event get lost on the way; it is tried again, as Stripe does.
    pub drop_first: u32,
    /// How a paid checkout ends.
    pub order: Order,
    /// No event is ever sent.
    pub never: bool,
    /// Events are signed with another secret.
    pub wrong_secret: bool,
    /// Events have the shape of an old API version: sessions without `custom_text` and `automatic_tax`, charges without
    /// `billing_details`, the envelope without `pending_webhooks` and with `request` as a text.
    pub old_shape: bool,
    /// What becomes of refunds.
    pub refunds: Refunds,
    /// Calls of the API that fail.
    pub api: Vec<ApiFault>,
}

impl Faults {
    /// Whether events are kept to ourselves for ever.
    pub(crate) fn withholds(&self) -> bool {
        self.never || self.order == Order::RedirectOnly
    }

    /// The fault of this call, counted down.
    pub(crate) fn of_call(&mut self, method: &str, path: &str) -> Option<ApiFaultKind> {
        let called = format!("{method} {path}");
        let fault = self.api.iter_mut().find(|fault| {
            let endpoint = fault.endpoint.as_deref();
            fault.times > 0 && endpoint.is_none_or(|endpoint| matches(endpoint, &called))
        })?;
        fault.times -= 1;
        let kind = fault.kind;
        self.api.retain(|fault| fault.times > 0);
        Some(kind)
    }
}

fn matches(endpoint: &str, called: &str) -> bool {
    let (mut wanted, mut found) = (endpoint.split('/'), called.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found || wanted.starts_with(':') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_fault_of_a_call_counts_down_and_leaves_other_calls_alone() {
        let text = r#"{"api": [{"endpoint": "POST /v1/checkout/sessions/:id/expire", "kind": "lost", "times": 1}]}"#;
        let mut faults: Faults = serde_json::from_str(text).unwrap();
        assert_eq!(faults.of_call("POST", "/v1/checkout/sessions"), None);
        let path = "/v1/checkout/sessions/cs_1/expire";
        assert_eq!(faults.of_call("POST", path), Some(ApiFaultKind::Lost));
        assert_eq!(faults.of_call("POST", path), None);
        assert_eq!(faults, Faults::default());
    }
}
