//! What the function reads from its environment.

use tabletap_runtime::{ConfigError, Env};

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `IOT_ENDPOINT`: the IoT data endpoint as a URL.
    pub iot_endpoint: String,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            table_name: env.required("TABLE_NAME")?,
            iot_endpoint: env.required("IOT_ENDPOINT")?,
        })
    }
}
