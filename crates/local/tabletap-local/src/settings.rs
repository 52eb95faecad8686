//! What can be set from outside, with its defaults.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};

/// The real one, where no other address is set.
pub const REAL_API: &str = "https://api.stripe.com";

/// How a program is started.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is kept.
    pub data_folder: PathBuf,
    /// Where a browser connects; every other listener is on loopback.
    pub host: IpAddr,
    /// Its port; 0 picks a free one.
    pub port: u16,
    /// Lets other machines use the console and its switches too.
    pub share_console: bool,
    /// The built frontend.
    pub frontend: PathBuf,
    /// Folder of `tabletap` and `printer-agent`.
    pub programs: PathBuf,
    /// Folders with fonts.
    pub fonts: Vec<PathBuf>,
    /// Each part as a process of its own.
    pub processes: bool,
    /// How fast the virtual printers' paper moves, in millimetres a second; 0 is without mechanical delay.
    pub speed_mm_s: u32,
    /// Where the money is taken, if not by the local Stripe.
    pub stripe: Option<ExternalStripe>,
    /// How long a session at a table lasts, in seconds; 3600 where it is not set.
    pub session_ttl_s: Option<String>,
    /// Imitates the real stream's four polls a second instead of telling its readers of each write.
    pub stream_poll: Option<Duration>,
}

impl Settings {
    /// The defaults, for a program that keeps its data in `data_folder`.
    #[must_use]
    pub fn new(data_folder: &Path) -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let here = PathBuf::from("frontend");
        let frontend = if here.is_dir() {
            here
        } else {
            repository.join("frontend")
        };
        // Absolute: the agents read their configuration from another folder.
        let frontend = std::path::absolute(&frontend).unwrap_or(frontend);
        Self {
            data_folder: data_folder.to_owned(),
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8080,
            share_console: false,
            fonts: vec![
                frontend.join("node_modules/@expo-google-fonts"),
                "/usr/share/fonts".into(),
            ],
            frontend: frontend.join("dist"),
            programs: programs(),
            processes: false,
            speed_mm_s: 0,
            stripe: None,
            session_ttl_s: None,
            stream_poll: None,
        }
    }
}

/// The folder of the running program; a test runs one below.
fn programs() -> PathBuf {
    let running = std::env::current_exe().unwrap_or_default();
    let folder = running.parent().unwrap_or(Path::new("."));
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    folder.to_owned()
}

/// The real Stripe, or another server that speaks its protocol.
#[derive(Clone)]
pub struct ExternalStripe {
    /// `{"<account>": {"api_key": "…", "webhook_secrets": ["…"]}}`
    pub accounts: String,
    /// Address of its API.
    pub api_base: String,
}

impl fmt::Debug for ExternalStripe {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ExternalStripe")
            .field("api_base", &self.api_base)
            .finish_non_exhaustive()
    }
}

impl ExternalStripe {
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn real_accounts_are_read_whole_or_refused_without_naming_a_key() {
        let good =
            r#"{"sushi": {"api_key": "sk_test_1", "webhook_secrets": ["whsec_1", "whsec_2"]}}"#;
        let read = ExternalStripe::read(Some(good), None).unwrap().unwrap();
        assert_eq!(read.api_base, REAL_API);
        assert!(!format!("{read:?}").contains("sk_test_1"));
        assert!(ExternalStripe::read(None, None).unwrap().is_none());
        for (accounts, base) in [
            (Some(r#"{"sushi": {"key": "sk_test_1"}}"#), None),
            (Some("sk_test_1"), None),
            (None, Some("http://127.0.0.1:1")),
        ] {
            let sentence = ExternalStripe::read(accounts, base)
                .unwrap_err()
                .to_string();
            assert!(
                sentence.starts_with("STRIPE_") && !sentence.contains("sk_test_1"),
                "{sentence}"
            );
        }
    }
}
