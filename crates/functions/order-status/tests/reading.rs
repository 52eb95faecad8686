//! Reading an order, and the contract.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lambda_http::{Body, Response, http::HeaderValue};
use order_status::{Config, OrderStatus};
use serde_json::{Value, json};
use tabletap_domain::{TableId, order::PickupWish, time::UnixMillis};
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_session::Scope;
use tabletap_testkit::{Kitchen, assert_contract, http, reply, sample, with_session};

const ORDER: &str = "ord_0123456789abcdef0123456789abcdef";

fn function(kitchen: &Kitchen) -> OrderStatus {
    OrderStatus::new(
        Config::from_env(Env::new(&kitchen.env())).unwrap(),
        &kitchen.sdk,
    )
}

async fn read(
    kitchen: &Kitchen,
    id: &str,
    session: &str,
    etag: Option<&HeaderValue>,
) -> Response<Body> {
    let mut event = sample("order-status/order");
    event["rawPath"] = format!("/v1/orders/{id}").into();
    let mut request = with_session(http(event), session);
    if let Some(etag) = etag {
        request.headers_mut().insert("if-none-match", etag.clone());
    }
    let response = function(kitchen).handle(request).await.unwrap();
    assert_contract("get", "/v1/orders/{order_id}", &response);
    response
}

fn far() -> UnixMillis {
    UnixMillis(now_ms() + 3_600_000)
}

#[tokio::test]
async fn the_party_sees_its_order_and_the_sample_event_reads_it() {
    let kitchen = Kitchen::open().await;
    let placed = kitchen
        .order_sushi(ORDER, "t1", UnixMillis(1_795_287_841_250))
        .await;
    let response = function(&kitchen)
        .handle(http(sample("order-status/order")))
        .await
        .unwrap();
    assert_contract("get", "/v1/orders/{order_id}", &response);
    let (status, order) = reply(&response);
    assert_eq!(status, 200);
    assert_eq!(
        (&order["order_id"], &order["number"]),
        (&json!(ORDER), &json!(placed.number.as_str()))
    );
    assert_eq!(order["placed_at"], "2026-11-21T19:04:01.250Z");
    assert_eq!(
        (&order["status"], &order["tickets"]),
        (&json!("placed"), &json!([]))
    );
}

#[tokio::test]
async fn a_phone_sees_every_order_of_its_party_oldest_first_and_of_no_other() {
    let kitchen = Kitchen::open().await;
    let at = |s: i64| UnixMillis(1_795_287_841_250 + 1000 * s);
    let ids = [1, 2, 3].map(|n| format!("ord_{n:032x}"));
    kitchen.order_sushi(&ids[1], "t1", at(0)).await;
    kitchen.order_sushi(&ids[0], "t1", at(60)).await;
    kitchen.order_sushi(&ids[2], "t2", at(30)).await;
    let read = async |session: &str| {
        let request = with_session(http(sample("order-status/orders-of-table")), session);
        let response = function(&kitchen).handle(request).await.unwrap();
        assert_contract("get", "/v1/seatings/current/orders", &response);
        reply(&response)
    };
    let key = &kitchen.sushi.key;
    let (status, answer) = read(&kitchen.session(key, "t1", 1, far())).await;
    let found: Vec<&Value> = answer["orders"].as_array().unwrap().iter().collect();
    let found: Vec<&Value> = found.iter().map(|order| &order["order_id"]).collect();
    assert_eq!((status, found), (200, vec![&json!(ids[1]), &json!(ids[0])]));
    let next_party = read(&kitchen.session(key, "t1", 2, far())).await;
    assert_eq!(next_party, (200, json!({"orders": []})));
    assert_eq!(read("nonsense").await.0, 401);
    let expired = kitchen.session(key, "t1", 1, UnixMillis(now_ms() - 1));
    assert_eq!(read(&expired).await.0, 401);
}

#[tokio::test]
async fn a_party_whose_visit_has_ended_still_reads_its_orders_and_the_next_does_not() {
    let kitchen = Kitchen::open().await;
    let key = &kitchen.sushi.key;
    kitchen.order_sushi(ORDER, "t1", UnixMillis(now_ms())).await;
    let table = TableId::parse("t1").unwrap();
    tabletap_seating::close(
        &kitchen.store,
        key,
        &table,
        tabletap_seating::Unpaid::Accepted,
        UnixMillis(now_ms()),
    )
    .await
    .unwrap();
    let (status, order) =
        reply(&read(&kitchen, ORDER, &kitchen.session(key, "t1", 1, far()), None).await);
    assert_eq!((status, &order["status"]), (200, &json!("served")));
    let (status, _) =
        reply(&read(&kitchen, ORDER, &kitchen.session(key, "t1", 2, far()), None).await);
    assert_eq!(status, 404);
}

#[tokio::test]
async fn what_is_not_yours_does_not_exist() {
    let kitchen = Kitchen::open().await;
    let (sushi, bakery) = (&kitchen.sushi.key, &kitchen.bakery.key);
    kitchen.order_sushi(ORDER, "t1", UnixMillis(now_ms())).await;
    let other = "ord_ffffffffffffffffffffffffffffffff";
    for (id, session, why) in [
        (
            other,
            kitchen.session(sushi, "t1", 1, far()),
            "no such order",
        ),
        ("ord_1", kitchen.session(sushi, "t1", 1, far()), "no id"),
        (
            "..%2fHEAD",
            kitchen.session(sushi, "t1", 1, far()),
            "no id at all",
        ),
        (
            ORDER,
            kitchen.session(sushi, "t2", 1, far()),
            "another table's",
        ),
        (
            ORDER,
            kitchen.session(sushi, "t1", 2, far()),
            "another party's",
        ),
        (
            ORDER,
            kitchen.session(bakery, "t1", 1, far()),
            "another store's",
        ),
    ] {
        let (status, body) = reply(&read(&kitchen, id, &session, None).await);
        assert_eq!(
            (status, &body["code"]),
            (404, &json!("order_not_found")),
            "{why}"
        );
    }
}

#[tokio::test]
async fn a_session_that_is_forged_or_has_run_out_reads_nothing() {
    let kitchen = Kitchen::open().await;
    kitchen.order_sushi(ORDER, "t1", UnixMillis(now_ms())).await;
    let expired = kitchen.session(&kitchen.sushi.key, "t1", 1, UnixMillis(now_ms() - 1));
    for (session, code) in [
        ("tt1.e30.AAAA", "session_invalid"),
        (&expired, "session_expired"),
    ] {
        let (status, body) = reply(&read(&kitchen, ORDER, session, None).await);
        assert_eq!((status, &body["code"]), (401, &json!(code)));
    }
}

#[tokio::test]
async fn an_order_that_stands_as_known_is_not_sent_again() {
    let kitchen = Kitchen::open().await;
    let key = &kitchen.sushi.key;
    kitchen.order_sushi(ORDER, "t1", UnixMillis(now_ms())).await;
    let session = kitchen.session(key, "t1", 1, far());
    let first = read(&kitchen, ORDER, &session, None).await;
    let etag = &first.headers()["etag"];
    let second = read(&kitchen, ORDER, &session, Some(etag)).await;
    assert_eq!(
        (second.status().as_u16(), &second.headers()["etag"]),
        (304, etag)
    );
    tabletap_seating::close(
        &kitchen.store,
        key,
        &TableId::parse("t1").unwrap(),
        tabletap_seating::Unpaid::Accepted,
        far(),
    )
    .await
    .unwrap();
    let third = read(&kitchen, ORDER, &session, Some(etag)).await;
    assert_eq!(reply(&third).1["status"], "served", "it has changed");
}

#[tokio::test]
async fn the_contract_is_served_as_it_is_written() {
    let kitchen = Kitchen::open().await;
    let response = function(&kitchen)
        .handle(http(sample("order-status/contract")))
        .await
        .unwrap();
    assert_contract("get", "/v1/openapi.json", &response);
    let contract: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(contract["openapi"], "3.1.0");
    assert_eq!(response.headers()["content-type"], "application/json");
}

#[tokio::test]
async fn takeout_is_read_by_its_own_session_and_by_its_link_and_by_nobody_else() {
    let kitchen = Kitchen::open().await;
    let order = kitchen
        .order_takeout(ORDER, PickupWish::Asap, UnixMillis(now_ms()))
        .await;
    let other = "ord_0123456789abcdef0123456789abcd00";
    kitchen
        .order_takeout(other, PickupWish::Asap, UnixMillis(now_ms()))
        .await;
    let key = &kitchen.sushi.key;
    let session = order.takeout.clone().unwrap().session;
    let own = kitchen.session_for(key, Scope::Takeout { session }, far());
    let order = Scope::Order { order: order.id };
    let link = kitchen.session_for(key, order, far());
    for token in [&own, &link] {
        let (status, read_back) = reply(&read(&kitchen, ORDER, token, None).await);
        assert_eq!(status, 200, "{read_back:#}");
        let pickup = json!({"when": "asap", "at": null, "ready_at": null});
        assert_eq!(
            (&read_back["pickup"], &read_back["table"]),
            (&pickup, &Value::Null)
        );
        assert_eq!(read(&kitchen, other, token, None).await.status(), 404);
        let request = with_session(http(sample("order-status/orders-of-table")), token);
        let response = function(&kitchen).handle(request).await.unwrap();
        assert_contract("get", "/v1/seatings/current/orders", &response);
        assert_eq!(reply(&response).1["code"], "not_at_table");
    }
    let at_table = kitchen.session(key, "t1", 1, far());
    assert_eq!(read(&kitchen, ORDER, &at_table, None).await.status(), 404);
}
