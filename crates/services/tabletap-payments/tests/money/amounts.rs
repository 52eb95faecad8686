//! Amounts that can be paid.

use crate::support::{Shop, now, order_id};
use serde_json::json;
use tabletap_domain::{
    AccountName, Currency, Lang, Minor, Money, PaymentId,
    charge::Unpayable,
    order::{Order, PickupWish},
    payment::{Payment, PaymentItem, Refund, RefundCause},
};
use tabletap_payments::{CheckoutError, LinesWanted, RefundError};

/// A payment of this amount that is only told to the provider.
pub(crate) fn bare(shop: &Shop, n: u32, minor: i64, currency: Currency) -> Payment {
    Payment {
        id: PaymentId::parse(&format!("pay_{n:032x}")).unwrap(),
        store: shop.store.key.clone(),
        account: AccountName::parse("sushi").unwrap(),
        live: false,
        parts: Vec::new(),
        share: None,
        items: vec![PaymentItem {
            name: "Dinner".to_owned(),
            amount_minor: Minor(minor),
        }],
        tip_minor: Minor::ZERO,
        total_minor: Minor(minor),
        currency,
        lang: Lang::parse("en").unwrap(),
        success_url: "https://order.example/paid".to_owned(),
        cancel_url: "https://order.example/pay".to_owned(),
        created_at: now(),
    }
}

/// The order as it stood before such amounts were refused: one line, at this price.
async fn priced(shop: &Shop, order: Order, total_minor: i64) -> Order {
    let total = order.cart.totals.total_minor;
    let price = order.cart.lines[0].total_minor;
    shop.kitchen
        .rewrite(order.id.as_str(), "HEAD", "doc", |doc| {
            doc.replace(
                &format!("\"total_minor\":{total}"),
                &format!("\"total_minor\":{total_minor}"),
            )
            .replace(
                &format!("\"total_minor\":{price}"),
                &format!("\"total_minor\":{total_minor}"),
            )
        })
        .await;
    shop.read(&order.id).await
}

#[tokio::test]
async fn takeout_from_before_that_nobody_can_pay_is_told_why_and_no_page_is_opened() {
    let shop = Shop::open().await;
    let least = Money::new(50, Currency::from_code("USD").unwrap());
    for (n, total) in [(1, 0), (2, 30)] {
        let order = shop
            .kitchen
            .order_takeout(&order_id(n), PickupWish::Asap, now())
            .await;
        let order = priced(&shop, order, total).await;
        assert_eq!(order.cart.totals.total_minor, total);
        let before = shop.kitchen.rows().await;
        let paying = shop
            .payments
            .checkout_order(&shop.store, &order.id, Minor::ZERO, now())
            .await;
        assert!(
            matches!(paying, Err(CheckoutError::Amount(Unpayable::TooLittle { least: said })) if said == least),
            "{total}: {paying:?}"
        );
        assert_eq!(shop.kitchen.rows().await, before);
    }
    assert_eq!(shop.till.ledger().await, json!([]));
}

#[tokio::test]
async fn a_bill_below_the_least_says_so_and_with_a_tip_it_can_be_paid() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let order = priced(&shop, order, 30).await;
    let orders = [order.id.clone()];
    let refused = shop.pay_lines(&orders, LinesWanted::All, 0).await;
    assert!(
        matches!(
            refused,
            Err(CheckoutError::Amount(Unpayable::TooLittle { .. }))
        ),
        "{refused:?}"
    );
    assert_eq!(shop.till.ledger().await, json!([]));
    let bills = shop.kitchen.store.bills(&shop.store.key, &orders).await;
    assert!(bills.unwrap()[0].taken.is_empty(), "nothing is reserved");
    shop.pay_lines(&orders, LinesWanted::All, 20).await.unwrap();
}

#[tokio::test]
async fn a_refund_between_two_steps_is_refused_and_nothing_is_claimed() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.paid(std::slice::from_ref(&order.id), 0).await;
    shop.kitchen
        .rewrite(page.payment_id.as_str(), "PAYMENT", "doc", |doc| {
            doc.replace("\"USD\"", "\"KWD\"")
        })
        .await;
    let before = shop.kitchen.rows().await;
    let id = format!("ref_{:032x}", 1).parse().unwrap();
    let wanted = Refund::wanted(id, Minor(105), RefundCause::Staff, None, now());
    let refund = shop
        .payments
        .refund(&shop.store.key, &page.payment_id, wanted);
    let refused = refund.await.unwrap_err();
    assert!(matches!(refused, RefundError::BetweenSteps { .. }));
    assert_eq!(
        refused.to_string(),
        "amounts in KWD are refunded in steps of 0.010 KWD"
    );
    assert_eq!(shop.kitchen.rows().await, before);
}
