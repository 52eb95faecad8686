//! An order is placed once, from the published menu, at the current price.

use super::{Counter, ORDER, body_with, far};
use serde_json::json;
use std::{collections::BTreeSet, sync::Arc};
use tabletap_domain::{ItemId, OrderId};

#[tokio::test]
async fn an_order_is_priced_from_the_menu_and_stored_with_its_number() {
    let counter = Counter::open().await;
    let (status, order) = counter
        .send(&counter.session("t1", 1), body_with(json!({})))
        .await;
    assert_eq!(status, 201);
    assert_eq!(order["subtotal_minor"], 3500);
    assert_eq!(order["lines"][1]["total_minor"], 2900);
    assert_eq!(
        (&order["status"], &order["payment"]["status"]),
        (&json!("placed"), &json!("unpaid"))
    );
    assert_eq!(
        (&order["held"], &order["tickets"]),
        (&json!(false), &json!([]))
    );
    let id = OrderId::parse(ORDER).unwrap();
    let (stored, _) = counter
        .kitchen
        .store
        .order(&counter.kitchen.sushi.key, &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(order["number"], stored.number.as_str());
    assert_eq!(order["total_minor"], stored.cart.totals.total_minor.0);
    assert_eq!(counter.kitchen.count("NUMBER").await, 1);
}

#[tokio::test]
async fn fifty_sends_at_once_place_one_order_and_all_get_it() {
    let counter = Arc::new(Counter::open().await);
    let sends: Vec<_> = (0..50)
        .map(|_| {
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                counter
                    .send(&counter.session("t1", 1), body_with(json!({})))
                    .await
            })
        })
        .collect();
    let mut statuses = Vec::new();
    let mut orders = BTreeSet::new();
    for send in sends {
        let (status, order) = send.await.unwrap();
        statuses.push(status);
        orders.insert(order.to_string());
    }
    statuses.sort_unstable();
    assert_eq!(
        (statuses[0], statuses[1], statuses[48], statuses[49]),
        (200, 200, 200, 201)
    );
    assert_eq!(orders.len(), 1, "everybody gets the same answer");
    assert_eq!(
        (
            counter.kitchen.count("HEAD").await,
            counter.kitchen.count("NUMBER").await
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn phones_of_one_party_that_order_at_once_all_get_an_order() {
    let counter = Arc::new(Counter::open().await);
    let sends: Vec<_> = (0..12)
        .map(|phone| {
            let counter = Arc::clone(&counter);
            let body = body_with(json!({"order_id": format!("ord_{phone:032x}")}));
            tokio::spawn(async move { counter.send(&counter.session("t1", 1), body).await })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for send in sends {
        let (status, order) = send.await.unwrap();
        assert_eq!(status, 201);
        numbers.insert(order["number"].to_string());
    }
    assert_eq!(numbers.len(), 12, "each has a number of its own");
}

#[tokio::test]
async fn another_total_than_the_guest_saw_is_quoted_and_not_ordered() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    let (status, refusal) = counter
        .refused(
            &session,
            body_with(json!({"expected_total_minor": i64::MAX})),
        )
        .await;
    assert_eq!((status, &refusal["code"]), (409, &json!("quote_changed")));
    assert_eq!(refusal["quote"]["subtotal_minor"], 3500);
    let total = &refusal["quote"]["total_minor"];
    let (status, order) = counter
        .send(&session, body_with(json!({"expected_total_minor": total})))
        .await;
    assert_eq!((status, &order["total_minor"]), (201, total));
}

#[tokio::test]
async fn names_are_in_the_guests_language_where_the_menu_has_it() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    for (id, lang, expected, name) in [
        (
            "ord_00000000000000000000000000000001",
            json!("ja"),
            "ja",
            "枝豆",
        ),
        (
            "ord_00000000000000000000000000000002",
            json!("fr"),
            "en",
            "Edamame",
        ),
        (
            "ord_00000000000000000000000000000003",
            json!(null),
            "en",
            "Edamame",
        ),
    ] {
        let (status, order) = counter
            .send(&session, body_with(json!({"order_id": id, "lang": lang})))
            .await;
        assert_eq!(
            (status, &order["lang"], &order["lines"][0]["name"]),
            (201, &json!(expected), &json!(name))
        );
    }
}

#[tokio::test]
async fn a_dish_that_was_switched_off_is_sold_out_at_once_and_back_at_once() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    let edamame = ItemId::parse("edamame").unwrap();
    let (store, key) = (&counter.kitchen.store, &counter.kitchen.sushi.key);
    store.switch_item(key, &edamame, false).await.unwrap();
    let (status, refusal) = counter.refused(&session, body_with(json!({}))).await;
    assert_eq!(
        (status, &refusal["code"]),
        (422, &json!("item_unavailable"))
    );
    assert_eq!(refusal["field"], "lines[0].item_id");
    store.switch_item(key, &edamame, true).await.unwrap();
    assert_eq!(counter.send(&session, body_with(json!({}))).await.0, 201);
}

#[tokio::test]
async fn under_staff_tap_the_first_order_waits_for_the_staff() {
    let counter = Counter::open().await;
    let bakery = &counter.kitchen.bakery.key;
    let session = counter.kitchen.session(bakery, "window", 1, far());
    let lines = json!([{"item_id": "croissant", "quantity": 2}]);
    let body = body_with(json!({"lines": lines, "expected_total_minor": 520}));
    let (status, order) = counter.send(&session, body).await;
    assert_eq!((status, &order["held"]), (201, &json!(true)), "{order:#}");
    assert_eq!(order["currency"], "EUR");
}
