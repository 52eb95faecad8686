//! Tickets whose end nobody reported are asked about; a kitchen's work is done to the last, however much there is.

use super::{NOTHING, ORDER, T0, sweep};
use serde_json::json;
use std::time::Duration;
use sweeper::Tally;
use tabletap_domain::{
    order::PickupWish,
    ticket::{TicketReport, TicketState},
};
use tabletap_store::{StoredAgent, StoredTicket};
use tabletap_testkit::{BrokerBehaviour, Kitchen};

/// An order's two tickets, which the agent has accepted; the agent can do this.
async fn accepted(kitchen: &Kitchen, can: &[&str]) -> Vec<StoredTicket> {
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    let tickets = kitchen.write_tickets(&order, T0).await;
    let (store, thing) = (&order.store, &tickets[0].thing);
    let agent = StoredAgent {
        journal: "first".to_owned(),
        can: can.iter().map(|name| (*name).to_owned()).collect(),
    };
    kitchen
        .store
        .note_agent(store, thing, &agent)
        .await
        .unwrap();
    for ticket in &tickets {
        report(kitchen, ticket, TicketState::Accepted).await;
    }
    tickets
}

async fn report(kitchen: &Kitchen, ticket: &StoredTicket, state: TicketState) {
    let report = TicketReport { attempt: 1, state };
    let (store, id) = (&kitchen.sushi.key, &ticket.status.id);
    let reported = kitchen
        .store
        .report_ticket(store, &ticket.thing, id, report, None, T0);
    reported.await.unwrap();
}

#[tokio::test]
async fn an_accepted_ticket_of_whose_end_nothing_is_heard_is_asked_about_and_not_sent_again() {
    let kitchen = Kitchen::open().await;
    let tickets = accepted(&kitchen, &["ask"]).await;
    assert_eq!(sweep(&kitchen, 14).await, NOTHING, "it has its time");
    let asked = Tally {
        asked: 2,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 15).await, asked);
    let published = kitchen.broker.take();
    assert_eq!(published.len(), 1, "one message for an agent");
    let topic = format!("tt/{}/down", tickets[0].thing);
    assert_eq!(published[0].topic, topic);
    let of =
        |ticket: &StoredTicket| json!({"ticket_id": ticket.status.id.to_string(), "attempt": 1});
    let asked_of = published[0].message["ask"].as_array().unwrap();
    assert_eq!(asked_of.len(), 2);
    assert!(tickets.iter().all(|ticket| asked_of.contains(&of(ticket))));

    report(&kitchen, &tickets[0], TicketState::Printed).await;
    assert_eq!(sweep(&kitchen, 59).await, NOTHING, "asked a moment ago");
    let alarm = Tally {
        asked: 1,
        alarms: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 60).await, alarm, "one has not answered");
    report(&kitchen, &tickets[1], TicketState::Printed).await;
    assert_eq!(sweep(&kitchen, 120).await, NOTHING);
}

#[tokio::test]
async fn an_agent_whose_hello_did_not_say_that_it_can_be_asked_is_not_asked() {
    for can in [&[][..], &["fly"]] {
        let kitchen = Kitchen::open().await;
        accepted(&kitchen, can).await;
        assert_eq!(sweep(&kitchen, 15).await, NOTHING);
        let alarms = Tally {
            alarms: 2,
            ..NOTHING
        };
        assert_eq!(sweep(&kitchen, 60).await, alarms, "as before");
        assert_eq!(sweep(&kitchen, 120).await, alarms);
        assert_eq!(kitchen.broker.take().len(), 0);
    }
}

#[tokio::test]
async fn a_broker_that_is_away_leaves_the_question_for_the_next_minute() {
    let kitchen = Kitchen::open().await;
    accepted(&kitchen, &["ask"]).await;
    kitchen.broker.set_behaviour(BrokerBehaviour::Fails);
    assert_eq!(sweep(&kitchen, 15).await, NOTHING);
    kitchen.broker.set_behaviour(BrokerBehaviour::Takes);
    let swept = sweep(&kitchen, 60).await;
    assert_eq!((swept.asked, swept.alarms), (2, 2));
}

/// Moves every due row of this sort key into the partition of due work where the last release filed it.
async fn file_as_the_last_release_did(kitchen: &Kitchen, sk: &str) {
    for row in kitchen.rows().await {
        let is_later = |value: &str| value.starts_with("LATER#");
        let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok()).cloned();
        let due = text("due_pk").filter(|value| is_later(value));
        if let (Some(pk), true, Some(_)) = (text("pk"), text("sk").as_deref() == Some(sk), due) {
            let old = |pk: &str| pk.replace("LATER#", "DUE#");
            kitchen.rewrite(&pk, sk, "due_pk", old).await;
        }
    }
}

#[tokio::test]
async fn every_alarm_of_a_kitchen_comes_each_minute_however_much_else_is_due() {
    const COPIES: u32 = 1_100;
    let kitchen = Kitchen::open().await;
    let unpaid = "ord_0123456789abcdef0123456789abcd00";
    kitchen.order_takeout(unpaid, PickupWish::Asap, T0).await;
    file_as_the_last_release_did(&kitchen, "HEAD").await;
    let late = T0.plus(Duration::from_secs(3600));
    let order = kitchen.order_sushi(ORDER, "t1", late).await;
    kitchen.write_tickets(&order, late).await;
    kitchen.copy_row(&order.id, "TICKET#hot#1", COPIES).await;
    kitchen.broker.set_behaviour(BrokerBehaviour::Fails);
    for minute in [61, 62] {
        let swept = sweep(&kitchen, 60 * minute).await;
        assert_eq!(swept.alarms, 2 + COPIES, "{swept:?}");
    }
    let rows = kitchen.rows().await;
    let unpaid = rows.iter().find(|row| {
        let pk = row["pk"].as_s().unwrap();
        pk.ends_with(unpaid) && row["sk"].as_s().unwrap() == "HEAD"
    });
    let partition = unpaid.unwrap()["due_pk"].as_s().unwrap();
    assert!(partition.starts_with("LATER#"), "it has moved: {partition}");
}
