//! Places of a slot at checkout: never one paid order beyond them, and those that nobody pays for give way.

use crate::support::{Shop, in_minutes, now, order_id};
use futures_util::future::join_all;
use std::time::Duration;
use tabletap_domain::{
    Minor,
    order::{Order, OrderStatus, PaymentStatus, PickupWish},
    payment::PaymentState,
    places::{HOLDS_MAX, Places},
    time::UnixMillis,
};
use tabletap_payments::CheckoutError;
use tabletap_wire::payment::CheckoutReply;

/// A restaurant that promises so many orders for a slot.
async fn shop_with(capacity: u32) -> Shop {
    let mut shop = Shop::open().await;
    shop.store.takeout.as_mut().unwrap().capacity = capacity;
    shop.kitchen.import(&shop.store).await;
    shop
}

fn later(minutes: u64) -> UnixMillis {
    now().plus(Duration::from_mins(minutes))
}

async fn ordered(shop: &Shop, number: u32, slot: UnixMillis) -> Order {
    let wish = PickupWish::At(slot);
    shop.kitchen
        .order_takeout(&order_id(number), wish, now())
        .await
}

async fn page(shop: &Shop, order: &Order, at: UnixMillis) -> Result<CheckoutReply, CheckoutError> {
    shop.payments
        .checkout_order(&shop.store, &order.id, Minor::ZERO, at)
        .await
}

async fn places(shop: &Shop, slot: UnixMillis) -> Places {
    let places = shop.kitchen.store.places(&shop.store.key, slot, slot).await;
    places.unwrap().remove(&slot).unwrap_or_default()
}

/// The other times that a refusal offers.
fn refused(answer: Result<CheckoutReply, CheckoutError>) -> Vec<UnixMillis> {
    match answer {
        Err(CheckoutError::SlotTaken { free }) => free,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_place_is_taken_at_checkout_and_who_finds_none_is_offered_other_times() {
    let shop = shop_with(1).await;
    let slot = in_minutes(180);
    let (first, second) = (ordered(&shop, 1, slot).await, ordered(&shop, 2, slot).await);
    assert_eq!(
        places(&shop, slot).await,
        Places::default(),
        "ordering takes none"
    );
    let paid = page(&shop, &first, now()).await.unwrap();
    assert_eq!(places(&shop, slot).await.taken, 1);
    let before = shop.kitchen.rows().await;
    let free = refused(page(&shop, &second, now()).await);
    assert!(!free.is_empty() && !free.contains(&slot), "{free:?}");
    assert_eq!(shop.kitchen.rows().await, before, "nothing is stored");
    assert_eq!(
        page(&shop, &first, now()).await.unwrap(),
        paid,
        "the same page again"
    );
    shop.till.pay(&paid.session_id, "paid").await;
    shop.fulfil(&paid.payment_id).await;
    assert_eq!(shop.read(&first.id).await.status, OrderStatus::Placed);
    let after = places(&shop, slot).await;
    assert_eq!((after.taken, after.holds.len()), (1, 0));
    refused(page(&shop, &second, later(9)).await);
}

#[tokio::test]
async fn a_place_that_is_held_without_payment_gives_way_once_the_provider_has_ended_its_page() {
    let shop = shop_with(1).await;
    let slot = in_minutes(180);
    let (slow, ready) = (ordered(&shop, 1, slot).await, ordered(&shop, 2, slot).await);
    let slow_page = page(&shop, &slow, now()).await.unwrap();
    refused(page(&shop, &ready, later(1)).await);
    let ready_page = page(&shop, &ready, later(3)).await.unwrap();
    assert_eq!(
        shop.payment(&slow_page.payment_id).await.state,
        PaymentState::Expired
    );
    let held = places(&shop, slot).await;
    assert_eq!((held.taken, &held.holds[0].order), (1, &ready.id));
    shop.till.pay(&ready_page.session_id, "paid").await;
    shop.fulfil(&ready_page.payment_id).await;
    assert_eq!(shop.read(&ready.id).await.status, OrderStatus::Placed);
    let free = refused(page(&shop, &slow, later(4)).await);
    assert!(!free.is_empty(), "and is offered other times");
    assert_eq!(
        shop.ledger().await.0,
        ready.cart.totals.total_minor.0,
        "only one was paid"
    );
}

#[tokio::test]
async fn a_place_that_was_paid_or_is_about_to_be_stays_though_nobody_told_us() {
    // The provider ends a page that was paid as little as one whose money is on its way.
    for outcome in ["paid", "delayed_paid"] {
        let shop = shop_with(1).await;
        let slot = in_minutes(180);
        let (first, second) = (ordered(&shop, 1, slot).await, ordered(&shop, 2, slot).await);
        let paid = page(&shop, &first, now()).await.unwrap();
        shop.till.pay(&paid.session_id, outcome).await;
        let free = refused(page(&shop, &second, later(3)).await);
        assert!(
            !free.is_empty() && !free.contains(&slot),
            "{outcome}: {free:?}"
        );
        let state = shop.payment(&paid.payment_id).await.state;
        assert!(
            matches!(state, PaymentState::Paid | PaymentState::Processing),
            "{outcome}: {state}"
        );
        assert_eq!(places(&shop, slot).await.taken, 1, "{outcome}");
        assert!(shop.read(&second.id).await.status == OrderStatus::AwaitingPayment);
    }
}

#[tokio::test]
async fn one_order_holds_a_place_without_paying_only_a_few_times() {
    let shop = shop_with(1).await;
    let slot = in_minutes(180);
    let order = ordered(&shop, 1, slot).await;
    for _ in 0..HOLDS_MAX {
        let page = page(&shop, &order, now()).await.unwrap();
        shop.till.pay(&page.session_id, "expired").await;
        shop.fulfil(&page.payment_id).await;
        assert!(shop.kitchen.store.release_slot(&order).await.unwrap());
    }
    let free = refused(page(&shop, &order, now()).await);
    assert!(!free.is_empty(), "a new order can be placed");
    assert_eq!(places(&shop, slot).await.taken, 0);
}

#[tokio::test]
async fn two_hundred_guests_at_checkout_get_as_many_places_as_there_are() {
    let shop = shop_with(5).await;
    let slot = in_minutes(180);
    let mut orders = Vec::new();
    for number in 1..=200 {
        orders.push(ordered(&shop, number, slot).await);
    }
    let pages = join_all(orders.iter().map(|order| page(&shop, order, now()))).await;
    let won: Vec<CheckoutReply> = pages.into_iter().flatten().collect();
    assert_eq!(won.len(), 5);
    for page in &won {
        shop.till.pay(&page.session_id, "paid").await;
        shop.fulfil(&page.payment_id).await;
    }
    let mut placed = 0;
    for order in &orders {
        placed += u32::from(shop.read(&order.id).await.status == OrderStatus::Placed);
    }
    let after = places(&shop, slot).await;
    assert_eq!((placed, after.taken, after.holds.len()), (5, 5, 0));
}

#[tokio::test]
async fn an_order_that_holds_its_place_since_it_was_placed_takes_no_second_one() {
    let shop = shop_with(2).await;
    let slot = in_minutes(180);
    let order = ordered(&shop, 1, slot).await;
    // As the release before this one placed it: with its place, and without a row that says that it is only held.
    assert!(shop.kitchen.store.retake_slot(&order, 2).await.unwrap());
    let page = page(&shop, &order, now()).await.unwrap();
    assert_eq!(places(&shop, slot).await.taken, 1);
    shop.till.pay(&page.session_id, "paid").await;
    shop.fulfil(&page.payment_id).await;
    assert_eq!(shop.read(&order.id).await.status, OrderStatus::Placed);
    assert_eq!(places(&shop, slot).await.taken, 1);
}

#[tokio::test]
async fn nobody_pays_while_the_kitchen_cannot_be_reached_and_everybody_can_again_afterwards() {
    let shop = shop_with(2).await;
    let order = shop
        .kitchen
        .order_takeout(&order_id(1), PickupWish::Asap, now())
        .await;
    let key = &shop.store.key;
    let store = &shop.kitchen.store;
    store.note_kitchen(key, Some(later(2))).await.unwrap();
    let before = shop.kitchen.rows().await;
    let answer = page(&shop, &order, now()).await;
    assert!(
        matches!(answer, Err(CheckoutError::KitchenUnreachable)),
        "{answer:?}"
    );
    assert_eq!(shop.kitchen.rows().await, before);
    page(&shop, &order, later(3)).await.unwrap();
    store.note_kitchen(key, None).await.unwrap();
    page(&shop, &order, now()).await.unwrap();
}

#[tokio::test]
async fn a_page_that_was_opened_before_the_kitchen_was_out_of_reach_still_buys_an_order() {
    let shop = shop_with(2).await;
    let slot = in_minutes(180);
    for (number, wish) in [(1, PickupWish::Asap), (2, PickupWish::At(slot))] {
        let id = order_id(number);
        let order = shop.kitchen.order_takeout(&id, wish, now()).await;
        let opened = page(&shop, &order, now()).await.unwrap();
        let (key, store) = (&shop.store.key, &shop.kitchen.store);
        store.note_kitchen(key, Some(later(2))).await.unwrap();
        shop.till.pay(&opened.session_id, "paid").await;
        shop.fulfil(&opened.payment_id).await;
        let paid = shop.read(&order.id).await;
        assert_eq!(
            (paid.status, paid.payment),
            (OrderStatus::Placed, PaymentStatus::Paid),
            "its tickets wait for the first paper, on an alarm"
        );
        assert!(paid.fire_at.is_some() && paid.ready_at.is_some());
        store.note_kitchen(key, None).await.unwrap();
    }
    assert_eq!(shop.ledger().await.1, 0, "no money went back by itself");
}
