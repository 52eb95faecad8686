//! Each way that the news of a payment may come, with each way that a payment may end.
//!
//! In each cell: one ticket for each station of a paid order and none for an unpaid one, one receipt for each payment and one for each
//! refund, and our sums equal to the provider's.

use crate::cell::{Cell, End, SLUG, TIP_MINOR, await_silence, check_all};
use serde_json::{Value, json};
use std::time::Duration;
use tabletap_tests::{Diner, Program, eventually_within};

async fn cell(program: &Program, end: End, comes_back: bool) -> Cell {
    let diner = program.diner(SLUG).await;
    let order = diner.order(&diner.cart(2).await).await;
    let session = session(&diner, &order).await;
    assert!(program.papers_of(&order).await.is_empty(), "unpaid");
    for outcome in end.outcomes() {
        program.pay(&session, outcome).await;
        if *outcome == "declined" {
            // The page offers to try again, at the same page.
            assert_eq!(self::session(&diner, &order).await, session);
        }
    }
    if comes_back {
        settle_by_coming_back(&diner, &order, end).await;
    }
    if end == End::Refunded {
        diner
            .await_order(&order, &format!("{order} is paid"), |order| {
                order["payment"]["status"] == "paid"
            })
            .await;
        refund(program, &order);
    }
    let cell = Cell {
        end,
        order,
        session,
    };
    let papers = cell.check(program, &diner).await;
    let marked = papers.iter().filter(|paper| paper["banner"] == true);
    assert_eq!(marked.count(), 0, "one paper each: {papers:?}");
    cell
}

async fn session(diner: &Diner, order: &str) -> String {
    let reply = diner.checkout(order, TIP_MINOR).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["session_id"].as_str().unwrap().to_owned()
}

/// Asks as the page does, now and then, until there is an answer.
async fn settle_by_coming_back(diner: &Diner, order: &str, end: End) {
    let what = format!("{order} after coming back ({end:?})");
    eventually_within(Duration::from_secs(60), &what, async || {
        let status = &diner.come_back(order).await.body["payment"]["status"];
        (status == end.status()).then_some(())
    })
    .await;
}

fn refund(program: &Program, order: &str) {
    for time in ["once", "again, which changes nothing"] {
        let said = program.command(&["refund", order, "--store", SLUG]);
        let errors = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{time}: {errors}");
    }
}

/// A program where the news comes like this.
async fn told(faults: &Value) -> Program {
    let program = Program::start().await;
    program.switch(faults).await;
    program
}

async fn every_end(program: &Program, comes_back: bool) -> [Cell; 5] {
    let [a, b, c, d, e] = End::ALL.map(|end| cell(program, end, comes_back));
    tokio::join!(a, b, c, d, e).into()
}

/// What is still to come comes now, and must not print, or mail, again.
async fn come_to_rest(program: &Program, cells: &[Cell]) {
    program.switch(&json!({})).await;
    await_silence(program).await;
    check_all(program, cells).await;
}

async fn row(faults: Value, comes_back: bool) {
    let program = told(&faults).await;
    let cells = every_end(&program, comes_back).await;
    come_to_rest(&program, &cells).await;
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
async fn events_of_an_old_shape_each_twice_at_once() {
    row(json!({"old_shape": true, "duplicate": 2}), false).await;
}

/// The statuses that the webhook has answered every attempt with so far.
async fn answers(program: &Program) -> Vec<Value> {
    let events = program.get("/local/stripe/events?limit=500").await;
    let events = events.as_array().unwrap().iter();
    let deliveries = events.flat_map(|event| event["deliveries"].as_array().unwrap());
    deliveries
        .map(|delivery| delivery["status"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_somebody_else_signed_move_nothing_and_the_guest_who_comes_back_does() {
    let program = told(&json!({"wrong_secret": true})).await;
    let diner = program.diner(SLUG).await;
    let order = diner.order(&diner.cart(1).await).await;
    program.pay(&session(&diner, &order).await, "paid").await;
    let heard = eventually_within(Duration::from_secs(30), "an answer", async || {
        let answers = answers(&program).await;
        (!answers.is_empty()).then_some(answers)
    })
    .await;
    assert!(heard.iter().all(|status| *status == 400), "{heard:?}");
    let seen = diner.guest().look(&order).await.body;
    assert_eq!(
        (&seen["status"], &seen["payment"]["status"]),
        (&json!("awaiting_payment"), &json!("pending"))
    );
    assert!(program.papers_of(&order).await.is_empty());
    settle_by_coming_back(&diner, &order, End::Paid).await;

    let cells = every_end(&program, true).await;
    let heard = answers(&program).await;
    assert!(heard.iter().all(|status| *status == 400), "{heard:?}");
    come_to_rest(&program, &cells).await;
}
