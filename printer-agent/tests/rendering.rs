//! A ticket that cannot be rendered: others go ahead of it, and it is printed all the same.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Shop, job, reports_of_kind, ticket, wait_for_reports};

fn position(paper: &str, number: u64) -> usize {
    paper.find(&ticket(number)).unwrap()
}

#[tokio::test]
async fn a_ticket_that_fails_to_render_once_is_printed_after_those_that_went_ahead() {
    let shop = Shop::open().await;
    shop.printer.set_paper_out(true);
    let _agent = shop.agent("agent.render:fail_once");
    shop.broker.send(&job(1, 1));
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "accepted", 2).await;
    shop.printer.set_paper_out(false);
    wait_for_reports(&shop, "printed", 2).await;
    let paper = shop.printer.paper();
    assert_eq!(paper.matches(&ticket(1)).count(), 1);
    assert!(
        !paper.contains("POSSIBLE DUPLICATE"),
        "nothing of it was sent"
    );
    assert_eq!(reports_of_kind(&shop.broker.reports(), "rejected").len(), 0);
}

#[tokio::test]
async fn a_ticket_that_never_renders_is_printed_in_plain_text_and_delays_no_other() {
    let shop = Shop::open().await;
    let _agent = shop.agent("agent.render:fail");
    let mut first = job(1, 1);
    first.lines[0].name = "Crème brûlée".to_owned();
    shop.broker.send(&first);
    let printed = wait_for_reports(&shop, "printed", 1).await;
    assert_eq!(printed[0].ticket_id.to_string(), ticket(1));
    assert!(shop.printer.paper().contains("Creme brulee"));
    assert_eq!(reports_of_kind(&shop.broker.reports(), "rejected").len(), 0);
}

#[tokio::test]
async fn a_ticket_whose_plain_text_fails_too_is_rejected_until_staff_ask_for_another_copy() {
    let shop = Shop::open().await;
    let mut agent = shop.agent("agent.render:fail,agent.render-plain:fail");
    shop.broker.send(&job(1, 1));
    let rejected = wait_for_reports(&shop, "rejected", 1).await;
    assert_eq!(rejected[0].ticket_id.to_string(), ticket(1));
    assert_eq!(rejected[0].detail.as_deref(), Some("undrawable"));
    agent.kill().await.unwrap();
    let _again = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "rejected", 2).await;
    assert!(
        !shop.printer.paper().contains(&ticket(1)),
        "still rejected after a restart"
    );
    shop.broker.send(&job(2, 1));
    shop.broker.send(&job(1, 2));
    wait_for_reports(&shop, "printed", 2).await;
    let paper = shop.printer.paper();
    assert!(position(&paper, 2) > 0 && position(&paper, 1) > 0);
}
