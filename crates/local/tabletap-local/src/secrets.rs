//! What the program makes once for a data folder and keeps: keys of its own, and those of the local Stripe's accounts.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use tabletap_runtime::random;

/// The payment accounts of the demo's restaurants, the sushi bar's first.
pub const ACCOUNTS: [&str; 4] = ["sushi", "brasa", "sidra", "bakery"];

/// What the program makes once and keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secrets {
    /// Signs the diners' sessions.
    pub session_key: String,
    /// Keys of the local Stripe's accounts, by name.
    #[serde(default)]
    pub stripe: BTreeMap<String, AccountSecrets>,
    /// Seals takeout's customers.
    #[serde(default)]
    pub customer_key: String,
}

/// Keys of one local account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountSecrets {
    /// `sk_test_…`
    pub api_key: String,
    /// `whsec_…`: the one that signs, then the one that will after a rotation. Both are known to the functions.
    pub webhook_secrets: [String; 2],
}

/// Keys for the accounts that have none yet; whether there were any.
pub(crate) fn add_missing(secrets: &mut BTreeMap<String, AccountSecrets>) -> bool {
    let before = secrets.len();
    for name in ACCOUNTS {
        secrets
            .entry(name.to_owned())
            .or_insert_with(|| AccountSecrets {
                api_key: format!("sk_test_{}", random_text::<24>()),
                webhook_secrets: [(); 2].map(|()| format!("whsec_{}", random_text::<24>())),
            });
    }
    secrets.len() > before
}

/// Text of `N` random bytes, in the alphabet of table codes.
#[must_use]
pub fn random_text<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(random::bytes::<N>())
}
