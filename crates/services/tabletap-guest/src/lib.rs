//! What the functions that guests call share: the configuration of sessions, the scan of a sticker, the session and the JSON object of a
//! request, and the answer to a request that is not answered as it wished, in the shape of `docs/openapi.yaml`.

mod order;
mod scan;

pub use order::{order_view, view_for};
pub use scan::{ScanConfig, Scanner, random_guest};

use lambda_http::{Body, Error, Request, Response, http::HeaderMap};
use serde_json::Value;
use tabletap_domain::{StoreKey, TableId, time::UnixMillis};
use tabletap_runtime::{ConfigError, Env, frame, reply};
use tabletap_session::{Session, SessionKeys};
use tabletap_store::StoreError;
use tabletap_wire::ErrorBody;
use tracing::{Span, field::Empty, info_span};

/// The configuration of each function that guests call.
#[derive(Clone, Debug)]
pub struct GuestConfig {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `SESSION_KEY`: the current key, and the one before it behind a comma.
    pub session_keys: SessionKeys,
}

impl GuestConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            table_name: env.required("TABLE_NAME")?,
            session_keys: env.parsed("SESSION_KEY", SessionKeys::parse)?,
        })
    }
}

/// Answers a guest's request with what its handler returns, and says in the logs why it was refused. The request's span bears the
/// store and the order once the handler knows them.
///
/// # Errors
/// None: what goes wrong is a reply.
pub async fn answer(
    request: &Request,
    handler: impl Future<Output = Result<Response<Body>, Refusal>>,
) -> Result<Response<Body>, Error> {
    let span = info_span!(
        "request",
        request_id = Empty,
        tenant_id = Empty,
        store_id = Empty,
        order_id = Empty
    );
    let reply = async { handler.await.unwrap_or_else(|refusal| refusal.reply()) };
    frame::handle(request, span, reply).await
}

/// Names the store in the logs of this request from here on.
pub fn log_store(store: &StoreKey) {
    Span::current()
        .record("tenant_id", store.tenant.as_str())
        .record("store_id", store.store.as_str());
}

/// A request that is not answered as it wished.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The reply.
    pub body: ErrorBody,
    /// When it makes sense to send the same again.
    pub retry_after_s: Option<u32>,
}

impl Refusal {
    /// A refusal with this status and reply.
    #[must_use]
    pub fn new(status: u16, body: ErrorBody) -> Self {
        Self {
            status,
            body,
            retry_after_s: None,
        }
    }

    /// 404 `not_found`.
    #[must_use]
    pub fn not_found() -> Self {
        let message = "There is nothing at this address.";
        Self::new(404, ErrorBody::new("not_found", message))
    }

    /// The reply.
    #[must_use]
    pub fn reply(self) -> Response<Body> {
        tracing::info!(code = self.body.code, status = self.status, "refused");
        let response = reply::json(self.status, &self.body);
        match self.retry_after_s {
            Some(seconds) => reply::retry_after(response, seconds),
            None => response,
        }
    }

    /// 410 `seating_ended`.
    #[must_use]
    pub fn seating_ended() -> Self {
        let message = "This visit has ended. Please scan the sticker on your table again.";
        Self::new(410, ErrorBody::new("seating_ended", message))
    }
}

/// The session that a request bears: authentic, and not run out at `now`. Log fields `tenant_id` and `store_id` are filled in.
///
/// # Errors
/// 401 `session_invalid` or `session_expired`.
pub fn session(
    headers: &HeaderMap,
    keys: &SessionKeys,
    now: UnixMillis,
) -> Result<Session, Refusal> {
    let invalid = || {
        let message = "Please scan the sticker on your table first.";
        Refusal::new(401, ErrorBody::new("session_invalid", message))
    };
    let token = reply::bearer(headers).ok_or_else(invalid)?;
    let session = keys.verify(token).map_err(|_| invalid())?;
    log_store(&session.store);
    if session.is_expired(now) {
        let message = "Your session has expired. Please scan the sticker on your table again.";
        return Err(Refusal::new(
            401,
            ErrorBody::new("session_expired", message),
        ));
    }
    Ok(session)
}

/// The table and party that a session is for.
///
/// # Errors
/// 403 `not_at_table`.
pub fn at_table(session: &Session) -> Result<(&TableId, u32), Refusal> {
    session.at_table().ok_or_else(|| {
        let message = "This is for guests at a table. Please scan the sticker on your table.";
        Refusal::new(403, ErrorBody::new("not_at_table", message))
    })
}

/// Longest body of a small request.
pub const BODY_BYTES_MAX: usize = 4 * 1024;

/// The JSON object in the body of a request that carries no cart, of at most `bytes_max` bytes.
///
/// # Errors
/// 413 `body_too_large`, 400 `invalid_json`.
pub fn object(body: &[u8], bytes_max: usize) -> Result<Value, Refusal> {
    if body.len() > bytes_max {
        let message = "This request is too large.";
        return Err(Refusal::new(413, ErrorBody::new("body_too_large", message)));
    }
    let invalid = |message| Refusal::new(400, ErrorBody::new("invalid_json", message));
    let body: Value = serde_json::from_slice(body)
        .map_err(|_| invalid("The request is not valid JSON in UTF-8."))?;
    match body.is_object() {
        true => Ok(body),
        false => Err(invalid("The request must be a JSON object.")),
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled | StoreError::Unavailable => Self::new(
                503,
                ErrorBody::new("try_again", "We’re busy right now. Please try again."),
            ),
            StoreError::Corrupt(_) => {
                tracing::error!(%error, "the table holds what cannot be read");
                Self::new(
                    500,
                    ErrorBody::new("internal", "Something went wrong on our side."),
                )
            }
        }
    }
}
