//! Each way that the news of a payment may come, with each way that a payment may end.
//!
//! In each cell: one ticket for each station of a paid order and none for an unpaid one, one receipt for each payment and one for each
//! refund, and our sums equal to the provider's.

use serde_json::{Value, json};
use std::time::Duration;
use tabletap_tests::{Diner, Program, eventually_within};

const SLUG: &str = "kumo-sushi";

/// How a payment ends.
const ENDS: [&str; 5] = ["paid", "declined", "delayed", "expired", "refunded"];

async fn cell(program: &Program, end: &str, comes_back: bool) -> String {
    let diner = program.diner(SLUG).await;
    let order = diner.order(&diner.cart(2).await).await;
    let session = diner.session(&order).await;
    assert_eq!(
        program.papers_of(&order).await,
        Vec::<Value>::new(),
        "unpaid"
    );
    match end {
        "paid" | "refunded" => program.pay(&session, "paid").await,
        "declined" => {
            program.pay(&session, "declined").await;
            // The page offers to try again, at the same page.
            assert_eq!(diner.session(&order).await, session);
            program.pay(&session, "paid").await;
        }
        "delayed" => program.pay(&session, "delayed_paid").await,
        "expired" => program.pay(&session, "expired").await,
        other => panic!("{other} is no end"),
    }
    if comes_back {
        settle_by_coming_back(&diner, &order, end).await;
    }
    if end == "expired" {
        diner
            .await_order(&order, "the payment came to nothing", |order| {
                order["payment"]["status"] == "failed"
            })
            .await;
        assert_eq!(
            program.papers_of(&order).await,
            Vec::<Value>::new(),
            "never paid"
        );
        assert_eq!(program.ledger_of(&session).await, (0, 0));
        return order;
    }
    let paid = diner
        .await_order(&order, &format!("{order} is paid"), |order| {
            order["payment"]["status"] == "paid"
        })
        .await;
    if end == "refunded" {
        refund(program, &diner, &order).await;
    }
    check(program, &diner, &paid, &session, end).await;
    order
}

/// Asks as the page does, now and then, until there is an answer.
async fn settle_by_coming_back(diner: &Diner, order: &str, end: &str) {
    let what = format!("{order} after coming back ({end})");
    eventually_within(Duration::from_secs(60), &what, async || {
        let status = diner.come_back(order).await.body["payment"]["status"].clone();
        let done = match end {
            "expired" => status == "failed",
            _ => status == "paid",
        };
        done.then_some(())
    })
    .await;
}

async fn refund(program: &Program, diner: &Diner, order: &str) {
    let said = program.command(&["refund", order, "--store", SLUG]);
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let again = program.command(&["refund", order, "--store", SLUG]);
    assert!(again.status.success(), "the same again changes nothing");
    diner
        .await_order(order, "its money is back", |order| {
            order["payment"]["status"] == "refunded"
        })
        .await;
}

/// What must hold of a paid order.
async fn check(program: &Program, diner: &Diner, order: &Value, session: &str, end: &str) {
    let id = order["order_id"].as_str().unwrap();
    let total = order["total_minor"].as_i64().unwrap();
    let back = if end == "refunded" { total } else { 0 };
    assert_eq!(program.ledger_of(session).await, (total, back), "{end}");
    let tickets = |order: &Value| order["tickets"].as_array().map_or(0, Vec::len);
    let order = diner
        .await_order(id, "its tickets", |order| tickets(order) > 0)
        .await;
    let papers = program.await_papers(id, tickets(&order)).await;
    let mut stations: Vec<String> = papers
        .iter()
        .map(|paper| paper["ticket_id"].to_string())
        .collect();
    stations.sort();
    let several = stations.len();
    stations.dedup();
    assert_eq!(stations.len(), several, "one paper each: {papers:?}");
    let mails = |kind: &'static str| async move {
        eventually_within(Duration::from_secs(60), kind, async || {
            let mails = program.mails_of(id, kind).await;
            (!mails.is_empty()).then_some(mails.len())
        })
        .await
    };
    assert_eq!(mails("receipt").await, 1, "{end}");
    if end == "refunded" {
        assert_eq!(mails("refund").await, 1);
    }
}

async fn row(faults: Value, comes_back: bool) {
    let program = Program::start().await;
    program.switch(&faults).await;
    let cells = ENDS.map(|end| cell(&program, end, comes_back));
    let [a, b, c, d, e] = cells;
    let orders = tokio::join!(a, b, c, d, e);
    program.switch(&json!({})).await;
    let audit = program.command(&["audit", "--store", SLUG]);
    let said = String::from_utf8_lossy(&audit.stdout).into_owned();
    assert!(said.contains("0 unexplained"), "{faults}: {said}");
    // What came late must not have printed, or mailed, again.
    for order in [&orders.0, &orders.1, &orders.2, &orders.4] {
        assert_eq!(
            program.mails_of(order, "receipt").await.len(),
            1,
            "{faults}"
        );
    }
    assert!(
        program.papers_of(&orders.3).await.is_empty(),
        "{faults}: never paid"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn as_it_should_be() {
    row(json!({}), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_three_times_at_once() {
    row(json!({"duplicate": 3}), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_in_the_wrong_order() {
    row(json!({"reorder": true}), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_are_late() {
    row(json!({"delay_ms": 3000}), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_get_lost_and_come_again() {
    row(json!({"drop_first": 2}), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guest_comes_back_before_any_event() {
    row(json!({"order": "redirect_first"}), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guest_closes_the_page() {
    row(json!({"order": "webhook_only"}), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_ever_comes_and_only_the_guest_does() {
    row(json!({"order": "redirect_only"}), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_ever_comes_and_the_guest_closes_the_page() {
    row(json!({"never": true}), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_an_old_shape_signed_with_the_other_secret_after_a_while() {
    row(json!({"old_shape": true, "duplicate": 2}), false).await;
}
