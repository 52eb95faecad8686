//! Who takes the money: the local Stripe with accounts of its own, or the real one where the environment names its keys.
//!
//! A chain has one account, as it would at Stripe. Keys and secrets are made once for a data folder and never leave it.

use std::{collections::BTreeMap, fmt, net::SocketAddr};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tabletap_fake_stripe::{Account, Config, FakeStripe};

use crate::{
    data_folder::{Addresses, DataFolder, RunFile, random_text},
    guard::Access,
    parts::Surroundings,
};

/// The payment accounts of the demo's restaurants, the sushi bar's first.
pub const ACCOUNTS: [&str; 4] = ["sushi", "brasa", "sidra", "bakery"];
/// The real one, where no other address is set.
pub const REAL_API: &str = "https://api.stripe.com";

/// Keys of one local account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountSecrets {
    /// `sk_test_…`
    pub api_key: String,
    /// `whsec_…`: the one that signs, then the one that will after a rotation. Both are known to the functions.
    pub webhook_secrets: [String; 2],
}

/// The real Stripe, or whatever speaks its protocol elsewhere.
#[derive(Clone)]
pub struct Elsewhere {
    /// `{"<account>": {"api_key": "…", "webhook_secrets": ["…"]}}`
    pub accounts: String,
    /// Address of its API.
    pub api_base: String,
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Elsewhere")
            .field("api_base", &self.api_base)
            .finish_non_exhaustive()
    }
}

impl Elsewhere {
    /// From `STRIPE_ACCOUNTS` and `STRIPE_API_BASE`; none where the accounts are not set.
    ///
    /// # Errors
    /// When they cannot be meant so; the sentence holds no key.
    pub fn read(accounts: Option<&str>, api_base: Option<&str>) -> Result<Option<Self>> {
        let Some(accounts) = accounts.filter(|text| !text.is_empty()) else {
            let unused = api_base.filter(|base| !base.is_empty());
            ensure!(
                unused.is_none(),
                "STRIPE_API_BASE is set without STRIPE_ACCOUNTS"
            );
            return Ok(None);
        };
        tabletap_stripe::Accounts::parse(accounts).context("STRIPE_ACCOUNTS")?;
        let api_base = api_base.filter(|base| !base.is_empty()).unwrap_or(REAL_API);
        Ok(Some(Self {
            accounts: accounts.to_owned(),
            api_base: api_base.to_owned(),
        }))
    }
}

/// Keys for the accounts that have none yet; whether there were any.
pub(crate) fn add_missing(secrets: &mut BTreeMap<String, AccountSecrets>) -> bool {
    let before = secrets.len();
    for name in ACCOUNTS {
        secrets
            .entry(name.to_owned())
            .or_insert_with(|| AccountSecrets {
                api_key: format!("sk_test_{}", random_text(24)),
                webhook_secrets: [(); 2].map(|()| format!("whsec_{}", random_text(24))),
            });
    }
    secrets.len() > before
}

/// What the functions are told: the secret's text.
///
/// # Errors
/// When the secrets cannot be read.
pub fn accounts_json(surroundings: &Surroundings) -> Result<String> {
    if let Some(elsewhere) = &surroundings.settings.stripe {
        return Ok(elsewhere.accounts.clone());
    }
    let secrets = surroundings.data.secrets()?.stripe.into_iter();
    let accounts: BTreeMap<String, serde_json::Value> = secrets
        .map(|(name, keys)| {
            (
                name,
                json!({"api_key": keys.api_key, "webhook_secrets": keys.webhook_secrets}),
            )
        })
        .collect();
    Ok(json!(accounts).to_string())
}

/// Where the functions find the API.
#[must_use]
pub fn api_base(surroundings: &Surroundings) -> String {
    match &surroundings.settings.stripe {
        Some(elsewhere) => elsewhere.api_base.clone(),
        None => on_this_machine(surroundings.run.addresses.stripe),
    }
}

/// Opens the local Stripe of a data folder.
///
/// # Errors
/// When its secrets or its file cannot be read.
pub(crate) fn open(data: &DataFolder, run: &RunFile) -> Result<FakeStripe> {
    let opened = FakeStripe::open(config(data, run)?);
    Ok(opened.map_err(|error| data.broken(error.to_string()))?)
}

/// Whom its addresses answer: a guest's phone gets the payment pages, this machine's programs the API with their keys, and its dashboard is the
/// console's.
pub(crate) fn access(path: &str) -> Access {
    let begins = |of: &str| path.starts_with(of);
    match () {
        () if begins("/pay/") || begins("/receipts/") => Access::Guest,
        () if begins("/v1/") => Access::Machine,
        () => Access::Holder,
    }
}

/// Where it says how it is.
#[must_use]
pub(crate) fn health(at: &Addresses) -> String {
    format!("{}/local/stripe/health", on_this_machine(at.stripe))
}

fn config(data: &DataFolder, run: &RunFile) -> Result<Config> {
    let mut secrets = data.secrets()?.stripe;
    let shop = on_this_machine(run.addresses.edge);
    // Those of the demo in their order, then whatever else the folder has keys for.
    let known = ACCOUNTS
        .iter()
        .filter_map(|name| secrets.remove_entry(*name));
    let mut all: Vec<(String, AccountSecrets)> = known.collect();
    all.extend(secrets);
    let accounts = all.into_iter().map(|(name, keys)| {
        let webhook_path = format!("/v1/stripe/{name}/webhook");
        let [signing, _] = keys.webhook_secrets;
        Account {
            business: business(&name),
            name,
            api_key: keys.api_key,
            webhook_secret: signing,
            webhook_url: format!("{shop}{webhook_path}"),
            webhook_path,
        }
    });
    Ok(Config {
        file: data.join("stripe.db"),
        base: on_this_machine(run.addresses.stripe),
        pages: beside(&run.public_url, run.addresses.stripe.port()),
        accounts: accounts.collect(),
    })
}

/// Whom guests pay, as a restaurant tells Stripe when it opens its account.
fn business(account: &str) -> String {
    let business = match account {
        "sushi" => "Kumo Sushi",
        "brasa" => "Brasa",
        "sidra" => "بيت السدرة",
        "bakery" => "Corner Bakery",
        other => other,
    };
    business.to_owned()
}

/// The base address of a listener, for programs of this machine.
pub(crate) fn on_this_machine(address: SocketAddr) -> String {
    let port = address.port();
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => format!("http://127.0.0.1:{port}"),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => format!("http://[::1]:{port}"),
        _ => format!("http://{address}"),
    }
}

/// The same host as `url` names, at another port: a phone that reaches the one reaches the other.
fn beside(url: &str, port: u16) -> String {
    let host = url.rsplit_once(':').map_or(url, |(host, _)| host);
    format!("{host}:{port}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn real_accounts_are_read_whole_or_refused_without_naming_a_key() {
        let good =
            r#"{"sushi": {"api_key": "sk_test_1", "webhook_secrets": ["whsec_1", "whsec_2"]}}"#;
        let read = Elsewhere::read(Some(good), None).unwrap().unwrap();
        assert_eq!(read.api_base, REAL_API);
        assert!(!format!("{read:?}").contains("sk_test_1"));
        assert!(Elsewhere::read(None, None).unwrap().is_none());
        for (accounts, base) in [
            (Some(r#"{"sushi": {"key": "sk_test_1"}}"#), None),
            (Some("sk_test_1"), None),
            (None, Some("http://127.0.0.1:1")),
        ] {
            let sentence = Elsewhere::read(accounts, base).unwrap_err().to_string();
            assert!(
                sentence.starts_with("STRIPE_") && !sentence.contains("sk_test_1"),
                "{sentence}"
            );
        }
    }

    #[test]
    fn a_page_stands_on_the_host_that_guests_reach() {
        assert_eq!(
            beside("http://192.0.2.7:8080", 9_000),
            "http://192.0.2.7:9000"
        );
        assert_eq!(
            beside("http://localhost:8080", 9_000),
            "http://localhost:9000"
        );
        assert_eq!(
            on_this_machine(([0, 0, 0, 0], 9_000).into()),
            "http://127.0.0.1:9000"
        );
    }
}
