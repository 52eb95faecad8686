//! Today's program on a data folder of the previous release, see `previous-release/README.md`: everything in it is read, finished as it would
//! have been, and still readable by the previous release after a rollback.

use serde_json::{Map, Value};
use std::{
    collections::BTreeSet,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
};
use tabletap_domain::{
    order::{OrderStatus, PaymentStatus},
    payment::RefundState,
};
use tabletap_tests::{Guest, Program, assert_none_lost_none_unmarked, eventually};
use tabletap_wire::{
    call::CallRecord,
    order_record::{OrderRecord, OrderStates},
    payment_record::{PaymentRecord, RefundRecord},
    print::PrintJob,
    store_record::StoreRecord,
};

const STORE: &str = "kumo-sushi";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("previous-release")
}

/// The orders that the folder holds, by what is special about them.
fn facts() -> Value {
    let text = fs::read_to_string(fixture().join("facts.json")).expect("the facts are there");
    serde_json::from_str(&text).expect("they are JSON")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("it can be listed");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a file can be copied");
        }
    }
}

async fn start() -> Program {
    let data = tempfile::tempdir().expect("a temporary folder can be made");
    copy(&fixture().join("data"), data.path());
    take_another_stripe_port(&data.path().join("run.json"));
    Program::start_on(data).await
}

/// The local Stripe stays where its payment pages were, and tests run side by side.
fn take_another_stripe_port(run: &Path) {
    let text = fs::read_to_string(run).expect("run.json is there");
    let mut run_file: Value = serde_json::from_str(&text).expect("it is JSON");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    run_file["addresses"]["stripe"] = free.expect("a port is free").to_string().into();
    fs::write(run, run_file.to_string()).expect("it can be written");
}

/// The phone that placed an order, with the session it has had since.
fn phone(program: &Program, fact: &Value) -> Guest {
    let session = fact["session"].as_str().expect("a session");
    program.diner_with(STORE, session).guest().clone()
}

#[tokio::test]
async fn every_order_of_the_previous_release_is_read_with_its_guests_own_session() {
    let program = start().await;
    let facts = facts();
    for name in [
        "open",
        "ended",
        "held",
        "takeout_unpaid",
        "payment_open",
        "takeout_paid",
        "refund",
        "part_paid",
        "unknown",
        "accepted_but_printed",
        "sending",
    ] {
        let fact = &facts[name];
        let order = fact["order"].as_str().expect("an order");
        let reply = phone(&program, fact).look(order).await;
        // The sessions are read for as long as anybody runs this; they also run out one day.
        match (reply.status, reply.code()) {
            (200, _) => assert_eq!(reply.body["order_id"], order, "{name}"),
            (status, code) => assert_eq!((status, code), (401, "session_expired"), "{name}"),
        }
    }
}

#[tokio::test]
async fn a_ticket_caught_in_the_middle_by_the_upgrade_comes_out_once_more_and_says_so() {
    let program = start().await;
    let facts = facts();
    let order = facts["sending"]["order"].as_str().expect("an order");
    eventually("the copy is on paper", async || {
        let papers = program.papers_of(order).await;
        papers
            .iter()
            .any(|paper| paper["banner"] == true)
            .then_some(())
    })
    .await;
    assert_none_lost_none_unmarked(&program.papers_of(order).await, 1);
    let printed = facts["accepted_but_printed"]["order"]
        .as_str()
        .expect("an order");
    let papers = program.papers_of(printed).await;
    assert_eq!(
        papers.len(),
        1,
        "what was on paper is asked about, and not printed again"
    );
}

#[tokio::test]
async fn the_refund_that_was_under_way_and_all_payments_are_explained_after_the_upgrade() {
    let program = start().await;
    let audit = program.command(&["audit", "--store", STORE]);
    let said = String::from_utf8_lossy(&audit.stdout).into_owned();
    assert!(audit.status.success(), "{said}");
    assert!(said.contains("0 unexplained"), "{said}");
}

/// The rows of the folder's table.
fn rows() -> Vec<Map<String, Value>> {
    // Opening changes the files beside it, so never in place.
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let copied = folder.path().join("table.db");
    fs::copy(fixture().join("data/table.db"), &copied).expect("the table is there");
    let table = rusqlite::Connection::open(copied).expect("it is a database");
    let mut statement = table
        .prepare("SELECT item_json FROM tabletap")
        .expect("it has rows");
    let texts = statement.query_map([], |row| row.get::<_, String>(0));
    texts
        .expect("they can be read")
        .map(|text| serde_json::from_str(&text.expect("a row")).expect("a row is JSON"))
        .collect()
}

fn text<'a>(row: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    row.get(name)?["S"].as_str()
}

/// What today's code writes for a document that it has read; `None` for a row without one.
fn rewritten(row: &Map<String, Value>) -> Option<(String, String)> {
    let (pk, sk) = (text(row, "pk")?, text(row, "sk")?);
    if let Some(job) = text(row, "job") {
        let read: PrintJob = serde_json::from_str(job).expect("a print job is read");
        let written = serde_json::to_string(&read).expect("and written");
        return Some((job.to_owned(), written));
    }
    let document = text(row, "doc")?;
    let written = match (pk.split('#').next()?, sk.split('#').next()?) {
        ("STORE", "CONFIG") => StoreRecord::write(&StoreRecord::read(document).expect("a store")),
        ("STORE", "CALL") => CallRecord::write(&CallRecord::read(document).expect("a call")),
        ("ORDER", "HEAD") => {
            let states = OrderStates {
                status: OrderStatus::parse(text(row, "status")?)?,
                payment: PaymentStatus::parse(text(row, "payment")?)?,
                held: row["held"]["BOOL"] == true,
                fire_at: None,
                ready_at: None,
                refund_reason: None,
            };
            OrderRecord::write(&OrderRecord::read(document, states).expect("an order"))
        }
        ("PAYMENT", "PAYMENT") => {
            PaymentRecord::write(&PaymentRecord::read(document).expect("a payment"))
        }
        ("PAYMENT", "REFUND") => {
            let state = RefundState::parse(text(row, "state")?)?;
            RefundRecord::write(&RefundRecord::read(document, state, None).expect("a refund"))
        }
        other => panic!("no reader for a row {other:?}"),
    };
    Some((document.to_owned(), written))
}

/// Everything of `before` is in `after`, as it was; `after` may say more.
fn assert_keeps(before: &Value, after: &Value, at: &str) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                let at = format!("{at}.{name}");
                let kept = after.get(name);
                // Absent and null are one to every reader.
                assert!(kept.is_some() || value.is_null(), "{at} is gone");
                assert_keeps(value, kept.unwrap_or(&Value::Null), &at);
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            assert_eq!(before.len(), after.len(), "{at}");
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                assert_keeps(before, after, &format!("{at}[{index}]"));
            }
        }
        (before, after) => assert_eq!(before, after, "{at}"),
    }
}

#[test]
fn what_today_writes_is_what_the_previous_release_reads() {
    let mut kinds = BTreeSet::new();
    for row in rows() {
        let Some((before, after)) = rewritten(&row) else {
            continue;
        };
        let (pk, sk) = (text(&row, "pk"), text(&row, "sk"));
        let kind = |key: Option<&str>| {
            key.and_then(|key| key.split('#').next())
                .unwrap_or_default()
                .to_owned()
        };
        kinds.insert(format!("{} {}", kind(pk), kind(sk)));
        let (before, after): (Value, Value) = (
            serde_json::from_str(&before).expect("JSON"),
            serde_json::from_str(&after).expect("JSON"),
        );
        assert_keeps(&before, &after, sk.unwrap_or_default());
    }
    let all: Vec<&str> = kinds.iter().map(String::as_str).collect();
    assert_eq!(
        all,
        [
            "ORDER HEAD",
            "ORDER TICKET",
            "PAYMENT PAYMENT",
            "PAYMENT REFUND",
            "STORE CALL",
            "STORE CONFIG"
        ],
        "each kind of document was met"
    );
}
