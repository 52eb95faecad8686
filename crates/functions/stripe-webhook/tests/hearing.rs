//! News from the provider: what is believed, what is answered, what is remembered.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lambda_http::{Request, http::StatusCode};
use serde_json::json;
use stripe_webhook::{Config, StripeWebhook};
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_testkit::{Kitchen, Till, assert_contract, http, reply, sample};

const PATH: &str = "/v1/stripe/{account}/webhook";

async fn send(kitchen: &Kitchen, till: &Till, request: Request) -> (u16, serde_json::Value) {
    let of_kitchen = kitchen.env();
    let env = |name: &str| till.env(name).or_else(|| of_kitchen(name));
    let config = Config::from_env(Env::new(&env)).unwrap();
    let function = StripeWebhook::new(config, &kitchen.sdk);
    let response = function.handle(request).await.unwrap();
    assert_contract("post", PATH, &response);
    reply(&response)
}

/// The sample, signed now.
fn signed(till: &Till, path: &str) -> Request {
    let mut request = http(sample(path));
    let header = till.signature(request.body().as_ref(), now_ms() / 1000);
    request
        .headers_mut()
        .insert("stripe-signature", header.parse().unwrap());
    request
}

#[tokio::test]
async fn a_sample_of_last_year_is_refused_without_a_word_why() {
    let (kitchen, till) = tokio::join!(Kitchen::open(), Till::open("http://127.0.0.1:9/"));
    let before = kitchen.rows().await;
    for path in [
        "stripe-webhook/completed",
        "stripe-webhook/completed.base64",
    ] {
        let (status, refused) = send(&kitchen, &till, http(sample(path))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST.as_u16(), "{path}");
        assert_eq!(refused["code"], "invalid_request");
    }
    let mut elsewhere = signed(&till, "stripe-webhook/completed");
    *elsewhere.uri_mut() = "https://tabletap.example/v1/stripe/nobody/webhook"
        .parse()
        .unwrap();
    assert_eq!(
        send(&kitchen, &till, elsewhere).await.0,
        400,
        "an account we have no keys of"
    );
    assert_eq!(kitchen.rows().await, before);
}

#[tokio::test]
async fn an_authentic_event_of_a_payment_that_is_not_ours_is_done_with() {
    let (kitchen, till) = tokio::join!(Kitchen::open(), Till::open("http://127.0.0.1:9/"));
    for path in [
        "stripe-webhook/completed",
        "stripe-webhook/completed.base64",
    ] {
        assert_eq!(
            send(&kitchen, &till, signed(&till, path)).await,
            (200, json!(null)),
            "{path}"
        );
    }
    assert_eq!(kitchen.count("EVENT").await, 1, "remembered once");
}

#[tokio::test]
async fn while_the_provider_is_away_an_event_is_not_done() {
    let (kitchen, till) = tokio::join!(Kitchen::open(), Till::open("http://127.0.0.1:9/"));
    till.switch(json!({"api": [{"kind": "500", "times": 9}]}))
        .await;
    let mut request = signed(&till, "stripe-webhook/completed");
    // About an intent: only the provider knows whose it is.
    *request.body_mut() = json!({"id": "evt_2", "type": "refund.failed", "data": {"object": {"payment_intent": "pi_1"}}}).to_string().into();
    let header = till.signature(request.body().as_ref(), now_ms() / 1000);
    request
        .headers_mut()
        .insert("stripe-signature", header.parse().unwrap());
    assert_eq!(send(&kitchen, &till, request).await.0, 503);
    assert_eq!(kitchen.count("EVENT").await, 0);
}
