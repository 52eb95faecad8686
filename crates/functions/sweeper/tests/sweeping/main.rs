//! What one sweep does with what is due, at times that the test chooses.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod asking;
mod broker;
mod calls;
mod followed;
mod kitchen;
mod seatings;
mod takeout;
mod unsent;

use aws_config::retry::RetryConfig;
use lambda_runtime::LambdaEvent;
use std::time::Duration;
use sweeper::{Config, Sweeper, Tally};
use tabletap_domain::{
    TableId,
    order::{Order, OrderStatus},
    ticket::{TicketReport, TicketState},
    time::UnixMillis,
};
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_testkit::{Kitchen, context, sample};

const ORDER: &str = "ord_0123456789abcdef0123456789abcdef";
const T0: UnixMillis = UnixMillis(1_795_287_841_250);
const NOTHING: Tally = Tally {
    stores: 2,
    cut_off: 0,
    dispatched: 0,
    fired: 0,
    unpaid: 0,
    collected: 0,
    resent: 0,
    asked: 0,
    alarms: 0,
    unreachable: 0,
    closed: 0,
    settled: 0,
    payments: 0,
    fulfilled: 0,
    unexplained: 0,
    failed: 0,
    left: 0,
};

fn config(kitchen: &Kitchen) -> Config {
    Config::from_env(Env::new(&kitchen.env())).unwrap()
}

fn function(kitchen: &Kitchen) -> Sweeper {
    // What fails is tried again after a pause, which is the SDK's business and no test's.
    let sdk = kitchen.sdk.to_builder();
    let sdk = sdk.retry_config(RetryConfig::disabled()).build();
    Sweeper::new(config(kitchen), &sdk)
}

/// Sweeps this many seconds after the order.
async fn sweep(kitchen: &Kitchen, s: u64) -> Tally {
    function(kitchen)
        .sweep(T0.plus(Duration::from_secs(s)))
        .await
        .unwrap()
}

/// Writes an order's tickets down and proves them printed.
async fn print(kitchen: &Kitchen, order: &Order) {
    let printed = TicketReport {
        attempt: 1,
        state: TicketState::Printed,
    };
    for ticket in kitchen.write_tickets(order, T0).await {
        let (id, thing) = (&ticket.status.id, &ticket.thing);
        kitchen
            .store
            .report_ticket(&order.store, thing, id, printed, None, T0)
            .await
            .unwrap();
    }
}

async fn status(kitchen: &Kitchen, order: &Order) -> Order {
    kitchen
        .store
        .order(&order.store, &order.id)
        .await
        .unwrap()
        .unwrap()
        .0
}

#[tokio::test]
async fn a_ticket_that_nobody_accepts_is_sent_again_at_growing_distances_and_then_on_an_alarm() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    kitchen.write_tickets(&order, T0).await;
    for (s, resent, alarms, why) in [
        (4, 0, 0, "too early"),
        (5, 2, 0, "the first time"),
        (9, 0, 0, "not yet again"),
        (10, 2, 0, "after as long as it has waited"),
        (19, 0, 0, "not yet again"),
        (20, 2, 0, "doubled"),
        (40, 2, 0, "doubled"),
        (60, 2, 2, "a minute: an alarm"),
        (119, 0, 0, "a minute's rest"),
        (120, 2, 2, "and again"),
    ] {
        assert_eq!(
            sweep(&kitchen, s).await,
            Tally {
                resent,
                alarms,
                ..NOTHING
            },
            "{why}"
        );
        assert_eq!(
            kitchen.broker.take().len(),
            usize::try_from(resent).unwrap(),
            "{why}"
        );
    }
}

#[tokio::test]
async fn a_ticket_that_is_accepted_and_never_printed_is_on_an_alarm_and_not_sent_again() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    let tickets = kitchen.write_tickets(&order, T0).await;
    for (ticket, state) in tickets
        .iter()
        .zip([TicketState::Accepted, TicketState::Printed])
    {
        let report = TicketReport { attempt: 1, state };
        let id = &ticket.status.id;
        kitchen
            .store
            .report_ticket(&order.store, &ticket.thing, id, report, None, T0)
            .await
            .unwrap();
    }
    assert_eq!(sweep(&kitchen, 30).await, NOTHING);
    assert_eq!(
        sweep(&kitchen, 60).await,
        Tally {
            alarms: 1,
            ..NOTHING
        }
    );
    assert_eq!(
        sweep(&kitchen, 120).await,
        Tally {
            alarms: 1,
            ..NOTHING
        }
    );
    assert_eq!(kitchen.broker.take().len(), 0);
}

#[tokio::test]
async fn a_ticket_of_which_nobody_knows_stays_on_its_alarm_until_staff_answer() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_bakery(ORDER, "window", T0).await;
    kitchen
        .store
        .release_order(&order.store, &order.id, T0)
        .await
        .unwrap();
    let ticket = kitchen.write_tickets(&order, T0).await.remove(0);
    let unknown = TicketReport {
        attempt: 1,
        state: TicketState::Unknown,
    };
    let (id, thing) = (&ticket.status.id, &ticket.thing);
    kitchen
        .store
        .report_ticket(&order.store, thing, id, unknown, None, T0)
        .await
        .unwrap();
    for s in [1, 61, 121] {
        let swept = sweep(&kitchen, s).await;
        assert!(swept.alarms >= 1 && swept.resent == 0, "{swept:?} at {s} s");
    }
    let printed = TicketReport {
        attempt: 1,
        state: TicketState::Printed,
    };
    kitchen
        .store
        .report_ticket(&order.store, thing, id, printed, None, T0)
        .await
        .unwrap();
    let table = TableId::parse("window").unwrap();
    tabletap_seating::confirm(&kitchen.store, &order.store, &table, T0)
        .await
        .unwrap();
    assert_eq!(sweep(&kitchen, 300).await.alarms, 0);
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_keeps_no_other_from_being_sent_and_on_its_alarm() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    kitchen.write_tickets(&order, T0).await;
    kitchen.corrupt("TICKET#bar#1", "job").await;
    assert_eq!(
        sweep(&kitchen, 60).await,
        Tally {
            resent: 1,
            alarms: 1,
            ..NOTHING
        }
    );
}

#[tokio::test]
async fn an_order_that_the_stream_has_lost_gets_its_tickets_all_the_same_and_once() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    assert_eq!(
        sweep(&kitchen, 14).await,
        NOTHING,
        "the stream has its time"
    );
    let dispatched = Tally {
        dispatched: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 15).await, dispatched);
    let jobs = kitchen.broker.take();
    assert_eq!(jobs.len(), 2, "and they are sent at once");
    assert_eq!(jobs[0].message["lines"].as_array().unwrap().len(), 1);
    let rows = kitchen.rows().await;
    assert_eq!(sweep(&kitchen, 19).await, NOTHING);
    kitchen.write_tickets(&order, T0).await;
    assert_eq!(
        kitchen.rows().await,
        rows,
        "the stream's word comes after all, and finds them"
    );
    let resent = Tally {
        resent: 2,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 20).await, resent, "like any other tickets");
}

#[tokio::test]
async fn an_order_that_cannot_be_dispatched_is_on_an_alarm_every_minute_until_it_can() {
    let kitchen = Kitchen::open().await;
    kitchen.order_sushi(ORDER, "t1", T0).await;
    let mut closed = kitchen.sushi.clone();
    closed.stations.clear();
    let import = |config| {
        let kitchen = &kitchen;
        async move {
            kitchen
                .store
                .import_store(config, &[].into())
                .await
                .unwrap()
        }
    };
    import(&closed).await;
    let alarm = Tally {
        alarms: 1,
        failed: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 15).await, alarm);
    assert_eq!(sweep(&kitchen, 74).await, NOTHING);
    assert_eq!(sweep(&kitchen, 75).await, alarm);
    assert_eq!(kitchen.broker.take().len(), 0);
    import(&kitchen.sushi).await;
    assert_eq!(sweep(&kitchen, 135).await.dispatched, 1);
    assert_eq!(kitchen.broker.take().len(), 2);
}

#[tokio::test]
async fn the_schedules_event_sweeps_what_is_due_now() {
    let kitchen = Kitchen::open().await;
    let long_ago = UnixMillis(now_ms() - 70_000);
    let order = kitchen.order_sushi(ORDER, "t1", long_ago).await;
    kitchen.write_tickets(&order, long_ago).await;
    let event = LambdaEvent::new(sample("sweeper/minute"), context());
    let tally = function(&kitchen).handle(event).await.unwrap();
    assert_eq!(
        tally,
        Tally {
            resent: 2,
            alarms: 2,
            ..NOTHING
        }
    );
    let json = serde_json::to_value(tally).unwrap();
    assert_eq!(
        (&json["stores"], &json["resent"], &json["alarms"]),
        (&2.into(), &2.into(), &2.into())
    );
}
