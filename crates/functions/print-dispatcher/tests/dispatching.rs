//! Stream records become tickets and print jobs, once, however often they come.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lambda_runtime::LambdaEvent;
use print_dispatcher::{Config, PrintDispatcher};
use serde_json::{Value, json};
use tabletap_domain::{
    TableId,
    call::{Call, CallKind},
    time::UnixMillis,
};
use tabletap_fault::{Fault, arm};
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_testkit::{Kitchen, Published, context, sample};
use tabletap_wire::stream::Batch;
use tokio::sync::Mutex;

const ORDER: &str = "ord_0123456789abcdef0123456789abcdef";
/// Fault points belong to the process, which all tests share.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

fn function(kitchen: &Kitchen) -> PrintDispatcher {
    PrintDispatcher::new(
        Config::from_env(Env::new(&kitchen.env())).unwrap(),
        &kitchen.sdk,
    )
}

/// The numbers of the records that failed.
async fn dispatch(function: &PrintDispatcher, records: Vec<Value>) -> Vec<String> {
    let batch: Batch = serde_json::from_value(json!({"Records": records})).unwrap();
    let response = function
        .handle(LambdaEvent::new(batch, context()))
        .await
        .unwrap();
    let failures = response.batch_item_failures.into_iter();
    failures
        .filter_map(|failure| failure.item_identifier)
        .collect()
}

/// What was published, by ticket.
fn jobs(kitchen: &Kitchen) -> Vec<Published> {
    let mut jobs = kitchen.broker.take();
    jobs.sort_by_key(|job| job.message["ticket_id"].to_string());
    jobs
}

fn now() -> UnixMillis {
    UnixMillis(now_ms())
}

#[tokio::test]
async fn an_order_becomes_one_ticket_per_station_on_its_agents_topic() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    let order = kitchen
        .order_sushi(ORDER, "t1", UnixMillis(1_795_287_841_250))
        .await;
    let record = kitchen.inserted(ORDER, "100").await;
    assert_eq!(dispatch(&function(&kitchen), vec![record]).await, [""; 0]);

    let jobs = jobs(&kitchen);
    assert_eq!(jobs.len(), 2);
    for (job, station, printer, index) in
        [(&jobs[0], "bar", "bar-1", 2), (&jobs[1], "hot", "hot-1", 1)]
    {
        assert_eq!(job.topic, "tt/kumo-hospitality:kumo-sushi:kitchen-pc/down");
        assert_eq!(job.qos, "1");
        assert_eq!(job.message["station"], station);
        assert_eq!(
            (&job.message["printer"], &job.message["seq"]),
            (&json!(printer), &json!(1))
        );
        assert_eq!(
            (&job.message["index"], &job.message["count"]),
            (&json!(index), &json!(2))
        );
        assert_eq!(
            (&job.message["number"], &job.message["dishes"]),
            (&json!(order.number.as_str()), &json!(3))
        );
        assert_eq!(
            job.message["utc_offset_s"],
            -5 * 3600,
            "New York in November"
        );
    }
    assert_eq!(jobs[0].message["lines"][0]["quantity"], 2);
    let (_, tickets) = kitchen
        .store
        .order(&order.store, &order.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tickets.len(), 2);
}

#[tokio::test]
async fn a_record_that_comes_again_makes_the_same_tickets_with_the_same_numbers() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    kitchen.order_sushi(ORDER, "t1", now()).await;
    let record = kitchen.inserted(ORDER, "100").await;
    assert_eq!(
        dispatch(&function(&kitchen), vec![record.clone()]).await,
        [""; 0]
    );
    let (first, rows) = (jobs(&kitchen), kitchen.rows().await);
    // Another instance, which remembers nothing.
    assert_eq!(
        dispatch(&function(&kitchen), vec![record.clone(), record]).await,
        [""; 0]
    );
    let again = jobs(&kitchen);
    assert_eq!(kitchen.rows().await, rows, "nothing is written twice");
    assert_eq!(again.len(), 4, "sent again, for nobody has accepted them");
    for job in again {
        assert!(
            first.iter().any(|known| known.message == job.message),
            "unchanged: {:#}",
            job.message
        );
    }
}

#[tokio::test]
async fn a_held_order_waits_for_the_staff_and_goes_to_the_kitchen_with_their_tap() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    let function = function(&kitchen);
    let order = kitchen.order_bakery(ORDER, "window", now()).await;
    assert!(order.held);
    let held = kitchen.head_image(ORDER).await;
    let inserted = kitchen.inserted(ORDER, "100").await;
    assert_eq!(dispatch(&function, vec![inserted]).await, [""; 0]);
    assert_eq!(jobs(&kitchen).len(), 0);

    let table = TableId::parse("window").unwrap();
    let brought = tabletap_seating::confirm(&kitchen.store, &order.store, &table, now())
        .await
        .unwrap();
    assert_eq!(brought.released, 1);
    let released = kitchen.modified(ORDER, "101", held).await;
    assert_eq!(dispatch(&function, vec![released]).await, [""; 0]);
    assert_eq!(jobs(&kitchen).len(), 1);

    let placed = kitchen.head_image(ORDER).await;
    tabletap_seating::close(
        &kitchen.store,
        &order.store,
        &table,
        tabletap_seating::Unpaid::Accepted,
        now(),
    )
    .await
    .unwrap();
    let served = kitchen.modified(ORDER, "102", placed).await;
    assert_eq!(dispatch(&function, vec![served]).await, [""; 0]);
    assert_eq!(
        jobs(&kitchen).len(),
        0,
        "what follows is no news for the kitchen"
    );
}

#[tokio::test]
async fn an_agent_or_broker_that_is_away_fails_no_record() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", now()).await;
    kitchen.broker.set_unavailable(true);
    let record = kitchen.inserted(ORDER, "100").await;
    assert_eq!(dispatch(&function(&kitchen), vec![record]).await, [""; 0]);
    assert_eq!(jobs(&kitchen).len(), 0);
    let open = kitchen.store.open_tickets(&order.store).await.unwrap();
    assert_eq!(open.len(), 2, "written down, and due for the sweeper");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_fails_alone_and_holds_back_those_behind_it() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    let function = function(&kitchen);
    kitchen.order_sushi(ORDER, "t1", now()).await;
    let good = kitchen.inserted(ORDER, "100").await;
    let mut broken = kitchen.inserted(ORDER, "101").await;
    broken["dynamodb"]["NewImage"]["doc"]["S"] = "{".into();
    let mut shapeless = kitchen.inserted(ORDER, "102").await;
    shapeless["dynamodb"]["NewImage"] = json!({"pk": {"S": "x"}});
    let behind = kitchen.inserted(ORDER, "103").await;
    assert_eq!(
        dispatch(&function, vec![good, broken, behind.clone()]).await,
        ["101"]
    );
    assert_eq!(jobs(&kitchen).len(), 2, "what came before it is done");
    assert_eq!(dispatch(&function, vec![shapeless]).await, ["102"]);
    assert_eq!(dispatch(&function, vec![behind]).await, [""; 0]);
}

#[tokio::test]
async fn work_of_a_station_that_is_gone_comes_out_at_one_that_is_left() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    let function = function(&kitchen);
    kitchen.order_sushi(ORDER, "t1", now()).await;
    let record = kitchen.inserted(ORDER, "100").await;
    let mut smaller = kitchen.sushi.clone();
    smaller
        .stations
        .retain(|station| station.id.as_str() == "bar");
    kitchen
        .store
        .import_store(&smaller, &[].into())
        .await
        .unwrap();
    assert_eq!(dispatch(&function, vec![record]).await, [""; 0]);
    let tickets = kitchen.store.open_tickets(&smaller.key).await.unwrap();
    let printers: Vec<_> = tickets
        .iter()
        .map(|ticket| (ticket.job.station.as_str(), ticket.job.printer.as_str()))
        .collect();
    assert!(printers.contains(&("hot", "bar-1")), "{printers:?}");
    assert_eq!(jobs(&kitchen).len(), 2, "nothing is lost");
}

#[tokio::test]
async fn a_failure_between_any_two_steps_is_made_good_by_the_next_delivery() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    let function = function(&kitchen);
    kitchen.order_sushi(ORDER, "t1", now()).await;
    let record = kitchen.inserted(ORDER, "100").await;
    arm("print-dispatcher.written", Some(Fault::FailOnce));
    assert_eq!(dispatch(&function, vec![record.clone()]).await, ["100"]);
    assert_eq!(jobs(&kitchen).len(), 0);
    arm("print-dispatcher.published", Some(Fault::FailOnce));
    assert_eq!(dispatch(&function, vec![record.clone()]).await, ["100"]);
    assert_eq!(dispatch(&function, vec![record]).await, [""; 0]);
    let seqs: Vec<_> = jobs(&kitchen)
        .iter()
        .map(|job| job.message["seq"].clone())
        .collect();
    assert_eq!(seqs, [1, 1, 1, 1], "two printers, twice the same");
}

/// A call from table 1 of the sushi bar.
async fn called(kitchen: &Kitchen, kind: CallKind, at: UnixMillis) -> Call {
    let call = Call {
        id: ORDER.parse().unwrap(),
        store: kitchen.sushi.key.clone(),
        table: TableId::parse("t1").unwrap(),
        seating: 1,
        kind,
        called_at: at,
        held: false,
    };
    kitchen.call(&call, None).await;
    call
}

#[tokio::test]
async fn a_guests_call_becomes_one_slip_at_the_front_station() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    called(&kitchen, CallKind::Bill, now()).await;
    let record = kitchen.inserted_in_store("CALL#t1#bill", "100").await;
    let function = function(&kitchen);
    for _ in 0..2 {
        assert_eq!(dispatch(&function, vec![record.clone()]).await, [""; 0]);
    }
    let jobs = jobs(&kitchen);
    assert_eq!(jobs.len(), 2, "unaccepted, so sent again");
    assert_eq!(jobs[0].message, jobs[1].message);
    let slip = &jobs[0].message;
    assert_eq!(
        (&slip["call"], &slip["number"]),
        (&json!("bill"), &Value::Null)
    );
    assert_eq!(
        (&slip["printer"], &slip["table_name"]),
        (&json!("bar-1"), &json!("Table 1"))
    );
    assert_eq!(kitchen.count("TICKET#bar#1").await, 1);
}

#[tokio::test]
async fn the_samples_are_read() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    let function = function(&kitchen);
    kitchen.order_sushi(ORDER, "t1", now()).await;
    let second = "ord_fedcba9876543210fedcba9876543210";
    kitchen.order_bakery(second, "window", now()).await;
    called(&kitchen, CallKind::Staff, now()).await;
    for (name, count) in [
        ("order-placed", 2),
        // As the release before this one wrote it; nobody has accepted its tickets yet.
        ("order-placed.before-defaults", 2),
        ("order-held", 0),
        ("order-released", 1),
        ("order-served", 0),
        ("call", 1),
    ] {
        let event = sample(&format!("print-dispatcher/{name}"));
        let records = event["Records"].as_array().unwrap().clone();
        assert_eq!(dispatch(&function, records).await, [""; 0], "{name}");
        assert_eq!(jobs(&kitchen).len(), count, "{name}");
    }
}

/// Writes the samples anew from what the table holds: run with `UPDATE_EVENTS=1` after the shape of an order has changed.
#[tokio::test]
async fn the_samples_are_what_the_table_writes() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let kitchen = Kitchen::open().await;
    let at = UnixMillis(1_795_287_841_250);
    let second = "ord_fedcba9876543210fedcba9876543210";
    kitchen.order_sushi(ORDER, "t1", at).await;
    let placed = kitchen.inserted(ORDER, "300000000000000000001").await;
    let held = kitchen.order_bakery(second, "window", at).await;
    let waiting = kitchen.inserted(second, "300000000000000000002").await;
    let before = kitchen.head_image(second).await;
    let table = TableId::parse("window").unwrap();
    tabletap_seating::confirm(&kitchen.store, &held.store, &table, at)
        .await
        .unwrap();
    let released = kitchen
        .modified(second, "300000000000000000003", before)
        .await;
    let before = kitchen.head_image(second).await;
    tabletap_seating::close(
        &kitchen.store,
        &held.store,
        &table,
        tabletap_seating::Unpaid::Accepted,
        at,
    )
    .await
    .unwrap();
    let served = kitchen
        .modified(second, "300000000000000000004", before)
        .await;
    called(&kitchen, CallKind::Staff, at).await;
    let call = "300000000000000000005";
    let call = kitchen.inserted_in_store("CALL#t1#staff", call).await;
    for (name, record) in [
        ("order-placed", placed),
        ("order-held", waiting),
        ("order-released", released),
        ("order-served", served),
        ("call", call),
    ] {
        let event = json!({"Records": [record]});
        let name = format!("print-dispatcher/{name}");
        if option_env!("UPDATE_EVENTS").is_some() {
            let path = format!("{}/../../../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, format!("{event:#}\n")).unwrap();
        }
        assert_eq!(sample(&name), event, "{name}");
    }
}
