//! What the functions that guests call share: the configuration of sessions, and the answer to a request that is not answered as it
//! wished, in the shape of `docs/openapi.yaml`.

use tabletap_runtime::{ConfigError, Env};
use tabletap_session::SessionKeys;
use tabletap_store::StoreError;
use tabletap_wire::ErrorBody;

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
        let weak = |error: tabletap_session::WeakKey| ConfigError::Invalid {
            name: "SESSION_KEY",
            problem: error.to_string(),
        };
        Ok(Self {
            table_name: env.required("TABLE_NAME")?,
            session_keys: SessionKeys::parse(&env.required("SESSION_KEY")?).map_err(weak)?,
        })
    }
}

/// A request that is not answered as it wished.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The reply.
    pub body: ErrorBody,
}

impl Refusal {
    /// A refusal with this status and reply.
    #[must_use]
    pub fn new(status: u16, body: ErrorBody) -> Self {
        Self { status, body }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled | StoreError::Unavailable => Self::new(
                503,
                ErrorBody::new("try_again", "We are busy right now. Please try again."),
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
