//! `POST /v1/orders` against the embedded table: every answer of the contract, and what it leaves in the table.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod allergies;
mod bad_carts;
mod placing;
mod resending;
mod sessions;
mod takeout;
mod unpaid;

use cart_intake::{CartIntake, Config};
use serde_json::{Value, json};
use tabletap_domain::time::UnixMillis;
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_testkit::{Kitchen, assert_contract, http, orders_request, reply, sample};

const ORDER: &str = "ord_0123456789abcdef0123456789abcdef";

/// The function with a table of its own.
struct Counter {
    kitchen: Kitchen,
    function: CartIntake,
}

impl Counter {
    async fn open() -> Self {
        let kitchen = Kitchen::open().await;
        let config = Config::from_env(Env::new(&kitchen.env())).unwrap();
        let function = CartIntake::new(config, &kitchen.sdk);
        Self { kitchen, function }
    }

    /// A session at the sushi bar that ends far away.
    fn session(&self, table: &str, seating: u32) -> String {
        self.kitchen
            .session(&self.kitchen.sushi.key, table, seating, far())
    }

    async fn send(&self, session: &str, body: impl Into<lambda_http::Body>) -> (u16, Value) {
        let response = self
            .function
            .handle(orders_request(session, body))
            .await
            .unwrap();
        assert_contract("post", "/v1/orders", &response);
        reply(&response)
    }

    /// Sends what must be refused, and sees that nothing was stored.
    async fn refused(&self, session: &str, body: impl Into<lambda_http::Body>) -> (u16, Value) {
        let before = self.kitchen.rows().await;
        let answer = self.send(session, body).await;
        assert_eq!(
            self.kitchen.rows().await,
            before,
            "a refusal stores nothing: {answer:?}"
        );
        answer
    }
}

fn far() -> UnixMillis {
    UnixMillis(4_102_444_800_000)
}

fn past() -> UnixMillis {
    UnixMillis(now_ms() - 1)
}

/// The sample's body.
fn body() -> Value {
    serde_json::from_str(sample("cart-intake/order")["body"].as_str().unwrap()).unwrap()
}

/// The sample's body with other fields.
fn body_with(fields: Value) -> String {
    let mut body = body();
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    body.to_string()
}

#[tokio::test]
async fn the_sample_event_is_an_order() {
    let counter = Counter::open().await;
    let response = counter
        .function
        .handle(http(sample("cart-intake/order")))
        .await
        .unwrap();
    assert_contract("post", "/v1/orders", &response);
    let (status, order) = reply(&response);
    assert_eq!(
        (status, &order["order_id"]),
        (201, &json!(ORDER)),
        "{order:#}"
    );
}
