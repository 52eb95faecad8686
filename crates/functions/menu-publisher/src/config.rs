//! What the function reads from its environment.

use tabletap_runtime::{ConfigError, Env};

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `SITE_BUCKET`: name of the bucket that pages are served from.
    pub site_bucket: String,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            table_name: env.required("TABLE_NAME")?,
            site_bucket: env.required("SITE_BUCKET")?,
        })
    }
}
