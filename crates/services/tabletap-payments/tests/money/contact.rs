//! A guest's mail address between our page and the provider's.

use crate::support::{Shop, now, order_id};
use tabletap_domain::{Minor, OrderId, PaymentId, order::PickupWish};
use tabletap_payments::LinesWanted;
use tabletap_session::CustomerKeys;
use tabletap_testkit::CUSTOMER_KEY;

/// The address that a payment keeps, opened for an order.
async fn kept(shop: &Shop, payment: &PaymentId, order: &OrderId) -> Option<String> {
    let keys = CustomerKeys::parse(CUSTOMER_KEY).unwrap();
    let contact = shop.payment(payment).await.contact?;
    let opened = keys.open(&contact, &shop.store.key, order);
    opened.unwrap().email.map(|email| email.as_str().to_owned())
}

#[tokio::test]
async fn the_address_of_a_takeout_order_stands_at_the_provider_already() {
    let shop = Shop::open().await;
    let wish = PickupWish::Asap;
    let order = shop.kitchen.order_takeout(&order_id(1), wish, now()).await;
    let page = shop
        .payments
        .checkout_order(&shop.store, &order.id, Minor::ZERO, now());
    let page = page.await.unwrap();
    // The local Stripe takes another address where it was given none.
    shop.till.pay(&page.session_id, "paid").await;
    shop.fulfil(&page.payment_id).await;
    let kept = kept(&shop, &page.payment_id, &order.id).await;
    assert_eq!(kept.as_deref(), Some("ada@example.com"));
}

#[tokio::test]
async fn the_address_that_a_table_typed_at_the_provider_is_kept_sealed() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.page(&order, LinesWanted::All, 0).await;
    assert_eq!(kept(&shop, &page.payment_id, &order.id).await, None);
    shop.till.pay(&page.session_id, "paid").await;
    shop.fulfil(&page.payment_id).await;
    let address = kept(&shop, &page.payment_id, &order.id).await;
    assert_eq!(address.as_deref(), Some("guest@example.com"));
    for row in shop.kitchen.rows().await {
        let text = format!("{row:?}");
        assert!(
            !text.contains("guest@example.com"),
            "it stands nowhere in the clear: {text}"
        );
    }
}
