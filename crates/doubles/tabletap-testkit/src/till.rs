//! A local Stripe with one account, `sushi`, and the actions of its guests.

use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};
use sha2::Sha256;
use tabletap_fake_stripe::{Account, Config, FakeStripe};

/// The account's key.
const KEY: &str = "sk_test_sushi";
/// The secret that signs its events.
const SECRET: &str = "whsec_sushi";

/// The local Stripe.
#[derive(Debug)]
pub struct Till {
    /// Its address.
    pub base: String,
    http: Client,
    running: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Drop for Till {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Till {
    /// Starts one that sends its events to `webhook_url`.
    pub async fn open(webhook_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let account = Account {
            name: "sushi".to_owned(),
            api_key: KEY.to_owned(),
            webhook_secret: SECRET.to_owned(),
            webhook_url: webhook_url.to_owned(),
            business: "Kumo Sushi".to_owned(),
            webhook_path: "/v1/stripe/sushi/webhook".to_owned(),
        };
        let stripe = FakeStripe::open(Config {
            file: folder.path().join("stripe.db"),
            base: base.clone(),
            pages: base.clone(),
            accounts: vec![account],
        });
        let stripe = stripe.unwrap();
        let router = stripe.router();
        let running = tokio::spawn(async move {
            let served = axum::serve(listener, router);
            tokio::select! {
                served = served => served.unwrap(),
                () = stripe.run() => {}
            }
        });
        Self {
            base,
            http: Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .build()
                .unwrap(),
            running,
            _folder: folder,
        }
    }

    /// `STRIPE_ACCOUNTS`.
    #[must_use]
    pub fn accounts(&self) -> String {
        json!({"sushi": {"api_key": KEY, "webhook_secrets": [SECRET]}}).to_string()
    }

    /// The environment of a function that talks to it.
    #[must_use]
    pub fn env(&self, name: &str) -> Option<String> {
        match name {
            "STRIPE_ACCOUNTS" => Some(self.accounts()),
            "STRIPE_API_BASE" => Some(self.base.clone()),
            "SITE_URL" => Some("https://order.example".to_owned()),
            _ => None,
        }
    }

    /// The signature of an event with this body at this second since 1970.
    #[must_use]
    pub fn signature(&self, body: &[u8], now_s: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{now_s}.").as_bytes());
        mac.update(body);
        let digest = mac.finalize().into_bytes();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("t={now_s},v1={hex}")
    }

    /// Pays a session, with this outcome: `paid`, `declined`, `delayed_paid`, `delayed_failed`, `expired`.
    pub async fn pay(&self, session: &str, outcome: &str) -> Value {
        self.ask(
            Method::POST,
            "pay",
            &json!({"session": session, "outcome": outcome}),
        )
        .await
    }

    /// Refunds an amount as in the dashboard; everything if there is no amount.
    pub async fn refund(&self, session: &str, amount: Option<i64>) -> Value {
        let mut request = json!({"session": session});
        if let Some(amount) = amount {
            request["amount"] = amount.into();
        }
        self.ask(Method::POST, "refund", &request).await
    }

    /// Sets the fault switches; those that are not named are off.
    pub async fn switch(&self, faults: Value) {
        self.ask(Method::PUT, "faults", &faults).await;
    }

    /// Every session, with the amounts paid and refunded.
    pub async fn ledger(&self) -> Value {
        self.ask(Method::GET, "ledger", &Value::Null).await
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self
            .http
            .request(method, format!("{}/local/stripe/{path}", self.base));
        let request = if body.is_null() {
            request
        } else {
            request.json(body)
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }
}
