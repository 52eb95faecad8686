//! How the agent answers the cloud's questions about tickets: from its journal, without printing anything.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Shop, job, reports_of_kind, ticket, wait_for_reports, wait_until};
use tabletap_wire::print::{Hello, Report};

#[tokio::test]
async fn a_question_is_answered_from_the_journal_and_prints_nothing() {
    let shop = Shop::open().await;
    let mut agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "printed", 1).await;
    shop.broker.ask(&ticket(1), 1);
    let printed = wait_for_reports(&shop, "printed", 2).await;
    assert_eq!(printed[1], printed[0], "the same report, with its proof");
    agent.kill().await.unwrap();
    let _again = shop.agent("");
    shop.broker.ask(&ticket(1), 1);
    assert_eq!(wait_for_reports(&shop, "printed", 3).await[2], printed[0]);
    assert_eq!(shop.printer.paper().matches(&ticket(1)).count(), 1);
}

#[tokio::test]
async fn an_attempt_that_is_not_in_the_journal_is_unknown_and_prints_nothing() {
    let shop = Shop::open().await;
    shop.write_old_journal();
    let _agent = shop.agent("");
    shop.broker.ask(&ticket(1), 1);
    let unknown = wait_for_reports(&shop, "unknown", 1).await;
    assert_eq!(unknown[0].ticket_id.to_string(), ticket(1));
    assert_eq!(
        (unknown[0].attempt, unknown[0].detail.as_deref()),
        (1, Some("not_in_journal"))
    );
    // A later attempt than the agent has had is not known either.
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "printed", 1).await;
    shop.broker.ask(&ticket(2), 2);
    assert_eq!(wait_for_reports(&shop, "unknown", 2).await[1].attempt, 2);
    assert_eq!(shop.printer.paper().matches("tkt_").count(), 1);
}

#[tokio::test]
async fn with_a_new_journal_the_agent_does_not_answer_about_attempts_it_does_not_know() {
    let shop = Shop::open().await;
    let mut agent = shop.agent("");
    for _ in 0..2 {
        shop.broker.ask(&ticket(1), 1);
        // Answers go out in the order of the questions.
        shop.broker.send(&job(2, 1));
        let count = reports_of_kind(&shop.broker.reports(), "printed").len() + 1;
        wait_for_reports(&shop, "printed", count).await;
        assert_eq!(reports_of_kind(&shop.broker.reports(), "unknown").len(), 0);
        agent.kill().await.unwrap();
        agent = shop.agent("");
    }
    assert_eq!(shop.printer.paper().matches("tkt_").count(), 1);
}

#[tokio::test]
async fn a_question_about_a_waiting_ticket_is_answered_with_its_current_status() {
    let shop = Shop::open().await;
    shop.printer.set_paper_out(true);
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    shop.broker.send(&job(2, 1));
    wait_for_reports(&shop, "accepted", 2).await;
    let blocked = wait_for_reports(&shop, "blocked", 1).await;
    shop.broker.ask(&ticket(1), 1);
    let again = wait_for_reports(&shop, "blocked", 2).await;
    assert_eq!(again[1], blocked[0]);
    shop.broker.ask(&ticket(2), 1);
    let accepted = wait_for_reports(&shop, "accepted", 3).await;
    assert_eq!(accepted[2].ticket_id.to_string(), ticket(2));
    shop.printer.set_paper_out(false);
    wait_for_reports(&shop, "printed", 2).await;
}

#[tokio::test]
async fn a_question_about_the_first_copy_is_answered_with_the_agents_own_second_one() {
    let shop = Shop::open().await;
    shop.printer.inside.lock().unwrap().mute_fence = true;
    let _agent = shop.agent("");
    shop.broker.send(&job(1, 1));
    wait_for_reports(&shop, "unknown", 1).await;
    shop.broker.ask(&ticket(1), 1);
    assert_eq!(wait_for_reports(&shop, "unknown", 2).await[1].attempt, 2);
    assert_eq!(shop.printer.paper().matches(&ticket(1)).count(), 2);
}

#[tokio::test]
async fn hello_says_that_the_agent_can_be_asked() {
    let shop = Shop::open().await;
    let _agent = shop.agent("");
    wait_until("it says hello", || !shop.broker.reports().is_empty()).await;
    let Report::Hello(hello) = shop.broker.reports().remove(0) else {
        panic!("hello is first")
    };
    assert_eq!(hello.can, [Hello::ASK]);
    assert_eq!(reports_of_kind(&shop.broker.reports(), "printed").len(), 0);
}
