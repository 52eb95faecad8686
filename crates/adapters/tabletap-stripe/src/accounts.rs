//! The keys of every payment account, from one setting: `{"sushi": {"api_key": "sk_test_…", "webhook_secrets": ["whsec_…"]}}`.

use serde::Deserialize;
use std::{collections::BTreeMap, fmt, sync::Arc};
use tabletap_domain::AccountName;

/// Each account's keys by its name. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Accounts(Arc<BTreeMap<AccountName, Account>>);

/// The keys of one account.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    api_key: String,
    /// Two while one replaces the other.
    #[serde(default)]
    webhook_secrets: Vec<String>,
}

/// A setting that holds no accounts. Says nothing of its content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountsError {
    /// Not the JSON of accounts.
    #[error("expected a JSON object of accounts, each with `api_key` and `webhook_secrets`")]
    Shape,
    /// A name no store can give.
    #[error("`{0}` is not an account name: {1}")]
    Name(String, tabletap_domain::InvalidId),
    /// A key that cannot be one.
    #[error("the key of `{0}` is not a Stripe secret key: those begin with sk_ or rk_")]
    Key(AccountName),
}

impl Accounts {
    /// Reads the setting. An empty text is no accounts: nobody can pay in the page.
    ///
    /// # Errors
    /// [`AccountsError`]; refuse to start.
    pub fn parse(text: &str) -> Result<Self, AccountsError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let raw: BTreeMap<String, Account> =
            serde_json::from_str(text).map_err(|_| AccountsError::Shape)?;
        let mut accounts = BTreeMap::new();
        for (name, account) in raw {
            let name = AccountName::parse(&name)
                .map_err(|error| AccountsError::Name(name.clone(), error))?;
            if !["sk_", "rk_"]
                .iter()
                .any(|kind| account.api_key.starts_with(kind))
            {
                return Err(AccountsError::Key(name));
            }
            accounts.insert(name, account);
        }
        Ok(Self(Arc::new(accounts)))
    }

    /// The keys of an account.
    #[must_use]
    pub fn get(&self, name: &AccountName) -> Option<&Account> {
        self.0.get(name)
    }
}

impl Account {
    /// Whether its key moves real money.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.api_key.contains("_live_")
    }

    pub(crate) fn api_key(&self) -> &str {
        &self.api_key
    }

    pub(crate) fn webhook_secrets(&self) -> &[String] {
        &self.webhook_secrets
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("live", &self.is_live())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_setting_is_read_and_a_wrong_one_is_named_without_its_content() {
        let name = AccountName::parse("sushi").unwrap();
        let setting = r#"{"sushi": {"api_key": "sk_test_1", "webhook_secrets": ["a", "b"]}, "bar": {"api_key": "rk_live_1"}}"#;
        let accounts = Accounts::parse(setting).unwrap();
        assert_eq!(accounts.get(&name).map(Account::is_live), Some(false));
        let live = AccountName::parse("bar").unwrap();
        assert_eq!(accounts.get(&live).map(Account::is_live), Some(true));
        assert!(Accounts::parse("").unwrap().get(&name).is_none());
        for (setting, why) in [
            ("[]", "no object"),
            (r#"{"sushi": {"api_key": "secret-1"}}"#, "no secret key"),
            (
                r#"{"sushi": {"api_key": "pk_test_secret-1"}}"#,
                "a public key",
            ),
            (r#"{"Sushi Bar": {"api_key": "sk_test_1"}}"#, "no name"),
            (
                r#"{"sushi": {"api_key": "sk_test_1", "secret-1": 1}}"#,
                "an unknown field",
            ),
        ] {
            let error = Accounts::parse(setting).unwrap_err().to_string();
            assert!(!error.contains("secret-1"), "{why}: {error}");
        }
        assert!(!format!("{accounts:?}").contains("sk_test_1"));
    }
}
