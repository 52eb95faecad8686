//! Takeout: fired when it is time to cook it and not before, given up when nobody pays, ended when its day is over.

use super::{NOTHING, ORDER, T0, function, print, status, sweep};
use std::time::Duration;
use sweeper::Tally;
use tabletap_domain::{
    order::{OrderStatus, PickupWish},
    ticket::tickets_due,
    time::UnixMillis,
};
use tabletap_testkit::Kitchen;

const SECOND_ORDER: &str = "ord_0123456789abcdef0123456789abcd00";

fn at(s: u64) -> UnixMillis {
    T0.plus(Duration::from_secs(s))
}

#[tokio::test]
async fn an_order_for_later_prints_when_it_is_time_and_nothing_alarms_before() {
    let kitchen = Kitchen::open().await;
    let wish = PickupWish::At(at(7200));
    let order = kitchen.order_takeout(ORDER, wish, T0).await;
    let paid = kitchen.settle_paid(&order, at(6000), at(7200)).await;
    let before = kitchen.rows().await;
    for s in [60, 600, 3600, 5924] {
        assert_eq!(sweep(&kitchen, s).await, NOTHING, "{s} seconds");
    }
    assert_eq!(kitchen.rows().await, before);
    assert_eq!(kitchen.broker.take().len(), 0);
    // A sweep that comes a minute and some seconds later would find it after its time.
    let due = tickets_due(paid.fire_at, paid.placed_at);
    let due = u64::try_from((due.0 - T0.0) / 1000).unwrap();
    assert_eq!(due, 5925);
    let fired = Tally {
        fired: 1,
        ..NOTHING
    };
    assert_eq!(
        sweep(&kitchen, due).await,
        fired,
        "planned: no alarm, no warning"
    );
    let jobs = kitchen.broker.take();
    assert_eq!(jobs.len(), 1);
    let job = &jobs[0].message;
    assert_eq!(
        (&job["order_type"], &job["paid"]),
        (&"takeout".into(), &true.into())
    );
    assert_eq!(job["customer"], "Ada Lovelace");
    // 21:04 UTC is 16:04 in New York.
    assert_eq!(job["ready_clock"], "16:04");
    assert_eq!(sweep(&kitchen, due + 1).await, NOTHING, "fired once");
}

#[tokio::test]
async fn an_order_to_be_made_at_once_that_the_stream_forgot_is_dispatched_with_a_warning() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_takeout(ORDER, PickupWish::Asap, T0).await;
    kitchen.settle_paid(&order, at(60), at(1260)).await;
    let dispatched = Tally {
        dispatched: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 75).await, dispatched);
}

#[tokio::test]
async fn an_order_that_nobody_pays_gives_its_place_back_and_is_called_off() {
    let kitchen = Kitchen::open().await;
    let slot = at(7200 * 2);
    let order = kitchen.order_takeout(ORDER, PickupWish::At(slot), T0).await;
    let taken = async || {
        let places = kitchen.store.places(&order.store, T0, at(99_999)).await;
        places.unwrap().get(&slot).map_or(0, |places| places.taken)
    };
    assert!(kitchen.store.retake_slot(&order, 8).await.unwrap());
    assert_eq!(sweep(&kitchen, 599).await, NOTHING);
    assert_eq!(taken().await, 1);
    assert_eq!(sweep(&kitchen, 600).await, NOTHING);
    assert_eq!(taken().await, 0, "others may have it");
    let standing = status(&kitchen, &order).await.status;
    assert_eq!(
        standing,
        OrderStatus::AwaitingPayment,
        "it can still be paid"
    );
    assert_eq!(sweep(&kitchen, 7199).await, NOTHING);
    let called_off = Tally {
        unpaid: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 7200).await, called_off);
    assert_eq!(
        status(&kitchen, &order).await.status,
        OrderStatus::Cancelled
    );
    assert_eq!(kitchen.count("NUMBER").await, 0, "its number is free");
    assert_eq!(taken().await, 0, "given back once");
    assert_eq!(sweep(&kitchen, 99_999).await, NOTHING);
    assert_eq!(
        kitchen.broker.take().len(),
        0,
        "the kitchen never heard of it"
    );
}

#[tokio::test]
async fn takeout_that_nobody_marks_ends_with_its_day_and_one_without_tickets_does_not() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_takeout(ORDER, PickupWish::Asap, T0).await;
    let paid = kitchen.settle_paid(&order, at(0), at(1200)).await;
    print(&kitchen, &paid).await;
    let day_over = 1200 + 4 * 3600;
    assert_eq!(sweep(&kitchen, day_over - 1).await, NOTHING);
    let ended = Tally {
        collected: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, day_over).await, ended);
    assert_eq!(
        status(&kitchen, &order).await.status,
        OrderStatus::Collected
    );
    assert_eq!(sweep(&kitchen, day_over + 60).await, NOTHING);

    // One that nobody looked after for a day: the sweeper itself was away.
    let second = kitchen
        .order_takeout(SECOND_ORDER, PickupWish::Asap, T0)
        .await;
    kitchen.settle_paid(&second, at(0), at(1200)).await;
    let swept = function(&kitchen).sweep(at(day_over)).await.unwrap();
    assert_eq!(
        (swept.dispatched, swept.collected),
        (1, 0),
        "printed, late as it is"
    );
    assert_eq!(status(&kitchen, &second).await.status, OrderStatus::Placed);
}

#[tokio::test]
async fn an_order_that_is_paid_and_cannot_be_honoured_is_on_an_alarm_until_somebody_decides() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_takeout(ORDER, PickupWish::Asap, T0).await;
    let store = &kitchen.store;
    let undecided = store.move_order(&order, order.status, OrderStatus::RefundDue);
    undecided.await.unwrap();
    let undecided = status(&kitchen, &order).await;
    let due = store.look_after_order(&undecided, OrderStatus::RefundDue, Some(at(60)));
    due.await.unwrap();
    let alarm = Tally {
        alarms: 1,
        ..NOTHING
    };
    for s in [60, 120, 180] {
        assert_eq!(sweep(&kitchen, s).await, alarm, "{s} seconds");
        assert_eq!(sweep(&kitchen, s + 1).await, NOTHING, "once a minute");
    }
    let ended = store.move_order(&undecided, OrderStatus::RefundDue, OrderStatus::Cancelled);
    ended.await.unwrap();
    assert_eq!(sweep(&kitchen, 240).await, NOTHING);
}
