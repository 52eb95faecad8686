//! A local Stripe on a port of its own, a restaurant that listens for its events, and a client.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde_json::{Value, json};
use tabletap_fake_stripe::{Account, Config, FakeStripe};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};

pub(crate) const KEY: &str = "sk_test_sushi";

/// What arrived at the restaurant: event, signature, body.
pub(crate) type Arrival = (Value, String, String);

/// The restaurant's endpoint.
#[derive(Clone)]
pub(crate) struct Hook {
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    status: Arc<Mutex<StatusCode>>,
}

impl Hook {
    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap().clone()
    }

    pub(crate) fn types(&self) -> Vec<String> {
        let name = |(event, ..): Arrival| event["type"].as_str().unwrap().to_owned();
        self.arrivals().into_iter().map(name).collect()
    }

    pub(crate) fn answers(&self, status: StatusCode) {
        *self.status.lock().unwrap() = status;
    }
}

async fn arrive(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    let event = serde_json::from_str(&body).unwrap();
    hook.arrivals.lock().unwrap().push((event, signature, body));
    *hook.status.lock().unwrap()
}

pub(crate) struct Stripe {
    pub(crate) base: String,
    pub(crate) hook: Hook,
    pub(crate) http: Client,
    data: Option<TempDir>,
    tasks: JoinSet<()>,
}

impl Stripe {
    pub(crate) async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut stripe = Self::on(data.path()).await;
        stripe.data = Some(data);
        stripe
    }

    /// Ends it and starts it again on the same data, on another port.
    pub(crate) async fn restart(mut self) -> Self {
        self.tasks.shutdown().await;
        let data = self.data.take().unwrap();
        let mut stripe = Self::on(data.path()).await;
        stripe.data = Some(data);
        stripe
    }

    async fn on(data: &Path) -> Self {
        let mut tasks = JoinSet::new();
        let hook = Hook {
            arrivals: Arc::default(),
            status: Arc::new(Mutex::new(StatusCode::OK)),
        };
        let shop = Router::new()
            .route("/hook", post(arrive))
            .with_state(hook.clone());
        let shop_url = serve(&mut tasks, |_| shop).await;
        let account = |name: &str| Account {
            name: name.to_owned(),
            api_key: format!("sk_test_{name}"),
            webhook_secret: format!("whsec_{name}"),
            webhook_url: format!("{shop_url}/hook"),
            business: "Kumo Sushi".to_owned(),
            webhook_path: "/hook".to_owned(),
        };
        let accounts = vec![account("sushi"), account("grill")];
        let file = data.join("stripe.db");
        let mut runs = None;
        let base = serve(&mut tasks, |base| {
            let pages = base.clone();
            let stripe = FakeStripe::open(Config {
                file,
                base,
                pages,
                accounts,
            })
            .unwrap();
            let router = stripe.router();
            runs = Some(stripe);
            router
        })
        .await;
        tasks.spawn(runs.unwrap().run());
        let http = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .unwrap();
        Self {
            base,
            hook,
            http,
            data: None,
            tasks,
        }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http
            .get(format!("{}{path}", self.base))
            .bearer_auth(KEY)
    }

    pub(crate) fn post(&self, path: &str, form: &str) -> RequestBuilder {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .bearer_auth(KEY);
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned())
    }

    pub(crate) async fn read(&self, path: &str) -> Value {
        json_of(self.get(path).send().await.unwrap(), 200).await
    }

    pub(crate) async fn create(&self, more: &str) -> Value {
        let form = format!("{}&{more}", basic());
        json_of(
            self.post("/v1/checkout/sessions", &form)
                .send()
                .await
                .unwrap(),
            200,
        )
        .await
    }

    pub(crate) async fn local(&self, path: &str, body: &Value) -> Value {
        let request = self
            .http
            .post(format!("{}/local/stripe/{path}", self.base))
            .json(body);
        json_of(request.send().await.unwrap(), 200).await
    }

    pub(crate) async fn pay(&self, session: &Value, outcome: &str) -> Value {
        self.local(
            "pay",
            &json!({"session": session["id"], "outcome": outcome}),
        )
        .await
    }

    pub(crate) async fn switch(&self, faults: Value) {
        let request = self
            .http
            .put(format!("{}/local/stripe/faults", self.base))
            .json(&faults);
        json_of(request.send().await.unwrap(), 200).await;
    }

    pub(crate) async fn ledger(&self) -> Value {
        self.read("/local/stripe/ledger").await
    }

    /// A paid session, and its payment intent's id.
    pub(crate) async fn paid(&self) -> (Value, String) {
        let session = self.create("").await;
        self.pay(&session, "paid").await;
        let id = session["id"].as_str().unwrap();
        let session = self.read(&format!("/v1/checkout/sessions/{id}")).await;
        let intent = session["payment_intent"].as_str().unwrap().to_owned();
        (session, intent)
    }
}

async fn serve(tasks: &mut JoinSet<()>, router: impl FnOnce(String) -> Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = router(base.clone());
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

/// Two lines, 25.00 dollars in all.
pub(crate) fn basic() -> String {
    let line = |n: u8, name: &str, amount: u32, quantity: u8| {
        format!(
            "line_items[{n}][price_data][currency]=usd&line_items[{n}][price_data][unit_amount]={amount}\
             &line_items[{n}][price_data][product_data][name]={name}&line_items[{n}][quantity]={quantity}"
        )
    };
    format!(
        "mode=payment&success_url=http%3A%2F%2Fshop%2Fback%3Fs%3D%7BCHECKOUT_SESSION_ID%7D&{}&{}",
        line(0, "Salmon+nigiri", 1_000, 2),
        line(1, "Tip", 500, 1)
    )
}

pub(crate) async fn json_of(response: Response, status: u16) -> Value {
    let found = response.status().as_u16();
    let body = response.text().await.unwrap();
    assert_eq!(found, status, "{body}");
    serde_json::from_str(&body).unwrap()
}

pub(crate) fn now_s() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the tests' own clock")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Looks until `look` finds something.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(30) {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain for: {what}");
}
