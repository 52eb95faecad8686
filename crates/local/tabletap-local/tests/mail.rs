//! The local SES as the SDK's client sees it, and its events as a rule of the default bus does.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_sesv2::{
    Client,
    config::Builder,
    types::{Body, Content, Destination, EmailContent, Message, MessageTag},
};
use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};
use tabletap_domain::customer::Email;
use tabletap_local::{
    aws::sdk_config,
    bus::Bus,
    functions::Invoker,
    http,
    mail::{Identities, Mail},
    template::Template,
};
use tabletap_mail::{Envelope, Mailer, SendError, Tag};
use tokio::task::JoinHandle;

const FROM: &str = "receipts@tabletap.localhost";
const SET: &str = "tabletap";
const TEMPLATE: &str = "Resources:
  Fates:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.ses], detail-type: [Email Bounced, Email Complaint Received]}
      Targets: [{Id: thing, Arn: !GetAtt Work.Arn}]
  Own:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: tabletap
      EventPattern: {source: [aws.ses]}
      Targets: [{Id: thing, Arn: !GetAtt Work.Arn}]
  Work: {Type: AWS::SQS::Queue}
  Thing:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../target/lambda/thing
      Timeout: 1
      Events:
        Work: {Type: SQS, Properties: {Queue: !GetAtt Work.Arn}}
";

/// A part that ends with its test, or before.
struct Part {
    url: String,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Part {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn serve(address: &str, router: Router) -> (String, JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, serving)
}

async fn mail(folder: &Path, bus: &str) -> Part {
    let identities = Identities {
        from: FROM.to_owned(),
        configuration_set: SET.to_owned(),
    };
    let mail = Mail::open(&folder.join("mail.db"), identities).unwrap();
    let (url, serving) = serve("127.0.0.1:0", mail.router()).await;
    let telling = tokio::spawn(mail.publish_events(bus.to_owned(), http::client()));
    let tasks = vec![serving, telling];
    Part { url, tasks }
}

type Events = Arc<Mutex<Vec<Value>>>;

/// A bus at `address` whose rules lead to a function that notes what it gets.
async fn bus(folder: &Path, address: &str) -> (Part, Events) {
    async fn note(State(events): State<Events>, Json(batch): Json<Value>) -> Json<Value> {
        for record in batch["Records"].as_array().unwrap() {
            let event = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
            events.lock().unwrap().push(event);
        }
        Json(Value::Null)
    }
    let events = Events::default();
    let function = Router::new()
        .route("/2015-03-31/functions/thing/invocations", post(note))
        .with_state(Arc::clone(&events));
    let (function, answering) = serve("127.0.0.1:0", function).await;
    let template = Template::read(&[("template.yaml", TEMPLATE)], &|_| None).unwrap();
    let invoker = Invoker::new(function);
    let (bus, pollers) = Bus::open(&folder.join("queues.db"), template, &invoker, folder).unwrap();
    let mut tasks: Vec<JoinHandle<()>> = vec![answering];
    for poller in pollers {
        tasks.push(tokio::spawn(poller.run()));
    }
    let (url, serving) = serve(address, bus.router()).await;
    tasks.push(serving);
    (Part { url, tasks }, events)
}

fn mailer(part: &Part) -> Mailer {
    let from = Email::parse(FROM).unwrap();
    Mailer::new(&sdk_config(&part.url, ""), from, SET.to_owned())
}

fn envelope(to: &str) -> Envelope {
    let tag = |name: &str, value: &str| Tag {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    Envelope {
        to: Email::parse(to).unwrap(),
        sender_name: "雲寿司 \"Kumo\"\r\nBcc: eve@example.com".to_owned(),
        reply_to: Some(Email::parse("hello@kumo.example").unwrap()),
        tags: vec![
            tag("kind", "receipt"),
            tag("order-0", "ord_1"),
            tag("order-1", "ord_2"),
        ],
    }
}

fn receipt() -> tabletap_mail::Mail {
    tabletap_mail::Mail {
        subject: "Ihr Beleg: 5,00 € 領収書".to_owned(),
        html: "<p>Schönen Dank</p>".to_owned(),
        text: "Schönen Dank".to_owned(),
    }
}

async fn get(part: &Part, path: &str) -> Value {
    let reply = reqwest::get(format!("{}{path}", part.url)).await.unwrap();
    reply.json().await.unwrap()
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
async fn a_mail_is_kept_as_it_was_sent_and_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let part = mail(folder.path(), "http://127.0.0.1:1").await;
    let sending = mailer(&part);
    let first = sending.send(&envelope("ada@example.com"), &receipt()).await;
    let second = sending.send(&envelope("bob@example.com"), &receipt()).await;
    drop(part);
    let part = mail(folder.path(), "http://127.0.0.1:1").await;
    let list = get(&part, "/local/mail").await;
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first, second);
    assert_eq!(list[0]["id"], second, "newest first");
    assert_eq!(list[1]["id"], first);
    assert_eq!(list[1]["to"], "ada@example.com");
    assert_eq!(list[1]["kind"], "receipt");
    assert_eq!(list[1]["order_ids"], json!(["ord_1", "ord_2"]));
    assert_eq!(list[1]["subject"], receipt().subject);
    assert!(list[1]["sent_at"].as_str().unwrap().ends_with('Z'));
    assert!(list[1].get("html").is_none());
    let whole = get(&part, &format!("/local/mail/{first}")).await;
    assert_eq!(whole["html"], receipt().html);
    assert_eq!(whole["text"], receipt().text);
    assert_eq!(whole["reply_to"], json!(["hello@kumo.example"]));
    let from = whole["from"].as_str().unwrap();
    assert!(from.starts_with("=?UTF-8?B?") && from.ends_with("?= <receipts@tabletap.localhost>"));
    assert_eq!(get(&part, "/local/mail/none").await["code"], "not_found");
}

/// What is tried: from, to, a tag's value, configuration set, subject.
type Try<'a> = [&'a str; 5];

async fn code_of(client: &Client, [from, to, tag, set, subject]: Try<'_>) -> String {
    let utf8 = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let tag = MessageTag::builder().name("kind").value(tag).build();
    let message = Message::builder()
        .subject(utf8(subject).unwrap())
        .body(Body::builder().text(utf8("text").unwrap()).build());
    let sent = client
        .send_email()
        .from_email_address(from)
        .destination(Destination::builder().to_addresses(to).build())
        .email_tags(tag.unwrap())
        .configuration_set_name(set)
        .content(EmailContent::builder().simple(message.build()).build());
    let error = sent.send().await.unwrap_err().into_service_error();
    assert!(error.meta().message().is_some_and(|text| !text.is_empty()));
    error.meta().code().unwrap().to_owned()
}

#[tokio::test]
async fn what_ses_refuses_is_refused_by_its_code_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let part = mail(folder.path(), "http://127.0.0.1:1").await;
    let client = Client::from_conf(Builder::from(&sdk_config(&part.url, "")).build());
    let (ada, long) = ("ada@example.com", "x".repeat(257));
    let header = "ada@example.com\r\nBcc: x@example.com";
    let kumo = "雲 <receipts@tabletap.localhost>";
    for (tried, code) in [
        (["eve@example.com", ada, "a", SET, "s"], "MessageRejected"),
        (["nobody", ada, "a", SET, "s"], "BadRequestException"),
        ([kumo, ada, "a", SET, "s"], "BadRequestException"),
        ([FROM, "ada", "a", SET, "s"], "BadRequestException"),
        ([FROM, header, "a", SET, "s"], "BadRequestException"),
        (
            [FROM, "ä@example.com", "a", SET, "s"],
            "BadRequestException",
        ),
        ([FROM, ada, "a b", SET, "s"], "BadRequestException"),
        ([FROM, ada, &long, SET, "s"], "BadRequestException"),
        ([FROM, ada, "a", "other", "s"], "NotFoundException"),
        ([FROM, ada, "a", SET, "s\nX: y"], "BadRequestException"),
    ] {
        assert_eq!(code_of(&client, tried).await, code, "{tried:?}");
    }
    assert_eq!(get(&part, "/local/mail").await, json!([]));
}

#[tokio::test]
async fn the_sender_tells_what_was_refused_from_what_may_be_on_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let part = mail(folder.path(), "http://127.0.0.1:1").await;
    let other = Mailer::new(
        &sdk_config(&part.url, ""),
        Email::parse("eve@example.com").unwrap(),
        SET.to_owned(),
    );
    let sent = other.send(&envelope("ada@example.com"), &receipt()).await;
    assert_eq!(sent, Err(SendError::Refused("MessageRejected".to_owned())));
    let silent = Router::new().fallback(|| async { axum::http::StatusCode::BAD_GATEWAY });
    let (url, serving) = serve("127.0.0.1:0", silent).await;
    let silent = Part {
        url,
        tasks: vec![serving],
    };
    let sent = mailer(&silent)
        .send(&envelope("ada@example.com"), &receipt())
        .await;
    assert_eq!(sent, Err(SendError::Unknown));
    let busy = Router::new().fallback(|| async {
        let kind = [("x-amzn-errortype", "TooManyRequestsException")];
        (axum::http::StatusCode::TOO_MANY_REQUESTS, kind, "{}")
    });
    let (url, serving) = serve("127.0.0.1:0", busy).await;
    let busy = Part {
        url,
        tasks: vec![serving],
    };
    let sent = mailer(&busy)
        .send(&envelope("ada@example.com"), &receipt())
        .await;
    assert_eq!(
        sent,
        Err(SendError::Busy("TooManyRequestsException".to_owned()))
    );
}

#[tokio::test]
async fn the_simulators_addresses_bounce_and_complain_on_the_default_bus_even_if_it_was_away() {
    let folder = tempfile::tempdir().unwrap();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let part = mail(folder.path(), &format!("http://{address}")).await;
    let sending = mailer(&part);
    let mut ids = Vec::new();
    for to in [
        "ada@example.com",
        "bounce+1@simulator.amazonses.com",
        "complaint@simulator.amazonses.com",
    ] {
        ids.push(sending.send(&envelope(to), &receipt()).await.unwrap());
    }
    drop(part);
    let (_bus, events) = bus(folder.path(), &address).await;
    let _part = mail(folder.path(), &format!("http://{address}")).await;
    eventually("two events arrive", || events.lock().unwrap().len() == 2).await;
    let events = events.lock().unwrap().clone();
    let of = |kind: &str| {
        events
            .iter()
            .find(|event| event["detail-type"] == kind)
            .unwrap()
    };
    let bounced = of("Email Bounced");
    assert_eq!(bounced["source"], "aws.ses");
    assert_eq!(bounced["detail"]["eventType"], "Bounce");
    assert_eq!(bounced["detail"]["mail"]["messageId"], ids[1]);
    assert_eq!(
        bounced["detail"]["mail"]["tags"]["order-1"],
        json!(["ord_2"])
    );
    let bounce = &bounced["detail"]["bounce"];
    assert_eq!(bounce["bounceType"], "Permanent");
    assert_eq!(
        bounce["bouncedRecipients"][0]["emailAddress"],
        "bounce+1@simulator.amazonses.com"
    );
    let complained = of("Email Complaint Received");
    assert_eq!(complained["detail"]["mail"]["messageId"], ids[2]);
    assert_eq!(
        complained["detail"]["complaint"]["complaintFeedbackType"],
        "abuse"
    );
}

#[tokio::test]
async fn nobody_but_a_service_speaks_for_a_service() {
    let folder = tempfile::tempdir().unwrap();
    let (bus, events) = bus(folder.path(), "127.0.0.1:0").await;
    let entry = json!({"EventBusName": "tabletap", "Source": "aws.ses", "DetailType": "Email Bounced", "Detail": "{}"});
    let request = reqwest::Client::new().post(&bus.url);
    let request = request.header("x-amz-target", "AWSEvents.PutEvents");
    let reply = request.json(&json!({"Entries": [entry]})).send().await;
    let reply: Value = reply.unwrap().json().await.unwrap();
    assert_eq!(reply["FailedEntryCount"], 1);
    assert_eq!(
        reply["Entries"][0]["ErrorCode"],
        "NotAuthorizedForSourceException"
    );
    assert!(events.lock().unwrap().is_empty());
}
