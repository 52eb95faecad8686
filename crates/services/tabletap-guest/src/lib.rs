//! What the functions that guests call share: the configuration of sessions, the scan of a sticker, the session of a request, and why a
//! request is refused, in the guest's language and in the shape of `docs/openapi.yaml`.

mod language;
mod order;
mod place;
mod refusal;
mod scan;

pub use language::{LANGUAGES, accepted, choose, fill};
pub use order::{order_view, view_for};
pub use refusal::{Reason, Refusal};
pub use scan::{ScanConfig, Scanner};

use lambda_http::{Body, Error, Request, Response, http::HeaderMap};
use tabletap_domain::{StoreKey, TableId, time::UnixMillis};
use tabletap_runtime::{ConfigError, Env, frame, reply};
use tabletap_session::{Session, SessionKeys};
use tabletap_store::StoreError;
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
pub fn answer(
    request: &Request,
    handler: impl Future<Output = Result<Response<Body>, Refusal>>,
) -> impl Future<Output = Result<Response<Body>, Error>> {
    let span = info_span!(
        "request",
        request_id = Empty,
        tenant_id = Empty,
        store_id = Empty,
        order_id = Empty
    );
    let handler = Box::pin(handler);
    let reply = async {
        let answered = handler.await;
        answered.unwrap_or_else(|refusal| refusal.reply(language::of(request)))
    };
    frame::handle(request, span, reply)
}

/// Names the store in the logs of this request from here on.
pub fn log_store(store: &StoreKey) {
    Span::current()
        .record("tenant_id", store.tenant.as_str())
        .record("store_id", store.store.as_str());
}

/// The session that a request bears, if it is authentic; it may have run out. The logs name its store from here on.
#[must_use]
pub fn authentic(headers: &HeaderMap, keys: &SessionKeys) -> Option<Session> {
    let session = keys.verify(reply::bearer(headers)?).ok()?;
    log_store(&session.store);
    Some(session)
}

/// The session that a request bears: authentic, and not run out at `now`.
///
/// # Errors
/// 401 `session_invalid` or `session_expired`.
pub fn session(
    headers: &HeaderMap,
    keys: &SessionKeys,
    now: UnixMillis,
) -> Result<Session, Refusal> {
    let session = authentic(headers, keys).ok_or(Reason::SessionInvalid)?;
    match session.is_expired(now) {
        true => Err(Reason::SessionExpired.into()),
        false => Ok(session),
    }
}

/// The table and party that a session is for.
///
/// # Errors
/// 403 `not_at_table`.
pub fn at_table(session: &Session) -> Result<(&TableId, u32), Refusal> {
    Ok(session.at_table().ok_or(Reason::NotAtTable)?)
}

/// Longest body of a small request.
pub const BODY_BYTES_MAX: usize = 4 * 1024;

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled | StoreError::Unavailable => Reason::TryAgain.into(),
            StoreError::Corrupt(_) => {
                tracing::error!(%error, "the database holds what cannot be read");
                Reason::Internal.into()
            }
        }
    }
}
