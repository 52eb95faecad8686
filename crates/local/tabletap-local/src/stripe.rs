//! The local Stripe, with the accounts that the data folder has keys for. A chain has one account, as it would at Stripe.

use anyhow::Result;
use tabletap_fake_stripe::{Account, Config, FakeStripe};

use crate::{
    addresses::{RunFile, on_this_machine},
    data_folder::DataFolder,
    guard::Access,
    secrets::{ACCOUNTS, AccountSecrets},
};

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

/// The same host as `url` names, at another port: a phone that reaches the one reaches the other.
fn beside(url: &str, port: u16) -> String {
    let host = url.rsplit_once(':').map_or(url, |(host, _)| host);
    format!("{host}:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
