//! Parties: one that waits for the staff, one that has gone, and taps of which a crash left the second step undone.

use crate::*;
use tabletap_domain::{
    Minor, Money, TableId,
    call::{Call, CallKind},
    order::PaymentStatus,
    payment::{Payment, PaymentPart, PaymentState, due_by_line},
    seating::{IDLE_MAX, SeatingError, SeatingMove, TableSeating, TableState},
    store::PAID_CLOSES_AFTER,
};
use tabletap_seating::{SeatingActionError, Unpaid, close};
use tabletap_store::{OrderStep, Settlement};

/// The first of a tap's two steps, as if the process had died before the second.
pub(crate) async fn move_table_only(
    kitchen: &Kitchen,
    order: &Order,
    step: impl Fn(TableSeating) -> Result<SeatingMove, SeatingError>,
) {
    let table = &order.seat.as_ref().unwrap().table;
    let seatings = kitchen.store.table_seatings(&order.store).await.unwrap();
    let (_, seating) = seatings
        .into_iter()
        .find(|(known, _)| known.id == *table)
        .unwrap();
    let due = Some(T0.plus(tabletap_seating::RECONCILE_AFTER));
    let step = step(seating).unwrap();
    kitchen
        .store
        .move_seating(&order.store, table, &step, due)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_party_that_waits_for_the_staff_is_on_an_alarm_until_their_tap() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_bakery(ORDER, "window", T0).await;
    assert_eq!(sweep(&kitchen, 59).await, NOTHING);
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
    let table = TableId::parse("window").unwrap();
    let at = T0.plus(Duration::from_secs(130));
    tabletap_seating::confirm(&kitchen.store, &order.store, &table, at)
        .await
        .unwrap();
    assert!(!status(&kitchen, &order).await.held);
    print(&kitchen, &order).await;
    assert_eq!(sweep(&kitchen, 300).await, NOTHING);
}

#[tokio::test]
async fn a_table_where_nobody_orders_any_more_is_closed_by_itself_and_its_orders_end() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    print(&kitchen, &order).await;
    let idle_s = IDLE_MAX.as_secs();
    assert_eq!(sweep(&kitchen, idle_s - 1).await, NOTHING);
    assert_eq!(
        sweep(&kitchen, idle_s).await,
        Tally {
            closed: 1,
            settled: 1,
            // Nobody has paid.
            alarms: 1,
            ..NOTHING
        }
    );
    assert_eq!(status(&kitchen, &order).await.status, OrderStatus::Served);
    let (_, seating) = kitchen
        .store
        .table_seatings(&order.store)
        .await
        .unwrap()
        .remove(0);
    assert_eq!((seating.number, seating.state), (1, TableState::Idle));
    assert_eq!(sweep(&kitchen, idle_s + 61).await, NOTHING);
    assert_eq!(kitchen.count("NUMBER").await, 0, "its number is free again");
}

#[tokio::test]
async fn orders_that_a_crash_left_behind_are_brought_after_their_seating() {
    let kitchen = Kitchen::open().await;
    let (served, cancelled) = (
        kitchen.order_sushi(ORDER, "t1", T0).await,
        kitchen
            .order_bakery("ord_fedcba9876543210fedcba9876543210", "window", T0)
            .await,
    );
    print(&kitchen, &served).await;
    // Only the first of the two steps of closing.
    for order in [&served, &cancelled] {
        move_table_only(&kitchen, order, TableSeating::close).await;
    }
    assert_eq!(
        sweep(&kitchen, 60).await,
        Tally {
            settled: 2,
            // Nobody has paid for what was served, and the process that died may not have raised the alarm.
            alarms: 1,
            ..NOTHING
        }
    );
    assert_eq!(status(&kitchen, &served).await.status, OrderStatus::Served);
    assert_eq!(
        status(&kitchen, &cancelled).await.status,
        OrderStatus::Cancelled,
        "no kitchen has seen it"
    );
    assert_eq!(sweep(&kitchen, 600).await, NOTHING);
}

#[tokio::test]
async fn an_order_that_a_confirmation_missed_goes_to_the_kitchen_though_its_party_orders_again() {
    let kitchen = Kitchen::open().await;
    let missed = kitchen.order_bakery(ORDER, "window", T0).await;
    // Only the first of the two steps of confirming.
    move_table_only(&kitchen, &missed, TableSeating::confirm).await;
    let later = T0.plus(Duration::from_secs(10));
    let next = kitchen
        .order_bakery("ord_fedcba9876543210fedcba9876543210", "window", later)
        .await;
    print(&kitchen, &next).await;
    assert_eq!(
        sweep(&kitchen, 60).await,
        Tally {
            settled: 1,
            ..NOTHING
        }
    );
    assert!(!status(&kitchen, &missed).await.held);
    print(&kitchen, &missed).await;
    assert_eq!(sweep(&kitchen, 600).await, NOTHING);
}

/// Marks the only unpaid order of its party as paid, as its payment's settlement does at its table.
pub(crate) async fn pay(kitchen: &Kitchen, order: &Order, at: UnixMillis) {
    let ids = [order.id.clone()];
    let bills = kitchen.store.bills(&order.store, &ids).await;
    let bill = bills.unwrap().remove(0);
    let begun = payment_of(order, at);
    kitchen
        .store
        .open_payment(&begun, std::slice::from_ref(&bill), None, None, at)
        .await
        .unwrap();
    let stored = kitchen.store.payment(&order.store, &begun.id).await;
    let stored = stored.unwrap().unwrap();
    let table = order.seat.as_ref().unwrap().table.clone();
    let sticker = kitchen
        .store
        .table_code(&order.store, &table)
        .await
        .unwrap();
    let party = order.seat.as_ref().unwrap().seating;
    let step = sticker.unwrap().seating.pay(party, 1, at).unwrap();
    let settlement = Settlement {
        state: PaymentState::Paid,
        reference: None,
        method: None,
        receipt_url: None,
        paid_at: Some(at),
        contact: None,
        due: None,
        orders: vec![(bill, OrderStep::Pay(PaymentStatus::Paid))],
        table: Some((table, step)),
    };
    let settled = kitchen.store.settle_payment(&stored, &settlement);
    settled.await.unwrap();
}

/// A payment of all that an order costs, as it begins.
pub(crate) fn payment_of(order: &Order, at: UnixMillis) -> Payment {
    let due = due_by_line(order).into_iter().enumerate();
    Payment {
        id: format!("pay_{}", order.id.hex()).parse().unwrap(),
        store: order.store.clone(),
        account: "sushi".parse().unwrap(),
        live: false,
        parts: vec![PaymentPart {
            order: order.id.clone(),
            number: order.number.clone(),
            lines: due.collect(),
        }],
        items: Vec::new(),
        share: None,
        tip_minor: Minor(0),
        total_minor: order.cart.totals.total_minor,
        currency: order.currency,
        lang: order.lang.clone(),
        success_url: String::new(),
        cancel_url: String::new(),
        created_at: at,
    }
}

#[tokio::test]
async fn a_table_that_is_paid_is_closed_after_its_houses_time_without_an_alarm() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    print(&kitchen, &order).await;
    pay(&kitchen, &order, T0.plus(Duration::from_secs(60))).await;
    assert_eq!(sweep(&kitchen, 60).await, NOTHING, "they may want a coffee");
    let closes = 60 + PAID_CLOSES_AFTER.as_secs();
    assert_eq!(sweep(&kitchen, closes - 1).await, NOTHING);
    let closed = Tally {
        closed: 1,
        settled: 1,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, closes).await, closed);
    assert_eq!(status(&kitchen, &order).await.status, OrderStatus::Served);
    assert_eq!(sweep(&kitchen, closes + 61).await, NOTHING);
}

#[tokio::test]
async fn a_paid_table_whose_party_orders_again_stays_open_and_one_that_others_take_is_settled() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    print(&kitchen, &order).await;
    pay(&kitchen, &order, T0.plus(Duration::from_secs(60))).await;
    // Whoever scans now is the next party.
    let at = T0.plus(Duration::from_secs(120));
    let next = kitchen
        .order_sushi("ord_fedcba9876543210fedcba9876543210", "t1", at)
        .await;
    assert_eq!(next.seat.as_ref().unwrap().seating, 2);
    print(&kitchen, &next).await;
    sweep(&kitchen, 120 + 60).await;
    assert_eq!(status(&kitchen, &order).await.status, OrderStatus::Served);
    assert_eq!(status(&kitchen, &next).await.status, OrderStatus::Placed);
    let closes = 60 + PAID_CLOSES_AFTER.as_secs();
    assert_eq!(
        sweep(&kitchen, closes + 1).await.closed,
        0,
        "the next party sits there"
    );
}

#[tokio::test]
async fn four_parties_that_paid_and_were_followed_between_two_sweeps_are_all_brought_to_their_end()
{
    let kitchen = Kitchen::open().await;
    let at = |s| T0.plus(Duration::from_secs(s));
    let mut parties = Vec::new();
    for number in 1..=4 {
        let id = format!("ord_{number:032x}");
        let order = kitchen.order_sushi(&id, "t1", at(number * 10)).await;
        print(&kitchen, &order).await;
        pay(&kitchen, &order, at(number * 10 + 5)).await;
        parties.push(order);
    }
    let last = kitchen.order_sushi(ORDER, "t1", at(50)).await;
    assert_eq!(last.seat.as_ref().unwrap().seating, 5);
    print(&kitchen, &last).await;
    let settled = Tally {
        settled: 4,
        ..NOTHING
    };
    assert_eq!(sweep(&kitchen, 50 + 60).await, settled);
    for order in &parties {
        let ended = status(&kitchen, order).await.status;
        assert_eq!(ended, OrderStatus::Served, "{}", order.number);
    }
    assert_eq!(status(&kitchen, &last).await.status, OrderStatus::Placed);
    assert_eq!(kitchen.count("NUMBER").await, 1, "their numbers are free");
}

#[tokio::test]
async fn staff_close_what_is_not_paid_only_where_they_say_so() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    print(&kitchen, &order).await;
    let (store, t1) = (&kitchen.store, TableId::parse("t1").unwrap());
    let before = kitchen.rows().await;
    let refused = close(store, &order.store, &t1, Unpaid::Refused, T0).await;
    let Err(SeatingActionError::Unsettled(open)) = refused else {
        panic!("{refused:?}");
    };
    let owed = Money::new(order.cart.totals.total_minor, order.currency);
    assert_eq!(open.owed, [(order.number.clone(), owed)]);
    let told = open.to_string();
    assert!(
        told.contains(order.number.as_str()) && told.contains("USD"),
        "{told}"
    );
    assert_eq!(kitchen.rows().await, before, "nothing was changed");

    let closed = close(store, &order.store, &t1, Unpaid::Accepted, T0).await;
    assert_eq!(closed.unwrap().served, 1);
    let again = close(store, &order.store, &t1, Unpaid::Accepted, T0).await;
    assert!(
        matches!(again, Err(SeatingActionError::NotNow(_))),
        "{again:?}"
    );

    let waits = kitchen.order_bakery("ord_fedcba9876543210fedcba9876543210", "window", T0);
    let waits = waits.await;
    let window = TableId::parse("window").unwrap();
    let refused = close(store, &waits.store, &window, Unpaid::Refused, T0).await;
    let Err(SeatingActionError::Unsettled(open)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((open.waiting, open.owed.len()), (vec![waits.number], 0));
}

#[tokio::test]
async fn a_call_that_waits_with_its_table_comes_out_with_the_staffs_tap() {
    let kitchen = Kitchen::open().await;
    let (store, window) = (&kitchen.bakery.key, TableId::parse("window").unwrap());
    let read = kitchen
        .store
        .read_for_call(store, &window, CallKind::Bill)
        .await;
    let read = read.unwrap();
    let step = read.seating.call(1, read.house_rule, T0).unwrap();
    let call = Call {
        id: ORDER.parse().unwrap(),
        store: store.clone(),
        table: window.clone(),
        seating: 1,
        kind: CallKind::Bill,
        called_at: T0,
        held: step.holds_order(),
    };
    kitchen.store.place_call(&call, None, &step).await.unwrap();
    let waits = Tally {
        alarms: 1,
        ..NOTHING
    };
    assert_eq!(
        sweep(&kitchen, 60).await,
        waits,
        "the staff hear of the table, no slip comes out"
    );
    let at = T0.plus(Duration::from_secs(70));
    let done = tabletap_seating::confirm(&kitchen.store, store, &window, at).await;
    assert_eq!(done.unwrap().calls, 1);
    assert_eq!(sweep(&kitchen, 70 + 15).await.dispatched, 1);
    let slips = kitchen.broker.take();
    assert_eq!(slips[0].message["call"], "bill");
}
