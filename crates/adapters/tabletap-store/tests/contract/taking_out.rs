//! Takeout: the sealed customer beside the order, a limit on what is unpaid that holds under any rush, and what makes an order end.

use crate::{
    samples::{NOW, at, draft, kumo, open_kumo, order_id, takeout_order, uncapped},
    support::Table,
};
use futures_util::future::join_all;
use tabletap_domain::{
    order::{Order, OrderStatus, PickupWish},
    takeout::{COLLECTED_AFTER, FIRE_AHEAD, PAYMENT_HOLD},
    time::UnixMillis,
    unpaid::{CONTACT_MAX, CountedBy, UnpaidLimit, VIEWER_MAX, window},
};
use tabletap_store::{Cause, Due, PlaceOrderError, Store, UnpaidCap};

const SLOT: UnixMillis = at(3600);

async fn place(store: &Store, order: &Order) -> Result<(), PlaceOrderError> {
    let sealed = b"sealed".to_vec();
    store.place_takeout(order, sealed, &uncapped(), None).await
}

fn wanted(number: u32) -> Order {
    takeout_order(&kumo(), number, PickupWish::At(SLOT))
}

#[tokio::test]
async fn a_takeout_order_stands_with_its_customer_and_takes_no_place_yet() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    let order = wanted(1);
    place(&table.store, &order).await.unwrap();
    let stored = table.store.order(&kumo(), &order.id).await.unwrap();
    assert_eq!(stored, Some((order.clone(), Vec::new())));
    let customer = table.store.customer(&kumo(), &order.id).await.unwrap();
    assert_eq!(customer.as_deref(), Some(b"sealed".as_slice()));
    let places = table.store.places(&kumo(), NOW, at(7200)).await.unwrap();
    assert!(places.is_empty(), "a place is taken at checkout");
    let before = table.rows().await;
    assert_eq!(
        place(&table.store, &order).await,
        Err(PlaceOrderError::AlreadyExists)
    );
    assert_eq!(
        table.rows().await,
        before,
        "placed once, it is counted once"
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
    place(store, &order).await.unwrap();
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
async fn a_rush_of_unpaid_orders_ends_exactly_at_its_limit_and_a_refused_one_leaves_nothing() {
    let by = |digest: &str, limit| CountedBy {
        digest: digest.to_owned(),
        limit,
    };
    for (store_max, by, most, why) in [
        (3, Vec::new(), 3, "the store"),
        (
            99,
            vec![by("eada", UnpaidLimit::Contact)],
            CONTACT_MAX,
            "a contact",
        ),
        (
            99,
            vec![by("vhome", UnpaidLimit::Viewer)],
            VIEWER_MAX,
            "a viewer",
        ),
    ] {
        let table = Table::open().await;
        open_kumo(&table.store).await;
        let menu = crate::selling::menu("m0123456789abcdef");
        table.store.publish_menu(&kumo(), &menu).await.unwrap();
        let cap = UnpaidCap { store_max, by };
        let orders: Vec<Order> = (1..=most + 9).map(wanted).collect();
        let sends = orders.iter().map(|order| {
            let sealed = b"sealed".to_vec();
            table.store.place_takeout(order, sealed, &cap, None)
        });
        let placed = join_all(sends).await;
        let won = placed.iter().filter(|placed| placed.is_ok()).count();
        assert_eq!(won, usize::try_from(most).unwrap(), "{why}: {placed:?}");
        for (order, placed) in orders.iter().zip(&placed) {
            let refused = *placed == Err(PlaceOrderError::TooManyUnpaid);
            assert!(placed.is_ok() || refused, "{why}: {placed:?}");
            let stored = table.store.order(&kumo(), &order.id).await.unwrap();
            assert_eq!(stored.is_some(), placed.is_ok(), "{why}");
            let customer = table.store.customer(&kumo(), &order.id).await.unwrap();
            assert_eq!(
                customer.is_some(),
                placed.is_ok(),
                "a refusal stores nobody"
            );
        }
        let read = table
            .store
            .read_for_takeout(&kumo(), &order_id(999), None, window(NOW), &[])
            .await;
        assert_eq!(read.unwrap().unpaid.total, most, "{why}");
    }
}

#[tokio::test]
async fn an_unpaid_order_is_due_when_its_hold_ends_and_a_paid_one_when_its_day_ends() {
    let table = Table::open().await;
    let store = &table.store;
    open_kumo(store).await;
    let order = wanted(1);
    place(store, &order).await.unwrap();
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
    place(store, &paid).await.unwrap();
    let drafts = vec![draft(&paid, "bar")];
    let fires_at = at(300).minus(FIRE_AHEAD);
    assert_eq!(table.due(&kumo(), UnixMillis(fires_at.0 - 1)).await, []);
    let due = table.due(&kumo(), fires_at).await;
    assert_eq!(
        due,
        [Due::Order(paid.clone())],
        "before its time, never after"
    );
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
