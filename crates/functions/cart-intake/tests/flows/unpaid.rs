//! One phone cannot fill a restaurant with orders that nobody pays; and nothing is sold that could not be cooked or promised.

use super::{Counter, far, takeout::wanted};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tabletap_domain::{
    order::PickupWish,
    time::UnixMillis,
    unpaid::{CONTACT_MAX, VIEWER_MAX},
};
use tabletap_runtime::clock::now_ms;
use tabletap_testkit::{assert_contract, orders_request, reply};

/// Where an order comes from, and with which address.
#[derive(Clone)]
struct Sender {
    network: String,
    email: String,
}

impl Sender {
    fn new(network: &str, email: &str) -> Self {
        Self {
            network: format!("{network}, 130.176.1.2"),
            email: email.to_owned(),
        }
    }
}

fn body(number: u32, sender: &Sender) -> String {
    let id = format!("ord_{number:032x}");
    let customer = json!({"name": "Ada", "email": sender.email});
    wanted(&json!({"order_id": id, "customer": customer}))
}

/// Sends an order: its status, its code, and after how many seconds to come back.
async fn send(counter: &Counter, number: u32, sender: &Sender) -> (u16, String, Option<u32>) {
    let session = counter.takeout(number, far());
    let mut request = orders_request(&session, body(number, sender));
    let network = sender.network.parse().unwrap();
    request.headers_mut().insert("x-forwarded-for", network);
    let response = counter.function.handle(request).await.unwrap();
    assert_contract("post", "/v1/orders", &response);
    let wait = response.headers().get("retry-after");
    let wait = wait.map(|wait| wait.to_str().unwrap().parse().unwrap());
    let (status, answer) = reply(&response);
    let code = answer["code"].as_str().unwrap_or("placed").to_owned();
    (status, code, wait)
}

/// Waits out the end of a window: a rush that crosses it has room in both.
async fn in_one_window() {
    let window_ms = 600_000;
    while window_ms - now_ms() % window_ms < 30_000 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Sends many at once, and counts the answers.
async fn rush(counter: &Arc<Counter>, senders: Vec<Sender>) -> BTreeMap<(u16, String), usize> {
    let mut sends = tokio::task::JoinSet::new();
    for (number, sender) in (100..).zip(senders) {
        let counter = Arc::clone(counter);
        sends.spawn(async move { send(&counter, number, &sender).await });
    }
    let mut answers = BTreeMap::new();
    for (status, code, wait) in sends.join_all().await {
        assert_eq!(wait.is_some(), status == 429, "{code}");
        assert!(
            wait.is_none_or(|wait| (1..=601).contains(&wait)),
            "{wait:?}"
        );
        *answers.entry((status, code)).or_default() += 1;
    }
    answers
}

async fn assert_stops_at(most: u32, senders: impl Fn(u32) -> Sender) -> Arc<Counter> {
    in_one_window().await;
    let counter = Arc::new(Counter::open().await);
    let answers = rush(&counter, (0..most + 20).map(senders).collect()).await;
    let most = usize::try_from(most).unwrap();
    let told: Vec<&str> = answers.keys().map(|(_, code)| code.as_str()).collect();
    assert_eq!(
        answers.get(&(201, "placed".to_owned())),
        Some(&most),
        "{answers:?}"
    );
    // Under such a rush one may be asked to send again; none is placed beyond the limit.
    let allowed = ["placed", "too_many_unpaid", "try_again"];
    assert!(
        told.iter().all(|code| allowed.contains(code)),
        "{answers:?}"
    );
    assert!(told.contains(&"too_many_unpaid"), "{answers:?}");
    assert_eq!(
        counter.kitchen.count("CUSTOMER").await,
        most,
        "a refusal stores nobody"
    );
    counter
}

#[tokio::test]
async fn one_address_has_a_few_unpaid_orders_wherever_they_come_from() {
    let counter = assert_stops_at(CONTACT_MAX, |n| {
        // Written otherwise, it is the same address.
        let email = if n % 2 == 0 {
            "ada@example.com"
        } else {
            "ADA@Example.com"
        };
        Sender::new(&format!("198.51.{n}.7"), email)
    })
    .await;
    let same = Sender::new("192.0.2.7", "ada@example.com");
    let before = counter.kitchen.rows().await;
    assert_eq!(send(&counter, 1, &same).await.0, 429);
    assert_eq!(
        counter.kitchen.rows().await,
        before,
        "a refusal stores nothing"
    );
    let other = Sender::new("192.0.2.7", "bob@example.com");
    assert_eq!(send(&counter, 1, &other).await.0, 201);
    assert_eq!(
        send(&counter, 1, &other).await.0,
        200,
        "and again it is that order"
    );
}

#[tokio::test]
async fn one_network_with_invented_addresses_has_a_room_full_of_unpaid_orders_and_others_go_on() {
    let counter = assert_stops_at(VIEWER_MAX, |n| {
        // What a client claims stands before what the edge says.
        Sender::new(
            &format!("10.0.{n}.1, 203.0.113.{n}"),
            &format!("nobody{n}@example.com"),
        )
    })
    .await;
    let other = Sender::new("192.0.2.7", "bob@example.com");
    assert_eq!(send(&counter, 1, &other).await.0, 201);
    let told = format!("{:?}", counter.kitchen.rows().await);
    for secret in ["203.0.113", "192.0.2", "nobody1@", "bob@"] {
        assert!(!told.contains(secret), "{secret} stands in a row");
    }
}

#[tokio::test]
async fn a_stored_order_is_answered_at_any_limit() {
    in_one_window().await;
    let counter = Counter::open().await;
    let ada = Sender::new("192.0.2.7", "ada@example.com");
    for number in 1..=CONTACT_MAX {
        assert_eq!(send(&counter, number, &ada).await.0, 201);
    }
    assert_eq!(send(&counter, 99, &ada).await.0, 429);
    for number in 1..=CONTACT_MAX {
        assert_eq!(send(&counter, number, &ada).await.0, 200, "{number}");
    }
}

#[tokio::test]
async fn a_time_that_is_paid_for_is_refused_and_one_that_is_only_held_is_not() {
    let counter = Counter::open().await;
    let slot = counter.slot();
    let at: UnixMillis = tabletap_wire::time::parse(&slot).unwrap();
    let capacity = counter.kitchen.sushi.takeout.as_ref().unwrap().capacity;
    // Places as they are when they are paid for.
    for number in 1..=capacity {
        let id = format!("ord_{:032x}", 0x9000 + number);
        let placed = counter
            .kitchen
            .order_takeout(&id, PickupWish::At(at), UnixMillis(now_ms()));
        let placed = placed.await;
        assert!(
            counter
                .kitchen
                .store
                .retake_slot(&placed, capacity)
                .await
                .unwrap()
        );
    }
    let (session, body) = (
        counter.takeout(1, far()),
        wanted(&json!({"pickup": {"at": slot}})),
    );
    let (status, refusal) = counter.refused(&session, body.clone()).await;
    assert_eq!((status, &refusal["code"]), (409, &json!("slot_taken")));
    // One of them comes free.
    let id = format!("ord_{:032x}", 0x9001);
    let key = &counter.kitchen.sushi.key;
    let (order, _) = counter
        .kitchen
        .store
        .order(key, &id.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert!(counter.kitchen.store.release_slot(&order).await.unwrap());
    assert_eq!(counter.send(&session, body).await.0, 201);
}

#[tokio::test]
async fn no_takeout_is_taken_while_the_kitchen_cannot_be_reached_and_tables_order_all_the_same() {
    let counter = Counter::open().await;
    let (store, key) = (&counter.kitchen.store, &counter.kitchen.sushi.key);
    let soon = UnixMillis(now_ms() + 60_000);
    store.note_kitchen(key, Some(soon)).await.unwrap();
    let session = counter.takeout(1, far());
    let (status, refusal) = counter.refused(&session, wanted(&json!({}))).await;
    assert_eq!(
        (status, &refusal["code"]),
        (409, &json!("kitchen_unreachable"))
    );
    let at_table = counter.session("t1", 1);
    let eaten: Value = json!({"order_id": format!("ord_{:032x}", 7)});
    assert_eq!(
        counter.send(&at_table, super::body_with(eaten)).await.0,
        201
    );
    // What it says has passed: the sweeper died, or the printers are back.
    let past = UnixMillis(now_ms() - 1);
    store.note_kitchen(key, Some(past)).await.unwrap();
    assert_eq!(counter.send(&session, wanted(&json!({}))).await.0, 201);
}
