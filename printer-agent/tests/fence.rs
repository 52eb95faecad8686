//! What proves that a ticket is on paper, and what does not.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::{
    Shop, job,
    printer::{Inside, Mishap},
    reports_of_kind, ticket, wait_for_reports,
};

/// A printer that prints, does not answer the fence, and misbehaves as `trouble` says: the ticket ends unknown and is never reported printed.
async fn proves_nothing(trouble: impl FnOnce(&mut Inside)) {
    let shop = Shop::open().await;
    {
        let mut inside = shop.printer.inside.lock().unwrap();
        inside.mute_fence = true;
        trouble(&mut inside);
    }
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    let unknown = wait_for_reports(&shop, "unknown", 1).await;
    assert_eq!(unknown[0].attempt, 2, "after its one marked copy");
    assert_eq!(reports_of_kind(&shop.broker.reports(), "printed").len(), 0);
    assert_eq!(shop.printer.paper().matches(&ticket(1)).count(), 2);
}

#[tokio::test]
async fn a_space_that_arrives_early_proves_nothing() {
    proves_nothing(|printer| printer.stray = b" ".to_vec()).await;
}

#[tokio::test]
async fn a_stray_byte_that_looks_like_an_answer_proves_nothing() {
    proves_nothing(|printer| printer.stray = vec![0]).await;
}

#[tokio::test]
async fn an_echo_of_the_ticket_proves_nothing() {
    proves_nothing(|printer| printer.echoes = true).await;
}

#[tokio::test]
async fn garbage_proves_nothing() {
    proves_nothing(|printer| printer.garbles = true).await;
}

#[tokio::test]
async fn a_late_answer_over_the_next_connection_proves_nothing() {
    proves_nothing(|printer| printer.answers_late = true).await;
}

#[tokio::test]
async fn an_answer_to_a_killed_agents_question_proves_nothing_to_the_next_agent() {
    let shop = Shop::with("unknown_outcome = \"ask\"", "").await;
    {
        let mut inside = shop.printer.inside.lock().unwrap();
        (inside.mute_fence, inside.answers_late) = (true, true);
    }
    let mut agent = shop.agent("agent.written:crash");
    shop.broker.send(&job(1, 1));
    agent.wait().await.unwrap();
    let _again = shop.agent("");
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "unknown", 2).await;
    assert_eq!(reports_of_kind(&shop.broker.reports(), "printed").len(), 0);
}

#[tokio::test]
async fn a_printer_that_is_slow_with_each_answer_proves_its_tickets_all_the_same() {
    let shop = Shop::open().await;
    shop.printer.inside.lock().unwrap().answers_after = Duration::from_millis(150);
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "printed", 1).await;
    assert_eq!(reports_of_kind(&shop.broker.reports(), "unknown").len(), 0);
    assert_eq!(shop.printer.paper().matches(&ticket(1)).count(), 1);
}

#[tokio::test]
async fn a_disturbed_printer_proves_its_tickets_as_soon_as_it_answers_cleanly() {
    let shop = Shop::with("unknown_outcome = \"ask\"", "").await;
    {
        let mut inside = shop.printer.inside.lock().unwrap();
        (inside.mute_fence, inside.answers_late) = (true, true);
    }
    let mut agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "unknown", 1).await;
    agent.kill().await.unwrap();
    // A line is asked again once it has been silent for a second.
    shop.set_timing("fence_ms = 60000");
    let _agent = shop.agent("");
    {
        let mut inside = shop.printer.inside.lock().unwrap();
        inside.mute_fence = false;
        inside.stray = b"\x11 \x00".to_vec();
    }
    shop.broker.send(&job(2, 1));
    let printed = wait_for_reports(&shop, "printed", 1).await;
    assert_eq!(printed[0].ticket_id.to_string(), ticket(2));
    assert_eq!(printed[0].detail.as_deref(), Some("status"));
    shop.broker.send(&job(3, 1));
    wait_for_reports(&shop, "printed", 2).await;
    assert_eq!(shop.printer.paper().matches(&ticket(3)).count(), 1);
}

#[tokio::test]
async fn a_stray_byte_at_each_ticket_and_an_answer_that_is_held_back_prove_nothing_together() {
    let shop = Shop::open().await;
    {
        let mut inside = shop.printer.inside.lock().unwrap();
        (inside.strays, inside.holds_last_back) = (vec![0], true);
    }
    let _agent = shop.agent("");
    for number in 1..=6 {
        shop.broker.send(&job(number, 1));
    }
    wait_for_reports(&shop, "printed", 6).await;
    shop.printer.schedule_mishap(Some(Mishap::PaperOut));
    shop.broker.send(&job(7, 1));
    let blocked = wait_for_reports(&shop, "blocked", 1).await;
    assert_eq!(blocked[0].ticket_id.to_string(), ticket(7));
    assert_eq!(reports_of_kind(&shop.broker.reports(), "printed").len(), 6);
    shop.printer.set_paper_out(false);
    wait_for_reports(&shop, "printed", 7).await;
    assert_eq!(reports_of_kind(&shop.broker.reports(), "unknown").len(), 0);
    assert!(!shop.printer.paper().contains("POSSIBLE DUPLICATE"));
}
