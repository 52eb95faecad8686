//! Objects as Stripe shows them in API version 2026-09-30.endive.

use serde_json::{Value, json};

use crate::{database::Record, ids};

/// What is the same in all of them, and what nothing here ever sets.
const SESSION: &str = include_str!("shapes/session.json");
const INTENT: &str = include_str!("shapes/intent.json");
const CHARGE: &str = include_str!("shapes/charge.json");

/// What is asked of a new session, checked.
#[derive(Clone, Debug)]
pub(crate) struct NewSession {
    pub(crate) currency: String,
    pub(crate) lines: Vec<NewLine>,
    pub(crate) amount: i64,
    pub(crate) expires_at: i64,
    /// What the session shows as it was given: addresses, metadata and the like.
    pub(crate) given: Value,
    /// What its payment intent will bear: metadata, description.
    pub(crate) intent: Value,
}

/// A line of it.
#[derive(Clone, Debug)]
pub(crate) struct NewLine {
    pub(crate) name: String,
    pub(crate) unit_amount: i64,
    pub(crate) quantity: i64,
    pub(crate) tax_behavior: String,
}

/// The object with its own values in the place of what stands in `blank`.
fn filled(blank: &str, own: Value) -> Value {
    let mut object: Value = serde_json::from_str(blank).expect("the shapes are JSON");
    for (key, value) in own.as_object().into_iter().flatten() {
        object[key] = value.clone();
    }
    object
}

pub(super) fn session(id: &str, url: &str, new: &NewSession, now_s: i64) -> Value {
    let lines: Vec<Value> = new
        .lines
        .iter()
        .map(|line| item(line, &new.currency, now_s))
        .collect();
    let mut session = filled(
        SESSION,
        json!({
            "id": id,
            "amount_subtotal": new.amount,
            "amount_total": new.amount,
            "created": now_s,
            "currency": new.currency,
            "expires_at": new.expires_at,
            "payment_status": if new.amount == 0 { "no_payment_required" } else { "unpaid" },
            "url": url,
            "line_items": {
                "object": "list",
                "data": lines,
                "has_more": false,
                "url": format!("/v1/checkout/sessions/{id}/line_items"),
            },
        }),
    );
    for (key, value) in new.given.as_object().into_iter().flatten() {
        session[key] = value.clone();
    }
    session
}

fn item(line: &NewLine, currency: &str, now_s: i64) -> Value {
    let amount = line.unit_amount.saturating_mul(line.quantity);
    json!({
        "id": ids::object("li"),
        "object": "item",
        "adjustable_quantity": null,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": line.name,
        "metadata": {},
        "price": {
            "id": ids::object("price"),
            "object": "price",
            "active": false,
            "billing_scheme": "per_unit",
            "created": now_s,
            "currency": currency,
            "custom_unit_amount": null,
            "livemode": false,
            "lookup_key": null,
            "metadata": {},
            "nickname": null,
            "product": ids::id("prod_", 14),
            "recurring": null,
            "tax_behavior": line.tax_behavior,
            "tiers_mode": null,
            "transform_quantity": null,
            "type": "one_time",
            "unit_amount": line.unit_amount,
            "unit_amount_decimal": line.unit_amount.to_string(),
        },
        "quantity": line.quantity,
    })
}

/// A payment intent that was just made for a session.
pub(super) fn intent(session: &Record, now_s: i64) -> Value {
    let id = ids::object("pi");
    let given = &session.own["intent"];
    filled(
        INTENT,
        json!({
            "id": id,
            "amount": session.number("amount_total"),
            "client_secret": format!("{id}_secret_{}", ids::id("", 25)),
            "created": now_s,
            "currency": session.object["currency"],
            "description": given["description"],
            "metadata": if given["metadata"].is_object() { given["metadata"].clone() } else { json!({}) },
            "payment_method_types": session.object["payment_method_types"],
            "receipt_email": given["receipt_email"],
            "statement_descriptor": given["statement_descriptor"],
            "statement_descriptor_suffix": given["statement_descriptor_suffix"],
        }),
    )
}

/// A charge of a payment intent. Its status is set by whoever makes it.
pub(super) fn charge(intent: &Record, email: &Value, method: &Value, now_s: i64) -> Value {
    let id = ids::object("ch");
    filled(
        CHARGE,
        json!({
            "id": id,
            "amount": intent.object["amount"],
            "billing_details": {
                "address": {"city": null, "country": "US", "line1": null, "line2": null, "postal_code": null, "state": null},
                "email": email,
                "name": "Test Guest",
                "phone": null,
                "tax_id": null,
            },
            "created": now_s,
            "currency": intent.object["currency"],
            "description": intent.object["description"],
            "metadata": intent.object["metadata"],
            "payment_intent": intent.id(),
            "payment_method": ids::object("pm"),
            "payment_method_details": method,
            "receipt_email": intent.object["receipt_email"],
        }),
    )
}

/// A card's part of a charge.
pub(super) fn card(last4: &str, is_challenged: bool) -> Value {
    let challenge = is_challenged.then(|| {
        json!({
            "authentication_flow": "challenge", "electronic_commerce_indicator": "05", "exemption_indicator": null,
            "result": "authenticated", "result_reason": null, "transaction_id": ids::id("", 36), "version": "2.2.0",
        })
    });
    json!({
        "type": "card",
        "card": {
            "amount_authorized": null,
            "authorization_code": null,
            "brand": "visa",
            "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "extended_authorization": {"status": "disabled"},
            "fingerprint": "mToisGZ01V71BCos",
            "funding": "credit",
            "incremental_authorization": {"status": "unavailable"},
            "installments": null,
            "last4": last4,
            "mandate": null,
            "multicapture": {"status": "unavailable"},
            "network": "visa",
            "network_token": {"used": false},
            "network_transaction_id": "104102108104710",
            "overcapture": {"maximum_amount_capturable": 0, "status": "unavailable"},
            "three_d_secure": challenge,
            "wallet": null,
        },
    })
}

/// A bank account's part of a charge: SEPA for euros, else an American bank.
pub(super) fn debit(currency: &str) -> Value {
    match currency {
        "eur" => json!({"type": "sepa_debit", "sepa_debit": {
            "bank_code": "37040044", "branch_code": "", "country": "DE", "fingerprint": "vifs0Ho7vwRn1Miu",
            "last4": "3000", "mandate": null,
        }}),
        _ => json!({"type": "us_bank_account", "us_bank_account": {
            "account_holder_type": "individual", "account_type": "checking", "bank_name": "STRIPE TEST BANK",
            "fingerprint": "FFDMA0xfhBjWSZLu", "last4": "6789", "mandate": null, "payment_reference": null,
            "routing_number": "110000000",
        }}),
    }
}
