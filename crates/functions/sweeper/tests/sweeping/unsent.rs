//! An order whose party ends before the kitchen has it.

use crate::*;
use tabletap_seating::{Unpaid, close};

#[tokio::test]
async fn an_order_that_the_kitchen_has_not_got_does_not_end_with_its_party() {
    let kitchen = Kitchen::open().await;
    let order = kitchen.order_sushi(ORDER, "t1", T0).await;
    let at = |s| T0.plus(Duration::from_secs(s));
    let table = order.seat.as_ref().unwrap().table.clone();
    let left = close(
        &kitchen.store,
        &order.store,
        &table,
        Unpaid::Accepted,
        at(1),
    );
    assert_eq!(left.await.unwrap().unsent, 1);
    assert_eq!(status(&kitchen, &order).await.status, OrderStatus::Placed);

    sweep(&kitchen, 16).await; // it writes the tickets that nobody wrote
    let stored = kitchen.store.order(&order.store, &order.id).await;
    assert_eq!(stored.unwrap().unwrap().1.len(), 2);
    sweep(&kitchen, 1 + 60).await;
    assert_eq!(status(&kitchen, &order).await.status, OrderStatus::Served);
}
