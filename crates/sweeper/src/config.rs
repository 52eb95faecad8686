//! What the function reads from its environment.

use tabletap_payments::PaymentConfig;
use tabletap_runtime::{AgentConfig, ConfigError, Env};

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The table and the printer agents.
    pub agents: AgentConfig,
    /// The payment provider.
    pub payments: PaymentConfig,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            agents: AgentConfig::from_env(env)?,
            payments: PaymentConfig::from_env(env)?,
        })
    }
}
