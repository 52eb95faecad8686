//! A guest's calls: what is stored, what stands, what is refused.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lambda_http::{Body, Request, http::HeaderValue};
use serde_json::{Value, json};
use table_calls::{Config, TableCalls};
use tabletap_dispatch::Dispatcher;
use tabletap_domain::{
    TableId,
    call::{CallKind, REPEAT_AFTER},
    ticket::{TicketReport, TicketState},
    time::UnixMillis,
};
use tabletap_runtime::{Env, clock::now_ms, mqtt::Publisher};
use tabletap_testkit::{Kitchen, assert_contract, http, reply, sample, with_session};

fn now() -> UnixMillis {
    UnixMillis(now_ms())
}

fn far() -> UnixMillis {
    UnixMillis(now_ms() + 3_600_000)
}

fn request(body: impl Into<Body>) -> Request {
    let mut request = http(sample("table-calls/staff"));
    *request.body_mut() = body.into();
    request
}

async fn send(kitchen: &Kitchen, request: Request) -> (u16, Value) {
    let config = Config::from_env(Env::new(&kitchen.env())).unwrap();
    let function = TableCalls::new(config, &kitchen.sdk);
    let response = function.handle(request).await.unwrap();
    assert_contract("post", "/v1/calls", &response);
    reply(&response)
}

async fn call(kitchen: &Kitchen, kind: &str, seating: u32) -> (u16, Value) {
    let session = kitchen.session(&kitchen.sushi.key, "t1", seating, far());
    let body = json!({"kind": kind}).to_string();
    send(kitchen, with_session(request(body), &session)).await
}

/// Makes the last call of a kind that much older.
async fn age(kitchen: &Kitchen, kind: CallKind) {
    let (key, t1) = (&kitchen.sushi.key, TableId::parse("t1").unwrap());
    let read = kitchen.store.read_for_call(key, &t1, kind).await.unwrap();
    let mut last = read.last.unwrap();
    let id = last.id.clone();
    last.called_at =
        UnixMillis(last.called_at.0 - i64::try_from(REPEAT_AFTER.as_millis()).unwrap());
    kitchen.call(&last, Some(&id)).await;
}

/// Writes the slip of the last call of a kind and proves it printed.
async fn print(kitchen: &Kitchen, kind: CallKind) {
    let (key, t1) = (&kitchen.sushi.key, TableId::parse("t1").unwrap());
    let read = kitchen.store.read_for_call(key, &t1, kind).await.unwrap();
    let config = tabletap_dispatch::Config::from_env(Env::new(&kitchen.env())).unwrap();
    let publisher = Publisher::new(&kitchen.sdk, &config.agents.iot_endpoint);
    let dispatcher = Dispatcher::new(kitchen.store.clone(), publisher, config.customer_keys);
    let slips = dispatcher.write_slip(&read.last.unwrap(), now()).await;
    let printed = TicketReport {
        attempt: 1,
        state: TicketState::Printed,
    };
    for slip in slips.unwrap() {
        let told = kitchen.store.report_ticket(
            key,
            &slip.thing,
            &slip.status.id,
            printed,
            Some("status"),
            now(),
        );
        told.await.unwrap();
    }
}

#[tokio::test]
async fn the_same_call_stands_for_the_whole_table_and_another_kind_is_another_call() {
    let kitchen = Kitchen::open().await;
    let (status, first) = call(&kitchen, "staff", 1).await;
    assert_eq!((status, &first["kind"]), (201, &json!("staff")));
    let before = kitchen.rows().await;
    for _ in 0..3 {
        assert_eq!(call(&kitchen, "staff", 1).await, (200, first.clone()));
    }
    assert_eq!(kitchen.rows().await, before, "nothing more is written");
    assert_eq!(call(&kitchen, "bill", 1).await.0, 201);
    assert_eq!(call(&kitchen, "cash", 1).await.0, 201);
}

#[tokio::test]
async fn many_phones_at_once_make_one_call() {
    let kitchen = Kitchen::open().await;
    let calls = (0..4).map(|_| call(&kitchen, "staff", 1));
    let answers = futures_util::future::join_all(calls).await;
    let new = answers.iter().filter(|(status, _)| *status == 201).count();
    let stood = answers.iter().filter(|(status, _)| *status == 200).count();
    assert_eq!((new, stood), (1, 3), "{answers:?}");
    assert_eq!(kitchen.count("CALL#t1#staff").await, 1);
}

#[tokio::test]
async fn a_call_is_made_again_when_it_is_old_and_its_slip_on_paper_not_before() {
    let kitchen = Kitchen::open().await;
    call(&kitchen, "bill", 1).await;
    age(&kitchen, CallKind::Bill).await;
    let (status, _) = call(&kitchen, "bill", 1).await;
    assert_eq!(status, 200, "old, but the printer has it still to print");
    print(&kitchen, CallKind::Bill).await;
    let (status, _) = call(&kitchen, "bill", 1).await;
    assert_eq!(status, 201, "old and printed");
}

#[tokio::test]
async fn an_earlier_partys_call_does_not_silence_the_next() {
    let kitchen = Kitchen::open().await;
    let (key, t1) = (&kitchen.sushi.key, TableId::parse("t1").unwrap());
    let order = format!("ord_{:032x}", 1);
    kitchen.order_sushi(&order, "t1", now()).await;
    assert_eq!(call(&kitchen, "staff", 1).await.0, 201);
    tabletap_seating::close(
        &kitchen.store,
        key,
        &t1,
        tabletap_seating::Unpaid::Accepted,
        now(),
    )
    .await
    .unwrap();
    let (status, refused) = call(&kitchen, "staff", 1).await;
    assert_eq!((status, &refused["code"]), (410, &json!("seating_ended")));
    assert_eq!(call(&kitchen, "staff", 2).await.0, 201);
}

#[tokio::test]
async fn a_call_of_who_scanned_after_a_paid_meal_leaves_the_coffee_to_its_party() {
    let kitchen = Kitchen::open().await;
    let (key, t1) = (&kitchen.sushi.key, TableId::parse("t1").unwrap());
    kitchen
        .order_sushi(&format!("ord_{:032x}", 1), "t1", now())
        .await;
    let stands = async || {
        let sticker = kitchen.store.table_code(key, &t1).await.unwrap();
        sticker.unwrap().seating
    };
    // As if it had paid its meal before this order.
    kitchen.set_number("TABLE#t1", "paid_party", 1).await;
    let before = stands().await;
    assert_eq!((before.number, before.number_for_scan()), (1, 2));
    let burst = i64::from(tabletap_domain::seating::BURST_CALLS_MAX);
    let at = now_ms();
    for (sent, held) in [(0, false), (burst, true)] {
        kitchen.set_number("TABLE#t1", "sent_since", at).await;
        kitchen.set_number("TABLE#t1", "sent_calls", sent).await;
        let kind = if held { "bill" } else { "staff" };
        let (status, called) = call(&kitchen, kind, 2).await;
        let is_held = called["held"].as_bool().unwrap_or_default();
        assert_eq!((status, is_held), (201, held), "{called}");
        assert_eq!(stands().await.number, 1, "the party with the coffee");
    }
    let released = tabletap_seating::confirm(&kitchen.store, key, &t1, now()).await;
    assert_eq!(released.unwrap().calls, 1, "the call that waited comes out");
}

#[tokio::test]
async fn what_is_no_call_is_refused_by_name_and_nothing_is_written() {
    let kitchen = Kitchen::open().await;
    let before = kitchen.rows().await;
    let session = kitchen.session(&kitchen.sushi.key, "t1", 1, far());
    let expired = kitchen.session(&kitchen.sushi.key, "t1", 1, UnixMillis(now_ms() - 1));
    let long = json!({"kind": "x".repeat(5000)}).to_string();
    for (session, body, status, code) in [
        ("nonsense", r#"{"kind":"staff"}"#, 401, "session_invalid"),
        (&expired, r#"{"kind":"staff"}"#, 401, "session_expired"),
        (&session, "{", 400, "invalid_json"),
        (&session, "[]", 400, "invalid_json"),
        (&session, "{}", 422, "invalid_field"),
        (&session, r#"{"kind":"dessert"}"#, 422, "invalid_field"),
        (
            &session,
            r#"{"kind":"staff","table":"t2"}"#,
            422,
            "invalid_field",
        ),
        (&session, &long, 413, "body_too_large"),
    ] {
        let answer = send(&kitchen, with_session(request(body), session)).await;
        assert_eq!(
            (answer.0, &answer.1["code"]),
            (status, &json!(code)),
            "{body}"
        );
    }
    let unknown = send(&kitchen, http(sample("table-calls/unknown-kind"))).await;
    assert_eq!((unknown.0, &unknown.1["field"]), (422, &json!("kind")));
    assert_eq!(kitchen.rows().await, before);
}

#[tokio::test]
async fn a_refusal_speaks_the_language_that_the_page_accepts() {
    let kitchen = Kitchen::open().await;
    let mut request = with_session(request(r#"{"kind":"staff"}"#), "nonsense");
    let accepted = HeaderValue::from_static("ar");
    request.headers_mut().insert("accept-language", accepted);
    let (_, refused) = send(&kitchen, request).await;
    assert_eq!(refused["message"], "يُرجى مسح الملصق على طاولتك أولًا.");
}

#[tokio::test]
async fn the_sample_event_calls() {
    let kitchen = Kitchen::open().await;
    assert_eq!(
        send(&kitchen, http(sample("table-calls/staff"))).await.0,
        201
    );
}
