//! What every function that sends print jobs reads from its environment.

use tabletap_runtime::{AgentConfig, ConfigError, Env};
use tabletap_session::CustomerKeys;

/// The configuration of a function that sends print jobs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The table and the printer agents.
    pub agents: AgentConfig,
    /// `CUSTOMER_KEY`: opens who picks an order up, for the name on paper.
    pub customer_keys: CustomerKeys,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            agents: AgentConfig::from_env(env)?,
            customer_keys: env.parsed("CUSTOMER_KEY", CustomerKeys::parse)?,
        })
    }
}
