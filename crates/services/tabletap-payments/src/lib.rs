//! Payments: from what is owed to a page where a guest pays, and from the provider's state to payments and orders that have moved.
//!
//! However news of a payment comes (a webhook, the guest who returns, the sweeper), it ends in [`Payments::fulfil`], which **asks the
//! provider** and moves payment and orders in one conditional transaction. It may be called at any time, concurrently and repeatedly. The
//! provider is a [`Gateway`], which the program chooses; this crate knows no HTTP and no rows.

mod audit;
mod bill;
mod checkout;
mod contact;
mod error;
mod fulfil;
mod lines;
mod page;
mod places;
mod reconcile;
mod refund;
mod request;
mod share;
mod staff;
mod transition;

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
use tabletap_session::{CustomerKeys, Links, SessionKeys};
use tabletap_store::Store;

/// How often an operation starts again because others moved the same payment or order in between.
const ROUNDS_MAX: u32 = 8;

/// The payments of all stores. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Payments<G> {
    store: Store,
    gateway: G,
    links: Links,
    customers: CustomerKeys,
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
    /// `CUSTOMER_KEY`: opens a guest's mail address for the provider, and seals the one that was typed there.
    pub customers: CustomerKeys,
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
            customers: env.parsed("CUSTOMER_KEY", CustomerKeys::parse)?,
        })
    }
}

impl<G: Gateway> Payments<G> {
    /// Moves money through `gateway`.
    #[must_use]
    pub fn new(store: Store, gateway: G, links: Links, customers: CustomerKeys) -> Self {
        Self {
            store,
            gateway,
            links,
            customers,
        }
    }

    /// The provider.
    #[must_use]
    pub fn gateway(&self) -> &G {
        &self.gateway
    }
}
