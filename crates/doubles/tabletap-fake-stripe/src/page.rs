//! `/pay/{session}`: the checkout page, for people; `/receipts/{session}`: where its charge's `receipt_url` leads. Plain forms, no script, and a banner that no money moves.

use askama::Template;
use axum::{
    Router,
    body::to_bytes,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;

use crate::{
    FakeStripe,
    acts::{Act, Outcome},
    clock, currency,
    database::Record,
    error::ApiError,
    faults::Order,
    local,
};

const STYLE: &str = include_str!("page/page.css");
const FORM_BYTES_MAX: usize = 16 * 1024;
/// The style stands in the page, forms come back here, and nothing else is fetched.
const RULES: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<FakeStripe> {
    Router::new()
        .route("/pay/{session}", get(show).post(choose))
        .route("/pay/{session}/challenge", get(challenge))
        .route("/receipts/{session}", get(receipt))
}

#[derive(Template)]
#[template(path = "pay.html")]
struct PayPage<'a> {
    style: &'static str,
    payee: &'a str,
    lines: Vec<Line>,
    total: String,
    email: Option<&'a str>,
    cancel_url: Option<&'a str>,
    has_debit: bool,
    is_free: bool,
    /// Why the last attempt did not work.
    declined: Option<&'a str>,
}

struct Line {
    quantity: i64,
    name: String,
    amount: String,
    /// The price of one.
    each: String,
}

#[derive(Template)]
#[template(path = "challenge.html")]
struct ChallengePage<'a> {
    style: &'static str,
    payee: &'a str,
    session: &'a str,
    total: String,
    email: &'a str,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    style: &'static str,
    title: &'a str,
    sentence: &'a str,
    link: Option<(&'a str, &'a str)>,
}

async fn show(State(stripe): State<FakeStripe>, Path(id): Path<String>) -> Response {
    page_of(&stripe, &id)
}

async fn challenge(State(stripe): State<FakeStripe>, Path(id): Path<String>) -> Response {
    let session = match current_session(&stripe, &id) {
        Ok(session) if session.text("status") == "open" => session,
        _ => return page_of(&stripe, &id),
    };
    html(
        StatusCode::OK,
        &ChallengePage {
            style: STYLE,
            payee: payee(&stripe, &session),
            session: &id,
            total: total(&session),
            email: session.own["email"].as_str().unwrap_or_default(),
        },
    )
}

async fn receipt(State(stripe): State<FakeStripe>, Path(id): Path<String>) -> Response {
    match current_session(&stripe, &id) {
        Ok(session) if session.text("payment_status") == "paid" => html(
            StatusCode::OK,
            &NoticePage {
                style: STYLE,
                title: &format!("Test receipt: {}", total(&session)),
                sentence: "Stripe’s own receipt would be here. No money was moved.",
                link: None,
            },
        ),
        _ => page_of(&stripe, &id),
    }
}

/// What the guest chose on either page.
async fn choose(
    State(stripe): State<FakeStripe>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let body = to_bytes(request.into_body(), FORM_BYTES_MAX)
        .await
        .unwrap_or_default();
    let mut choice = String::new();
    let mut email = "guest@example.com".to_owned();
    for (name, value) in form_urlencoded::parse(&body) {
        match name.as_ref() {
            "choice" => choice = value.into_owned(),
            "email" if !value.trim().is_empty() => email = value.trim().to_owned(),
            _ => {}
        }
    }
    if choice == "challenge" {
        let noted = note_email(&stripe, &id, &email);
        return match noted {
            Ok(()) => see_other(&format!("/pay/{id}/challenge")),
            Err(_) => page_of(&stripe, &id),
        };
    }
    let Ok(outcome) = serde_json::from_value::<Outcome>(Value::from(choice)) else {
        return page_of(&stripe, &id);
    };
    match stripe.checkout(&id, outcome, &email).await {
        Ok(paid) => match (paid.redirect, paid.order) {
            (Some(address), _) => see_other(&address),
            (None, Order::WebhookOnly) if paid.session.text("status") == "complete" => html(
                StatusCode::OK,
                &NoticePage {
                    style: STYLE,
                    title: "Paid, and the page was closed",
                    sentence: "The fault switch “webhook only” stops here: this guest never returns to the restaurant’s page.",
                    link: None,
                },
            ),
            // Declined, not authenticated, expired: the page says so.
            _ => see_other(&format!("/pay/{id}")),
        },
        // Paid in another tab, or its time was over.
        Err(_) => page_of(&stripe, &id),
    }
}

/// Keeps the address that was typed while the guest is at the challenge.
fn note_email(stripe: &FakeStripe, id: &str, email: &str) -> Result<(), ApiError> {
    stripe.0.database.write(|tx| {
        let mut session = local::session(tx, id)?;
        session.own["email"] = Value::from(email);
        Ok(tx.put(&session)?)
    })
}

/// The session as it is now.
fn current_session(stripe: &FakeStripe, id: &str) -> Result<Record, ApiError> {
    let found = stripe.0.database.write(|tx| {
        let account = local::session(tx, id)?.account;
        let faults = FakeStripe::faults_on(tx)?;
        Act::by_hand(tx, &faults, &stripe.0.config.pages, clock::now_ms()).session(&account, id)
    });
    stripe.wake();
    found
}

fn page_of(stripe: &FakeStripe, id: &str) -> Response {
    let Ok(session) = current_session(stripe, id) else {
        let notice = NoticePage {
            style: STYLE,
            title: "We can’t find this payment",
            sentence: "The link is incomplete, or the local data has been reset since it was made.",
            link: None,
        };
        return html(StatusCode::NOT_FOUND, &notice);
    };
    let success = session
        .text("success_url")
        .replace("{CHECKOUT_SESSION_ID}", id);
    let cancel = session.object["cancel_url"].as_str();
    let notice = |title, sentence, link| NoticePage {
        style: STYLE,
        title,
        sentence,
        link,
    };
    match (session.text("status"), session.text("payment_status")) {
        ("expired", _) => html(
            StatusCode::OK,
            &notice(
                "This payment page has expired",
                "Nothing was charged. You can start a new payment on the restaurant’s page.",
                cancel.map(|address| (address, "Back to the restaurant")),
            ),
        ),
        ("complete", "unpaid") => html(
            StatusCode::OK,
            &notice(
                "Waiting for your bank",
                "Your bank is still processing this payment. You can’t pay it twice.",
                Some((&success, "Back to the restaurant")),
            ),
        ),
        ("complete", _) => html(
            StatusCode::OK,
            &notice(
                "This is paid",
                "The payment went through. You can’t pay it twice.",
                Some((&success, "Back to the restaurant")),
            ),
        ),
        _ => open_page(stripe, &session, cancel),
    }
}

fn open_page(stripe: &FakeStripe, session: &Record, cancel_url: Option<&str>) -> Response {
    let currency = session.text("currency");
    let items = session.object["line_items"]["data"].as_array();
    let lines = items.into_iter().flatten().map(|item| Line {
        quantity: item["quantity"].as_i64().unwrap_or_default(),
        name: item["description"].as_str().unwrap_or_default().to_owned(),
        amount: currency::shown(item["amount_total"].as_i64().unwrap_or_default(), currency),
        each: currency::shown(
            item["price"]["unit_amount"].as_i64().unwrap_or_default(),
            currency,
        ),
    });
    let methods = session.object["payment_method_types"].as_array();
    let declined = session.parent.as_ref().and_then(|intent| {
        let intent = stripe
            .0
            .database
            .write(|tx| tx.get(intent))
            .ok()
            .flatten()?;
        Some(
            intent.object["last_payment_error"]["message"]
                .as_str()?
                .to_owned(),
        )
    });
    html(
        StatusCode::OK,
        &PayPage {
            style: STYLE,
            payee: payee(stripe, session),
            lines: lines.collect(),
            total: total(session),
            email: session.object["customer_email"].as_str(),
            cancel_url,
            has_debit: methods.into_iter().flatten().any(|method| method != "card"),
            is_free: session.number("amount_total") == 0,
            declined: declined.as_deref(),
        },
    )
}

/// Whom the guest pays, under the name that Stripe shows too.
fn payee<'a>(stripe: &'a FakeStripe, session: &'a Record) -> &'a str {
    let mut accounts = stripe.0.config.accounts.iter();
    let account = accounts.find(|account| account.name == session.account);
    account.map_or(&session.account, |account| &account.business)
}

fn total(session: &Record) -> String {
    currency::shown(session.number("amount_total"), session.text("currency"))
}

fn html(status: StatusCode, page: &impl Template) -> Response {
    let Ok(text) = page.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(RULES),
        ),
    ];
    (status, headers, text).into_response()
}

fn see_other(address: &str) -> Response {
    match HeaderValue::try_from(address) {
        Ok(address) => (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
