//! From an event to the function that a rule leads it to, whatever dies or fails in between.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, response::IntoResponse, routing::post};
use serde_json::{Value, json};
use tabletap_local::{bus::Bus, functions::Invoker, template::Template};

const TEMPLATE: &str = "Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: tabletap
      EventPattern: {source: [tabletap], detail-type: [order.placed], detail: {kind: [{anything-but: takeout}]}}
      Targets: [{Id: thing, Arn: !GetAtt Work.Arn}]
  Work:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 1, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}}
  Dead: {Type: AWS::SQS::Queue}
  Thing:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../target/lambda/thing
      Timeout: 1
      Events:
        Work: {Type: SQS, Properties: {Queue: !GetAtt Work.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}}
";

type Calls = Arc<Mutex<Vec<Value>>>;
type Answer = fn(&Value) -> Option<Value>;

/// A bus on `folder` whose function is at `function`.
async fn bus(folder: &Path, function: SocketAddr) -> String {
    let template = Template::read(&[("template.yaml", TEMPLATE)], &|_| None).unwrap();
    let invoker = Invoker::new(format!("http://{function}"));
    let (bus, pollers) = Bus::open(&folder.join("queues.db"), template, &invoker, folder).unwrap();
    for poller in pollers {
        tokio::spawn(poller.run());
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, bus.router()).await });
    url
}

async fn function(address: SocketAddr, answer: Answer) -> (SocketAddr, Calls) {
    let calls = Calls::default();
    let router = Router::new()
        .route("/2015-03-31/functions/thing/invocations", post(run))
        .with_state((Arc::clone(&calls), answer));
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, calls)
}

async fn run(
    State((calls, answer)): State<(Calls, Answer)>,
    Json(event): Json<Value>,
) -> impl IntoResponse {
    let reply = answer(&event);
    calls.lock().unwrap().push(event);
    match reply {
        Some(reply) => Json(reply).into_response(),
        None => ([("x-amz-function-error", "Unhandled")], Json(json!({}))).into_response(),
    }
}

fn any() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn placed(name: &str) -> Value {
    json!({"EventBusName": "tabletap", "Source": "tabletap", "DetailType": "order.placed",
        "Detail": json!({"kind": "dine_in", "name": name}).to_string()})
}

async fn put(bus: &str, entries: Vec<Value>) -> (u16, Value) {
    let request = reqwest::Client::new().post(bus);
    let request = request.header("x-amz-target", "AWSEvents.PutEvents");
    let reply = request
        .json(&json!({"Entries": entries}))
        .send()
        .await
        .unwrap();
    (reply.status().as_u16(), reply.json().await.unwrap())
}

/// The names in the events of all messages, in the order they were delivered, and how often each was received.
fn delivered(calls: &Calls) -> Vec<(String, String)> {
    let calls = calls.lock().unwrap();
    let messages = calls
        .iter()
        .flat_map(|call| call["Records"].as_array().unwrap());
    messages
        .map(|message| {
            let event: Value = serde_json::from_str(message["body"].as_str().unwrap()).unwrap();
            let receives = &message["attributes"]["ApproximateReceiveCount"];
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&event["detail"]["name"]), text(receives))
        })
        .collect()
}

fn names(calls: &Calls) -> Vec<String> {
    delivered(calls).into_iter().map(|(name, _)| name).collect()
}

async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn an_event_arrives_at_once_where_a_rule_leads_it_in_the_shape_sqs_gives_it() {
    let folder = tempfile::tempdir().unwrap();
    let (at, calls) = function(any(), |_| Some(Value::Null)).await;
    let bus = bus(folder.path(), at).await;
    let mut takeout = placed("takeout");
    takeout["Detail"] = json!({"kind": "takeout"}).to_string().into();
    let mut elsewhere = placed("elsewhere");
    elsewhere["DetailType"] = "order.moved".into();
    let (status, answer) = put(&bus, vec![takeout, placed("a"), elsewhere]).await;
    assert_eq!((status, &answer["FailedEntryCount"]), (200, &json!(0)));
    eventually("a is delivered", || names(&calls) == ["a"]).await;

    let event = calls.lock().unwrap()[0].clone();
    let message = &event["Records"][0];
    let sample = include_str!("../../../../events/menu-publisher/menu-changed.json");
    let sample: Value = serde_json::from_str(sample).unwrap();
    let fields = |message: &Value| -> Vec<String> {
        let (all, attributes) = (message.as_object(), message["attributes"].as_object());
        all.into_iter()
            .chain(attributes)
            .flat_map(|o| o.keys().cloned())
            .collect()
    };
    assert_eq!(fields(message), fields(&sample["Records"][0]));
    assert_eq!(message["eventSource"], "aws:sqs");
    assert_eq!(message["attributes"]["ApproximateReceiveCount"], "1");
    let body: Value = serde_json::from_str(message["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["id"], answer["Entries"][1]["EventId"]);
    assert_eq!(
        (&body["source"], &body["detail-type"]),
        (&json!("tabletap"), &json!("order.placed"))
    );
    let time = body["time"].as_str().unwrap();
    assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
}

#[tokio::test]
async fn an_entry_that_cannot_be_kept_is_refused_and_the_others_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (at, calls) = function(any(), |_| Some(Value::Null)).await;
    let bus = bus(folder.path(), at).await;
    let mut broken = placed("broken");
    broken["Detail"] = "[1]".into();
    let mut nowhere = placed("nowhere");
    nowhere["EventBusName"] = "other".into();
    let (status, answer) = put(&bus, vec![broken, placed("a"), nowhere]).await;
    assert_eq!((status, &answer["FailedEntryCount"]), (200, &json!(2)));
    assert_eq!(answer["Entries"][0]["ErrorCode"], "MalformedDetail");
    assert_eq!(
        answer["Entries"][2]["ErrorCode"],
        "ResourceNotFoundException"
    );
    eventually("a is delivered", || names(&calls) == ["a"]).await;
    let (status, _) = put(&bus, (0..11).map(|_| placed("many")).collect()).await;
    assert_eq!((status, names(&calls).len()), (400, 1));
}

#[tokio::test]
async fn a_poisoned_message_is_given_up_after_five_receives_and_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (at, calls) = function(any(), |event| {
        let messages = event["Records"].as_array().unwrap().iter();
        let poisoned = messages.filter(|m| m["body"].as_str().unwrap().contains("poison"));
        let failed: Vec<Value> = poisoned
            .map(|m| json!({"itemIdentifier": m["messageId"]}))
            .collect();
        Some(json!({"batchItemFailures": failed}))
    })
    .await;
    let bus = bus(folder.path(), at).await;
    put(&bus, vec![placed("a"), placed("poison"), placed("b")]).await;
    eventually("others are done", || {
        names(&calls).contains(&"b".to_owned())
    })
    .await;
    put(&bus, vec![placed("c")]).await;
    eventually("later ones too", || names(&calls).contains(&"c".to_owned())).await;
    let letters = folder.path().join("thing.jsonl");
    eventually("the poison is given up", || letters.exists()).await;
    let letter: Value = serde_json::from_str(&std::fs::read_to_string(&letters).unwrap()).unwrap();
    assert_eq!(
        letter["requestContext"]["condition"],
        "MaxReceiveCountExceeded"
    );
    assert_eq!(letter["body"]["detail"]["name"], "poison");
    let of_poison = delivered(&calls)
        .into_iter()
        .filter(|(name, _)| name == "poison");
    let receives: Vec<String> = of_poison.map(|(_, receives)| receives).collect();
    assert_eq!(receives, ["1", "2", "3", "4", "5"]);
    for name in ["a", "b", "c"] {
        let times = names(&calls).iter().filter(|n| *n == name).count();
        assert_eq!(times, 1, "{name} is done once");
    }
    // The letter is written before the message is moved.
    let moved = json!({"queue": "Dead", "waiting": 1, "in_flight": 0, "dead_letters": true});
    loop {
        let depths = reqwest::get(format!("{bus}/local/queues")).await.unwrap();
        let depths: Value = depths.json().await.unwrap();
        if depths[0] == moved {
            assert_eq!(depths[1]["waiting"], 0);
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_function_that_fails_gets_the_whole_batch_again() {
    let folder = tempfile::tempdir().unwrap();
    let (at, calls) = function(any(), |event| {
        let first = event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1";
        (!first).then_some(Value::Null)
    })
    .await;
    let bus = bus(folder.path(), at).await;
    put(&bus, vec![placed("a"), placed("b")]).await;
    eventually("both twice", || names(&calls) == ["a", "b", "a", "b"]).await;
}

#[tokio::test]
async fn an_accepted_event_outlives_the_program_and_waits_for_a_function_that_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let away = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let first = bus(folder.path(), away).await;
    assert_eq!(put(&first, vec![placed("a")]).await.0, 200);
    // Another program on the same folder; the function comes back only now.
    let _second = bus(folder.path(), away).await;
    let (_, calls) = function(away, |_| Some(Value::Null)).await;
    eventually("a is delivered", || !names(&calls).is_empty()).await;
    assert_eq!(
        delivered(&calls),
        [("a".to_owned(), "1".to_owned())],
        "being away is no receive"
    );
    assert!(!folder.path().join("thing.jsonl").exists());
}
