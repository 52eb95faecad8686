//! Who may order: sessions of ours that have not run out, of seatings that have not ended.

use super::{Counter, body_with, far, past};
use lambda_http::http::HeaderValue;
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use tabletap_domain::{
    StoreId, StoreKey, TableId, TenantId,
    store::TableHours,
    takeout::{OpenSpan, WeekHours},
    time::UnixMillis,
};
use tabletap_runtime::clock::now_ms;
use tabletap_testkit::{assert_contract, orders_request, reply};

#[tokio::test]
async fn a_request_without_a_session_of_ours_is_refused_before_its_body_is_read() {
    let counter = Counter::open().await;
    let real = counter.session("t1", 1);
    let (start, mac) = real.rsplit_once('.').unwrap();
    for (header, why) in [
        (None, "none"),
        (Some(real.clone()), "no scheme"),
        (Some("Bearer ".to_owned()), "empty"),
        (Some("Bearer tt1.e30.AAAA".to_owned()), "made up"),
        (Some(format!("Bearer {start}x.{mac}")), "changed"),
        (Some(format!("Basic {real}")), "another scheme"),
    ] {
        for body in [body_with(json!({})), "{".to_owned()] {
            let mut request = orders_request(&real, body);
            request.headers_mut().remove("authorization");
            if let Some(header) = &header {
                let header = HeaderValue::from_str(header).unwrap();
                request.headers_mut().insert("authorization", header);
            }
            let before = counter.kitchen.rows().await;
            let response = counter.function.handle(request).await.unwrap();
            assert_contract("post", "/v1/orders", &response);
            let (status, refusal) = reply(&response);
            assert_eq!(
                (status, &refusal["code"]),
                (401, &json!("session_invalid")),
                "{why}"
            );
            assert_eq!(counter.kitchen.rows().await, before, "{why}");
        }
    }
}

#[tokio::test]
async fn expiry_comes_before_the_end_and_the_end_before_the_cart() {
    let counter = Counter::open().await;
    let (kitchen, key) = (&counter.kitchen, &counter.kitchen.sushi.key);
    let bad_cart = body_with(json!({"lines": []}));
    let expired = kitchen.session(key, "t1", 7, past());
    let (status, refusal) = counter.refused(&expired, bad_cart.as_str()).await;
    assert_eq!((status, &refusal["code"]), (401, &json!("session_expired")));
    let (status, refusal) = counter
        .refused(&counter.session("t1", 7), bad_cart.as_str())
        .await;
    assert_eq!((status, &refusal["code"]), (410, &json!("seating_ended")));
}

#[tokio::test]
async fn closing_a_seating_ends_every_session_of_it_and_the_next_scan_begins_another() {
    let counter = Counter::open().await;
    let (kitchen, key) = (&counter.kitchen, &counter.kitchen.sushi.key);
    let table = TableId::parse("t1").unwrap();
    assert_eq!(
        counter
            .send(&counter.session("t1", 1), body_with(json!({})))
            .await
            .0,
        201
    );
    tabletap_seating::close(
        &kitchen.store,
        key,
        &table,
        tabletap_seating::Unpaid::Accepted,
        UnixMillis(0),
    )
    .await
    .unwrap();
    let next = body_with(json!({"order_id": "ord_00000000000000000000000000000002"}));
    let (status, refusal) = counter
        .refused(&counter.session("t1", 1), next.as_str())
        .await;
    assert_eq!((status, &refusal["code"]), (410, &json!("seating_ended")));
    assert_eq!(counter.send(&counter.session("t1", 2), next).await.0, 201);
}

#[tokio::test]
async fn a_store_without_a_menu_says_so() {
    let counter = Counter::open().await;
    let mut store = counter.kitchen.bakery.clone();
    store.key = StoreKey {
        tenant: TenantId::parse("new-tenant").unwrap(),
        store: StoreId::parse("new-store").unwrap(),
    };
    store.slug = tabletap_domain::Slug::parse("new-store").unwrap();
    let code = |id: &TableId| {
        tabletap_domain::TableCode::parse(&format!("another-code-for-{id}")).unwrap()
    };
    let codes = store
        .tables
        .iter()
        .map(|table| (table.id.clone(), code(&table.id)));
    counter
        .kitchen
        .store
        .import_store(&store, &codes.collect())
        .await
        .unwrap();
    let session = counter.kitchen.session(&store.key, "window", 1, far());
    let (status, refusal) = counter.refused(&session, body_with(json!({}))).await;
    assert_eq!(
        (status, &refusal["code"]),
        (409, &json!("menu_not_published"))
    );
}

/// The sushi bar with a kitchen that takes orders from tables for one hour, on the day of the week so many days from now.
async fn open_in(counter: &Counter, days: i64) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    // The first of January 1970 was a Thursday.
    let weekday = (now_ms().div_euclid(DAY_MS) + 3 + days).rem_euclid(7);
    let mut week = WeekHours::default();
    let hours = match days {
        0 => OpenSpan::new(0, 24 * 60),
        _ => OpenSpan::new(11 * 60, 12 * 60),
    };
    week.0[usize::try_from(weekday).unwrap()] = vec![hours.unwrap()];
    let mut store = counter.kitchen.sushi.clone();
    store.time_zone = "Etc/UTC".to_owned();
    store.dine_in.hours = Some(TableHours {
        week,
        holidays: BTreeMap::new(),
        last_order: Duration::ZERO,
    });
    counter.kitchen.import(&store).await;
}

#[tokio::test]
async fn a_closed_kitchen_takes_no_new_order_says_when_it_opens_and_answers_what_is_stored() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    assert_eq!(counter.send(&session, body_with(json!({}))).await.0, 201);
    open_in(&counter, 3).await;
    assert_eq!(
        counter.send(&session, body_with(json!({}))).await.0,
        200,
        "a resend"
    );
    let next = body_with(json!({"order_id": "ord_00000000000000000000000000000002"}));
    let (status, refusal) = counter.refused(&session, next.as_str()).await;
    assert_eq!((status, &refusal["code"]), (409, &json!("store_closed")));
    let opens = refusal["opens_at"].as_str().unwrap();
    assert!(opens.contains("T11:00:00"), "{opens}");
    let (status, refusal) = counter
        .refused(&counter.session("t1", 9), next.as_str())
        .await;
    assert_eq!(
        (status, &refusal["code"]),
        (410, &json!("seating_ended")),
        "first things first"
    );
    open_in(&counter, 0).await;
    assert_eq!(counter.send(&session, next).await.0, 201, "it is open");
}
