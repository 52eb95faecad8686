//! The program dies between any two steps of a handler, at each named point once; started again, everything comes to the same end.

use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use tabletap_tests::{Diner, Program};

const SLUG: &str = "kumo-sushi";
/// How long one step may take, with a new start in it.
const STEP: Duration = Duration::from_secs(180);

/// Every point on the way of a takeout order's money.
const POINTS: [&str; 11] = [
    "intake.before-commit",
    "intake.committed",
    "checkout.opened",
    "checkout.begun",
    "webhook.verified",
    "fulfil.asked",
    "fulfil.settled",
    "webhook.fulfilled",
    "event-relay.put",
    "refund.claimed",
    "refund.pushed",
];

/// A program that is started again, without its fault, once it has died of it.
struct Mortal {
    program: Program,
    token: String,
    died: bool,
}

impl Mortal {
    async fn revive(&mut self) {
        if !self.died && self.program.has_ended() {
            self.program.restart_after_kill_with(&[]).await;
            self.died = true;
        }
    }

    fn diner(&self) -> Diner {
        self.program.diner_with(SLUG, &self.token)
    }

    /// Does it again and again, over a death, until it is done.
    async fn until<T>(&mut self, what: &str, act: impl AsyncFn(&Self) -> Option<T>) -> T {
        let begun = std::time::Instant::now();
        loop {
            if let Some(done) = act(self).await {
                return done;
            }
            assert!(
                begun.elapsed() < STEP,
                "{what} was not done:\n{}",
                self.program.said()
            );
            self.revive().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Orders and pays, until the receipt is there.
async fn pay(mortal: &mut Mortal, body: &Value) -> (String, String) {
    let order = body["order_id"].as_str().unwrap().to_owned();
    mortal
        .until("ordering", async |mortal| {
            let sent = mortal
                .diner()
                .guest()
                .try_send_bytes(body.to_string().into_bytes())
                .await;
            (sent.ok()?.status < 300).then_some(())
        })
        .await;
    let session = mortal
        .until("asking where to pay", async |mortal| {
            let path = format!("/v1/orders/{order}/checkout");
            let reply = mortal
                .diner()
                .guest()
                .try_post(&path, &json!({"tip_minor": 100}))
                .await
                .ok()?;
            reply.body["session_id"].as_str().map(str::to_owned)
        })
        .await;
    mortal
        .until("paying", async |mortal| {
            let wish = json!({"session": session, "outcome": "paid"});
            let _ = mortal
                .diner()
                .guest()
                .try_post("/local/stripe/pay", &wish)
                .await;
            let path = format!("/v1/orders/{order}");
            let reply = mortal.diner().guest().try_get(&path).await.ok()?;
            (reply.body["payment"]["status"] == "paid").then_some(())
        })
        .await;
    mortal
        .until("the receipt", async |mortal| {
            (mortal.program.mails_of(&order, "receipt").await.len() == 1).then_some(())
        })
        .await;
    (order, session)
}

/// Gives everything back, until that receipt is there.
async fn give_back(mortal: &mut Mortal, order: &str, point: &str, fault: &str) {
    mortal
        .until("the refund", async |mortal| {
            // The command is a process of its own: what kills it leaves the program alone.
            let armed = [("TABLETAP_FAULT", fault)];
            let first = mortal
                .program
                .command_with(&["refund", order, "--store", SLUG], &armed);
            let dies = point.starts_with("refund.");
            assert!(
                !dies || !first.status.success(),
                "{point} was never reached"
            );
            let second = mortal.program.command(&["refund", order, "--store", SLUG]);
            (first.status.success() || second.status.success()).then_some(())
        })
        .await;
    mortal
        .until("its money is back", async |mortal| {
            let path = format!("/v1/orders/{order}");
            let reply = mortal.diner().guest().try_get(&path).await.ok()?;
            (reply.body["payment"]["status"] == "refunded").then_some(reply.body)
        })
        .await;
    mortal
        .until("its receipt", async |mortal| {
            (mortal.program.mails_of(order, "refund").await.len() == 1).then_some(())
        })
        .await;
}

async fn comes_to_its_end(point: &str) {
    let mut program = Program::start().await;
    let diner = program.diner(SLUG).await;
    let body = diner.cart(2).await;
    let token = diner.guest().session.clone();
    let fault = format!("{point}:crash");
    program
        .restart_after_kill_with(&[("TABLETAP_FAULT", &fault)])
        .await;
    let mut mortal = Mortal {
        program,
        token,
        died: false,
    };
    let (order, session) = pay(&mut mortal, &body).await;
    give_back(&mut mortal, &order, point, &fault).await;
    assert!(
        mortal.died || point.starts_with("refund."),
        "{point} was never reached"
    );
    check(&mortal.program, &order, &session, point).await;
}

/// One payment and one refund of it, one receipt, and one paper for each station unless it says that it may be a second one.
async fn check(program: &Program, order: &str, session: &str, point: &str) {
    let (received, back) = program.ledger_of(session).await;
    assert!(
        received > 100 && received == back,
        "{point}: {received} and {back}"
    );
    assert_eq!(program.mails_of(order, "receipt").await.len(), 1, "{point}");
    let papers = program.await_papers(order, 1).await;
    let unmarked = papers.iter().filter(|paper| paper["duplicate"] != true);
    let mut tickets: Vec<String> = unmarked
        .map(|paper| paper["ticket_id"].to_string())
        .collect();
    tickets.sort();
    let several = tickets.len();
    tickets.dedup();
    assert_eq!(tickets.len(), several, "{point}: {papers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_program_dies_an_order_is_paid_receipted_and_given_back_once() {
    for points in POINTS.chunks(3) {
        join_all(points.iter().map(|point| comes_to_its_end(point))).await;
    }
}
