//! A guest with a phone: scans, reads the menu, orders, looks at the order.

use serde_json::{Value, json};
use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
};

/// A phone that has scanned a table.
#[derive(Clone, Debug)]
pub struct Guest {
    http: reqwest::Client,
    url: String,
    slug: String,
    /// The signed session.
    pub session: String,
    /// The whole answer to the scan.
    pub scan: Value,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The JSON, or null.
    pub body: Value,
}

impl Reply {
    async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        Self {
            status,
            body: response.json().await.unwrap_or_default(),
        }
    }

    /// The error code, or an empty text.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// A new order id, as a phone makes it.
#[must_use]
pub fn fresh_order_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let seed = RandomState::new();
    format!(
        "ord_{:016x}{:016x}",
        seed.hash_one(count),
        seed.hash_one((count, "second half"))
    )
}

impl Guest {
    /// Scans a table code.
    ///
    /// # Panics
    /// When the scan is refused.
    pub async fn scan(http: &reqwest::Client, url: &str, slug: &str, table_code: &str) -> Self {
        Self::begin(http, url, slug, &json!({ "table_code": table_code })).await
    }

    /// Opens a store's page to order takeout.
    ///
    /// # Panics
    /// When the session is refused.
    pub(crate) async fn takeout(http: &reqwest::Client, url: &str, slug: &str) -> Self {
        Self::begin(http, url, slug, &json!({"store": slug, "mode": "takeout"})).await
    }

    /// A phone that has this session already.
    pub(crate) fn with(http: &reqwest::Client, url: &str, slug: &str, session: &str) -> Self {
        Self {
            http: http.clone(),
            url: url.to_owned(),
            slug: slug.to_owned(),
            session: session.to_owned(),
            scan: Value::Null,
        }
    }

    async fn begin(http: &reqwest::Client, url: &str, slug: &str, body: &Value) -> Self {
        let request = http.post(format!("{url}/v1/sessions")).json(body);
        let reply = Reply::of(request.send().await.expect("the program answers")).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        Self {
            http: http.clone(),
            url: url.to_owned(),
            slug: slug.to_owned(),
            session: reply.body["session"]
                .as_str()
                .expect("a session")
                .to_owned(),
            scan: reply.body,
        }
    }

    /// The published menu in English.
    pub async fn menu(&self) -> Value {
        let address = format!("{}/menus/{}/en.json", self.url, self.slug);
        let response = self
            .http
            .get(address)
            .send()
            .await
            .expect("the program answers");
        response.json().await.expect("the menu is JSON")
    }

    /// A body that orders `dishes` different dishes: the first ones that can be had, with the fewest choices each, spread over the
    /// menu so that every station has work.
    pub async fn cart(&self, dishes: usize) -> Value {
        let menu = self.menu().await;
        let items: Vec<&Value> = items(&menu)
            .filter(|item| item["available"] == true)
            .collect();
        let step = (items.len() / dishes).max(1);
        let lines: Vec<Value> = items
            .iter()
            .step_by(step)
            .take(dishes)
            .map(|i| line(i))
            .collect();
        self.body(&menu, lines)
    }

    /// A body with these lines.
    #[must_use]
    pub fn body(&self, menu: &Value, lines: Vec<Value>) -> Value {
        json!({
            "order_id": fresh_order_id(),
            "menu_version": menu["version"],
            "lang": "en",
            "lines": lines,
            "expected_total_minor": 0,
        })
    }

    /// The same body for takeout, for Ada, as soon as possible or at a time.
    #[must_use]
    pub fn picked_up(mut body: Value, at: Option<&str>) -> Value {
        body["customer"] = json!({"name": "Ada Example", "email": "ada@example.com"});
        body["pickup"] = match at {
            Some(at) => json!({ "at": at }),
            None => json!({"when": "asap"}),
        };
        body
    }

    /// Sends a body as it is.
    pub async fn send(&self, body: &Value) -> Reply {
        self.send_bytes(body.to_string().into_bytes()).await
    }

    /// Sends bytes as they are.
    pub async fn send_bytes(&self, body: Vec<u8>) -> Reply {
        self.try_send_bytes(body)
            .await
            .expect("the program answers")
    }

    /// Sends bytes; the connection may die.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn try_send_bytes(&self, body: Vec<u8>) -> Result<Reply, reqwest::Error> {
        let request = self.http.post(format!("{}/v1/orders", self.url));
        let request = request
            .bearer_auth(&self.session)
            .header("content-type", "application/json");
        Ok(Reply::of(request.body(body).send().await?).await)
    }

    /// Asks for the price and writes it into the body, as the page does after it showed it.
    ///
    /// # Panics
    /// When the order is refused for another reason.
    pub async fn quote(&self, mut body: Value) -> Value {
        let reply = self.send(&body).await;
        assert_eq!(
            (reply.status, reply.code()),
            (409, "quote_changed"),
            "{}",
            reply.body
        );
        body["expected_total_minor"] = reply.body["quote"]["total_minor"].clone();
        body
    }

    /// Orders some dishes and returns the order as it was answered.
    ///
    /// # Panics
    /// When the order is refused.
    pub async fn order(&self, dishes: usize) -> Value {
        let body = self.quote(self.cart(dishes).await).await;
        let reply = self.send(&body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body
    }

    /// Looks at an order.
    pub async fn look(&self, order_id: &str) -> Reply {
        self.get(&format!("/v1/orders/{order_id}")).await
    }

    /// Looks at all orders of the table.
    pub async fn look_at_table(&self) -> Reply {
        self.get("/v1/seatings/current/orders").await
    }

    async fn get(&self, path: &str) -> Reply {
        self.try_get(path).await.expect("an answer")
    }

    /// Reads a path of the API; the connection may die.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn try_get(&self, path: &str) -> Result<Reply, reqwest::Error> {
        let request = self.http.get(format!("{}{path}", self.url));
        Ok(Reply::of(request.bearer_auth(&self.session).send().await?).await)
    }

    /// What the party owes.
    pub async fn bill(&self) -> Reply {
        self.get("/v1/seatings/current/bill").await
    }

    /// Calls for a person.
    pub async fn call(&self, kind: &str) -> Reply {
        self.post("/v1/calls", &json!({ "kind": kind })).await
    }

    /// Sends JSON to a path of the API.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.try_post(path, body).await.expect("an answer")
    }

    /// The same; the connection may die.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn try_post(&self, path: &str, body: &Value) -> Result<Reply, reqwest::Error> {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        Ok(Reply::of(request.bearer_auth(&self.session).send().await?).await)
    }

    /// The same phone with another session.
    #[must_use]
    pub fn with_session(&self, session: &str) -> Self {
        Self {
            session: session.to_owned(),
            ..self.clone()
        }
    }
}

/// All items of a published menu.
pub fn items(menu: &Value) -> impl Iterator<Item = &Value> {
    let categories = menu["categories"].as_array().into_iter().flatten();
    categories.flat_map(|category| category["items"].as_array().into_iter().flatten())
}

/// One of an item with the fewest choices it needs.
#[must_use]
pub fn line(item: &Value) -> Value {
    json!({ "item_id": item["id"], "quantity": 1, "choices": choices(item) })
}

fn choices(of: &Value) -> Vec<Value> {
    let groups = of["option_groups"].as_array().into_iter().flatten();
    groups
        .flat_map(|group| {
            let needed = usize::try_from(group["min"].as_u64().unwrap_or(0)).unwrap_or(0);
            let options = group["options"].as_array().into_iter().flatten();
            options
                .filter(|option| option["available"] == true)
                .take(needed)
                .map(move |option| {
                    json!({
                        "group_id": group["id"], "option_id": option["id"],
                        "quantity": 1, "choices": choices(option),
                    })
                })
        })
        .collect()
}
