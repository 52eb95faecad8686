//! A broker that is away costs a sweep a few tries, and no store its alarms, its tickets or its money.

use super::{NOTHING, ORDER, T0, config, function, print, seatings::payment_of, status, sweep};
use std::time::Duration;
use sweeper::{Limits, Sweeper, Tally};
use tabletap_domain::{
    order::{OrderStatus, PickupWish},
    takeout::UNPAID_ENDS_AFTER,
    time::UnixMillis,
};
use tabletap_runtime::aws;
use tabletap_stripe::{Accounts, Stripe};
use tabletap_testkit::{BrokerBehaviour, Kitchen};
use tokio::net::TcpListener;

const SECOND_ORDER: &str = "ord_fedcba9876543210fedcba9876543210";
/// How many kitchens are swept at a time.
const LANES: usize = 16;
/// Longer than any test.
const NEVER: Duration = Duration::from_secs(86_400);

fn at(s: u64) -> UnixMillis {
    T0.plus(Duration::from_secs(s))
}

/// A chain of so many sushi bars, each with an order that has its two tickets; the kit's own two stores have none.
async fn chain(branches: u32) -> Kitchen {
    let kitchen = Kitchen::open().await;
    for number in 1..=branches {
        let branch = kitchen.open_branch(number).await;
        let id = format!("ord_{number:032x}");
        kitchen.order_at(&branch, &id, "t1", T0).await;
    }
    let swept = sweep(&kitchen, 15).await;
    assert_eq!(swept.dispatched, branches, "{swept:?}");
    kitchen.broker.take();
    kitchen
}

#[tokio::test]
async fn a_broker_that_is_away_is_counted_and_the_ticket_is_sent_when_it_is_back() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    kitchen.write_tickets(&order, T0).await;
    kitchen.broker.set_behaviour(BrokerBehaviour::Fails);
    assert_eq!(
        sweep(&kitchen, 5).await,
        Tally {
            failed: 2,
            ..NOTHING
        }
    );
    kitchen.broker.set_behaviour(BrokerBehaviour::Takes);
    assert_eq!(
        sweep(&kitchen, 10).await,
        Tally {
            resent: 2,
            ..NOTHING
        }
    );
}

#[tokio::test]
async fn a_connection_that_died_silently_costs_time_and_no_ticket() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    kitchen.write_tickets(&order, T0).await;
    kitchen.broker.set_behaviour(BrokerBehaviour::HangsOnce);
    // As deployed: the SDK tries again within the time that the sweep waits.
    let sdk = kitchen.sdk.to_builder().timeout_config(aws::timeouts());
    let function = Sweeper::new(config(&kitchen), &sdk.build());
    let resent = Tally {
        resent: 2,
        ..NOTHING
    };
    assert_eq!(function.sweep(at(5)).await.unwrap(), resent);
    assert_eq!(kitchen.broker.failed_attempts(), 1);
    assert_eq!(kitchen.broker.take().len(), 2);
}

#[tokio::test]
async fn every_alarm_sounds_though_the_broker_is_not_tried_for_every_ticket() {
    for (mood, tries, why) in [
        (BrokerBehaviour::Fails, 3, "it is away"),
        (
            BrokerBehaviour::Refuses,
            4,
            "it is there, and may take another",
        ),
    ] {
        let kitchen = Kitchen::open().await;
        for id in [ORDER, SECOND_ORDER] {
            let order = kitchen.order_sushi(id, "t1", T0).await;
            kitchen.write_tickets(&order, T0).await;
        }
        kitchen.broker.set_behaviour(mood);
        assert_eq!(
            sweep(&kitchen, 60).await,
            Tally {
                failed: 4,
                alarms: 4,
                ..NOTHING
            }
        );
        assert_eq!(kitchen.broker.failed_attempts(), tries, "{why}");
    }
}

#[tokio::test]
async fn a_hundred_stores_get_every_alarm_in_each_sweep_while_the_broker_hangs() {
    const BRANCHES: u32 = 100;
    let kitchen = chain(BRANCHES).await;
    kitchen.broker.set_behaviour(BrokerBehaviour::Hangs);
    let function = function(&kitchen).within(Limits {
        publish: Duration::from_millis(100),
        ..Limits::default()
    });
    for sweeps in 1..=2_u32 {
        let swept = function.sweep(at(15 + 60 * u64::from(sweeps))).await;
        let all = Tally {
            stores: 2 + BRANCHES,
            alarms: 2 * BRANCHES,
            failed: 2 * BRANCHES,
            ..NOTHING
        };
        assert_eq!(swept.unwrap(), all);
        let tried = kitchen.broker.failed_attempts();
        // Each lane waits once, and the first two do so again: the third without an answer opens the breaker.
        let most = (LANES + 2) * usize::try_from(sweeps).unwrap();
        assert!((1..=most).contains(&tried), "sweep {sweeps}: {tried} tries");
    }
}

#[tokio::test]
async fn unpaid_orders_are_settled_while_a_kitchen_waits_for_the_broker() {
    let kitchen = Kitchen::open().await;
    let unpaid = kitchen
        .order_takeout(SECOND_ORDER, PickupWish::Asap, T0)
        .await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    kitchen.write_tickets(&order, T0).await;
    kitchen.broker.set_behaviour(BrokerBehaviour::Hangs);
    let function = function(&kitchen).within(Limits {
        publish: NEVER,
        kitchens: NEVER,
        sweep: NEVER,
        ..Limits::default()
    });
    let sweeping = tokio::spawn(async move { function.sweep(T0.plus(UNPAID_ENDS_AFTER)).await });
    let settled = async {
        while kitchen.broker.failed_attempts() == 0
            || status(&kitchen, &unpaid).await.status != OrderStatus::Cancelled
        {
            tokio::task::yield_now().await;
        }
    };
    let settled = tokio::time::timeout(Duration::from_secs(30), settled).await;
    settled.expect("the unpaid order is called off");
    assert!(!sweeping.is_finished(), "the kitchen waits still");
    sweeping.abort();
}

#[tokio::test]
async fn tickets_are_sent_while_the_provider_hangs() {
    let kitchen = Kitchen::open().await;
    let paying = kitchen.order_sushi(SECOND_ORDER, "t2", T0).await;
    print(&kitchen, &paying).await;
    let ids = [paying.id.clone()];
    let bills = kitchen.store.bills(&paying.store, &ids).await.unwrap();
    let payment = payment_of(&paying, T0);
    let begun = kitchen.store.open_payment(&payment, &bills, None, None, T0);
    begun.await.unwrap();
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    kitchen.write_tickets(&order, T0).await;
    // It takes the connection, and never answers.
    let provider = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut config = config(&kitchen);
    let accounts = r#"{"sushi": {"api_key": "sk_test_sushi", "webhook_secrets": ["whsec_sushi"]}}"#;
    config.payments.gateway = Stripe::new(
        Accounts::parse(accounts).unwrap(),
        &format!("http://{}", provider.local_addr().unwrap()),
    );
    let function = Sweeper::new(config, &kitchen.sdk);
    let sweeping = tokio::spawn(async move { function.sweep(at(300)).await });
    let sent = async {
        let asked = provider.accept().await.unwrap();
        let mut sent = 0;
        while sent < 2 {
            sent += kitchen.broker.take().len();
            tokio::task::yield_now().await;
        }
        asked
    };
    let sent = tokio::time::timeout(Duration::from_secs(30), sent).await;
    let _asked = sent.expect("both tickets are sent");
    assert!(!sweeping.is_finished(), "the provider is waited for");
    sweeping.abort();
}

#[tokio::test]
async fn a_kitchen_phase_that_is_over_sounds_alarms_and_says_what_is_left() {
    let kitchen = chain(3).await;
    let over = function(&kitchen).within(Limits {
        kitchens: Duration::ZERO,
        ..Limits::default()
    });
    let swept = over.sweep(at(90)).await.unwrap();
    let alarms_only = Tally {
        stores: 5,
        alarms: 6,
        left: 6,
        ..NOTHING
    };
    assert_eq!(swept, alarms_only);
    assert_eq!(kitchen.broker.take().len(), 0);
    // Nothing was put off: the next sweep does it all.
    assert_eq!(sweep(&kitchen, 91).await.resent, 6);
}

#[tokio::test]
async fn stores_that_a_sweep_does_not_get_to_are_counted_and_their_money_is_settled_all_the_same() {
    let kitchen = chain(3).await;
    let unpaid = kitchen
        .order_takeout(SECOND_ORDER, PickupWish::Asap, T0)
        .await;
    let cut = function(&kitchen).within(Limits {
        kitchens: Duration::ZERO,
        grace: Duration::ZERO,
        later: NEVER,
        ..Limits::default()
    });
    let swept = cut.sweep(T0.plus(UNPAID_ENDS_AFTER)).await.unwrap();
    let money_only = Tally {
        stores: 0,
        cut_off: 5,
        unpaid: 1,
        closed: swept.closed,
        settled: swept.settled,
        ..NOTHING
    };
    assert_eq!(swept, money_only);
    let standing = status(&kitchen, &unpaid).await.status;
    assert_eq!(standing, OrderStatus::Cancelled);
    assert_eq!(sweep(&kitchen, 7260).await.alarms, 6);
}
