//! The program dies between any two steps of a handler, at each named point with each end that a payment may have; started again, everything
//! comes to the same end.

use crate::cell::{Cell, End, SLUG, TIP_MINOR, await_silence, check_all};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tabletap_tests::{Diner, Program};
use tokio::sync::Semaphore;

/// How long one step may take, with a new start in it.
const STEP: Duration = Duration::from_secs(180);
/// Programs that die at a time; the others wait for what takes its minute.
const SIDE_BY_SIDE: usize = 3;

/// Every point on the way of a takeout order's money and its papers.
const POINTS: [&str; 17] = [
    "intake.before-commit",
    "intake.committed",
    "checkout.opened",
    "checkout.begun",
    "webhook.verified",
    "webhook.fulfilled",
    "fulfil.asked",
    "fulfil.settled",
    "event-relay.put",
    "print-dispatcher.taken",
    "print-dispatcher.written",
    "print-dispatcher.published",
    "receipt-mailer.claimed",
    "receipt-mailer.sent",
    "refund.claimed",
    "refund.pushed",
    "refund.moved",
];

/// What a guest, then the staff, do with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Ordering,
    AskingWhereToPay,
    Paying,
    GivingBack,
}

/// The step in which the program dies; none where that end never comes by this point: nothing is printed or mailed of what was never paid, and
/// nothing is given back but in `Refunded`. That one dies on the way of its refund wherever the refund comes by, for on the way of the
/// payment `Paid` does.
fn dies_while(point: &str, end: End) -> Option<Step> {
    let (handler, _) = point.split_once('.').unwrap();
    match (handler, end) {
        ("intake", _) => Some(Step::Ordering),
        ("checkout", _) => Some(Step::AskingWhereToPay),
        ("refund", End::Refunded) => Some(Step::GivingBack),
        ("refund", _) | ("print-dispatcher" | "receipt-mailer", End::Expired) => None,
        ("webhook" | "event-relay" | "receipt-mailer", End::Refunded) => Some(Step::GivingBack),
        _ if (point, end) == ("fulfil.asked", End::Refunded) => Some(Step::GivingBack),
        _ => Some(Step::Paying),
    }
}

/// A program that is started again once it has died of its fault.
struct Mortal {
    program: Program,
    session: String,
    point: &'static str,
    died: bool,
}

impl Mortal {
    /// From now on the program dies at its point; started again, it does not.
    async fn arm(&mut self) {
        let fault = json!({"name": self.point, "fault": "crash"});
        assert_eq!(self.program.post("/local/faults", &fault).await, 200);
        self.died = false;
    }

    async fn revive(&mut self) {
        if self.program.has_ended() {
            assert!(!self.died, "it died again:\n{}", self.program.said());
            self.program.restart_after_kill().await;
            self.died = true;
        }
    }

    fn diner(&self) -> Diner {
        self.program.diner_with(SLUG, &self.session)
    }

    /// Does it again and again, over a death, until it is done.
    async fn until<T>(&mut self, what: &str, act: impl AsyncFn(&Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(done) = act(self).await {
                return done;
            }
            assert!(
                begun.elapsed() < STEP,
                "{}: {what} was not done:\n{}",
                self.point,
                self.program.said()
            );
            self.revive().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The order's payment, once it stands like this.
    async fn until_it_is(&mut self, order: &str, status: &str) {
        let path = format!("/v1/orders/{order}");
        self.until(status, async |mortal| {
            let reply = mortal.diner().guest().try_get(&path).await.ok()?;
            (reply.body["payment"]["status"] == status).then_some(())
        })
        .await;
    }
}

async fn order(mortal: &mut Mortal, body: &Value) -> String {
    mortal
        .until("ordering", async |mortal| {
            let bytes = body.to_string().into_bytes();
            let sent = mortal.diner().guest().try_send_bytes(bytes).await;
            (sent.ok()?.status < 300).then_some(())
        })
        .await;
    body["order_id"].as_str().unwrap().to_owned()
}

async fn ask_where_to_pay(mortal: &mut Mortal, order: &str) -> String {
    let path = format!("/v1/orders/{order}/checkout");
    let tip = json!({"tip_minor": TIP_MINOR});
    mortal
        .until("asking where to pay", async |mortal| {
            let reply = mortal.diner().guest().try_post(&path, &tip).await.ok()?;
            reply.body["session_id"].as_str().map(str::to_owned)
        })
        .await
}

async fn pay(mortal: &mut Mortal, cell: &Cell) {
    for outcome in cell.end.outcomes() {
        let wish = json!({"session": cell.session, "outcome": outcome});
        mortal
            .until(outcome, async |mortal| {
                let guest = mortal.diner();
                let reply = guest.guest().try_post("/local/stripe/pay", &wish).await;
                // Where it was done and only the answer is lost, the page says that it has ended.
                matches!(reply.ok()?.status, 200 | 400).then_some(())
            })
            .await;
    }
}

async fn give_back(mortal: &mut Mortal, order: &str) {
    let arguments = ["refund", order, "--store", SLUG];
    if mortal.point.starts_with("refund.") {
        // The command is a process of its own: what kills it leaves the program alone.
        let fault = format!("{}:crash", mortal.point);
        let armed = [("TABLETAP_FAULT", fault.as_str())];
        let said = mortal.program.command_with(&arguments, &armed);
        mortal.died = !said.status.success();
    }
    mortal
        .until("the refund", async |mortal| {
            let said = mortal.program.command(&arguments);
            said.status.success().then_some(())
        })
        .await;
    mortal.until_it_is(order, "refunded").await;
}

/// Orders, pays and gives back, over one death at the point.
async fn die_and_go_on(mortal: &mut Mortal, end: End, step: Step) -> Cell {
    mortal.died = false;
    let body = mortal.diner().cart(2).await;
    if step == Step::Ordering {
        mortal.arm().await;
    }
    let order = order(mortal, &body).await;
    if step == Step::AskingWhereToPay {
        mortal.arm().await;
    }
    let session = ask_where_to_pay(mortal, &order).await;
    let papers = mortal.program.papers_of(&order).await;
    assert!(papers.is_empty(), "{}: {papers:?}", mortal.point);
    let cell = Cell {
        end,
        order,
        session,
    };
    if step == Step::Paying {
        mortal.arm().await;
    }
    pay(mortal, &cell).await;
    if end == End::Refunded {
        mortal.until_it_is(&cell.order, "paid").await;
        if step == Step::GivingBack {
            // All that follows from the payment is over.
            let paid = Cell {
                end: End::Paid,
                ..cell.clone()
            };
            paid.check(&mortal.program, &mortal.diner()).await;
            if !mortal.point.starts_with("refund.") {
                mortal.arm().await;
            }
        }
        give_back(mortal, &cell.order).await;
    }
    let what = format!("dying with {end:?}");
    mortal
        .until(&what, async |mortal| mortal.died.then_some(()))
        .await;
    cell
}

/// The orders of one program die one after the other. What was in the hands of whoever died, an event or a receipt, comes again after a minute,
/// which is when they all come to their ends.
async fn comes_to_its_ends(point: &'static str, turns: &Semaphore) {
    let turn = turns.acquire().await.unwrap();
    let program = Program::start().await;
    let session = program.diner(SLUG).await.guest().session.clone();
    let mut mortal = Mortal {
        program,
        session,
        point,
        died: false,
    };
    let mut cells = Vec::new();
    for end in End::ALL {
        if let Some(step) = dies_while(point, end) {
            cells.push(die_and_go_on(&mut mortal, end, step).await);
        }
    }
    drop(turn);
    await_silence(&mortal.program).await;
    for cell in &cells {
        cell.check(&mortal.program, &mortal.diner()).await;
    }
    check_all(&mortal.program, &cells).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_program_dies_each_order_comes_to_its_end_once() {
    let turns = Semaphore::new(SIDE_BY_SIDE);
    join_all(POINTS.map(|point| comes_to_its_ends(point, &turns))).await;
}
