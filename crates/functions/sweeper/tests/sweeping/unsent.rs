//! An order whose party has ended before the kitchen has it.

use crate::*;
use tabletap_seating::reconcile;

#[tokio::test]
async fn an_order_that_the_kitchen_has_not_got_does_not_end_with_its_party() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    let (store, key) = (&kitchen.store, &order.store);
    let at = |s| T0.plus(Duration::from_secs(s));
    // The table is closed, and the process died before its orders were ended.
    let table = order.seat.as_ref().unwrap().table.clone();
    let seating = async || {
        let tables = store.table_seatings(key).await.unwrap();
        let here = tables.into_iter().find(|(known, _)| known.id == table);
        here.unwrap().1
    };
    let closed = seating().await.close().unwrap();
    let moved = store.move_seating(key, &table, &closed, Some(at(60)));
    moved.await.unwrap();

    let reconciled = reconcile(store, key, &table, seating().await, at(60)).await;
    assert_eq!(reconciled.unwrap().orders.unsent, 1);
    assert_eq!(status(&kitchen, &order).await.status, OrderStatus::Placed);

    kitchen.write_tickets(&order, at(61)).await;
    sweep(&kitchen, 60 + 60).await; // the table is due again
    assert_eq!(status(&kitchen, &order).await.status, OrderStatus::Served);
}
