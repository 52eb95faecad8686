//! What the function reads from its environment.

use std::time::Duration;
use tabletap_runtime::{ConfigError, Env};
use tabletap_session::SessionKeys;

/// One hour.
const SESSION_TTL_S: u64 = 3600;

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `SESSION_KEY`: the current key, and the one before it behind a comma.
    pub session_keys: SessionKeys,
    /// `SESSION_TTL_S`: how long a session lasts.
    pub session_ttl: Duration,
}

impl Config {
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
            session_ttl: Duration::from_secs(env.parsed_or("SESSION_TTL_S", SESSION_TTL_S)?),
        })
    }
}
