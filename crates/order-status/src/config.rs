//! What the function reads from its environment.

use tabletap_runtime::{ConfigError, Env};
use tabletap_session::SessionKeys;

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `SESSION_KEY`: the current key, and the one before it behind a comma.
    pub session_keys: SessionKeys,
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
        })
    }
}
