//! What becomes of a ticket whose drawing breaks: others go ahead, and it is printed all the same.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Shop, job, news, reported, ticket};

fn place(paper: &str, number: u64) -> usize {
    paper.find(&ticket(number)).unwrap()
}

#[tokio::test]
async fn a_ticket_whose_drawing_breaks_for_a_moment_is_printed_after_those_that_went_ahead() {
    let shop = Shop::open().await;
    shop.printer.set_paper_out(true);
    let _agent = shop.agent("agent.render:fail_once");
    shop.broker.send(&job(1, 1));
    shop.broker.send(&job(2, 1));
    reported(&shop, "accepted", 2).await;
    shop.printer.set_paper_out(false);
    reported(&shop, "printed", 2).await;
    let paper = shop.printer.paper();
    assert_eq!(paper.matches(&ticket(1)).count(), 1);
    assert!(
        !paper.contains("POSSIBLE DUPLICATE"),
        "nothing of it was sent"
    );
    assert_eq!(news(&shop.broker.reports(), "rejected").len(), 0);
}

#[tokio::test]
async fn a_ticket_that_cannot_be_drawn_is_printed_in_plain_text_and_holds_nobody_up() {
    let shop = Shop::open().await;
    let _agent = shop.agent("agent.render:fail");
    let mut first = job(1, 1);
    first.lines[0].name = "Crème brûlée".to_owned();
    shop.broker.send(&first);
    let printed = reported(&shop, "printed", 1).await;
    assert_eq!(printed[0].ticket_id.to_string(), ticket(1));
    assert!(shop.printer.paper().contains("Creme brulee"));
    assert_eq!(news(&shop.broker.reports(), "rejected").len(), 0);
}

#[tokio::test]
async fn a_ticket_that_cannot_even_be_set_in_plain_text_is_refused_and_offered_again_by_staff() {
    let shop = Shop::open().await;
    let mut agent = shop.agent("agent.render:fail,agent.render-plain:fail");
    shop.broker.send(&job(1, 1));
    let rejected = reported(&shop, "rejected", 1).await;
    assert_eq!(rejected[0].ticket_id.to_string(), ticket(1));
    assert_eq!(rejected[0].detail.as_deref(), Some("undrawable"));
    agent.kill().await.unwrap();
    let _again = shop.agent("");
    shop.broker.send(&job(1, 1));
    reported(&shop, "rejected", 2).await;
    assert!(
        !shop.printer.paper().contains(&ticket(1)),
        "refused is refused, after a restart too"
    );
    shop.broker.send(&job(2, 1));
    shop.broker.send(&job(1, 2));
    reported(&shop, "printed", 2).await;
    let paper = shop.printer.paper();
    assert!(place(&paper, 2) > 0 && place(&paper, 1) > 0);
}
