//! What the function reads from its environment.

use std::time::Duration;
use tabletap_guest::GuestConfig;
use tabletap_runtime::{ConfigError, Env};

/// One hour.
const SESSION_TTL_S: u64 = 3600;

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// As every function that guests call.
    pub guest: GuestConfig,
    /// `SESSION_TTL_S`: how long a session lasts.
    pub session_ttl: Duration,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            guest: GuestConfig::from_env(env)?,
            session_ttl: Duration::from_secs(env.parsed_or("SESSION_TTL_S", SESSION_TTL_S)?),
        })
    }
}
