//! Takeout: places in slots that hold under any rush, the sealed customer beside the order, and what makes an order end.

use crate::{
    samples::{NOW, at, draft, kumo, open_kumo, order_id, takeout_order},
    support::Table,
};
use futures_util::future::join_all;
use tabletap_domain::{
    order::{Order, OrderStatus, PickupWish},
    takeout::{COLLECTED_AFTER, PAYMENT_HOLD},
    time::UnixMillis,
};
use tabletap_store::{Cause, Due, PlaceOrderError, Store};

const SLOT: UnixMillis = at(3600);

async fn place(store: &Store, order: &Order, capacity: u32) -> Result<(), PlaceOrderError> {
    let sealed = b"sealed".to_vec();
    store.place_takeout(order, sealed, capacity, None).await
}

async fn taken(store: &Store) -> u32 {
    let slots = store.taken_slots(&kumo(), NOW, at(7200)).await.unwrap();
    slots.get(&SLOT).copied().unwrap_or_default()
}

fn wanted(number: u32) -> Order {
    takeout_order(&kumo(), number, PickupWish::At(SLOT))
}

#[tokio::test]
async fn a_takeout_order_stands_with_its_customer_and_its_place() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    let order = wanted(1);
    place(&table.store, &order, 2).await.unwrap();
    let stored = table.store.order(&kumo(), &order.id).await.unwrap();
    assert_eq!(stored, Some((order.clone(), Vec::new())));
    let customer = table.store.customer(&kumo(), &order.id).await.unwrap();
    assert_eq!(customer.as_deref(), Some(b"sealed".as_slice()));
    assert_eq!(taken(&table.store).await, 1);
    let before = table.rows().await;
    assert_eq!(
        place(&table.store, &order, 2).await,
        Err(PlaceOrderError::AlreadyExists)
    );
    assert_eq!(
        table.rows().await,
        before,
        "placed once, it takes one place"
    );
    assert_eq!(
        table.store.customer(&kumo(), &order_id(9)).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn takeout_that_is_not_paid_or_is_not_honoured_gets_no_tickets_whoever_asks() {
    let table = Table::open().await;
    let (store, key) = (&table.store, kumo());
    open_kumo(store).await;
    let order = wanted(1);
    place(store, &order, 2).await.unwrap();
    // What somebody read a moment ago, and is not so any more.
    let paid = Order {
        status: OrderStatus::Placed,
        fire_at: Some(NOW),
        ready_at: Some(at(600)),
        ..order.clone()
    };
    let before = table.rows().await;
    let drafts = || vec![draft(&paid, "bar")];
    let written = store.write_tickets(&key, Cause::Order(&paid), drafts(), NOW);
    assert_eq!(written.await.unwrap(), []);
    assert_eq!(
        table.rows().await,
        before,
        "no ticket, and no number of a printer"
    );
    let (unpaid, due) = (order.status, OrderStatus::RefundDue);
    store.move_order(&order, unpaid, due).await.unwrap();
    let written = store.write_tickets(&key, Cause::Order(&paid), drafts(), NOW);
    assert_eq!(written.await.unwrap(), []);
    store
        .move_order(&order, due, OrderStatus::Placed)
        .await
        .unwrap();
    let written = store.write_tickets(&key, Cause::Order(&paid), drafts(), NOW);
    assert_eq!(written.await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_rush_for_the_last_places_fills_them_and_no_more() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    let orders: Vec<Order> = (1..=12).map(wanted).collect();
    let placed = join_all(orders.iter().map(|order| place(&table.store, order, 3))).await;
    let won = placed.iter().filter(|placed| placed.is_ok()).count();
    let full = placed
        .iter()
        .filter(|placed| **placed == Err(PlaceOrderError::SlotTaken))
        .count();
    assert_eq!((won, full), (3, 9), "{placed:?}");
    assert_eq!(taken(&table.store).await, 3);
    for (order, placed) in orders.iter().zip(&placed) {
        let stored = table.store.order(&kumo(), &order.id).await.unwrap();
        assert_eq!(stored.is_some(), placed.is_ok());
        let customer = table.store.customer(&kumo(), &order.id).await.unwrap();
        assert_eq!(
            customer.is_some(),
            placed.is_ok(),
            "a refusal stores nobody"
        );
    }
}

#[tokio::test]
async fn a_place_is_given_back_once_and_taken_again_once() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    let (one, two) = (wanted(1), wanted(2));
    place(&table.store, &one, 1).await.unwrap();
    for _ in 0..2 {
        table.store.release_slot(&one).await.unwrap();
        assert_eq!(taken(&table.store).await, 0);
    }
    for _ in 0..2 {
        assert!(table.store.retake_slot(&one, 1).await.unwrap());
        assert_eq!(taken(&table.store).await, 1);
    }
    table.store.release_slot(&one).await.unwrap();
    place(&table.store, &two, 1).await.unwrap();
    let before = table.rows().await;
    assert!(
        !table.store.retake_slot(&one, 1).await.unwrap(),
        "somebody else has it"
    );
    assert_eq!(table.rows().await, before);
    let asap = takeout_order(&kumo(), 3, PickupWish::Asap);
    place(&table.store, &asap, 1).await.unwrap();
    table.store.release_slot(&asap).await.unwrap();
    assert!(
        table.store.retake_slot(&asap, 1).await.unwrap(),
        "it needs none"
    );
    assert_eq!(taken(&table.store).await, 1);
}

#[tokio::test]
async fn an_unpaid_order_is_due_when_its_hold_ends_and_a_paid_one_when_its_day_ends() {
    let table = Table::open().await;
    let store = &table.store;
    open_kumo(store).await;
    let order = wanted(1);
    place(store, &order, 2).await.unwrap();
    let held_until = NOW.plus(PAYMENT_HOLD);
    assert_eq!(table.due(&kumo(), UnixMillis(held_until.0 - 1)).await, []);
    assert_eq!(
        table.due(&kumo(), held_until).await,
        [Due::Order(order.clone())]
    );
    store
        .look_after_order(&order, order.status, Some(at(7200)))
        .await
        .unwrap();
    assert_eq!(table.due(&kumo(), at(7199)).await, []);
    // Whoever thinks it stands elsewhere changes nothing.
    store
        .look_after_order(&order, OrderStatus::Placed, None)
        .await
        .unwrap();
    assert_eq!(table.due(&kumo(), at(7200)).await.len(), 1);
    store
        .look_after_order(&order, order.status, None)
        .await
        .unwrap();
    assert_eq!(table.due(&kumo(), at(9999)).await, []);

    let ready_at = at(600);
    let paid = Order {
        status: OrderStatus::Placed,
        fire_at: Some(at(300)),
        ready_at: Some(ready_at),
        ..wanted(2)
    };
    place(store, &paid, 2).await.unwrap();
    let drafts = vec![draft(&paid, "bar")];
    store
        .write_tickets(&kumo(), Cause::Order(&paid), drafts, at(300))
        .await
        .unwrap();
    let ends_at = ready_at.plus(COLLECTED_AFTER);
    let orders_due = async |now: UnixMillis| {
        let due = table.due(&kumo(), now).await;
        due.into_iter().any(|due| matches!(due, Due::Order(_)))
    };
    assert!(!orders_due(UnixMillis(ends_at.0 - 1)).await);
    assert!(orders_due(ends_at).await);
}
