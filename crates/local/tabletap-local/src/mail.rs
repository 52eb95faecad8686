//! SES v2 on this machine: takes mails as SES does, delivers them to nobody, and keeps them for whoever wants to look.
//!
//! Imitated: SendEmail with simple content, its refusals, the mailbox simulator's bounces and complaints, and what SES publishes to
//! the account's default event bus about a mail of a configuration set. A mail and its events are on disk before it is answered;
//! the events then go to the bus until it has taken them. See the SES API v2 reference, "SendEmail".

mod events;
mod outbox;
mod ses;

use std::{path::Path, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{self, DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use tabletap_domain::time::UnixMillis;
use tabletap_runtime::clock::now_ms;
use tokio::sync::Notify;

pub use outbox::{Outbox, OutboxError, Sent};
pub use ses::Identities;

use crate::{names::request_id, replies::refuse, sqlite::blocking};

/// SES takes 40 MB; no mail of ours comes near this.
const REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Wait before a bus that was not reached is tried again.
const UNREACHED_WAIT: Duration = Duration::from_millis(250);

/// The part.
#[derive(Debug)]
pub struct Mail {
    outbox: Outbox,
    identities: Identities,
    sent: Notify,
}

impl Mail {
    /// The mails kept in `file`.
    ///
    /// # Errors
    /// [`OutboxError`]
    pub fn open(file: &Path, identities: Identities) -> Result<Arc<Self>, OutboxError> {
        Ok(Arc::new(Self {
            outbox: Outbox::open(file)?,
            identities,
            sent: Notify::new(),
        }))
    }

    /// The endpoint of the SDK, and `GET /local/mail` with what was sent.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/v2/email/outbound-emails", post(send_email))
            .route("/health", get(|| async { "up" }))
            .route("/local/mail", get(list))
            .route("/local/mail/{id}", get(one))
            .route("/local/mail/{id}/html", get(html))
            .fallback(unknown_operation)
            .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
            .with_state(Arc::clone(self))
    }

    /// Hands what happens to mails to the bus at `bus`, for ever. An event may come twice, never not at all.
    pub async fn publish_events(self: Arc<Self>, bus: String, client: reqwest::Client) {
        loop {
            let mail = Arc::clone(&self);
            let next = blocking(move || mail.outbox.next_event()).await;
            let Ok(Some((place, event))) = next else {
                if let Err(error) = next {
                    tracing::error!(%error, "the events of mails cannot be read");
                    tokio::time::sleep(UNREACHED_WAIT).await;
                } else {
                    self.sent.notified().await;
                }
                continue;
            };
            let request = client.post(format!("{bus}/local/service-events"));
            let request = request.header(header::CONTENT_TYPE, "application/json");
            let taken = request.body(event).send().await;
            if !taken.is_ok_and(|answer| answer.status().is_success()) {
                tokio::time::sleep(UNREACHED_WAIT).await;
                continue;
            }
            let mail = Arc::clone(&self);
            if let Err(error) = blocking(move || mail.outbox.event_told(place)).await {
                tracing::error!(%error, "an event of a mail will be told again");
            }
        }
    }
}

async fn send_email(State(mail): State<Arc<Mail>>, body: Bytes) -> Response {
    let accepted = match ses::read(&body, &mail.identities) {
        Ok(accepted) => accepted,
        Err(refusal) => return refusal.into_response(),
    };
    let now = UnixMillis(now_ms());
    // As SES builds them: the time in milliseconds, then something random.
    let id = format!("0100{:012x}-{}-000000", now.0, request_id());
    let sent = Sent::new(id.clone(), now, accepted);
    let events = events::of(&sent);
    let kept = Arc::clone(&mail);
    match blocking(move || kept.outbox.keep(&sent, &events)).await {
        Ok(()) => {
            mail.sent.notify_one();
            Json(json!({"MessageId": id})).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a mail was not kept");
            ses::Refusal::internal().into_response()
        }
    }
}

async fn unknown_operation() -> Response {
    ses::Refusal::unknown_operation().into_response()
}

async fn list(State(mail): State<Arc<Mail>>) -> Response {
    match blocking(move || mail.outbox.list()).await {
        Ok(mails) => {
            let mails: Vec<_> = mails.iter().map(Sent::summary).collect();
            ([(header::CACHE_CONTROL, "no-store")], Json(mails)).into_response()
        }
        Err(error) => unreadable(&error),
    }
}

async fn one(State(mail): State<Arc<Mail>>, extract::Path(id): extract::Path<String>) -> Response {
    match blocking(move || mail.outbox.get(&id)).await {
        Ok(Some(sent)) => Json(sent).into_response(),
        Ok(None) => no_such_mail(),
        Err(error) => unreadable(&error),
    }
}

/// For the console's frame. Whatever stands in a mail, it runs nothing and fetches nothing.
const HTML_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'self'";

async fn html(State(mail): State<Arc<Mail>>, extract::Path(id): extract::Path<String>) -> Response {
    match blocking(move || mail.outbox.get(&id)).await {
        Ok(Some(sent)) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, HTML_POLICY),
            ];
            (headers, sent.html).into_response()
        }
        Ok(None) => no_such_mail(),
        Err(error) => unreadable(&error),
    }
}

fn no_such_mail() -> Response {
    refuse(StatusCode::NOT_FOUND, "not_found", "There is no such mail.")
}

fn unreadable(error: &OutboxError) -> Response {
    tracing::error!(%error, "the mails cannot be read");
    refuse(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "The mail can’t be read.",
    )
}
