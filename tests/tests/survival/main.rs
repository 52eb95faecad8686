//! What happens on a Friday night: things die in the middle, and every order is on paper in the end, once or with the second copy marked.

mod lost_words;

use serde_json::json;
use std::process::Command;
use tabletap_tests::{Program, assert_none_lost_none_unmarked, eventually_within};

/// Process ids of the agents that a program started.
fn agents_of(program: &Program) -> Vec<String> {
    let found = Command::new("pgrep")
        .args(["-P", &program.pid().to_string(), "-f", "printer-agent"])
        .output();
    let found = found.expect("pgrep is there");
    String::from_utf8_lossy(&found.stdout)
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn kill_9(pid: &str) {
    assert!(
        Command::new("kill")
            .args(["-9", pid])
            .status()
            .expect("kill is there")
            .success()
    );
}

#[tokio::test]
async fn kill_9_right_after_a_201_loses_nothing() {
    let mut program = Program::start().await;
    for _ in 0..3 {
        let guest = program.guest("kumo-sushi", 0).await;
        let body = guest.quote(guest.cart(6).await).await;
        assert_eq!(guest.send(&body).await.status, 201);
        program.restart_after_kill().await;
        // The next start has another port; session and seating outlive it.
        let again = program.guest("kumo-sushi", 0).await;
        let id = body["order_id"].as_str().expect("an id");
        let papers = program.await_papers(id, 2).await;
        assert_none_lost_none_unmarked(&papers, 2);
        assert_eq!(
            again.send(&body).await.status,
            200,
            "the seating and the order are still there"
        );
    }
}

#[tokio::test]
async fn a_crash_at_each_fault_point_of_the_cloud_loses_nothing_and_repeats_nothing() {
    for point in [
        "intake.before-commit",
        "intake.committed",
        "print-dispatcher.written",
        "print-dispatcher.published",
    ] {
        let mut program = Program::start().await;
        let guest = program.guest("kumo-sushi", 1).await;
        let body = guest.quote(guest.cart(6).await).await;
        assert_eq!(
            program
                .post("/local/faults", &json!({ "name": point, "fault": "crash" }))
                .await,
            200
        );
        // The answer may or may not come before the end: the phone does not know, and sends again.
        let _ = guest.try_send_bytes(body.to_string().into_bytes()).await;
        program.await_end().await;
        program.restart_after_kill().await;
        let again = program.guest("kumo-sushi", 1).await;
        let reply = again.send(&body).await;
        assert!(
            [200, 201].contains(&reply.status),
            "{point}: {}",
            reply.body
        );
        let id = body["order_id"].as_str().expect("an id");
        let papers = program.await_papers(id, 2).await;
        assert_none_lost_none_unmarked(&papers, 2);
    }
}

#[tokio::test]
async fn an_agent_killed_again_and_again_loses_no_ticket() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 2).await;
    let mut orders = Vec::new();
    for _ in 0..5 {
        for _ in 0..3 {
            orders.push(
                guest.order(6).await["order_id"]
                    .as_str()
                    .expect("an id")
                    .to_owned(),
            );
        }
        agents_of(&program).iter().for_each(|pid| kill_9(pid));
    }
    for id in &orders {
        assert_none_lost_none_unmarked(&program.await_papers(id, 2).await, 2);
    }
}

#[tokio::test]
async fn orders_sent_while_the_broker_is_gone_for_a_minute_are_on_paper_when_it_is_back() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 3).await;
    assert_eq!(
        program
            .post("/local/broker/pause?secs=60", &json!({}))
            .await,
        204
    );
    let order = guest.order(6).await;
    let id = order["order_id"].as_str().expect("an id");
    assert_none_lost_none_unmarked(&program.await_papers(id, 2).await, 2);
}

#[tokio::test]
async fn a_printer_out_of_paper_keeps_the_ticket_and_prints_it_once_when_there_is_paper() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 4).await;
    let printers = program.get("/local/printers").await;
    let ids: Vec<_> = printers
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|p| p["id"].as_str())
        .collect();
    for id in &ids {
        assert_eq!(
            program
                .post(
                    &format!("/local/printers/{id}/faults"),
                    &json!({"paper": false})
                )
                .await,
            200
        );
    }
    let order = guest.order(6).await;
    let id = order["order_id"].as_str().expect("an id");
    eventually_within(
        std::time::Duration::from_secs(30),
        "a blocked ticket",
        async || {
            let seen = guest.look(id).await.body;
            seen["tickets"]
                .as_array()?
                .iter()
                .any(|t| t["state"] == "blocked")
                .then_some(())
        },
    )
    .await;
    assert!(program.papers_of(id).await.is_empty());
    for id in &ids {
        assert_eq!(
            program
                .post(
                    &format!("/local/printers/{id}/faults"),
                    &json!({"paper": true})
                )
                .await,
            200
        );
    }
    let papers = program.await_papers(id, 2).await;
    assert_eq!(papers.len(), 2, "no resend on an empty roll");
    assert!(papers.iter().all(|paper| paper["banner"] == false));
}
