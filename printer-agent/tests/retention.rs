//! What the agent keeps of a ticket: everything while it is open, and afterwards only its id and status.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{fs, time::Duration};

use common::{Shop, job, ticket, wait_for_reports, wait_until};
use tabletap_wire::print::PrintJob;

fn job_of(number: u64, customer: &str) -> PrintJob {
    PrintJob {
        customer: Some(customer.to_owned()),
        ..job(number, 1)
    }
}

fn journal(shop: &Shop) -> String {
    let bytes = fs::read(shop.folder.path().join("data/journal")).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_guests_name_leaves_the_journal_at_the_next_start_and_the_ticket_stays_known() {
    let shop = Shop::open().await;
    let mut agent = shop.agent("");
    shop.broker.send(&job_of(1, "Ada Lovelace"));
    let printed = wait_for_reports(&shop, "printed", 1).await;
    shop.printer.set_paper_out(true);
    // A printer that was ready in the last two seconds is not asked again, and the second ticket must not go into its buffer.
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    shop.broker.send(&job_of(2, "Grace Hopper"));
    wait_for_reports(&shop, "blocked", 1).await;
    agent.kill().await.unwrap();
    assert!(journal(&shop).contains("Ada Lovelace"));
    let mut agent = shop.agent("");
    wait_until("the finished ticket's name is gone", || {
        !journal(&shop).contains("Ada Lovelace")
    })
    .await;
    assert!(
        journal(&shop).contains("Grace Hopper"),
        "her ticket is open"
    );
    agent.kill().await.unwrap();
    let _agent = shop.agent("");
    shop.broker.ask(&ticket(1), 1);
    assert_eq!(wait_for_reports(&shop, "printed", 2).await[1], printed[0]);
    shop.broker.send(&job_of(1, "Ada Lovelace"));
    wait_for_reports(&shop, "printed", 3).await;
    shop.printer.set_paper_out(false);
    wait_for_reports(&shop, "printed", 4).await;
    let paper = shop.printer.paper();
    for (number, name) in [(1, "Ada Lovelace"), (2, "Grace Hopper")] {
        assert_eq!(paper.matches(&ticket(number)).count(), 1, "{name}");
        assert!(paper.contains(name), "{name}");
    }
}

#[tokio::test]
async fn a_guests_name_leaves_the_journal_while_the_agent_runs() {
    let shop = Shop::open().await;
    shop.set_timing("tidy_ms = 50");
    shop.printer.set_paper_out(true);
    let _agent = shop.agent("");
    shop.broker.send(&job_of(1, "Ada Lovelace"));
    wait_for_reports(&shop, "blocked", 1).await;
    assert!(journal(&shop).contains("Ada Lovelace"));
    shop.printer.set_paper_out(false);
    wait_for_reports(&shop, "printed", 1).await;
    wait_until("the name is gone", || {
        !journal(&shop).contains("Ada Lovelace")
    })
    .await;
    shop.broker.ask(&ticket(1), 1);
    wait_for_reports(&shop, "printed", 2).await;
}
