//! Stream records become facts on the bus, in their order, and no fact says more than ids and states.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use event_relay::{Config, EventRelay};
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};
use tabletap_domain::{order::OrderStatus, time::UnixMillis};
use tabletap_runtime::Env;
use tabletap_testkit::{Bus, Kitchen, context, sample};
use tabletap_wire::stream::Batch;

const ORDER: &str = "ord_0123456789abcdef0123456789abcdef";
const NOW: UnixMillis = UnixMillis(1_795_287_841_250);

async fn open() -> (Kitchen, Bus, EventRelay) {
    let (kitchen, bus) = (Kitchen::open().await, Bus::default());
    let sdk = kitchen.sdk_with("EventBridge", bus.serve().await);
    let config = Config::from_env(Env::new(&kitchen.env())).unwrap();
    let relay = EventRelay::new(config, &sdk);
    (kitchen, bus, relay)
}

/// The numbers of the records that failed.
async fn relay(function: &EventRelay, event: Value) -> Vec<String> {
    let batch: Batch = serde_json::from_value(event).unwrap();
    let answer = function.handle(LambdaEvent::new(batch, context())).await;
    let failures = answer.unwrap().batch_item_failures.into_iter();
    failures
        .filter_map(|failure| failure.item_identifier)
        .collect()
}

/// The kinds of facts that were put, oldest first.
fn kinds(bus: &Bus) -> Vec<String> {
    let kind = |entry: Value| entry["DetailType"].as_str().unwrap().to_owned();
    bus.take().into_iter().map(kind).collect()
}

#[tokio::test]
async fn a_menu_that_changed_is_a_fact_of_its_store() {
    let (_kitchen, bus, function) = open().await;
    assert_eq!(
        relay(&function, sample("event-relay/menu-changed.item-off")).await,
        [""; 0]
    );
    assert_eq!(
        bus.take(),
        [
            json!({"EventBusName": "tabletap", "Source": "tabletap", "DetailType": "menu.changed", "Detail": {
            "v": 1, "id": "c4ca4238a0b923820dcc509a300000000000000000011",
            "tenant": "kumo-hospitality", "store": "kumo-sushi", "version": "ma40fd9c2ae18dba7"}})
        ]
    );
    relay(&function, sample("event-relay/menu-changed.first")).await;
    assert_eq!(kinds(&bus), ["store.changed", "menu.changed"]);
}

#[tokio::test]
async fn an_order_is_placed_once_nobody_needs_to_tap_and_moves_from_then_on() {
    let (kitchen, bus, function) = open().await;
    for (name, expected) in [
        ("order-placed", vec!["order.placed"]),
        ("order-held", vec![]),
        ("order-released", vec!["order.placed"]),
        ("order-served", vec!["order.moved"]),
    ] {
        let event = sample(&format!("print-dispatcher/{name}"));
        assert_eq!(relay(&function, event).await, [""; 0], "{name}");
        assert_eq!(kinds(&bus), expected, "{name}");
    }
    let order = kitchen.order_sushi(ORDER, "t1", NOW).await;
    let before = kitchen.head_image(ORDER).await;
    let moved = kitchen
        .store
        .move_order(&order, OrderStatus::Placed, OrderStatus::Ready)
        .await;
    moved.unwrap();
    let record = kitchen.modified(ORDER, "101", before.clone()).await;
    relay(&function, json!({"Records": [record]})).await;
    assert_eq!(
        bus.take()[0]["Detail"],
        json!({"v": 1, "id": "c4ca4238a0b923820dcc509a00000101", "tenant": "kumo-hospitality", "store": "kumo-sushi",
            "order": ORDER, "kind": "dine_in", "status": "ready", "payment": "unpaid",
            "was": {"status": "placed", "payment": "unpaid"}})
    );
    // What else stands in a head, such as its place in an index, is nobody's business.
    let mut other = kitchen.modified(ORDER, "102", before).await;
    other["dynamodb"]["OldImage"]["status"]["S"] = "ready".into();
    relay(&function, json!({"Records": [other]})).await;
    assert_eq!(kinds(&bus), [""; 0]);
}

#[tokio::test]
async fn a_fact_holds_no_name_text_or_amount() {
    let (kitchen, bus, function) = open().await;
    kitchen.order_sushi(ORDER, "t1", NOW).await;
    let record = kitchen.inserted(ORDER, "100").await;
    relay(&function, json!({"Records": [record]})).await;
    let detail = bus.take()[0]["Detail"].clone();
    let fields: Vec<&String> = detail.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        [
            "id", "kind", "order", "payment", "status", "store", "tenant", "v"
        ]
    );
}

#[tokio::test]
async fn a_fact_the_bus_refuses_comes_again_with_what_is_behind_it() {
    let (_kitchen, bus, function) = open().await;
    let mut event = sample("event-relay/menu-changed.first");
    bus.refuse("menu.changed");
    assert_eq!(
        relay(&function, event.clone()).await,
        ["300000000000000000010"]
    );
    assert_eq!(kinds(&bus), ["store.changed"]);
    bus.refuse("");
    let records = event["Records"].as_array_mut().unwrap();
    records.remove(0);
    assert_eq!(relay(&function, event).await, [""; 0]);
    assert_eq!(kinds(&bus), ["menu.changed"]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_fails_alone_after_what_stands_before_it() {
    let (_kitchen, bus, function) = open().await;
    let mut event = sample("event-relay/menu-changed.first");
    event["Records"][1]["dynamodb"]["NewImage"]["version"] = json!({"N": "1"});
    assert_eq!(relay(&function, event).await, ["300000000000000000010"]);
    assert_eq!(kinds(&bus), ["store.changed"]);
}

#[tokio::test]
async fn more_facts_than_one_request_takes_are_put_in_their_order() {
    let (_kitchen, bus, function) = open().await;
    let record = sample("event-relay/menu-changed.item-off")["Records"][0].clone();
    let records: Vec<Value> = (100..123)
        .map(|number| {
            let mut record = record.clone();
            record["eventID"] = json!(format!("fact-{number}"));
            record["dynamodb"]["SequenceNumber"] = json!(number.to_string());
            record
        })
        .collect();
    assert_eq!(relay(&function, json!({"Records": records})).await, [""; 0]);
    let put: Vec<Value> = bus
        .take()
        .into_iter()
        .map(|entry| entry["Detail"]["id"].clone())
        .collect();
    let expected: Vec<String> = (100..123).map(|number| format!("fact-{number}")).collect();
    assert_eq!(put, expected);
}
