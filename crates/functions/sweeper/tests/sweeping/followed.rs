//! What a party still owes when the next one has followed it, and when a table closes.

use crate::{
    seatings::{move_table_only, pay},
    *,
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};
use tabletap_domain::seating::TableSeating;
use tabletap_seating::{SeatingActionError, Unpaid, close, reconcile};

/// A party that has paid, its coffee of two minutes later, and the next party's first order.
async fn coffee_and_next(kitchen: &Kitchen) -> (Order, Order, Order) {
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    print(kitchen, &order).await;
    pay(kitchen, &order, T0.plus(Duration::from_secs(60))).await;
    let at = |s| T0.plus(Duration::from_secs(s));
    let coffee = format!("ord_{:032x}", 2);
    let coffee = kitchen
        .order_sushi_of(Some(1), &coffee, "t1", at(120))
        .await;
    print(kitchen, &coffee).await;
    // Whoever scans still is the next party, and never reads who ordered the coffee.
    let next = format!("ord_{:032x}", 3);
    let next = kitchen.order_sushi(&next, "t1", at(130)).await;
    assert_eq!(next.seat.as_ref().unwrap().seating, 2);
    print(kitchen, &next).await;
    (order, coffee, next)
}

#[tokio::test]
async fn a_coffee_that_a_paid_party_left_to_the_next_one_can_be_paid_for_a_while_and_is_on_an_alarm_once()
 {
    let kitchen = Kitchen::open().await;
    let (order, coffee, next) = coffee_and_next(&kitchen).await;
    let store = &kitchen.store;
    let table = &next.seat.as_ref().unwrap().table;
    let seen = store.open_orders_of(&next.store, table, 2).await;
    assert_eq!(seen.unwrap(), std::slice::from_ref(&next.id));

    let one = Tally {
        settled: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 130 + 60).await, one);
    assert_eq!(status(&kitchen, &order).await.status, OrderStatus::Served);
    let left = 120 + 30 * 60;
    assert_eq!(sweep(&kitchen, left - 1).await, NOTHING);
    assert_eq!(status(&kitchen, &coffee).await.status, OrderStatus::Placed);

    let ended = Tally { alarms: 1, ..one };
    assert_eq!(sweep(&kitchen, left).await, ended);
    assert_eq!(status(&kitchen, &coffee).await.status, OrderStatus::Served);
    assert_eq!(status(&kitchen, &next).await.status, OrderStatus::Placed);
    assert_eq!(sweep(&kitchen, left + 60).await, NOTHING);
}

#[tokio::test]
async fn staff_hear_of_an_earlier_partys_coffee_before_they_close_the_table_and_it_ends_with_it() {
    let kitchen = Kitchen::open().await;
    let (_, coffee, next) = coffee_and_next(&kitchen).await;
    let (store, t1) = (&kitchen.store, TableId::parse("t1").unwrap());
    let at = T0.plus(Duration::from_secs(200));
    let refused = close(store, &next.store, &t1, Unpaid::Refused, at).await;
    let Err(SeatingActionError::Unsettled(open)) = refused else {
        panic!("{refused:?}");
    };
    let numbers: BTreeSet<&str> = open
        .owed
        .iter()
        .map(|(number, _)| number.as_str())
        .collect();
    let expected = [coffee.number.as_str(), next.number.as_str()];
    assert_eq!(numbers, expected.into());
    let closed = close(store, &next.store, &t1, Unpaid::Accepted, at).await;
    assert_eq!(closed.unwrap().unpaid, 2);
    assert_eq!(sweep(&kitchen, 300).await, NOTHING, "they said so");
}

/// What was logged, line by line.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn each_order_that_ends_unpaid_raises_its_own_alarm_though_the_run_stops_at_the_next() {
    let kitchen = Kitchen::open().await;
    let at = |s| T0.plus(Duration::from_secs(s));
    // Other tests log at the same time, of other orders.
    let first = format!("ord_{:032x}", 0xa2);
    let first = kitchen.order_sushi(&first, "t1", T0).await;
    print(&kitchen, &first).await;
    let second = format!("ord_{:032x}", 0xa1);
    let second = kitchen.order_sushi(&second, "t1", at(10)).await;
    move_table_only(&kitchen, &first, TableSeating::close).await;
    // The first row of this kind is the second order's: nobody can read it, as if the run had died there.
    kitchen.corrupt("HEAD", "status").await;

    let (store, key) = (&kitchen.store, &first.store);
    let tables = store.table_seatings(key).await.unwrap();
    let table = second.seat.as_ref().unwrap().table.clone();
    let here = tables.into_iter().find(|(known, _)| known.id == table);
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    // For all threads: what another thread logs first would be off for this one too.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let stopped = reconcile(store, key, &table, here.unwrap().1, at(700)).await;
    assert!(stopped.is_err(), "{stopped:?}");
    assert_eq!(status(&kitchen, &first).await.status, OrderStatus::Served);

    let logged = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    let alarms = |order: &Order| {
        let of_it =
            |line: &&str| line.contains("closed_unpaid") && line.contains(order.id.as_str());
        logged.lines().filter(of_it).count()
    };
    assert_eq!((alarms(&first), alarms(&second)), (1, 0), "{logged}");
}
