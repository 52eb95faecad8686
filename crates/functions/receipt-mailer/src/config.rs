//! What the function reads from its environment.

use tabletap_domain::customer::Email;
use tabletap_runtime::{ConfigError, Env};
use tabletap_session::{CustomerKeys, Links, SessionKeys};

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `SITE_URL` and `SESSION_KEY`: links to orders.
    pub links: Links,
    /// `CUSTOMER_KEY`: opens who ordered.
    pub customer_keys: CustomerKeys,
    /// `MAIL_FROM`: the address receipts come from.
    pub mail_from: Email,
    /// `MAIL_EVENTS`: the configuration set that tells how mails fare.
    pub mail_events: String,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        let mail_from =
            Email::parse(&env.required("MAIL_FROM")?).ok_or_else(|| ConfigError::Invalid {
                name: "MAIL_FROM",
                problem: "this is no mail address".to_owned(),
            })?;
        Ok(Self {
            table_name: env.required("TABLE_NAME")?,
            links: Links::new(
                &env.required("SITE_URL")?,
                env.parsed("SESSION_KEY", SessionKeys::parse)?,
            ),
            customer_keys: env.parsed("CUSTOMER_KEY", CustomerKeys::parse)?,
            mail_from,
            mail_events: env.required("MAIL_EVENTS")?,
        })
    }
}
