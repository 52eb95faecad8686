//! What the function reads from its environment.

use tabletap_payments::PaymentConfig;
use tabletap_runtime::{ConfigError, Env};
use tabletap_stripe::Stripe;

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The database, the printer agents, and the names on paper.
    pub kitchen: tabletap_dispatch::Config,
    /// The payment provider.
    pub payments: PaymentConfig<Stripe>,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            kitchen: tabletap_dispatch::Config::from_env(env)?,
            payments: PaymentConfig::from_env(env)?,
        })
    }
}
