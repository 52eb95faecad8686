//! What the agent guarantees while it runs.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{
    process::Stdio,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use common::{Shop, job, printer::Mishap, reports_of_kind, ticket, wait_for_reports, wait_until};
use tabletap_wire::print::{PrintJob, Report, ReprintReason};

#[tokio::test]
async fn a_job_that_is_delivered_again_is_printed_once_and_answered_each_time() {
    let shop = Shop::open().await;
    let _agent = shop.agent("");
    for _ in 0..5 {
        shop.broker.send(&job(1, 1));
    }
    let printed = wait_for_reports(&shop, "printed", 1).await;
    assert_eq!(
        (printed[0].attempt, printed[0].detail.as_deref()),
        (1, Some("status"))
    );
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "printed", 2).await;
    assert_eq!(shop.printer.paper().matches(&ticket(1)).count(), 1);
    let hello = shop.broker.reports().remove(0);
    let Report::Hello(hello) = hello else {
        panic!("{hello:?}")
    };
    assert_eq!(hello.printers[0].last_seq, 0);
}

#[tokio::test]
async fn tickets_that_waited_for_the_printer_are_printed_in_sequence_order() {
    let shop = Shop::open().await;
    shop.printer.set_paper_out(true);
    let _agent = shop.agent("");
    for number in [3, 1, 2] {
        shop.broker.send(&job(number, 1));
    }
    wait_for_reports(&shop, "accepted", 3).await;
    let blocked = wait_for_reports(&shop, "blocked", 1).await;
    assert_eq!(blocked[0].detail.as_deref(), Some("paper_out"));
    assert_eq!(
        shop.printer.paper(),
        "",
        "nothing was sent to a printer without paper"
    );
    shop.printer.set_paper_out(false);
    wait_for_reports(&shop, "printed", 3).await;
    let paper = shop.printer.paper();
    let places: Vec<_> = (1..=3)
        .map(|number| paper.find(&ticket(number)).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(!paper.contains("POSSIBLE DUPLICATE"));
}

#[tokio::test]
async fn a_ticket_that_ends_unknown_twice_is_left_to_the_staff_and_the_next_one_is_printed() {
    let shop = Shop::open().await;
    shop.printer.inside.lock().unwrap().mute_fence = true;
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    let unknown = wait_for_reports(&shop, "unknown", 1).await;
    assert_eq!(
        (unknown[0].attempt, unknown[0].detail.as_deref()),
        (2, Some("no_fence"))
    );
    shop.printer.inside.lock().unwrap().mute_fence = false;
    shop.broker.send(&job(1, 1));
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 1).await;
    assert_eq!(
        shop.printer.paper().matches(&ticket(1)).count(),
        2,
        "no third copy"
    );
    shop.broker.send(&job(1, 3));
    let printed = wait_for_reports(&shop, "printed", 2).await;
    assert_eq!(printed[1].attempt, 3, "staff may ask for another copy");
    let third = shop.printer.paper().rfind(&ticket(1)).unwrap();
    assert!(shop.printer.paper()[third..].contains("POSSIBLE DUPLICATE"));
}

#[tokio::test]
async fn with_the_policy_ask_nothing_is_reprinted() {
    let shop = Shop::with("unknown_outcome = \"ask\"", "").await;
    shop.printer.schedule_mishap(Some(Mishap::PowerCut));
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    let unknown = wait_for_reports(&shop, "unknown", 1).await;
    assert_eq!(
        (unknown[0].attempt, unknown[0].detail.as_deref()),
        (1, Some("connection_lost"))
    );
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 1).await;
    assert_eq!(shop.printer.paper().matches(&ticket(1)).count(), 0);
}

#[tokio::test]
async fn a_printer_without_a_fence_is_reported_without_proof() {
    let shop = Shop::with("", "fence = \"none\"").await;
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    assert_eq!(
        wait_for_reports(&shop, "printed", 1).await[0]
            .detail
            .as_deref(),
        Some("none")
    );
}

#[tokio::test]
async fn a_printer_that_was_switched_off_and_on_gets_the_next_ticket_at_once() {
    let shop = Shop::open().await;
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "printed", 1).await;
    shop.printer.cut_power();
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 2).await;
    assert!(!shop.printer.paper().contains("POSSIBLE DUPLICATE"));
}

#[tokio::test]
async fn reports_are_repeated_until_the_broker_has_acknowledged_them() {
    let shop = Shop::open().await;
    shop.broker.acknowledges.store(false, Ordering::SeqCst);
    let mut agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "printed", 1).await;
    shop.broker.cut();
    wait_for_reports(&shop, "printed", 2).await;
    agent.kill().await.unwrap();
    shop.broker.acknowledges.store(true, Ordering::SeqCst);
    let mut agent = shop.agent("");
    wait_for_reports(&shop, "printed", 3).await;
    shop.broker.cut();
    wait_until("it is back", || {
        shop.broker.received.lock().unwrap().connects >= 4
    })
    .await;
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 4).await;
    let of_first = reports_of_kind(&shop.broker.reports(), "printed").len() - 1;
    assert_eq!(of_first, 3, "not repeated once acknowledged");
    assert_eq!(shop.printer.paper().matches(&ticket(1)).count(), 1);
    agent.kill().await.unwrap();
}

#[tokio::test]
async fn a_job_for_an_unknown_printer_is_rejected_and_nothing_is_printed() {
    let shop = Shop::open().await;
    let _agent = shop.agent("");
    let mut other = job(1, 1);
    other.printer = "bar-1".parse().unwrap();
    shop.broker.send(&other);
    assert_eq!(
        wait_for_reports(&shop, "rejected", 1).await[0]
            .detail
            .as_deref(),
        Some("no_such_printer")
    );
    assert_eq!(shop.printer.paper(), "");
}

#[tokio::test]
async fn it_goes_offline_and_stops_within_two_seconds_when_its_parent_ends() {
    let shop = Shop::open().await;
    shop.printer.set_paper_out(true);
    let mut command = shop.command("run");
    let mut agent = command
        .arg("--with-parent")
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "blocked", 1).await;
    let told = Instant::now();
    drop(agent.stdin.take());
    assert!(agent.wait().await.unwrap().success());
    assert!(told.elapsed() < Duration::from_secs(2));
    let last = shop
        .broker
        .received
        .lock()
        .unwrap()
        .states
        .last()
        .cloned()
        .unwrap();
    assert!(!last.online);
    shop.printer.set_paper_out(false);
    let _again = shop.agent("");
    wait_for_reports(&shop, "printed", 1).await;
    assert!(
        !shop.printer.paper().contains("POSSIBLE DUPLICATE"),
        "no byte of it had been sent"
    );
}

/// The job that the cloud sends when it learns that this agent's journal was lost.
fn job_after_lost_journal(number: u64) -> PrintJob {
    PrintJob {
        reprint: Some(ReprintReason::UnknownOutcome),
        ..job(number, 2)
    }
}

#[tokio::test]
async fn after_a_lost_journal_an_open_ticket_is_printed_once_with_the_banner() {
    let shop = Shop::open().await;
    shop.printer.inside.lock().unwrap().mute_fence = true;
    let _agent = shop.agent("");
    shop.broker.send(&job_after_lost_journal(1));
    let unknown = wait_for_reports(&shop, "unknown", 1).await;
    assert_eq!(unknown[0].attempt, 2);
    shop.printer.inside.lock().unwrap().mute_fence = false;
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 1).await;
    let paper = shop.printer.paper();
    assert_eq!(paper.matches(&ticket(1)).count(), 1, "no further copy");
    let slip = paper.split("\u{1d}V").find(|s| s.contains(&ticket(1)));
    assert!(slip.unwrap().contains("POSSIBLE DUPLICATE"));
}

#[tokio::test]
async fn after_a_lost_journal_the_policy_ask_prints_nothing_and_reports_unknown() {
    let shop = Shop::with("unknown_outcome = \"ask\"", "").await;
    let _agent = shop.agent("");
    shop.broker.send(&job_after_lost_journal(1));
    let unknown = wait_for_reports(&shop, "unknown", 1).await;
    assert_eq!(
        (unknown[0].attempt, unknown[0].detail.as_deref()),
        (2, Some("journal_lost"))
    );
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 1).await;
    assert!(!shop.printer.paper().contains(&ticket(1)));
}

#[tokio::test]
async fn paper_that_runs_out_during_a_ticket_is_reported_long_before_the_fence_times_out() {
    let shop = Shop::open().await;
    let path = shop.folder.path().join("agent.toml");
    let patient = std::fs::read_to_string(&path).unwrap();
    let patient = patient.replace("fence_ms = 700", "fence_ms = 60000");
    std::fs::write(&path, patient).unwrap();
    shop.printer.schedule_mishap(Some(Mishap::PaperOut));
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    // Twenty seconds at most: the ticket itself has sixty.
    let blocked = wait_for_reports(&shop, "blocked", 1).await;
    assert_eq!(blocked[0].detail.as_deref(), Some("paper_out"));
    shop.printer.set_paper_out(false);
    wait_for_reports(&shop, "printed", 1).await;
    assert_eq!(shop.printer.paper().matches(&ticket(1)).count(), 1);
}
