//! Idempotency keys, and calls whose answers get lost.

use crate::support::{Stripe, basic, eventually, json_of};
use serde_json::json;

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn the_same_key_with_the_same_parameters_in_any_order_is_answered_again() {
    let stripe = Stripe::start().await;
    let first = stripe
        .post(SESSIONS, &basic())
        .header("idempotency-key", "k1")
        .send()
        .await
        .unwrap();
    let first = json_of(first, 200).await;
    let mut pairs: Vec<String> = basic().split('&').map(str::to_owned).collect();
    pairs.reverse();
    let again = stripe
        .post(SESSIONS, &pairs.join("&"))
        .header("idempotency-key", "k1")
        .send()
        .await
        .unwrap();
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(json_of(again, 200).await, first);
    assert_eq!(stripe.ledger().await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_key_with_other_parameters_or_another_path_is_refused() {
    let stripe = Stripe::start().await;
    let first = stripe
        .post(SESSIONS, &basic())
        .header("idempotency-key", "k1")
        .send()
        .await
        .unwrap();
    let id = json_of(first, 200).await["id"].as_str().unwrap().to_owned();
    let other = format!("{}&client_reference_id=x", basic());
    for (path, form) in [
        (SESSIONS.to_owned(), other),
        (format!("{SESSIONS}/{id}/expire"), String::new()),
    ] {
        let refused = stripe
            .post(&path, &form)
            .header("idempotency-key", "k1")
            .send()
            .await
            .unwrap();
        assert_eq!(
            json_of(refused, 400).await["error"]["type"],
            "idempotency_error"
        );
    }
    let ledger = stripe.ledger().await;
    assert_eq!(
        (ledger.as_array().unwrap().len(), &ledger[0]["status"]),
        (1, &json!("open"))
    );
}

#[tokio::test]
async fn a_key_belongs_to_its_account_and_a_refused_request_does_not_use_it_up() {
    let stripe = Stripe::start().await;
    let wrong = stripe
        .post(SESSIONS, "mode=payment")
        .header("idempotency-key", "k1")
        .send()
        .await
        .unwrap();
    json_of(wrong, 400).await;
    for key in [crate::support::KEY, "sk_test_grill"] {
        let request = stripe
            .post(SESSIONS, &basic())
            .header("idempotency-key", "k1");
        let mut request = request.build().unwrap();
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {key}").parse().unwrap());
        let answer = stripe.http.execute(request).await.unwrap();
        assert!(answer.headers().get("idempotent-replayed").is_none());
        json_of(answer, 200).await;
    }
    assert_eq!(stripe.ledger().await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_answer_that_got_lost_is_given_again_after_a_restart() {
    let stripe = Stripe::start().await;
    stripe
        .switch(json!({"api": [{"endpoint": "POST /v1/checkout/sessions", "kind": "lost"}]}))
        .await;
    let lost = stripe
        .post(SESSIONS, &basic())
        .header("idempotency-key", "k1")
        .send()
        .await;
    assert!(
        lost.is_err() || lost.unwrap().text().await.is_err(),
        "the connection breaks"
    );
    assert_eq!(
        stripe.ledger().await.as_array().unwrap().len(),
        1,
        "but it was done"
    );
    let stripe = stripe.restart().await;
    let again = stripe
        .post(SESSIONS, &basic())
        .header("idempotency-key", "k1")
        .send()
        .await
        .unwrap();
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    let ledger = stripe.ledger().await;
    assert_eq!(ledger.as_array().unwrap().len(), 1);
    assert_eq!(json_of(again, 200).await["id"], ledger[0]["session"]);
}

#[tokio::test]
async fn a_key_in_flight_is_answered_409_and_is_free_once_its_client_is_gone() {
    let stripe = Stripe::start().await;
    stripe.switch(json!({"api": [{"kind": "timeout"}]})).await;
    let slow = stripe
        .post(SESSIONS, &basic())
        .header("idempotency-key", "k1");
    let slow = tokio::spawn(async move { slow.send().await });
    let ask = async || {
        let answer = stripe
            .post(SESSIONS, &basic())
            .header("idempotency-key", "k1")
            .send()
            .await
            .unwrap();
        (
            answer.status().as_u16(),
            answer.headers().get("idempotent-replayed").is_some(),
        )
    };
    eventually("the slow call has begun", async || {
        let ledger = stripe.ledger().await;
        (!ledger.as_array().unwrap().is_empty()).then_some(())
    })
    .await;
    assert_eq!(ask().await, (409, false));
    slow.abort();
    eventually("the key is free", async || {
        (ask().await == (200, true)).then_some(())
    })
    .await;
    assert_eq!(stripe.ledger().await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn calls_fail_before_anything_is_done_where_the_switch_says_so() {
    let stripe = Stripe::start().await;
    stripe.switch(json!({"api": [{"endpoint": "POST /v1/checkout/sessions", "kind": "500", "times": 1},
        {"endpoint": "POST /v1/checkout/sessions", "kind": "429"}, {"endpoint": "POST /v1/checkout/sessions", "kind": "409"}]})).await;
    for (status, kind) in [
        (500, "api_error"),
        (429, "invalid_request_error"),
        (409, "idempotency_error"),
    ] {
        let failed = stripe
            .post(SESSIONS, &basic())
            .header("idempotency-key", "k1")
            .send()
            .await
            .unwrap();
        assert_eq!(json_of(failed, status).await["error"]["type"], kind);
    }
    assert_eq!(stripe.ledger().await, json!([]));
    let works = stripe
        .post(SESSIONS, &basic())
        .header("idempotency-key", "k1")
        .send()
        .await
        .unwrap();
    json_of(works, 200).await;
}
