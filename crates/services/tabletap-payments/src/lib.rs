//! Money: from what is owed to a page where a guest pays, and from what the provider says to a payment and orders that have moved.
//!
//! Every way that news of a payment may come (a webhook, the guest who comes back, the sweeper) ends in [`Payments::fulfil`], which **asks
//! the provider** and moves payment and orders by one conditional transaction. It may be called at any time, at once, and again. No HTTP
//! of ours, no rows; nothing of a provider's words outside its own module.

mod audit;
mod bill;
mod checkout;
mod error;
mod follow;
mod fulfil;
mod lines;
mod page;
mod places;
mod refund;
mod settle;
mod staff;
pub mod stripe;

pub use audit::Audit;
pub use bill::bill_view;
pub use checkout::Payer;
pub use error::{CheckoutError, PaymentError};
pub use fulfil::{Difference, Fulfilled};
pub use lines::LinesWanted;
pub use refund::RefundError;
pub use staff::RefundWanted;

use tabletap_gateway::Gateway;
use tabletap_runtime::{ConfigError, Env};
use tabletap_session::{Links, SessionKeys};
use tabletap_store::Store;

/// Rounds against others who move the same payment or order in between.
const ROUNDS_MAX: u32 = 8;

/// Everything that moves money. Cloning shares what it is made of.
#[derive(Clone, Debug)]
pub struct Payments<G> {
    store: Store,
    gateway: G,
    links: Links,
}

/// The configuration of each function that talks to the provider.
#[derive(Clone, Debug)]
pub struct PaymentConfig {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `STRIPE_ACCOUNTS` and `STRIPE_API_BASE`.
    pub stripe: stripe::Stripe,
    /// `SITE_URL` and `SESSION_KEY`.
    pub links: Links,
}

/// Stripe's own address.
const STRIPE_API: &str = "https://api.stripe.com/";

impl PaymentConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        let accounts = env.parsed("STRIPE_ACCOUNTS", stripe::Accounts::parse)?;
        let api_base = env.parsed_or("STRIPE_API_BASE", STRIPE_API.to_owned())?;
        Ok(Self {
            table_name: env.required("TABLE_NAME")?,
            stripe: stripe::Stripe::new(accounts, api_base),
            links: Links::new(
                &env.required("SITE_URL")?,
                env.parsed("SESSION_KEY", SessionKeys::parse)?,
            ),
        })
    }
}

impl<G: Gateway> Payments<G> {
    /// Moves money through `gateway`.
    #[must_use]
    pub fn new(store: Store, gateway: G, links: Links) -> Self {
        Self {
            store,
            gateway,
            links,
        }
    }

    /// The provider.
    #[must_use]
    pub fn gateway(&self) -> &G {
        &self.gateway
    }
}
