//! What agents say, as the topic rules hand it over.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lambda_runtime::LambdaEvent;
use printer_events::{Config, PrinterEvents};
use serde_json::{Value, json};
use tabletap_domain::{
    order::PickupWish,
    ticket::{TicketState, TicketStatus},
    time::UnixMillis,
};
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_testkit::{Kitchen, context, sample};

const ORDER: &str = "ord_0123456789abcdef0123456789abcdef";

fn function(kitchen: &Kitchen) -> PrinterEvents {
    PrinterEvents::new(
        Config::from_env(Env::new(&kitchen.env())).unwrap(),
        &kitchen.sdk,
    )
}

async fn hear(kitchen: &Kitchen, event: Value) -> Result<(), String> {
    let heard = function(kitchen)
        .handle(LambdaEvent::new(event, context()))
        .await;
    heard.map_err(|error| error.to_string())
}

/// The bar's ticket and the kitchen's, as they stand.
async fn tickets(kitchen: &Kitchen) -> Vec<TicketStatus> {
    let id = ORDER.parse().unwrap();
    kitchen
        .store
        .order(&kitchen.sushi.key, &id)
        .await
        .unwrap()
        .unwrap()
        .1
}

async fn dispatched() -> Kitchen {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", UnixMillis(now_ms())).await;
    kitchen.write_tickets(&order, UnixMillis(now_ms())).await;
    kitchen
}

#[tokio::test]
async fn a_ticket_goes_from_accepted_over_blocked_to_printed() {
    let kitchen = dispatched().await;
    for (event, state, problem) in [
        ("accepted", TicketState::Accepted, None),
        ("blocked.paper-out", TicketState::Blocked, Some("paper_out")),
        ("printed", TicketState::Printed, None),
        ("accepted", TicketState::Printed, None),
        ("unknown", TicketState::Printed, None),
    ] {
        hear(&kitchen, sample(&format!("printer-events/{event}")))
            .await
            .unwrap();
        let tickets = tickets(&kitchen).await;
        assert_eq!(
            (tickets[0].state, tickets[0].problem.as_deref()),
            (state, problem),
            "{event}"
        );
        assert_eq!(
            tickets[1].state,
            TicketState::Queued,
            "the other ticket is not touched"
        );
    }
    let printed_at = tickets(&kitchen).await[0].printed_at.unwrap();
    assert!(
        printed_at.0 <= now_ms(),
        "an agent whose clock is ahead prints nothing in the future"
    );
    let open = kitchen
        .store
        .open_tickets(&kitchen.sushi.key)
        .await
        .unwrap();
    assert_eq!(open.len(), 1, "a printed ticket is looked at no more");
}

#[tokio::test]
async fn what_an_agent_refuses_or_does_not_know_stays_open() {
    for (event, state) in [
        ("rejected", TicketState::Blocked),
        ("unknown", TicketState::Unknown),
    ] {
        let kitchen = dispatched().await;
        hear(&kitchen, sample(&format!("printer-events/{event}")))
            .await
            .unwrap();
        assert_eq!(tickets(&kitchen).await[0].state, state);
        assert_eq!(
            kitchen
                .store
                .open_tickets(&kitchen.sushi.key)
                .await
                .unwrap()
                .len(),
            2
        );
    }
}

#[tokio::test]
async fn an_agent_that_is_back_gets_what_it_has_not_accepted_and_nothing_else() {
    let kitchen = dispatched().await;
    hear(&kitchen, sample("printer-events/accepted"))
        .await
        .unwrap();
    hear(&kitchen, sample("printer-events/hello"))
        .await
        .unwrap();
    let published = kitchen.broker.take();
    let stations: Vec<_> = published
        .iter()
        .map(|job| job.message["station"].clone())
        .collect();
    assert_eq!(stations, ["hot"]);
    assert_eq!(
        published[0].topic,
        "tt/kumo-hospitality:kumo-sushi:kitchen-pc/down"
    );
    assert_eq!(
        published[0].message["attempt"], 1,
        "unchanged, so the agent knows it if it has it"
    );

    let mut hello = sample("printer-events/hello");
    hello["thing"] = "kumo-hospitality:kumo-sushi:office-pc".into();
    hear(&kitchen, hello).await.unwrap();
    assert_eq!(
        kitchen.broker.take().len(),
        0,
        "another agent gets nothing of it"
    );
}

/// Hears a hello from this journal; the stations, attempts and reasons of what is published then.
async fn hello_from(kitchen: &Kitchen, journal: &str) -> Vec<(String, u64, Option<String>)> {
    let mut hello = sample("printer-events/hello");
    hello["journal_epoch"] = journal.into();
    hear(kitchen, hello).await.unwrap();
    let published = kitchen.broker.take().into_iter().map(|job| {
        let text = |name: &str| job.message[name].as_str().map(str::to_owned);
        let attempt = job.message["attempt"].as_u64().unwrap();
        (text("station").unwrap(), attempt, text("reprint"))
    });
    let mut published: Vec<_> = published.collect();
    published.sort();
    published
}

#[tokio::test]
async fn an_agent_that_lost_its_journal_gets_every_open_ticket_as_a_marked_copy_and_only_once() {
    let kitchen = dispatched().await;
    let job = |station: &str, attempt, reprint: Option<&str>| {
        (station.to_owned(), attempt, reprint.map(str::to_owned))
    };
    let unmarked = [job("bar", 1, None), job("hot", 1, None)];
    assert_eq!(hello_from(&kitchen, "first").await, unmarked);
    hear(&kitchen, sample("printer-events/accepted"))
        .await
        .unwrap();
    let not_accepted = [job("hot", 1, None)];
    assert_eq!(hello_from(&kitchen, "first").await, not_accepted);

    // The one that was accepted and the one whose answer may have been lost with the journal.
    let why = Some("unknown_outcome");
    let marked = [job("bar", 2, why), job("hot", 2, why)];
    assert_eq!(hello_from(&kitchen, "second").await, marked);
    let states = tickets(&kitchen).await;
    assert!(
        states
            .iter()
            .all(|ticket| ticket.state == TicketState::Queued && ticket.attempt == 2)
    );
    let rows = kitchen.rows().await;
    assert_eq!(hello_from(&kitchen, "second").await, marked, "unchanged");
    assert_eq!(kitchen.rows().await, rows);

    let mut accepted = sample("printer-events/accepted");
    accepted["attempt"] = 2.into();
    hear(&kitchen, accepted).await.unwrap();
    let never_accepted = [job("hot", 2, why)];
    assert_eq!(hello_from(&kitchen, "third").await, never_accepted);
    let bar = tickets(&kitchen).await.remove(0);
    assert_eq!(
        (bar.state, bar.attempt, bar.problem.as_deref()),
        (TicketState::Unknown, 2, Some("journal_lost")),
        "no third copy by itself: the staff are asked"
    );
}

/// What becomes of the bar's ticket: `attempt`, and that nobody knows its outcome.
async fn unknown(kitchen: &Kitchen, attempt: u64, problem: &str) {
    let mut unknown = sample("printer-events/unknown");
    unknown["attempt"] = attempt.into();
    unknown["detail"] = problem.into();
    hear(kitchen, unknown).await.unwrap();
    let bar = tickets(kitchen).await.remove(0);
    assert_eq!(
        (bar.state, bar.problem.as_deref()),
        (TicketState::Unknown, Some(problem))
    );
}

#[tokio::test]
async fn what_a_new_journal_was_asked_about_before_its_hello_is_offered_once_as_a_marked_copy() {
    let kitchen = dispatched().await;
    hello_from(&kitchen, "first").await;
    unknown(&kitchen, 1, "not_in_journal").await;
    let same = hello_from(&kitchen, "first").await;
    assert!(
        same.iter().all(|(station, ..)| station != "bar"),
        "the same journal would know: {same:?}"
    );
    let copies = hello_from(&kitchen, "second").await;
    let why = Some("unknown_outcome".to_owned());
    assert_eq!(copies[0], ("bar".to_owned(), 2, why));
    assert_eq!(tickets(&kitchen).await[0].state, TicketState::Queued);

    unknown(&kitchen, 2, "not_in_journal").await;
    let third = hello_from(&kitchen, "third").await;
    assert!(
        third.iter().all(|(station, ..)| station != "bar"),
        "no third copy by itself: {third:?}"
    );
    assert_eq!(tickets(&kitchen).await[0].state, TicketState::Unknown);
}

#[tokio::test]
async fn what_the_lost_journal_itself_did_not_know_is_left_to_the_staff() {
    let kitchen = dispatched().await;
    hello_from(&kitchen, "first").await;
    unknown(&kitchen, 1, "connection_lost").await;
    let offered = hello_from(&kitchen, "second").await;
    assert!(
        offered.iter().all(|(station, ..)| station != "bar"),
        "{offered:?}"
    );
    assert_eq!(tickets(&kitchen).await[0].state, TicketState::Unknown);
}

#[tokio::test]
async fn a_job_that_an_agent_missed_bears_its_customers_name() {
    let kitchen = Kitchen::open().await;
    let now = UnixMillis(now_ms());
    let order = kitchen.order_takeout(ORDER, PickupWish::Asap, now).await;
    let paid = kitchen.settle_paid(&order, now, now).await;
    kitchen.write_tickets(&paid, now).await;
    hear(&kitchen, sample("printer-events/hello"))
        .await
        .unwrap();
    let jobs = kitchen.broker.take();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].message["customer"], "Ada Lovelace");
}

#[tokio::test]
async fn a_hello_that_died_halfway_is_finished_by_the_next() {
    let kitchen = dispatched().await;
    hello_from(&kitchen, "first").await;
    kitchen.broker.set_unavailable(true);
    hello_from(&kitchen, "second").await;
    kitchen.broker.set_unavailable(false);
    let again = hello_from(&kitchen, "second").await;
    assert!(
        again.len() == 2 && again.iter().all(|(_, attempt, _)| *attempt == 2),
        "{again:?}"
    );
}

#[tokio::test]
async fn what_is_malformed_or_not_the_agents_own_fails_and_changes_nothing() {
    let kitchen = dispatched().await;
    let before = kitchen.rows().await;
    let with = |name: &str, value: Value| {
        let mut event = sample("printer-events/printed");
        event[name] = value;
        event
    };
    for (event, why) in [
        (sample("printer-events/malformed"), "no ticket"),
        (with("kind", json!("eaten")), "an unknown kind"),
        (with("ticket_id", json!("tkt_1")), "no ticket id"),
        (with("thing", Value::Null), "no thing"),
        (with("thing", json!("nobody")), "no thing name"),
        (
            with("thing", json!("kumo-hospitality:kumo-sushi:office-pc")),
            "another agent of the store",
        ),
        (
            sample("printer-events/accepted.of-another-store"),
            "another store's agent",
        ),
        (
            with(
                "ticket_id",
                json!("tkt_ffffffffffffffffffffffffffffffff_bar_1"),
            ),
            "no such ticket",
        ),
    ] {
        assert!(hear(&kitchen, event).await.is_err(), "{why}");
        assert_eq!(kitchen.rows().await, before, "{why}");
    }
    assert_eq!(kitchen.broker.take().len(), 0);
}

#[tokio::test]
async fn what_an_agent_can_do_is_kept_and_one_of_an_earlier_release_can_do_nothing_new() {
    let kitchen = Kitchen::open().await;
    let thing = sample("printer-events/hello")["thing"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let known = async || {
        let agent = kitchen.store.agent(&kitchen.sushi.key, &thing).await;
        agent.unwrap().unwrap().can
    };
    let new = || sample("printer-events/hello.that-can-be-asked");
    hear(&kitchen, new()).await.unwrap();
    assert!(known().await.iter().eq(["ask"]));
    let rows = kitchen.rows().await;
    hear(&kitchen, new()).await.unwrap();
    assert_eq!(kitchen.rows().await, rows, "said before");
    let mut odd = new();
    odd["can"] = json!(["ask", "Fly to the moon", ""]);
    hear(&kitchen, odd).await.unwrap();
    assert!(known().await.iter().eq(["ask"]), "a name is one word");
    hear(&kitchen, sample("printer-events/hello"))
        .await
        .unwrap();
    assert!(
        known().await.is_empty(),
        "the shop has put the old one back"
    );
}
