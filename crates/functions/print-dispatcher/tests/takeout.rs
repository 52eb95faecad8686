//! Takeout in the stream: unpaid it prints nothing, paid for later nothing yet, paid for now at once.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lambda_runtime::LambdaEvent;
use print_dispatcher::{Config, PrintDispatcher};
use serde_json::{Value, json};
use tabletap_domain::{order::PickupWish, time::UnixMillis};
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_testkit::{Kitchen, context};
use tabletap_wire::stream::Batch;

const ORDER: &str = "ord_0123456789abcdef0123456789abcdef";

async fn dispatch(kitchen: &Kitchen, record: Value) {
    let config = Config::from_env(Env::new(&kitchen.env())).unwrap();
    let function = PrintDispatcher::new(config, &kitchen.sdk);
    let batch: Batch = serde_json::from_value(json!({"Records": [record]})).unwrap();
    let event = LambdaEvent::new(batch, context());
    let response = function.handle(event).await.unwrap();
    assert!(response.batch_item_failures.is_empty());
}

fn now_plus(minutes: i64) -> UnixMillis {
    UnixMillis(now_ms() + minutes * 60_000)
}

#[tokio::test]
async fn unpaid_takeout_and_what_is_to_be_cooked_later_write_and_print_nothing() {
    let kitchen = Kitchen::open().await;
    let wish = PickupWish::At(now_plus(90));
    let order = kitchen.order_takeout(ORDER, wish, now_plus(0)).await;
    let unpaid = kitchen.inserted(ORDER, "100").await;
    let before = unpaid["dynamodb"]["NewImage"].clone();
    let rows = kitchen.rows().await;
    dispatch(&kitchen, unpaid).await;
    assert_eq!(kitchen.rows().await, rows);

    kitchen
        .settle_paid(&order, now_plus(70), now_plus(90))
        .await;
    let paid = kitchen.modified(ORDER, "101", before).await;
    let rows = kitchen.rows().await;
    dispatch(&kitchen, paid).await;
    assert_eq!(kitchen.rows().await, rows);
    assert_eq!(kitchen.broker.take().len(), 0);
}

#[tokio::test]
async fn takeout_to_be_made_at_once_prints_as_soon_as_it_is_paid() {
    let kitchen = Kitchen::open().await;
    let order = kitchen
        .order_takeout(ORDER, PickupWish::Asap, now_plus(-3))
        .await;
    let before = kitchen.inserted(ORDER, "100").await["dynamodb"]["NewImage"].clone();
    kitchen.settle_paid(&order, now_plus(0), now_plus(20)).await;
    let paid = kitchen.modified(ORDER, "101", before).await;
    dispatch(&kitchen, paid.clone()).await;
    let jobs = kitchen.broker.take();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].message["order_type"], "takeout");
    assert!(jobs[0].message["ready_clock"].is_string());
    assert_eq!(jobs[0].message["customer"], "Ada Lovelace");
    let text = jobs[0].message.to_string();
    assert!(!text.contains("example.com"), "paper needs no address");
    // The same record again writes nothing more.
    let rows = kitchen.rows().await;
    dispatch(&kitchen, paid).await;
    assert_eq!(kitchen.rows().await, rows);
}

#[tokio::test]
async fn the_customers_name_stands_in_the_message_and_in_no_row() {
    let kitchen = Kitchen::open().await;
    let order = kitchen
        .order_takeout(ORDER, PickupWish::Asap, now_plus(-3))
        .await;
    let before = kitchen.inserted(ORDER, "100").await["dynamodb"]["NewImage"].clone();
    kitchen.settle_paid(&order, now_plus(0), now_plus(20)).await;
    dispatch(&kitchen, kitchen.modified(ORDER, "101", before).await).await;
    assert_eq!(kitchen.broker.take()[0].message["customer"], "Ada Lovelace");
    let rows = format!("{:?}", kitchen.rows().await);
    assert!(
        !rows.contains("Lovelace"),
        "the row CUSTOMER alone names them, sealed"
    );
}

#[tokio::test]
async fn a_customer_that_cannot_be_opened_keeps_no_ticket_from_its_printer() {
    let kitchen = Kitchen::open().await;
    let order = kitchen
        .order_takeout(ORDER, PickupWish::Asap, now_plus(-3))
        .await;
    let before = kitchen.inserted(ORDER, "100").await["dynamodb"]["NewImage"].clone();
    kitchen.settle_paid(&order, now_plus(0), now_plus(20)).await;
    kitchen.corrupt("CUSTOMER", "sealed").await;
    dispatch(&kitchen, kitchen.modified(ORDER, "101", before).await).await;
    let jobs = kitchen.broker.take();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].message.get("customer"), None);
    assert_eq!(jobs[0].message["number"], order.number.to_string());
}
