//! The stream of a real table, delivered to a function that fails in every way a function can.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{StreamBench, eventually};
use tabletap_local::{filter::Filter, stream::Checkpoint, template::StreamSource};

fn source() -> StreamSource {
    StreamSource {
        batch_size: 10,
        retries_max: Some(2),
        record_age_max: None,
        bisect: true,
        reports_item_failures: true,
        from_oldest: true,
        filters: vec![Filter::parse(r#"{"dynamodb":{"Keys":{"sk":{"S":["HEAD"]}}}}"#).unwrap()],
    }
}

#[tokio::test]
async fn a_write_is_delivered_at_once_as_the_event_aws_sends() {
    let bench = StreamBench::start(source(), |_| Ok(Value::Null)).await;
    // The slow look of a reader comes once a second: delivery before that was told, not polled.
    let written = std::time::Instant::now();
    bench.put("a", "HEAD").await;
    bench.put("b", "NUMBER").await;
    bench.put("c", "HEAD").await;
    eventually("both heads are delivered", || {
        bench.delivered() == ["a", "c"]
    })
    .await;
    assert!(
        written.elapsed() < Duration::from_millis(700),
        "took {:?}",
        written.elapsed()
    );
    let record = &bench.events()[0]["Records"][0];
    assert_eq!(record["eventName"], "INSERT");
    assert_eq!(record["eventSource"], "aws:dynamodb");
    assert_eq!(
        record["dynamodb"]["Keys"],
        json!({"pk": {"S": "a"}, "sk": {"S": "HEAD"}})
    );
    assert_eq!(record["dynamodb"]["NewImage"]["n"], json!({"N": "1"}));
    assert!(record["dynamodb"]["OldImage"].is_null());
    assert!(
        record["eventSourceARN"]
            .as_str()
            .unwrap()
            .contains(":table/orders/stream/")
    );
    let _: aws_lambda_events::dynamodb::Event =
        serde_json::from_value(bench.events()[0].clone()).unwrap();
}

#[tokio::test]
async fn a_partial_batch_continues_at_the_first_failure() {
    let bench = StreamBench::start_paused(source(), |event: &Value| {
        let ids = StreamBench::ids(event);
        let failed = ids.iter().position(|id| id == "b").filter(|_| ids.len() > 1);
        let failures: Vec<Value> = failed
            .map(|index| json!({"itemIdentifier": event["Records"][index]["dynamodb"]["SequenceNumber"]}))
            .into_iter()
            .collect();
        Ok(json!({"batchItemFailures": failures}))
    })
    .await;
    for id in ["a", "b", "c", "d"] {
        bench.put(id, "HEAD").await;
    }
    bench.resume();
    eventually("d is delivered again", || {
        bench.delivered().iter().filter(|id| *id == "d").count() >= 2
    })
    .await;
    let batches: Vec<Vec<String>> = bench.events().iter().map(StreamBench::ids).collect();
    let to = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        batches[..2],
        [to(&["a", "b", "c", "d"]), to(&["b", "c", "d"])],
        "a is not delivered again"
    );
    assert_eq!(bench.dead_letters(), Vec::<Value>::new());
}

#[tokio::test]
async fn one_poisoned_record_is_isolated_retried_and_given_up_and_the_rest_goes_on() {
    let bench = StreamBench::start_paused(source(), |event: &Value| {
        if StreamBench::ids(event).iter().any(|id| id == "poison") {
            return Err("cannot bear this".to_owned());
        }
        Ok(Value::Null)
    })
    .await;
    for id in ["a", "b", "poison", "d"] {
        bench.put(id, "HEAD").await;
    }
    bench.resume();
    eventually("there is a dead letter", || {
        !bench.dead_letters().is_empty()
    })
    .await;
    eventually("d is delivered", || {
        bench.delivered().last().is_some_and(|id| id == "d")
    })
    .await;
    let letters = bench.dead_letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(
        letters[0]["requestContext"]["condition"],
        "RetryAttemptsExhausted"
    );
    assert!(
        letters[0]["reason"]
            .as_str()
            .unwrap()
            .contains("cannot bear this")
    );
    assert_eq!(
        letters[0]["records"][0]["dynamodb"]["Keys"]["pk"]["S"],
        "poison"
    );
    let alone = bench
        .events()
        .iter()
        .filter(|event| StreamBench::ids(event) == ["poison"])
        .count();
    assert_eq!(alone, 3, "the first try and two more; splits do not count");
    let done: Vec<String> = bench.succeeded();
    assert_eq!(done, ["a", "b", "d"], "in order, each once");
}

#[tokio::test]
async fn after_a_restart_delivery_goes_on_behind_the_checkpoint() {
    let bench = StreamBench::start(source(), |_| Ok(Value::Null)).await;
    bench.put("a", "HEAD").await;
    eventually("a is checkpointed", || bench.checkpoint().is_some()).await;
    let bench = bench.restart(|_| Ok(Value::Null)).await;
    bench.put("b", "HEAD").await;
    eventually("b is delivered", || !bench.delivered().is_empty()).await;
    assert_eq!(bench.delivered(), ["b"], "a is not delivered again");
}

#[tokio::test]
async fn a_crash_before_the_checkpoint_delivers_again() {
    let bench = StreamBench::start(source(), |_| Err("the process dies here".to_owned())).await;
    bench.put("a", "HEAD").await;
    eventually("a was tried", || !bench.events().is_empty()).await;
    assert_eq!(bench.checkpoint(), None);
    let bench = bench.restart(|_| Ok(Value::Null)).await;
    eventually("a is delivered again", || bench.succeeded() == ["a"]).await;
}

#[tokio::test]
async fn a_function_that_is_away_is_waited_for_and_loses_nothing() {
    let bench = StreamBench::start_away(source()).await;
    bench.put("a", "HEAD").await;
    let bench = bench.back(|_| Ok(Value::Null)).await;
    eventually("a is delivered", || bench.succeeded() == ["a"]).await;
    assert_eq!(
        bench.dead_letters(),
        Vec::<Value>::new(),
        "being away is no failed try"
    );
}

#[test]
fn a_checkpoint_that_cannot_be_read_counts_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path(), "thing");
    checkpoint.write("100000000000000000007").unwrap();
    assert_eq!(checkpoint.read().as_deref(), Some("100000000000000000007"));
    std::fs::write(folder.path().join("thing.json"), "{half").unwrap();
    assert_eq!(checkpoint.read(), None);
}
