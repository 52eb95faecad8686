//! Takeout that is paid: placed with its times, or given back where it can no longer be made.

use crate::support::{Shop, in_minutes, now, order_id};
use tabletap_domain::{
    Minor,
    order::{Order, OrderStatus, PaymentStatus, PickupWish, RefundReason},
};
use tabletap_payments::RefundWanted;
use tabletap_wire::payment::CheckoutReply;

async fn ordered(shop: &Shop) -> (Order, CheckoutReply) {
    let order = shop
        .kitchen
        .order_takeout(&order_id(1), PickupWish::Asap, now())
        .await;
    let page = shop
        .payments
        .checkout_order(&shop.store, &order.id, Minor::ZERO, now())
        .await
        .unwrap();
    (order, page)
}

async fn ask_when_late(shop: &Shop) {
    let asks = |doc: &str| doc.replace("\"late\":\"refund\"", "\"late\":\"ask\"");
    let config = shop.kitchen.rewrite("#kumo-sushi", "CONFIG", "doc", asks);
    config.await;
}

async fn refund_everything(shop: &Shop, order: &Order) {
    let refunds =
        shop.payments
            .refund_order(&shop.store.key, &order.id, &RefundWanted::Everything, now());
    refunds.await.unwrap();
}

/// Runs a dish of the order out, and pays.
async fn paid_too_late(shop: &Shop) -> (Order, CheckoutReply) {
    let (order, page) = ordered(shop).await;
    let dish = &order.cart.lines[0].item;
    let store = &shop.kitchen.store;
    store.switch_item(&order.store, dish, false).await.unwrap();
    shop.till.pay(&page.session_id, "paid").await;
    for _ in 0..3 {
        shop.fulfil(&page.payment_id).await;
    }
    (shop.read(&order.id).await, page)
}

#[tokio::test]
async fn takeout_that_is_paid_is_placed_with_its_times() {
    let shop = Shop::open().await;
    let (order, page) = ordered(&shop).await;
    assert_eq!(order.status, OrderStatus::AwaitingPayment);
    shop.till.pay(&page.session_id, "paid").await;
    shop.fulfil(&page.payment_id).await;
    let placed = shop.read(&order.id).await;
    assert_eq!(
        (placed.status, placed.payment),
        (OrderStatus::Placed, PaymentStatus::Paid)
    );
    assert!(placed.fire_at.is_some() && placed.ready_at > placed.fire_at);
}

#[tokio::test]
async fn an_order_whose_dish_is_gone_when_its_money_comes_is_given_back_once_by_itself() {
    let shop = Shop::open().await;
    let (order, page) = paid_too_late(&shop).await;
    assert_eq!(
        (order.status, order.payment),
        (OrderStatus::Cancelled, PaymentStatus::Refunded)
    );
    assert_eq!(order.refund_reason, Some(RefundReason::ItemGone));
    let total = order.cart.totals.total_minor.0;
    assert_eq!(shop.ledger().await, (total, total));
    assert_eq!(shop.payment(&page.payment_id).await.refunds.len(), 1);
}

#[tokio::test]
async fn where_the_store_wants_to_be_asked_the_money_waits_for_the_staff() {
    let shop = Shop::open().await;
    ask_when_late(&shop).await;
    let (order, page) = paid_too_late(&shop).await;
    assert_eq!(
        (order.status, order.payment),
        (OrderStatus::RefundDue, PaymentStatus::Paid)
    );
    assert_eq!(shop.ledger().await.1, 0, "nobody has decided");
    refund_everything(&shop, &order).await;
    let order = shop.read(&order.id).await;
    assert_eq!(
        (order.status, order.payment),
        (OrderStatus::Cancelled, PaymentStatus::Refunded)
    );
    assert_eq!(shop.payment(&page.payment_id).await.refunds.len(), 1);
}

#[tokio::test]
async fn money_for_an_order_that_was_called_off_goes_back() {
    let shop = Shop::open().await;
    let (order, page) = ordered(&shop).await;
    let store = &shop.kitchen.store;
    let ended = store.move_order(&order, OrderStatus::AwaitingPayment, OrderStatus::Cancelled);
    ended.await.unwrap();
    shop.till.pay(&page.session_id, "paid").await;
    for _ in 0..2 {
        shop.fulfil(&page.payment_id).await;
    }
    let order = shop.read(&order.id).await;
    assert_eq!(
        (order.status, order.payment),
        (OrderStatus::Cancelled, PaymentStatus::Refunded)
    );
    let total = order.cart.totals.total_minor.0;
    assert_eq!(shop.ledger().await, (total, total));
}

#[tokio::test]
async fn an_order_whose_money_is_back_has_ended_though_whoever_gave_it_back_went_away() {
    let shop = Shop::open().await;
    ask_when_late(&shop).await;
    let (order, page) = paid_too_late(&shop).await;
    refund_everything(&shop, &order).await;
    // As it stood between the refund's move and the order's.
    let cancelled = shop.read(&order.id).await;
    let store = &shop.kitchen.store;
    let back = store.move_order(&cancelled, OrderStatus::Cancelled, OrderStatus::RefundDue);
    back.await.unwrap();
    shop.fulfil(&page.payment_id).await;
    assert_eq!(shop.read(&order.id).await.status, OrderStatus::Cancelled);
}

#[tokio::test]
async fn an_order_for_later_that_is_given_back_whole_is_not_cooked_and_gives_its_place_back() {
    let shop = Shop::open().await;
    let slot = in_minutes(180);
    let wish = PickupWish::At(slot);
    let order = shop.kitchen.order_takeout(&order_id(1), wish, now()).await;
    let key = &shop.store.key;
    let page = shop
        .payments
        .checkout_order(&shop.store, &order.id, Minor::ZERO, now())
        .await
        .unwrap();
    shop.till.pay(&page.session_id, "paid").await;
    shop.fulfil(&page.payment_id).await;
    let store = &shop.kitchen.store;
    let taken = async || {
        let places = store.places(key, now(), in_minutes(600)).await.unwrap();
        places.get(&slot).map(|places| places.taken)
    };
    assert_eq!(taken().await, Some(1));
    shop.till.refund(&page.session_id, None).await;
    shop.fulfil(&page.payment_id).await;
    let order = shop.read(&order.id).await;
    assert_eq!(
        (order.status, order.payment),
        (OrderStatus::Cancelled, PaymentStatus::Refunded)
    );
    assert_eq!(taken().await, Some(0));
}
