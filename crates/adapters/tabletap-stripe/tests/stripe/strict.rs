//! The local Stripe as `async-stripe` reads it: every field that its types need is there.

use crate::support::{payment, stripe, usd};
use stripe::ClientBuilder;
use stripe_checkout::checkout_session::RetrieveCheckoutSession;
use stripe_core::{
    payment_intent::RetrievePaymentIntent,
    refund::{CreateRefund, ListRefund},
};
use tabletap_gateway::Gateway;
use tabletap_testkit::Till;

#[tokio::test]
async fn what_the_local_stripe_answers_is_whole_by_the_types_of_async_stripe() {
    let till = Till::open("http://127.0.0.1:9/").await;
    let page = stripe(&till)
        .create_page(&payment(1, 1250, usd()), None)
        .await
        .unwrap();
    let client = ClientBuilder::new("sk_test_sushi").url(till.base.as_str());
    let client = client.build().unwrap();
    let read = || {
        let expand = vec!["payment_intent.latest_charge".to_owned()];
        RetrieveCheckoutSession::new(page.id.as_str()).expand(expand)
    };
    let open = read().send(&client).await.unwrap();
    assert_eq!(open.amount_total, Some(1250));
    till.pay(&page.id, "paid").await;
    let paid = read().send(&client).await.unwrap();
    let intent = paid.payment_intent.unwrap().id().to_string();
    let read = RetrievePaymentIntent::new(intent.as_str());
    let received = read.send(&client).await.unwrap().amount_received;
    assert_eq!(received, 1250);
    let refund = CreateRefund::new().payment_intent(&intent).amount(100);
    assert_eq!(refund.send(&client).await.unwrap().amount, 100);
    let refunds = ListRefund::new().payment_intent(&intent);
    assert_eq!(refunds.send(&client).await.unwrap().data.len(), 1);
}
