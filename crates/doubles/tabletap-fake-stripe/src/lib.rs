#![doc = include_str!("../README.md")]

mod acts;
mod api;
mod clock;
mod currency;
mod database;
mod deliver;
mod error;
mod faults;
mod form;
mod ids;
mod local;
mod page;
mod params;

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, routing::any};
use serde_json::json;
use tokio::sync::watch;

use acts::endpoint_object;
use database::{Database, Record, Transaction};
use error::ApiError;
pub use faults::{ApiFault, ApiFaultKind, Faults, Order, Refunds};

/// What a local Stripe is opened with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it remembers in.
    pub file: PathBuf,
    /// The address of its own listener as programs reach it, without a slash at the end.
    pub base: String,
    /// The same as a guest's browser reaches it; the checkout pages are there.
    pub pages: String,
    pub accounts: Vec<Account>,
}

/// One account, as a restaurant has it at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What we call it.
    pub name: String,
    /// Its public name: whom guests pay.
    pub business: String,
    /// `sk_test_…`
    pub api_key: String,
    /// `whsec_…`: signs what is sent to `webhook_url`.
    pub webhook_secret: String,
    /// Where every event of it is sent.
    pub webhook_url: String,
    /// The path of `webhook_url`.
    pub webhook_path: String,
}

/// Why it cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its file cannot be used.
    #[error("the local Stripe's file cannot be used")]
    File(#[from] rusqlite::Error),
}

/// A local Stripe. Clones are the same one.
#[derive(Clone, Debug)]
pub struct FakeStripe(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    database: Database,
    http: reqwest::Client,
    /// Idempotency keys that are being answered.
    keys: Arc<Mutex<BTreeSet<(String, String)>>>,
    /// Changes whenever something was done.
    wake: watch::Sender<u64>,
}

/// An idempotency key that is being answered; free again when this is dropped.
#[derive(Debug)]
struct KeyInUse {
    keys: Arc<Mutex<BTreeSet<(String, String)>>>,
    key: (String, String),
}

impl FakeStripe {
    /// Opens what it remembers, or begins with nothing.
    ///
    /// # Errors
    /// [`OpenError::File`]
    pub fn open(config: Config) -> Result<Self, OpenError> {
        let database = Database::open(&config.file)?;
        database.write(|tx| {
            config
                .accounts
                .iter()
                .try_for_each(|account| tx.put(&own_endpoint(account)))
        })?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(2))
            .build()
            .expect("a client without TLS settings can be built");
        Ok(Self(Arc::new(Inner {
            config,
            database,
            http,
            keys: Arc::default(),
            wake: watch::Sender::new(0),
        })))
    }

    /// The routes of its own listener: the API, the checkout pages, and `/local/stripe`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/{*path}", any(api::answer))
            .merge(page::routes())
            .with_state(self.clone())
            .merge(self.local_router())
    }

    /// `/local/stripe…`: what scripts and the console ask.
    pub fn local_router(&self) -> Router {
        local::routes().with_state(self.clone())
    }

    /// Tells whoever waits that something was done.
    fn wake(&self) {
        self.0
            .wake
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Takes a key for as long as its call lasts; none where it is taken.
    fn begin_key(&self, account: &str, key: &str) -> Option<KeyInUse> {
        let key = (account.to_owned(), key.to_owned());
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key.clone()).then(|| KeyInUse {
            keys: Arc::clone(&self.0.keys),
            key,
        })
    }

    fn faults_on(tx: &Transaction<'_>) -> Result<Faults, ApiError> {
        let kept = tx.setting("faults")?;
        Ok(kept
            .and_then(|kept| serde_json::from_value(kept).ok())
            .unwrap_or_default())
    }

    fn set_faults_on(tx: &Transaction<'_>, faults: &Faults) -> Result<(), ApiError> {
        Ok(tx.set("faults", &json!(faults))?)
    }
}

impl Drop for KeyInUse {
    fn drop(&mut self) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.key);
    }
}

/// The endpoint that each account has from the start. Its address may be another at each start.
fn own_endpoint(account: &Account) -> Record {
    let id = format!(
        "we_1{}",
        account
            .name
            .replace(|c: char| !c.is_ascii_alphanumeric(), "")
    );
    Record {
        account: account.name.clone(),
        parent: None,
        object: endpoint_object(
            &id,
            &account.webhook_url,
            &json!(["*"]),
            Some(acts::API_VERSION),
        ),
        own: json!({"secret": account.webhook_secret}),
    }
}
