//! What is stored is answered first: whatever has happened since, and to nobody else.

use super::{Counter, ORDER, body_with, far, past};
use serde_json::json;
use tabletap_domain::{ItemId, TableId, time::UnixMillis};

#[tokio::test]
async fn a_resend_is_answered_after_expiry_after_the_end_and_after_the_dish_is_gone() {
    let counter = Counter::open().await;
    let (kitchen, key) = (&counter.kitchen, &counter.kitchen.sushi.key);
    let session = counter.session("t1", 1);
    let (_, order) = counter.send(&session, body_with(json!({}))).await;

    let expired = kitchen.session(key, "t1", 1, past());
    let table = TableId::parse("t1").unwrap();
    kitchen
        .store
        .switch_item(key, &ItemId::parse("edamame").unwrap(), false)
        .await
        .unwrap();
    tabletap_seating::close(
        &kitchen.store,
        key,
        &table,
        tabletap_seating::Unpaid::Accepted,
        UnixMillis(0),
    )
    .await
    .unwrap();
    for (session, why) in [
        (&session, "the seating ended"),
        (&expired, "the session expired too"),
    ] {
        let (status, again) = counter.refused(session, body_with(json!({}))).await;
        assert_eq!(status, 200, "{why}");
        assert_eq!(
            (&again["number"], &again["total_minor"]),
            (&order["number"], &order["total_minor"]),
            "{why}"
        );
        assert_eq!(again["status"], "served", "{why}");
    }
}

#[tokio::test]
async fn the_same_json_in_another_layout_and_from_another_phone_is_the_same_order() {
    let counter = Counter::open().await;
    let (_, order) = counter
        .send(&counter.session("t1", 1), body_with(json!({})))
        .await;
    let other_phone =
        counter
            .kitchen
            .session(&counter.kitchen.sushi.key, "t1", 1, UnixMillis(far().0 - 1));
    let pretty = serde_json::from_str::<serde_json::Value>(&body_with(json!({}))).unwrap();
    let (status, again) = counter.refused(&other_phone, format!("{pretty:#}")).await;
    assert_eq!((status, again), (200, order));
}

#[tokio::test]
async fn another_body_or_another_party_under_a_stored_id_is_refused() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    assert_eq!(counter.send(&session, body_with(json!({}))).await.0, 201);
    let other = body_with(json!({"note": "and a spoon"}));
    let malformed = body_with(json!({"lines": "none"}));
    let (later, next_table) = (counter.session("t1", 2), counter.session("t2", 1));
    for (session, body, status, code, why) in [
        (&session, &other, 409, "order_id_taken", "another body"),
        (
            &session,
            &malformed,
            409,
            "order_id_taken",
            "another body, and a bad one",
        ),
        (
            &later,
            &body_with(json!({})),
            403,
            "order_not_yours",
            "the next party at the table",
        ),
        (
            &next_table,
            &body_with(json!({})),
            403,
            "order_not_yours",
            "another table",
        ),
        (
            &next_table,
            &other,
            403,
            "order_not_yours",
            "another table, another body",
        ),
    ] {
        let (got, refusal) = counter.refused(session, body.as_str()).await;
        assert_eq!(
            (got, refusal["code"].as_str()),
            (status, Some(code)),
            "{why}"
        );
    }
}

#[tokio::test]
async fn another_store_does_not_see_the_order_and_keeps_its_own() {
    let counter = Counter::open().await;
    assert_eq!(
        counter
            .send(&counter.session("t1", 1), body_with(json!({})))
            .await
            .0,
        201
    );
    let bakery = counter
        .kitchen
        .session(&counter.kitchen.bakery.key, "window", 1, far());
    let (status, refusal) = counter.refused(&bakery, body_with(json!({}))).await;
    assert_eq!(
        (status, &refusal["code"]),
        (422, &json!("unknown_item")),
        "{ORDER} is new there"
    );
}
