//! Places of a slot: taken with a payment, never more than there are, kept once they are paid for and given back once.

use crate::{
    paying::{payment, settlement},
    samples::{NOW, at, kumo, open_kumo, takeout_order, uncapped},
    support::Table,
};
use futures_util::future::join_all;
use tabletap_domain::{
    order::{Order, OrderStatus, PickupWish},
    payment::PaymentState,
    places::Places,
    time::UnixMillis,
    unpaid::{CountedBy, UnpaidLimit, window},
};
use tabletap_store::{
    MoveError, NewHold, OpenPaymentError, OrderBill, OrderStep, Store, UnpaidCap,
};

const SLOT: UnixMillis = at(3600);

fn wanted(number: u32) -> Order {
    takeout_order(&kumo(), number, PickupWish::At(SLOT))
}

async fn placed(store: &Store, number: u32) -> Order {
    let order = wanted(number);
    let sealed = b"sealed".to_vec();
    store
        .place_takeout(&order, sealed, &uncapped(), None)
        .await
        .unwrap();
    order
}

async fn bill(store: &Store, order: &Order) -> OrderBill {
    let bills = store.bills(&kumo(), std::slice::from_ref(&order.id)).await;
    bills.unwrap().remove(0)
}

fn hold(capacity: u32) -> NewHold {
    NewHold {
        capacity,
        since: NOW,
        viewer: "vhome".to_owned(),
    }
}

async fn open(store: &Store, order: &Order, n: u32, capacity: u32) -> Result<(), OpenPaymentError> {
    let bills = [bill(store, order).await];
    let hold = hold(capacity);
    let hold = (!bills[0].slot_held).then_some(&hold);
    store
        .open_payment(&payment(order, n), &bills, None, hold, at(60))
        .await
}

async fn places(store: &Store) -> Places {
    let places = store.places(&kumo(), NOW, at(7200)).await.unwrap();
    places.get(&SLOT).cloned().unwrap_or_default()
}

/// The payment `n` of an order comes to this.
async fn settle(
    store: &Store,
    order: &Order,
    n: u32,
    (state, step): (PaymentState, OrderStep),
) -> Result<(), MoveError> {
    let stored = store.payment(&kumo(), &payment(order, n).id).await.unwrap();
    let settled = settlement(state, vec![(bill(store, order).await, step)]);
    store.settle_payment(&stored.unwrap(), &settled).await
}

const EXPIRED: (PaymentState, OrderStep) = (PaymentState::Expired, OrderStep::Release);
const PAID: (PaymentState, OrderStep) = (
    PaymentState::Paid,
    OrderStep::Place {
        fire_at: at(1800),
        ready_at: SLOT,
    },
);

#[tokio::test]
async fn a_rush_for_the_last_places_fills_them_and_no_more() {
    let table = Table::open().await;
    let store = &table.store;
    open_kumo(store).await;
    let mut orders = Vec::new();
    for number in 1..=12 {
        orders.push(placed(store, number).await);
    }
    let opens = (1..)
        .zip(&orders)
        .map(|(n, order)| open(store, order, n, 3));
    let opened = join_all(opens).await;
    let won = opened.iter().filter(|opened| opened.is_ok()).count();
    let full = opened
        .iter()
        .filter(|opened| **opened == Err(OpenPaymentError::SlotFull))
        .count();
    assert_eq!((won, full), (3, 9), "{opened:?}");
    let places = places(store).await;
    assert_eq!((places.taken, places.holds.len()), (3, 3));
    for (order, opened) in orders.iter().zip(&opened) {
        let bill = bill(store, order).await;
        let has = (bill.slot_held, bill.holds == 1, !bill.taken.is_empty());
        let all = opened.is_ok();
        assert_eq!(has, (all, all, all), "all of it or nothing");
    }
}

#[tokio::test]
async fn a_place_that_is_paid_for_is_no_longer_only_held_and_the_order_counts_no_longer_as_unpaid()
{
    let table = Table::open().await;
    let store = &table.store;
    open_kumo(store).await;
    let menu = crate::selling::menu("m0123456789abcdef");
    store.publish_menu(&kumo(), &menu).await.unwrap();
    let order = wanted(1);
    let cap = UnpaidCap {
        store_max: 9,
        by: vec![CountedBy {
            digest: "vhome".to_owned(),
            limit: UnpaidLimit::Viewer,
        }],
    };
    let sealed = b"sealed".to_vec();
    store
        .place_takeout(&order, sealed, &cap, None)
        .await
        .unwrap();
    let unpaid = async || {
        let read = store
            .read_for_takeout(&kumo(), &wanted(9).id, None, window(NOW), &[])
            .await;
        let unpaid = read.unwrap().unpaid;
        (unpaid.total, unpaid.by.get("vhome").copied())
    };
    assert_eq!(unpaid().await, (1, Some(1)));
    open(store, &order, 1, 1).await.unwrap();
    assert_eq!(places(store).await.holds.len(), 1);
    settle(store, &order, 1, PAID).await.unwrap();
    let after = places(store).await;
    assert_eq!((after.taken, after.holds.len()), (1, 0));
    assert_eq!(unpaid().await, (0, Some(0)));
    let second = placed(store, 2).await;
    let before = table.rows().await;
    let refused = open(store, &second, 2, 1).await;
    assert_eq!(refused, Err(OpenPaymentError::SlotFull));
    assert_eq!(table.rows().await, before, "nothing of it is stored");
}

#[tokio::test]
async fn a_place_is_given_back_once_and_not_while_somebody_pays_for_it() {
    let table = Table::open().await;
    let store = &table.store;
    open_kumo(store).await;
    let order = placed(store, 1).await;
    open(store, &order, 1, 1).await.unwrap();
    let before = table.rows().await;
    assert!(
        !store.release_slot(&order).await.unwrap(),
        "it is being paid"
    );
    assert_eq!(table.rows().await, before);
    settle(store, &order, 1, EXPIRED).await.unwrap();
    assert_eq!(places(store).await.taken, 1, "its guest may go on");
    // Another tip: the same place, no second one.
    open(store, &order, 2, 1).await.unwrap();
    assert_eq!(
        (places(store).await.taken, bill(store, &order).await.holds),
        (1, 1)
    );
    settle(store, &order, 2, EXPIRED).await.unwrap();
    for released in [true, false] {
        assert_eq!(store.release_slot(&order).await.unwrap(), released);
        assert_eq!(places(store).await, Places::default());
    }
    open(store, &order, 3, 1).await.unwrap();
    assert_eq!(
        bill(store, &order).await.holds,
        2,
        "it is counted how often"
    );
}

#[tokio::test]
async fn money_that_comes_late_takes_a_place_once_and_none_that_somebody_has() {
    let table = Table::open().await;
    let store = &table.store;
    open_kumo(store).await;
    let (late, other) = (placed(store, 1).await, placed(store, 2).await);
    open(store, &late, 1, 1).await.unwrap();
    settle(store, &late, 1, EXPIRED).await.unwrap();
    assert!(store.release_slot(&late).await.unwrap());
    for _ in 0..2 {
        assert!(store.retake_slot(&late, 1).await.unwrap());
        assert_eq!(places(store).await.taken, 1);
    }
    assert!(store.release_slot(&late).await.unwrap());
    open(store, &other, 2, 1).await.unwrap();
    let before = table.rows().await;
    assert!(!store.retake_slot(&late, 1).await.unwrap());
    assert_eq!(table.rows().await, before);
    // Whoever read it while it had a place places nothing without one.
    let stored = store.payment(&kumo(), &payment(&late, 1).id).await.unwrap();
    let paid = settlement(PAID.0, vec![(bill(store, &late).await, PAID.1)]);
    let refused = store.settle_payment(&stored.unwrap(), &paid).await;
    assert_eq!(refused, Err(MoveError::Moved));
    assert_eq!(table.rows().await, before);
    let asap = takeout_order(&kumo(), 3, PickupWish::Asap);
    let sealed = b"sealed".to_vec();
    store
        .place_takeout(&asap, sealed, &uncapped(), None)
        .await
        .unwrap();
    assert!(!store.release_slot(&asap).await.unwrap());
    assert!(store.retake_slot(&asap, 0).await.unwrap(), "it needs none");
    assert_eq!(
        bill(store, &asap).await.order.status,
        OrderStatus::AwaitingPayment
    );
}
