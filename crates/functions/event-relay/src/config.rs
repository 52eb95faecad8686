//! What the function reads from its environment.

use tabletap_runtime::{ConfigError, Env};

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `EVENT_BUS`: name of the bus.
    pub event_bus: String,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            event_bus: env.required("EVENT_BUS")?,
        })
    }
}
