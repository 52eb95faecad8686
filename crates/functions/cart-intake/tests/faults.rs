//! A failure right before or right after the commit. In a program of its own: armed faults are the whole process's.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cart_intake::{CartIntake, Config};
use serde_json::{Value, json};
use tabletap_fault::{Fault, arm};
use tabletap_runtime::Env;
use tabletap_testkit::{Kitchen, assert_contract, http, reply, sample};

async fn send(kitchen: &Kitchen) -> (u16, Value) {
    let config = Config::from_env(Env::new(&kitchen.env())).unwrap();
    let function = CartIntake::new(config, &kitchen.sdk);
    let response = function
        .handle(http(sample("cart-intake/order")))
        .await
        .unwrap();
    assert_contract("post", "/v1/orders", &response);
    reply(&response)
}

#[tokio::test]
async fn a_failure_before_or_after_the_commit_is_made_good_by_sending_again() {
    let kitchen = Kitchen::open().await;
    arm("intake.before-commit", Some(Fault::FailOnce));
    let (status, refusal) = send(&kitchen).await;
    assert_eq!((status, &refusal["code"]), (503, &json!("try_again")));
    assert_eq!(kitchen.count("HEAD").await, 0, "nothing is stored");
    arm("intake.committed", Some(Fault::FailOnce));
    assert_eq!(send(&kitchen).await.0, 503, "the answer is lost");
    assert_eq!(send(&kitchen).await.0, 200, "and the order is not");
    assert_eq!(kitchen.count("HEAD").await, 1);
}
