//! Who may order: sessions of ours that have not run out, of seatings that have not ended.

use super::{Counter, body_with, far, past};
use lambda_http::http::HeaderValue;
use serde_json::json;
use tabletap_domain::{StoreId, StoreKey, TableId, TenantId, time::UnixMillis};
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
    tabletap_seating::close(&kitchen.store, key, &table, UnixMillis(0))
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
