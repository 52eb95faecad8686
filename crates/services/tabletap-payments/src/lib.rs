//! Money: from what is owed to a page where a guest pays, and from what the provider says to a payment and orders that have moved.
//!
//! Every way that news of a payment may come (a webhook, the guest who comes back, the sweeper) ends in [`Payments::fulfil`], which **asks
//! the provider** and moves payment and orders by one conditional transaction. It may be called at any time, at once, and again. No HTTP
//! of ours, no rows, no provider: that is a [`Gateway`], which the program that is started chooses.

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
mod request;
mod settle;
mod share;
mod staff;

pub use audit::Audit;
pub use bill::bill_view;
pub use error::{CheckoutError, PaymentError};
pub use fulfil::{Difference, Fulfilled};
pub use lines::LinesWanted;
pub use refund::RefundError;
pub use request::Payer;
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
pub struct PaymentConfig<G> {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// The provider, by [`Gateway::ACCOUNTS`] and [`Gateway::API_BASE`].
    pub gateway: G,
    /// `SITE_URL` and `SESSION_KEY`.
    pub links: Links,
}

impl<G: Gateway> PaymentConfig<G> {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        let api_base = env.parsed_or(G::API_BASE, G::API_BASE_DEFAULT.to_owned())?;
        Ok(Self {
            table_name: env.required("TABLE_NAME")?,
            gateway: env.parsed(G::ACCOUNTS, |accounts| G::from_settings(accounts, api_base))?,
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
