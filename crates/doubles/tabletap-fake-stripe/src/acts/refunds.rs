//! Money that goes back: refunds by the API or by somebody in the dashboard, and disputes.

use serde_json::{Value, json};

use super::Act;
use crate::{
    currency,
    database::{Record, Task},
    error::ApiError,
    faults::Refunds,
    ids,
};

/// How long a pending refund takes.
const SETTLES_AFTER_MS: i64 = 1_000;

/// What is asked of a new refund, checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewRefund {
    /// All that is left where it is absent.
    pub(crate) amount: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: Value,
}

impl Act<'_> {
    /// The charge that took a payment intent's money.
    pub(crate) fn charge_of(&self, intent: &Record) -> Result<Record, ApiError> {
        let charge = self.tx.get(intent.text("latest_charge"))?;
        charge
            .filter(|charge| charge.text("status") == "succeeded")
            .ok_or_else(|| {
                let sentence = format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    intent.id()
                );
                ApiError::refused(sentence)
            })
    }

    /// Refunds a charge, never more than is left of it.
    pub(crate) fn refund(
        &mut self,
        mut charge: Record,
        new: &NewRefund,
    ) -> Result<Record, ApiError> {
        let before = charge.number("amount_refunded");
        let left = charge.number("amount") - before;
        let amount = new.amount.unwrap_or(left);
        if charge.text("status") != "succeeded" {
            let sentence = format!(
                "Charge {} was not successful and cannot be refunded.",
                charge.id()
            );
            return Err(ApiError::refused(sentence));
        }
        if left == 0 {
            let sentence = format!("Charge {} has already been refunded.", charge.id());
            return Err(ApiError::refused(sentence).code("charge_already_refunded"));
        }
        if charge.object["disputed"] == true {
            let sentence = format!(
                "Charge {} has been charged back; cannot issue a refund.",
                charge.id()
            );
            return Err(ApiError::refused(sentence).code("charge_disputed"));
        }
        let currency = charge.text("currency").to_owned();
        if amount > left {
            let sentence = format!(
                "Refund amount ({}) is greater than unrefunded amount on charge ({})",
                currency::shown(amount, &currency),
                currency::shown(left, &currency)
            );
            return Err(ApiError::refused(sentence).param("amount"));
        }
        let is_pending = self.faults.refunds != Refunds::Succeed;
        let refund = Record {
            account: charge.account.clone(),
            parent: charge.parent.clone(),
            object: shape(&charge, amount, new, is_pending, self.now_s()),
            own: json!({}),
        };
        self.tx.put(&refund)?;
        charge.object["amount_refunded"] = json!(before + amount);
        charge.object["refunded"] = json!(amount == left);
        self.tx.put(&charge)?;
        self.emit("refund.created", &refund, None)?;
        let previously = json!({"amount_refunded": before, "refunded": false});
        self.emit("charge.refunded", &charge, Some(previously))?;
        if is_pending {
            let task = Task::SettleRefund {
                refund: refund.id().to_owned(),
                succeeds: self.faults.refunds == Refunds::PendingThenSucceed,
            };
            self.tx.plan(&task, self.now_ms + SETTLES_AFTER_MS)?;
        }
        Ok(refund)
    }

    /// A pending refund comes to its end.
    pub(crate) fn settle_refund(&mut self, refund: &str, succeeds: bool) -> Result<(), ApiError> {
        let mut refund = self.known(refund)?;
        if refund.text("status") != "pending" {
            return Ok(());
        }
        let previously = json!({"status": "pending"});
        if succeeds {
            refund.object["status"] = json!("succeeded");
            self.tx.put(&refund)?;
            return self.emit("refund.updated", &refund, Some(previously));
        }
        refund.object["status"] = json!("failed");
        refund.object["failure_reason"] = json!("expired_or_canceled_card");
        refund.object["failure_balance_transaction"] = json!(ids::object("txn"));
        self.tx.put(&refund)?;
        let mut charge = self.known(refund.text("charge"))?;
        let left = charge.number("amount_refunded") - refund.number("amount");
        charge.object["amount_refunded"] = json!(left);
        charge.object["refunded"] = json!(false);
        self.tx.put(&charge)?;
        self.emit("refund.updated", &refund, Some(previously))?;
        self.emit("refund.failed", &refund, None)
    }

    /// The card's holder disputes a charge.
    pub(crate) fn dispute(&mut self, mut charge: Record, reason: &str) -> Result<Record, ApiError> {
        if charge.text("status") != "succeeded" || charge.object["disputed"] == true {
            let sentence = format!("Charge {} cannot be disputed.", charge.id());
            return Err(ApiError::refused(sentence));
        }
        charge.object["disputed"] = json!(true);
        self.tx.put(&charge)?;
        let dispute = Record {
            account: charge.account.clone(),
            parent: charge.parent.clone(),
            object: json!({
                "id": ids::object("dp"),
                "object": "dispute",
                "amount": charge.object["amount"],
                "balance_transactions": [],
                "charge": charge.id(),
                "created": self.now_s(),
                "currency": charge.object["currency"],
                "enhanced_eligibility_types": [],
                "evidence": {"enhanced_evidence": {}},
                "evidence_details": {
                    "due_by": self.now_s() + 7 * 86_400, "enhanced_eligibility": {}, "has_evidence": false,
                    "past_due": false, "submission_count": 0,
                },
                "is_charge_refundable": false,
                "livemode": false,
                "metadata": {},
                "network_reason_code": null,
                "payment_intent": charge.object["payment_intent"],
                "reason": reason,
                "status": "needs_response",
            }),
            own: json!({}),
        };
        self.tx.put(&dispute)?;
        self.emit("charge.dispute.created", &dispute, None)?;
        Ok(dispute)
    }
}

fn shape(charge: &Record, amount: i64, new: &NewRefund, is_pending: bool, now_s: i64) -> Value {
    let kind = charge.object["payment_method_details"]["type"]
        .as_str()
        .unwrap_or("card");
    let destination = match kind {
        "card" => {
            json!({"type": "card", "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}})
        }
        other => json!({"type": other}),
    };
    json!({
        "id": ids::object("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": ids::object("txn"),
        "charge": charge.id(),
        "created": now_s,
        "currency": charge.object["currency"],
        "destination_details": destination,
        "metadata": if new.metadata.is_object() { new.metadata.clone() } else { json!({}) },
        "payment_intent": charge.object["payment_intent"],
        "reason": new.reason,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": if is_pending { "pending" } else { "succeeded" },
        "transfer_reversal": null,
    })
}
