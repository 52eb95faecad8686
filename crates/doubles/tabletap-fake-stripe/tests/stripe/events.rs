//! Events on their way: signed, repeated, reordered, lost and brought again.

use crate::support::{Stripe, eventually, json_of};
use axum::http::StatusCode;
use serde_json::{Value, json};

fn count(types: &[String], name: &str) -> usize {
    types.iter().filter(|found| *found == name).count()
}

const COMPLETED: &str = "checkout.session.completed";

#[tokio::test]
async fn an_event_that_is_not_answered_2xx_comes_again_and_its_log_says_so() {
    let stripe = Stripe::start().await;
    stripe.hook.answers(StatusCode::BAD_REQUEST);
    let made = stripe.create("").await;
    stripe.pay(&made, "paid").await;
    let entry = async || {
        let events = stripe.read("/local/stripe/events").await;
        events
            .as_array()
            .unwrap()
            .iter()
            .find(|event| event["type"] == COMPLETED)
            .cloned()
    };
    eventually("the event was refused", async || {
        entry()
            .await
            .filter(|event| event["deliveries"][0]["status"] == 400)
    })
    .await;
    stripe.hook.answers(StatusCode::OK);
    let done = eventually("it was brought again", async || {
        entry().await.filter(|event| event["state"] == "delivered")
    })
    .await;
    assert_eq!(
        done["deliveries"].as_array().unwrap().last().unwrap()["status"],
        200
    );
    assert_eq!(done["object"], made["id"]);
}

#[tokio::test]
async fn an_undelivered_event_survives_a_restart() {
    let stripe = Stripe::start().await;
    stripe.hook.answers(StatusCode::INTERNAL_SERVER_ERROR);
    let made = stripe.create("").await;
    stripe.pay(&made, "paid").await;
    let stripe = stripe.restart().await;
    eventually("the events came at last", async || {
        (count(&stripe.hook.types(), COMPLETED) == 1 && stripe.hook.types().len() == 3)
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn copies_come_at_once_where_the_switch_says_so() {
    let stripe = Stripe::start().await;
    stripe.switch(json!({"duplicate": 3})).await;
    let made = stripe.create("").await;
    stripe.pay(&made, "paid").await;
    eventually("three copies", async || {
        (count(&stripe.hook.types(), COMPLETED) == 3).then_some(())
    })
    .await;
    let ids: Vec<Value> = stripe
        .hook
        .arrivals()
        .iter()
        .filter(|(event, ..)| event["type"] == COMPLETED)
        .map(|(event, ..)| event["id"].clone())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "one event, three times");
}

#[tokio::test]
async fn events_come_the_last_first_where_the_switch_says_so() {
    let stripe = Stripe::start().await;
    stripe
        .switch(json!({"reorder": true, "order": "redirect_first"}))
        .await;
    let made = stripe.create("").await;
    stripe.pay(&made, "delayed_paid").await;
    let types = eventually("all events", async || {
        let types = stripe.hook.types();
        (types.len() == 4).then_some(types)
    })
    .await;
    assert_eq!(
        types,
        [
            "checkout.session.async_payment_succeeded",
            "payment_intent.succeeded",
            "charge.succeeded",
            COMPLETED
        ]
    );
}

#[tokio::test]
async fn attempts_get_lost_where_the_switch_says_so_and_the_guest_goes_back_meanwhile() {
    let stripe = Stripe::start().await;
    stripe
        .switch(json!({"drop_first": 1, "order": "redirect_first"}))
        .await;
    let made = stripe.create("").await;
    let paid = stripe.pay(&made, "paid").await;
    assert!(paid["redirect"].is_string());
    assert_eq!(stripe.hook.arrivals().len(), 0, "the guest was first");
    eventually("the events came", async || {
        (stripe.hook.types().len() == 3).then_some(())
    })
    .await;
    let log = stripe.read("/local/stripe/events").await;
    assert_eq!(
        log[0]["deliveries"][0]["error"],
        "dropped by a fault switch"
    );
}

#[tokio::test]
async fn a_guest_who_closes_the_page_is_told_of_by_events_only_and_one_without_events_by_the_redirect_only()
 {
    let stripe = Stripe::start().await;
    stripe.switch(json!({"order": "webhook_only"})).await;
    let made = stripe.create("").await;
    assert_eq!(stripe.pay(&made, "paid").await["redirect"], Value::Null);
    eventually("the events", async || {
        (stripe.hook.types().len() == 3).then_some(())
    })
    .await;
    stripe.switch(json!({"order": "redirect_only"})).await;
    let made = stripe.create("").await;
    assert!(stripe.pay(&made, "paid").await["redirect"].is_string());
    let log = stripe.read("/local/stripe/events").await;
    assert_eq!(
        (&log[0]["state"], &log[0]["deliveries"]),
        (&json!("withheld"), &json!([]))
    );
    assert_eq!(stripe.hook.types().len(), 3, "no more than before");
}

#[tokio::test]
async fn an_old_account_gets_the_old_shape() {
    let stripe = Stripe::start().await;
    stripe.switch(json!({"old_shape": true})).await;
    let made = stripe.create("").await;
    stripe.pay(&made, "paid").await;
    let arrivals = eventually("the events", async || {
        let arrivals = stripe.hook.arrivals();
        (arrivals.len() == 3).then_some(arrivals)
    })
    .await;
    for (event, ..) in arrivals {
        assert!(event.get("pending_webhooks").is_none());
        assert!(!event["request"].is_object());
        let object = &event["data"]["object"];
        for gone in ["custom_text", "automatic_tax", "billing_details"] {
            assert!(object.get(gone).is_none(), "{gone} of {}", event["type"]);
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_a_client_made_gets_what_it_asked_for_with_its_own_secret() {
    let stripe = Stripe::start().await;
    let own = stripe.read("/v1/webhook_endpoints").await["data"][0].clone();
    let url = own["url"]
        .as_str()
        .unwrap()
        .replace("/hook", "/hook?second=1");
    let form = format!("url={url}&enabled_events[]=refund.created&api_version=2026-09-30.endive")
        .replace('?', "%3F");
    let made = json_of(
        stripe
            .post("/v1/webhook_endpoints", &form)
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let read = stripe
        .read(&format!(
            "/v1/webhook_endpoints/{}",
            made["id"].as_str().unwrap()
        ))
        .await;
    assert!(read.get("secret").is_none(), "it is shown once");
    let (_, intent) = stripe.paid().await;
    json_of(
        stripe
            .post("/v1/refunds", &format!("payment_intent={intent}"))
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    let signatures = eventually("both heard of the refund", async || {
        let all = stripe.hook.arrivals();
        let of_refund: Vec<String> = all
            .into_iter()
            .filter(|(event, ..)| event["type"] == "refund.created")
            .map(|(_, signature, _)| signature)
            .collect();
        (of_refund.len() == 2).then_some(of_refund)
    })
    .await;
    assert_ne!(signatures[0], signatures[1]);
    assert_eq!(
        count(&stripe.hook.types(), COMPLETED),
        1,
        "the second did not ask for this"
    );
}
