//! Parties: one that waits for the staff, one that has gone, and taps of which a crash left the second step undone.

use crate::*;
use tabletap_domain::{
    TableId,
    seating::{IDLE_MAX, SeatingError, SeatingMove, TableSeating, TableState},
};

/// The first of a tap's two steps, as if the process had died before the second.
async fn move_table_only(
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
    let due = Some(T0.plus(tabletap_seating::SETTLE_AFTER));
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
        Summary {
            alarms: 1,
            ..NOTHING
        }
    );
    assert_eq!(
        sweep(&kitchen, 120).await,
        Summary {
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
        Summary {
            closed: 1,
            settled: 1,
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
        Summary {
            settled: 2,
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
        Summary {
            settled: 1,
            ..NOTHING
        }
    );
    assert!(!status(&kitchen, &missed).await.held);
    print(&kitchen, &missed).await;
    assert_eq!(sweep(&kitchen, 600).await, NOTHING);
}
