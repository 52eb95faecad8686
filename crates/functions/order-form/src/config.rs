//! Configuration, read once at start.

use tabletap_guest::ScanConfig;
use tabletap_runtime::{ConfigError, Env};
use tabletap_session::CustomerKeys;

/// The configuration of this function.
#[derive(Clone, Debug)]
pub struct Config {
    /// As every function that follows table codes.
    pub scan: ScanConfig,
    /// `CUSTOMER_KEY`: the current key, and the one before it behind a comma. Seals what a guest says of an allergy.
    pub customer_keys: CustomerKeys,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            scan: ScanConfig::from_env(env)?,
            customer_keys: env.parsed("CUSTOMER_KEY", CustomerKeys::parse)?,
        })
    }
}
