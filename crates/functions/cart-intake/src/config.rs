//! Configuration, read once at start.

use tabletap_guest::GuestConfig;
use tabletap_runtime::{ConfigError, Env};
use tabletap_session::CustomerKeys;

/// The configuration of this function.
#[derive(Clone, Debug)]
pub struct Config {
    /// As every function that guests call.
    pub guest: GuestConfig,
    /// `CUSTOMER_KEY`: the current key, and the one before it behind a comma.
    pub customer_keys: CustomerKeys,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            guest: GuestConfig::from_env(env)?,
            customer_keys: env.parsed("CUSTOMER_KEY", CustomerKeys::parse)?,
        })
    }
}
