//! Paying over HTTP: what is answered, whose it is, what is refused; each answer as the contract has it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use checkout::{Checkout, Config};
use lambda_http::{Body, Request};
use serde_json::{Value, json};
use tabletap_domain::{
    order::{OrderStatus, PickupWish},
    time::UnixMillis,
};
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_session::Scope;
use tabletap_testkit::{Kitchen, Till, assert_contract, http, reply, sample, with_session};

const ORDER: &str = "ord_00000000000000000000000000000001";
const LINES: &str = "/v1/seatings/current/checkout";
const BILL: &str = "/v1/seatings/current/bill";
const REFRESH: &str = "/v1/orders/{order_id}/payment/refresh";

struct Shop {
    kitchen: Kitchen,
    till: Till,
    function: Checkout,
}

impl Shop {
    async fn open() -> Self {
        let (kitchen, till) = tokio::join!(Kitchen::open(), Till::open("http://127.0.0.1:9/"));
        let of_kitchen = kitchen.env();
        let env = |name: &str| till.env(name).or_else(|| of_kitchen(name));
        let function = Checkout::new(Config::from_env(Env::new(&env)).unwrap(), &kitchen.sdk);
        drop(of_kitchen);
        Self {
            kitchen,
            till,
            function,
        }
    }

    async fn ask(&self, method: &str, path: &str, request: Request, seating: u32) -> (u16, Value) {
        let far = UnixMillis(now_ms() + 3_600_000);
        let session = self
            .kitchen
            .session(&self.kitchen.sushi.key, "t1", seating, far);
        let response = self
            .function
            .handle(with_session(request, &session))
            .await
            .unwrap();
        assert_contract(method, path, &response);
        reply(&response)
    }

    async fn lines(&self, body: Value) -> (u16, Value) {
        let mut request = http(sample("checkout/lines"));
        *request.body_mut() = Body::from(body.to_string());
        self.ask("post", LINES, request, 1).await
    }
}

#[tokio::test]
async fn the_sample_events_pay_a_table() {
    let shop = Shop::open().await;
    let order = shop
        .kitchen
        .order_sushi(ORDER, "t1", UnixMillis(now_ms()))
        .await;
    let (status, bill) = shop
        .ask("get", BILL, http(sample("checkout/bill")), 1)
        .await;
    assert_eq!(
        (status, &bill["open_minor"]),
        (200, &json!(order.cart.totals.total_minor.0)),
        "{bill}"
    );
    let (status, page) = shop
        .ask("post", LINES, http(sample("checkout/lines")), 1)
        .await;
    assert_eq!(status, 200, "{page}");
    shop.till
        .pay(page["session_id"].as_str().unwrap(), "paid")
        .await;
    let (status, view) = shop
        .ask("post", REFRESH, http(sample("checkout/refresh")), 1)
        .await;
    assert_eq!(
        (status, &view["payment"]["status"]),
        (200, &json!("paid")),
        "{view}"
    );
    let receipt = &view["payment"]["receipts"][0];
    assert_eq!(
        (&receipt["payment_id"], &receipt["tip_minor"]),
        (&page["payment_id"], &json!(200))
    );
    let (_, bill) = shop
        .ask("get", BILL, http(sample("checkout/bill")), 1)
        .await;
    assert_eq!(
        (&bill["open_minor"], &bill["lines"][0]["state"]),
        (&json!(0), &json!("paid"))
    );
    let (status, refused) = shop
        .ask("post", LINES, http(sample("checkout/lines")), 1)
        .await;
    assert_eq!((status, &refused["code"]), (409, &json!("nothing_to_pay")));
}

#[tokio::test]
async fn a_party_that_another_one_followed_pays_what_it_still_owes_and_sees_nothing_of_the_other() {
    let shop = Shop::open().await;
    let (kitchen, now) = (&shop.kitchen, UnixMillis(now_ms()));
    let meal = kitchen.order_sushi(ORDER, "t1", now).await;
    let pay = async |order: &str| {
        let (status, page) = shop.lines(json!({"lines": "all"})).await;
        assert_eq!(status, 200, "{page}");
        shop.till
            .pay(page["session_id"].as_str().unwrap(), "paid")
            .await;
        let mut request = http(sample("checkout/refresh"));
        *request.uri_mut() = format!("/v1/orders/{order}/payment/refresh")
            .parse()
            .unwrap();
        let (status, view) = shop.ask("post", REFRESH, request, 1).await;
        assert_eq!((status, &view["payment"]["status"]), (200, &json!("paid")));
    };
    pay(meal.id.as_str()).await;
    let coffee = format!("ord_{:032x}", 2);
    let coffee = kitchen.order_sushi_of(Some(1), &coffee, "t1", now).await;
    // Whoever scanned after the meal was paid orders now.
    let next = format!("ord_{:032x}", 3);
    let next = kitchen.order_sushi(&next, "t1", now).await;
    assert_eq!(next.seat.as_ref().unwrap().seating, 2);

    let bill = async || {
        shop.ask("get", BILL, http(sample("checkout/bill")), 1)
            .await
    };
    let (status, owed) = bill().await;
    assert_eq!(status, 200, "{owed}");
    assert_eq!(
        owed["open_minor"], coffee.cart.totals.total_minor.0,
        "{owed}"
    );
    assert!(!owed.to_string().contains(next.id.as_str()), "{owed}");
    pay(coffee.id.as_str()).await;

    let key = &kitchen.sushi.key;
    for order in [&meal, &coffee] {
        let (stored, _) = kitchen.store.order(key, &order.id).await.unwrap().unwrap();
        let ended = kitchen
            .store
            .move_order(&stored, stored.status, OrderStatus::Served);
        ended.await.unwrap();
    }
    let (status, refused) = bill().await;
    assert_eq!((status, &refused["code"]), (410, &json!("seating_ended")));
}

#[tokio::test]
async fn a_table_order_is_paid_by_its_bill_and_not_as_takeout() {
    let shop = Shop::open().await;
    shop.kitchen
        .order_sushi(ORDER, "t1", UnixMillis(now_ms()))
        .await;
    let request = http(sample("checkout/order"));
    let (status, refused) = shop
        .ask("post", "/v1/orders/{order_id}/checkout", request, 1)
        .await;
    assert_eq!((status, &refused["code"]), (404, &json!("order_not_found")));
}

#[tokio::test]
async fn wishes_that_cannot_be_are_refused_and_nothing_is_written() {
    let shop = Shop::open().await;
    shop.kitchen
        .order_sushi(ORDER, "t1", UnixMillis(now_ms()))
        .await;
    let before = shop.kitchen.rows().await;
    let tip = |tip: Value| json!({"lines": "all", "tip_minor": tip});
    for (body, status, code) in [
        (tip(json!(-1)), 422, "tip_out_of_range"),
        (tip(json!(1_000_000_000_000_i64)), 422, "tip_out_of_range"),
        (tip(json!(i64::MAX)), 422, "tip_out_of_range"),
        (tip(json!(u64::MAX)), 422, "invalid_field"),
        (json!({"lines": ["nothing"]}), 422, "unknown_line"),
        (json!({"lines": []}), 422, "invalid_field"),
        (json!({"lines": "some"}), 422, "invalid_field"),
        (json!({}), 422, "invalid_field"),
        (json!([]), 400, "invalid_json"),
    ] {
        let (answered, refused) = shop.lines(body.clone()).await;
        assert_eq!(
            (answered, refused["code"].as_str()),
            (status, Some(code)),
            "{body}: {refused}"
        );
    }
    let (status, refused) = shop
        .ask("get", BILL, http(sample("checkout/bill")), 2)
        .await;
    assert_eq!(
        (status, &refused["code"]),
        (410, &json!("seating_ended")),
        "a party that has not come yet"
    );
    let (status, refused) = shop
        .ask("post", REFRESH, http(sample("checkout/refresh")), 2)
        .await;
    assert_eq!(
        (status, &refused["code"]),
        (404, &json!("order_not_found")),
        "another party's order"
    );
    assert_eq!(shop.kitchen.rows().await, before);
    assert_eq!(shop.till.ledger().await, json!([]), "no page was opened");
}

#[tokio::test]
async fn a_guest_whose_time_has_filled_up_is_told_which_others_are_free() {
    let shop = Shop::open().await;
    let (sushi, store) = (&shop.kitchen.sushi, &shop.kitchen.store);
    let slot = UnixMillis(now_ms() + 3 * 3_600_000);
    let capacity = sushi.takeout.as_ref().unwrap().capacity;
    let mut orders = Vec::new();
    for number in 1..=capacity + 1 {
        let (id, wish) = (format!("ord_{number:032x}"), PickupWish::At(slot));
        let order = shop.kitchen.order_takeout(&id, wish, UnixMillis(now_ms()));
        orders.push(order.await);
    }
    for order in &orders[1..] {
        assert!(store.retake_slot(order, capacity).await.unwrap());
    }
    let session = orders[0].takeout.as_ref().unwrap().session.clone();
    let far = UnixMillis(now_ms() + 3_600_000);
    let session = shop
        .kitchen
        .session_for(&sushi.key, Scope::Takeout { session }, far);
    let ask = async || {
        let request = with_session(http(sample("checkout/order")), &session);
        let response = shop.function.handle(request).await.unwrap();
        assert_contract("post", "/v1/orders/{order_id}/checkout", &response);
        reply(&response)
    };
    let before = shop.kitchen.rows().await;
    let (status, refused) = ask().await;
    assert_eq!((status, &refused["code"]), (409, &json!("slot_taken")));
    assert!(
        !refused["slots"].as_array().unwrap().is_empty(),
        "{refused}"
    );
    assert_eq!(shop.kitchen.rows().await, before);
    store.note_kitchen(&sushi.key, Some(far)).await.unwrap();
    let (status, refused) = ask().await;
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("kitchen_unreachable"))
    );
    assert_eq!(shop.till.ledger().await, json!([]), "no page was opened");
}

#[tokio::test]
async fn while_the_provider_is_away_the_guest_is_asked_to_try_again_and_pays_once() {
    let shop = Shop::open().await;
    let order = shop
        .kitchen
        .order_sushi(ORDER, "t1", UnixMillis(now_ms()))
        .await;
    let endpoint = "POST /v1/checkout/sessions";
    shop.till
        .switch(json!({"api": [{"endpoint": endpoint, "kind": "lost", "times": 2}]}))
        .await;
    let (status, refused) = shop.lines(json!({"lines": "all"})).await;
    assert_eq!((status, &refused["code"]), (503, &json!("try_again")));
    let line = |place| format!("{ORDER}:{place}");
    let (status, page) = shop.lines(json!({"lines": [line(0), line(1)]})).await;
    assert_eq!(status, 200, "{page}");
    shop.till
        .pay(page["session_id"].as_str().unwrap(), "paid")
        .await;
    let (_, view) = shop
        .ask("post", REFRESH, http(sample("checkout/refresh")), 1)
        .await;
    assert_eq!(view["payment"]["status"], "paid");
    let ledger = shop.till.ledger().await;
    assert_eq!(ledger.as_array().unwrap().len(), 1, "one page: {ledger}");
    assert_eq!(
        ledger[0]["amount_received"],
        order.cart.totals.total_minor.0
    );
}

const LEAVE: &str = "/v1/seatings/current/checkout/leave";

#[tokio::test]
async fn a_page_that_was_left_is_ended_and_the_bill_says_so() {
    let shop = Shop::open().await;
    let order = shop
        .kitchen
        .order_sushi(ORDER, "t1", UnixMillis(now_ms()))
        .await;
    let (_, page) = shop.lines(json!({"lines": "all"})).await;
    let leave = async |body: Value| {
        let mut request = http(sample("checkout/leave"));
        *request.body_mut() = Body::from(body.to_string());
        shop.ask("post", LEAVE, request, 1).await
    };
    let payment = &page["payment_id"];
    let other = format!("pay_{:032x}", 9);
    for (body, status, code) in [
        (json!({"payment_id": payment}), 409, "still_paying"),
        (
            json!({"payment_id": payment, "session_id": "cs_guessed"}),
            409,
            "still_paying",
        ),
        (json!({"payment_id": other}), 404, "unknown_payment"),
        (json!({"payment_id": "nothing"}), 422, "invalid_field"),
        (json!({}), 422, "invalid_field"),
    ] {
        let (answered, refused) = leave(body.clone()).await;
        assert_eq!(
            (answered, refused["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
    }
    let (_, bill) = shop
        .ask("get", BILL, http(sample("checkout/bill")), 1)
        .await;
    let total = json!(order.cart.totals.total_minor.0);
    assert_eq!(
        (
            &bill["reserved_minor"],
            &bill["reservations"][0]["payment_id"]
        ),
        (&total, payment),
        "nothing was ended: {bill}"
    );
    let own = json!({"payment_id": payment, "session_id": page["session_id"]});
    let (status, bill) = leave(own).await;
    assert_eq!((status, &bill["open_minor"]), (200, &total), "{bill}");
    assert_eq!(bill["reservations"], json!([]));
}

#[tokio::test]
async fn everything_of_several_orders_is_paid_only_by_who_says_so() {
    let shop = Shop::open().await;
    for n in [1, 2] {
        let id = format!("ord_{n:032x}");
        shop.kitchen
            .order_sushi(&id, "t1", UnixMillis(now_ms()))
            .await;
    }
    let (status, refused) = shop.lines(json!({"lines": "all"})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("confirm_others")));
    assert_eq!(shop.till.ledger().await, json!([]), "no page was opened");
    let own = json!({"lines": [format!("{ORDER}:0")]});
    assert_eq!(shop.lines(own).await.0, 200, "one's own as ever");
    let (status, page) = shop
        .lines(json!({"lines": "all", "for_others": true}))
        .await;
    assert_eq!(status, 200, "{page}");
    let (status, refused) = shop.lines(json!({"lines": "all", "tip_minor": 5})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("line_taken")));
}

#[tokio::test]
async fn one_tip_after_the_other_is_stopped_in_words() {
    let shop = Shop::open().await;
    shop.kitchen
        .order_sushi(ORDER, "t1", UnixMillis(now_ms()))
        .await;
    let mut last = Value::Null;
    let mut refused = Vec::new();
    for tip in 0..20 {
        let wish = json!({"lines": "all", "tip_minor": tip, "instead_of": last});
        let (status, answer) = shop.lines(wish).await;
        match status {
            200 => last = answer["session_id"].clone(),
            _ => refused.push((status, answer["code"].clone())),
        }
    }
    assert_eq!(refused.len(), 12);
    assert!(
        refused
            .iter()
            .all(|refused| *refused == (429, json!("too_many_payment_pages")))
    );
    assert_eq!(shop.till.ledger().await.as_array().unwrap().len(), 8);
    shop.till.pay(last.as_str().unwrap(), "paid").await;
    let (_, view) = shop
        .ask("post", REFRESH, http(sample("checkout/refresh")), 1)
        .await;
    assert_eq!(
        view["payment"]["status"], "paid",
        "the last page was left alone"
    );
}
