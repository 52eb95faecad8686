//! `/local/stripe…`: what stands in for Stripe's dashboard, for scripts, tests and the console.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::{Query as UrlQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    FakeStripe,
    acts::{Act, NewRefund, Outcome, is_settled},
    clock,
    database::{Query, Record, Transaction},
    error::ApiError,
    faults::{Faults, Order},
};

/// As long as Stripe waits for a webhook before it lets a guest go back.
const WEBHOOK_FIRST_MAX: Duration = Duration::from_secs(10);
const EVENTS_SHOWN: u32 = 100;

pub(crate) fn routes() -> Router<FakeStripe> {
    Router::new()
        .route("/local/stripe", get(accounts))
        .route("/local/stripe/events", get(events))
        .route("/local/stripe/health", get(health))
        .route("/local/stripe/faults", get(faults).put(set_faults))
        .route("/local/stripe/ledger", get(ledger))
        .route("/local/stripe/pay", post(pay))
        .route("/local/stripe/refund", post(refund))
        .route("/local/stripe/dispute", post(dispute))
}

/// What became of a guest's attempt to pay.
#[derive(Debug)]
pub(crate) struct Paid {
    pub(crate) session: Record,
    /// Where the guest goes; none where the page stays or is closed.
    pub(crate) redirect: Option<String>,
    pub(crate) order: Order,
}

impl FakeStripe {
    /// Lets a guest try to pay, and waits for the webhook where it goes first.
    pub(crate) async fn checkout(
        &self,
        id: &str,
        outcome: Outcome,
        email: &str,
    ) -> Result<Paid, ApiError> {
        let mut wake = self.0.wake.subscribe();
        let (session, events, order) = self.0.database.write(|tx| {
            let faults = Self::faults_on(tx)?;
            let account = session(tx, id)?.account;
            let mut act = Act::by_hand(tx, &faults, &self.0.config.pages, clock::now_ms());
            let session = act.pay(&account, id, outcome, email)?;
            Ok::<_, ApiError>((session, act.events, faults.order))
        })?;
        self.wake();
        if order == Order::WebhookFirst {
            let all_told =
                async { while !self.are_settled(&events) && wake.changed().await.is_ok() {} };
            // The guest is not kept longer, whether the webhook answered or not.
            let _ = tokio::time::timeout(WEBHOOK_FIRST_MAX, all_told).await;
        }
        let is_complete = session.text("status") == "complete";
        let redirect = session
            .text("success_url")
            .replace("{CHECKOUT_SESSION_ID}", id);
        Ok(Paid {
            redirect: (is_complete && order != Order::WebhookOnly).then_some(redirect),
            session,
            order,
        })
    }

    fn are_settled(&self, events: &[String]) -> bool {
        let settled = self.0.database.write(|tx| {
            for id in events {
                if tx.get(id)?.is_some_and(|event| !is_settled(&event)) {
                    return Ok(false);
                }
            }
            Ok::<_, ApiError>(true)
        });
        settled.unwrap_or(true)
    }

    /// Does something as somebody in the dashboard does it.
    fn by_hand(&self, act: impl FnOnce(&mut Act<'_>) -> Result<Value, ApiError>) -> Response {
        let done = self.0.database.write(|tx| {
            let faults = Self::faults_on(tx)?;
            act(&mut Act::by_hand(
                tx,
                &faults,
                &self.0.config.pages,
                clock::now_ms(),
            ))
        });
        self.wake();
        answer(done)
    }
}

/// A session of any account.
pub(crate) fn session(tx: &Transaction<'_>, id: &str) -> Result<Record, ApiError> {
    let found = tx.get(id)?;
    found
        .filter(|record| record.text("object") == "checkout.session")
        .ok_or_else(|| ApiError::missing("checkout session", id, "session"))
}

fn answer(result: Result<Value, ApiError>) -> Response {
    let (status, body) = match result {
        Ok(body) => (StatusCode::OK, body),
        Err(error) => (error.status, error.body()),
    };
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, no_store, Json(body)).into_response()
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::invalid(error.to_string()))
}

async fn accounts(State(stripe): State<FakeStripe>) -> Response {
    let config = &stripe.0.config;
    let accounts: Vec<Value> = config
        .accounts
        .iter()
        .map(|account| {
            json!({
                "account": account.name,
                "api_base": config.base,
                "api_key": account.api_key,
                "webhook_secret": account.webhook_secret,
                "webhook_path": account.webhook_path,
            })
        })
        .collect();
    answer(Ok(json!(accounts)))
}

async fn faults(State(stripe): State<FakeStripe>) -> Response {
    answer(
        stripe
            .0
            .database
            .write(|tx| Ok(json!(FakeStripe::faults_on(tx)?))),
    )
}

/// Sets all switches: what is not named is off.
async fn set_faults(State(stripe): State<FakeStripe>, body: Bytes) -> Response {
    answer(read::<Faults>(&body).and_then(|faults| {
        stripe.0.database.write(|tx| {
            FakeStripe::set_faults_on(tx, &faults)?;
            Ok(json!(faults))
        })
    }))
}

/// How much there is: changes with every session, event and delivery.
async fn health(State(stripe): State<FakeStripe>) -> Response {
    answer(stripe.0.database.write(|tx| {
        let (sessions, events) = (tx.count("checkout.session")?, tx.count("event")?);
        Ok(json!({"sessions": sessions, "events": events, "undelivered": tx.undelivered()?}))
    }))
}

/// The latest events with what became of sending them, the newest first.
async fn events(State(stripe): State<FakeStripe>, UrlQuery(asked): UrlQuery<Limit>) -> Response {
    let query = Query {
        kind: "event",
        limit: Some(asked.limit.unwrap_or(EVENTS_SHOWN)),
        ..Query::default()
    };
    let entry = |event: Record| {
        let about = &event.object["data"]["object"];
        let delivered = event.object["pending_webhooks"] == 0;
        let state = match (event.own["withheld"] == true, delivered) {
            (true, _) => "withheld",
            (false, true) => "delivered",
            (false, false) => "pending",
        };
        json!({
            "id": event.id(),
            "account": event.account,
            "type": event.object["type"],
            "object": about["id"],
            "payment_intent": about["payment_intent"],
            "created_ms": event.own["created_ms"],
            "state": state,
            "deliveries": event.own["deliveries"],
            "event": event.object,
        })
    };
    let listed = stripe.0.database.write(|tx| {
        let events = tx.list(&query)?;
        Ok(events.into_iter().map(entry).collect())
    });
    answer(listed)
}

#[derive(Deserialize)]
struct Limit {
    limit: Option<u32>,
}

/// Every session with the money it moved, the newest first: what audits compare with.
async fn ledger(State(stripe): State<FakeStripe>, UrlQuery(asked): UrlQuery<Limit>) -> Response {
    let query = Query {
        kind: "checkout.session",
        limit: asked.limit,
        ..Query::default()
    };
    let pages = &stripe.0.config.pages;
    let listed = stripe.0.database.write(|tx| {
        let sessions = tx.list(&query)?;
        let entries = sessions
            .into_iter()
            .map(|session| entry(tx, &session, pages));
        entries.collect::<Result<Vec<_>, _>>()
    });
    answer(listed.map(Value::from))
}

fn entry(tx: &Transaction<'_>, session: &Record, pages: &str) -> Result<Value, ApiError> {
    let parent = session.parent.as_deref();
    let intent = parent.map_or(Ok(None), |id| tx.get(id))?;
    let intent = intent.map_or(Value::Null, |intent| intent.object);
    let charge = tx.get(intent["latest_charge"].as_str().unwrap_or_default())?;
    let charge = charge.map_or(Value::Null, |charge| charge.object);
    let mut refunds = Vec::new();
    if parent.is_some() {
        let query = Query {
            kind: "refund",
            parent,
            ..Query::default()
        };
        for refund in tx.list(&query)? {
            let object = &refund.object;
            refunds.push(
                json!({"id": object["id"], "amount": object["amount"], "status": object["status"]}),
            );
        }
    }
    let shown = &session.object;
    Ok(json!({
        "account": session.account,
        "session": shown["id"],
        "page": format!("{pages}/pay/{}", session.id()),
        "status": shown["status"],
        "payment_status": shown["payment_status"],
        "client_reference_id": shown["client_reference_id"],
        "metadata": shown["metadata"],
        "created": shown["created"],
        "currency": shown["currency"],
        "amount": shown["amount_total"],
        "payment_intent": shown["payment_intent"],
        "payment_intent_status": intent["status"],
        "charge": charge["id"],
        "amount_received": intent["amount_received"].as_i64().unwrap_or_default(),
        "amount_refunded": charge["amount_refunded"].as_i64().unwrap_or_default(),
        "disputed": charge["disputed"] == true,
        "refunds": refunds,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PayRequest {
    session: String,
    outcome: Outcome,
    email: Option<String>,
}

async fn pay(State(stripe): State<FakeStripe>, body: Bytes) -> Response {
    let request: PayRequest = match read(&body) {
        Ok(request) => request,
        Err(error) => return answer(Err(error)),
    };
    let email = request.email.as_deref().unwrap_or("guest@example.com");
    let paid = stripe
        .checkout(&request.session, request.outcome, email)
        .await;
    answer(paid.map(|paid| {
        json!({
            "redirect": paid.redirect,
            "session": request.session,
            "status": paid.session.object["status"],
            "payment_status": paid.session.object["payment_status"],
        })
    }))
}

/// Something that is done to a payment in the dashboard.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnPayment {
    /// The payment, or the session it paid.
    payment_intent: Option<String>,
    session: Option<String>,
    /// All that is left where it is absent.
    amount: Option<i64>,
    reason: Option<String>,
}

impl OnPayment {
    fn charge(&self, act: &Act<'_>) -> Result<Record, ApiError> {
        let intent = match (&self.payment_intent, &self.session) {
            (Some(id), _) => id.clone(),
            (None, Some(id)) => session(act.tx, id)?.parent.unwrap_or_default(),
            (None, None) => {
                return Err(ApiError::invalid("Name a `payment_intent` or a `session`."));
            }
        };
        let found = act.tx.get(&intent)?;
        let intent =
            found.ok_or_else(|| ApiError::missing("payment intent", &intent, "payment_intent"))?;
        act.charge_of(&intent)
    }
}

async fn refund(State(stripe): State<FakeStripe>, body: Bytes) -> Response {
    let request: OnPayment = match read(&body) {
        Ok(request) => request,
        Err(error) => return answer(Err(error)),
    };
    if request.amount.is_some_and(|amount| amount < 1) {
        return answer(Err(ApiError::invalid("Invalid amount.")));
    }
    stripe.by_hand(|act| {
        let new = NewRefund {
            amount: request.amount,
            reason: request.reason.clone(),
            metadata: Value::Null,
        };
        Ok(act.refund(request.charge(act)?, &new)?.object)
    })
}

async fn dispute(State(stripe): State<FakeStripe>, body: Bytes) -> Response {
    let request: OnPayment = match read(&body) {
        Ok(request) => request,
        Err(error) => return answer(Err(error)),
    };
    stripe.by_hand(|act| {
        let reason = request.reason.as_deref().unwrap_or("fraudulent");
        Ok(act.dispute(request.charge(act)?, reason)?.object)
    })
}
