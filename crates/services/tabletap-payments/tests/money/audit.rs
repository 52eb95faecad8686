//! The comparison with the provider: to the end of both lists.

use crate::{
    amounts::bare,
    support::{Shop, now},
};
use futures_util::future::join_all;
use tabletap_domain::{Currency, order::Order, time::UnixMillis};
use tabletap_gateway::Gateway;
use tabletap_payments::Audit;

async fn audit(shop: &Shop, at: UnixMillis) -> (Audit, Vec<String>) {
    let mut told = Vec::new();
    let account = shop.store.payment_account.as_ref();
    let audit = shop.payments.audit(&shop.store.key, account, at, |line| {
        told.push(line.to_owned())
    });
    (audit.await.unwrap(), told)
}

#[tokio::test]
async fn a_comparison_says_how_much_it_looked_at_and_counts_each_payment_once() {
    let shop = Shop::open().await;
    let orders: Vec<Order> = join_all((1..=3).map(|n| shop.order(n))).await;
    let ids: Vec<_> = orders.iter().map(|order| order.id.clone()).collect();
    let page = shop.paid(&ids[..2], 100).await;
    shop.paid(&ids[2..], 0).await;
    shop.till.refund(&page.session_id, Some(150)).await;
    let total: i64 = orders.iter().map(|o| o.cart.totals.total_minor.0).sum();
    let (audit, told) = audit(&shop, now()).await;
    assert!(told.is_empty(), "{told:?}");
    assert_eq!((audit.orders, audit.payments, audit.refunds), (3, 2, 1));
    assert_eq!([audit.paid_minor, audit.refunded_minor], [total + 100, 150]);
    assert_eq!(audit.provider_pages, 2);
    assert_eq!(
        [audit.provider_paid_minor, audit.provider_refunded_minor],
        [total + 100, 150]
    );
}

#[tokio::test]
async fn money_at_the_providers_that_the_table_knows_nothing_of_is_found_behind_a_hundred_pages() {
    let shop = Shop::open().await;
    let usd = Currency::from_code("USD").unwrap();
    let gateway = shop.payments.gateway();
    let begin = async |n| {
        gateway
            .create_page(&bare(&shop, n, 500, usd), None)
            .await
            .unwrap()
    };
    let first = begin(1).await;
    shop.till.pay(&first.id, "paid").await;
    for n in 2..=230 {
        begin(n).await;
    }
    let (audit, told) = audit(&shop, now()).await;
    assert_eq!(audit.provider_pages, 230, "to the end of the list");
    assert_eq!(audit.unexplained, 1);
    assert_eq!(audit.provider_paid_minor, 500);
    let [line] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert!(line.contains(&format!("pay_{:032x}", 1)), "{line}");
}

#[tokio::test]
async fn what_was_paid_without_a_word_to_us_is_brought_up_to_date() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop
        .pay_lines(
            std::slice::from_ref(&order.id),
            tabletap_payments::LinesWanted::All,
            0,
        )
        .await
        .unwrap();
    shop.till.pay(&page.session_id, "paid").await;
    let (audit, told) = audit(&shop, now()).await;
    assert_eq!((audit.healed, audit.unexplained), (1, 0), "{told:?}");
    assert_eq!(audit.paid_minor, order.cart.totals.total_minor);
}
