//! A guest at the checkout page: the card is charged, declined or challenged, or a bank debit takes its time.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Act, shapes};
use crate::{
    database::{Record, Task},
    error::ApiError,
};

/// How long a delayed payment takes.
const SETTLES_AFTER_MS: i64 = 1_000;

/// What comes of a guest's attempt to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The card is charged.
    Paid,
    /// The card's bank asked the guest, who said yes; the card is charged.
    Authenticated,
    /// The card is declined; the guest may try again.
    Declined,
    /// The card's bank asked the guest, who failed; the guest may try again.
    AuthenticationFailed,
    /// A bank debit that succeeds about a second later.
    DelayedPaid,
    /// A bank debit that fails about a second later.
    DelayedFailed,
    /// The guest lets the session expire.
    Expired,
}

/// How a charge goes.
struct Method {
    details: Value,
    status: &'static str,
    failure: Option<Failure>,
}

/// Why a card was not charged.
struct Failure {
    kind: &'static str,
    code: &'static str,
    decline_code: Option<&'static str>,
    message: &'static str,
}

const DECLINED: Failure = Failure {
    kind: "card_error",
    code: "card_declined",
    decline_code: Some("generic_decline"),
    message: "Your card was declined.",
};
const NOT_AUTHENTICATED: Failure = Failure {
    kind: "invalid_request_error",
    code: "payment_intent_authentication_failure",
    decline_code: None,
    message: "The provided PaymentMethod has failed authentication.",
};
const DEBIT_FAILED: Failure = Failure {
    kind: "invalid_request_error",
    code: "payment_intent_payment_attempt_failed",
    decline_code: None,
    message: "The customer's bank account has insufficient funds.",
};

impl Act<'_> {
    /// Lets a guest try to pay an open session.
    pub(crate) fn pay(
        &mut self,
        account: &str,
        id: &str,
        outcome: Outcome,
        email: &str,
    ) -> Result<Record, ApiError> {
        if outcome == Outcome::Expired {
            return self.expire(account, id);
        }
        let session = self.session(account, id)?;
        let status = session.text("status");
        if status != "open" {
            let sentence =
                format!("This Checkout Session has a status of `{status}` and cannot be paid.");
            return Err(ApiError::refused(sentence));
        }
        let email = session.object["customer_email"]
            .as_str()
            .unwrap_or(email)
            .to_owned();
        if session.number("amount_total") == 0 {
            return self.complete(session, "no_payment_required", &email);
        }
        let currency = session.text("currency");
        let card = |last4, is_challenged, status| Method {
            details: shapes::card(last4, is_challenged),
            status,
            failure: None,
        };
        let method = match outcome {
            Outcome::Paid | Outcome::Expired => card("4242", false, "succeeded"),
            Outcome::Authenticated => card("3220", true, "succeeded"),
            Outcome::Declined => Method {
                failure: Some(DECLINED),
                ..card("0002", false, "failed")
            },
            Outcome::AuthenticationFailed => Method {
                failure: Some(NOT_AUTHENTICATED),
                ..card("3220", false, "failed")
            },
            Outcome::DelayedPaid | Outcome::DelayedFailed => Method {
                details: shapes::debit(currency),
                status: "pending",
                failure: None,
            },
        };
        let is_delayed = method.status == "pending";
        let session = self.attempt(session, method, &email)?;
        match outcome {
            Outcome::Declined | Outcome::AuthenticationFailed => Ok(session),
            _ if is_delayed => {
                let session = self.complete(session, "unpaid", &email)?;
                let task = Task::Settle {
                    session: id.to_owned(),
                    succeeds: outcome == Outcome::DelayedPaid,
                };
                self.tx.plan(&task, self.now_ms + SETTLES_AFTER_MS)?;
                Ok(session)
            }
            _ => self.complete(session, "paid", &email),
        }
    }

    /// Makes the payment intent where there is none yet, and a charge.
    fn attempt(
        &mut self,
        mut session: Record,
        method: Method,
        email: &str,
    ) -> Result<Record, ApiError> {
        let intent = match &session.parent {
            Some(id) => self.known(id)?,
            None => Record {
                account: session.account.clone(),
                parent: None,
                object: shapes::intent(&session, self.now_s()),
                own: json!({}),
            },
        };
        session.parent = Some(intent.id().to_owned());
        session.object["payment_intent"] = json!(intent.id());
        self.tx.put(&session)?;
        let charge = Record {
            account: intent.account.clone(),
            parent: Some(intent.id().to_owned()),
            object: shapes::charge(&intent, &json!(email), &method.details, self.now_s()),
            own: json!({"receipt_url": format!("{}/receipts/{}", self.pages, session.id())}),
        };
        match (method.status, method.failure) {
            ("succeeded", _) => self.succeed(intent, charge)?,
            (_, Some(failure)) => self.fail(intent, charge, &failure)?,
            _ => {
                let mut intent = intent;
                intent.object["status"] = json!("processing");
                intent.object["latest_charge"] = json!(charge.id());
                intent.object["payment_method"] = charge.object["payment_method"].clone();
                self.tx.put(&intent)?;
                self.tx.put(&charge)?;
            }
        }
        Ok(session)
    }

    fn succeed(&mut self, mut intent: Record, mut charge: Record) -> Result<(), ApiError> {
        for (key, value) in [
            ("status", json!("succeeded")),
            ("paid", json!(true)),
            ("captured", json!(true)),
            ("amount_captured", charge.object["amount"].clone()),
            (
                "outcome",
                outcome("authorized", "approved_by_network", "Payment complete."),
            ),
            ("balance_transaction", json!(crate::ids::object("txn"))),
            ("receipt_url", charge.own["receipt_url"].clone()),
        ] {
            charge.object[key] = value;
        }
        for (key, value) in [
            ("status", json!("succeeded")),
            ("amount_received", charge.object["amount"].clone()),
            ("latest_charge", json!(charge.id())),
            ("payment_method", charge.object["payment_method"].clone()),
            ("last_payment_error", Value::Null),
        ] {
            intent.object[key] = value;
        }
        self.tx.put(&charge)?;
        self.tx.put(&intent)?;
        self.emit("charge.succeeded", &charge, None)?;
        self.emit("payment_intent.succeeded", &intent, None)
    }

    fn fail(
        &mut self,
        mut intent: Record,
        mut charge: Record,
        failure: &Failure,
    ) -> Result<(), ApiError> {
        for (key, value) in [
            ("status", json!("failed")),
            ("failure_code", json!(failure.code)),
            ("failure_message", json!(failure.message)),
            (
                "outcome",
                outcome("issuer_declined", "declined_by_network", failure.message),
            ),
        ] {
            charge.object[key] = value;
        }
        let mut error = json!({"type": failure.kind, "code": failure.code, "message": failure.message, "charge": charge.id()});
        if let Some(code) = failure.decline_code {
            error["decline_code"] = json!(code);
        }
        intent.object["status"] = json!("requires_payment_method");
        intent.object["latest_charge"] = json!(charge.id());
        intent.object["payment_method"] = Value::Null;
        intent.object["last_payment_error"] = error;
        self.tx.put(&charge)?;
        self.tx.put(&intent)?;
        self.emit("payment_intent.payment_failed", &intent, None)
    }

    fn complete(
        &mut self,
        mut session: Record,
        payment_status: &str,
        email: &str,
    ) -> Result<Record, ApiError> {
        session.object["status"] = json!("complete");
        session.object["payment_status"] = json!(payment_status);
        session.object["url"] = Value::Null;
        session.object["customer_details"] = json!({
            "address": {"city": null, "country": "US", "line1": null, "line2": null, "postal_code": null, "state": null},
            "business_name": null, "email": email, "individual_name": null, "name": "Test Guest", "phone": null,
            "tax_exempt": "none", "tax_ids": [],
        });
        self.tx.put(&session)?;
        self.emit("checkout.session.completed", &session, None)?;
        Ok(session)
    }

    /// A delayed payment comes to its end.
    pub(crate) fn settle(&mut self, session: &str, succeeds: bool) -> Result<(), ApiError> {
        let mut session = self.known(session)?;
        let intent = self.known(session.parent.as_deref().unwrap_or_default())?;
        if intent.text("status") != "processing" {
            return Ok(());
        }
        let charge = self.known(intent.text("latest_charge"))?;
        if !succeeds {
            self.fail(intent, charge, &DEBIT_FAILED)?;
            return self.emit("checkout.session.async_payment_failed", &session, None);
        }
        self.succeed(intent, charge)?;
        session.object["payment_status"] = json!("paid");
        self.tx.put(&session)?;
        self.emit("checkout.session.async_payment_succeeded", &session, None)
    }
}

fn outcome(reason: &str, network: &str, message: &str) -> Value {
    let is_paid = reason == "authorized";
    json!({
        "advice_code": null,
        "network_advice_code": null,
        "network_decline_code": null,
        "network_status": network,
        "reason": if is_paid { Value::Null } else { json!("generic_decline") },
        "risk_level": "normal",
        "risk_score": 21,
        "seller_message": message,
        "type": reason,
    })
}
