//! A word that was lost between two that live on: a report behind the broker, what the mail service said of a mail. Nothing stays on an alarm for
//! it, and nothing is done twice.

use crate::{agents_of, kill_9};
use serde_json::{Value, json};
use std::time::Duration;
use tabletap_tests::{Guest, Program, assert_none_lost_none_unmarked, eventually_within};

/// A lost report is asked for by the next sweep but one, and those are a minute apart.
const QUIET: Duration = Duration::from_secs(180);
/// What a mailer that died had in hand comes again after a minute, and once more after another.
const RECEIVED_TWICE_AGAIN: Duration = Duration::from_secs(240);

/// Waits until every ticket of the order is proven printed, which takes it off every alarm.
async fn await_proof(guest: &Guest, id: &str) {
    let what = format!("every ticket of {id} is proven printed");
    eventually_within(QUIET, &what, async || {
        let seen = guest.look(id).await.body;
        let tickets = seen["tickets"].as_array()?;
        let printed = |ticket: &Value| ticket["state"] == "printed";
        (tickets.len() == 2 && tickets.iter().all(printed)).then_some(())
    })
    .await;
}

async fn order(guest: &Guest) -> String {
    let order = guest.order(6).await;
    order["order_id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn whatever_is_started_again_no_ticket_on_paper_stays_on_an_alarm_after_a_quiet_minute() {
    let mut program = Program::start().await;
    let guest = program.guest("kumo-sushi", 5).await;
    // The program dies with the report that it was about to write down, and with those that wait behind it.
    let fault = json!({"name": "printer-events.printed", "fault": "crash"});
    assert_eq!(program.post("/local/faults", &fault).await, 200);
    let mut orders = vec![order(&guest).await];
    program.await_end().await;
    program.restart_after_kill().await;
    let guest = program.guest("kumo-sushi", 5).await;
    for restarted in ["agent", "broker", "program"] {
        let id = order(&guest).await;
        program.await_papers(&id, 2).await;
        match restarted {
            "agent" => agents_of(&program).iter().for_each(|pid| kill_9(pid)),
            "broker" => {
                let status = program.post("/local/broker/pause?secs=3", &json!({})).await;
                assert_eq!(status, 204);
            }
            _ => program.restart_after_kill().await,
        }
        orders.push(id);
    }
    let guest = program.guest("kumo-sushi", 5).await;
    for id in &orders {
        await_proof(&guest, id).await;
        assert_none_lost_none_unmarked(&program.papers_of(id).await, 2);
    }
}

#[tokio::test]
async fn a_receipt_is_mailed_once_though_the_mailer_dies_with_the_mail_and_with_the_word_of_it() {
    let mut program = Program::start().await;
    let diner = program.diner("kumo-sushi").await;
    let order = diner.order(&diner.cart(2).await).await;
    let session = diner.session(&order).await;
    let fault = json!({"name": "receipt-mailer.sent", "fault": "crash"});
    assert_eq!(program.post("/local/faults", &fault).await, 200);
    let wish = json!({"session": session, "outcome": "paid"});
    // Its answer may not come any more.
    let _ = diner.guest().try_post("/local/stripe/pay", &wish).await;
    program.await_end().await;
    let armed = [("TABLETAP_FAULT", "receipt-mailer.told:crash")];
    program.restart_to_die_with(&armed).await;
    program.restart_after_kill_with(&[]).await;
    eventually_within(RECEIVED_TWICE_AGAIN, "no message waits", async || {
        let queues = program.get("/local/queues").await;
        let is_empty = |queue: &Value| queue["waiting"] == 0 && queue["in_flight"] == 0;
        queues.as_array()?.iter().all(is_empty).then_some(())
    })
    .await;
    assert_eq!(program.mails_of(&order, "receipt").await.len(), 1);
}
