//! The local Stripe as `async-stripe` reads it: every field that its types need is there.

use crate::support::Shop;
use stripe::{Client, ClientBuilder};
use stripe_checkout::checkout_session::RetrieveCheckoutSession;
use stripe_core::{
    payment_intent::RetrievePaymentIntent,
    refund::{CreateRefund, ListRefund},
};
use tabletap_payments::LinesWanted;

fn client(shop: &Shop) -> Client {
    let builder = ClientBuilder::new("sk_test_sushi").url(shop.till.base.as_str());
    builder.build().unwrap()
}

#[tokio::test]
async fn what_the_local_stripe_answers_is_whole_by_the_types_of_async_stripe() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let page = shop.page(&order, LinesWanted::All, 100).await;
    let client = client(&shop);
    let read = || {
        let expand = vec!["payment_intent.latest_charge".to_owned()];
        RetrieveCheckoutSession::new(page.session_id.as_str()).expand(expand)
    };
    let open = read().send(&client).await.unwrap();
    assert_eq!(open.amount_total, Some(page_total(&order)));
    shop.till.pay(&page.session_id, "paid").await;
    let paid = read().send(&client).await.unwrap();
    let intent = paid.payment_intent.unwrap().id().to_string();
    let read = RetrievePaymentIntent::new(intent.as_str());
    let received = read.send(&client).await.unwrap().amount_received;
    assert_eq!(received, page_total(&order));
    let refund = CreateRefund::new().payment_intent(&intent).amount(100);
    assert_eq!(refund.send(&client).await.unwrap().amount, 100);
    let refunds = ListRefund::new().payment_intent(&intent);
    assert_eq!(refunds.send(&client).await.unwrap().data.len(), 1);
}

fn page_total(order: &tabletap_domain::order::Order) -> i64 {
    order.cart.totals.total_minor + 100
}
