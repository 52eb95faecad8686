//! Money that goes back.

use crate::support::{Stripe, eventually, json_of};
use serde_json::json;

#[tokio::test]
async fn a_payment_is_refunded_in_parts_and_never_beyond_what_is_left() {
    let stripe = Stripe::start().await;
    let (_, intent) = stripe.paid().await;
    let refund = async |more: &str, status: u16| {
        let form = format!("payment_intent={intent}&{more}");
        json_of(
            stripe.post("/v1/refunds", &form).send().await.unwrap(),
            status,
        )
        .await
    };
    let first = refund(
        "amount=1000&reason=requested_by_customer&metadata[n]=1",
        200,
    )
    .await;
    assert_eq!(
        (&first["status"], &first["amount"], &first["metadata"]),
        (&json!("succeeded"), &json!(1_000), &json!({"n": "1"}))
    );
    let too_much = refund("amount=1501", 400).await;
    assert_eq!(too_much["error"]["param"], "amount");
    assert_eq!(stripe.ledger().await[0]["amount_refunded"], 1_000);
    assert_eq!(refund("", 200).await["amount"], 1_500, "all that is left");
    assert_eq!(
        refund("", 400).await["error"]["code"],
        "charge_already_refunded"
    );
    let entry = stripe.ledger().await[0].clone();
    assert_eq!(
        (
            &entry["amount_refunded"],
            entry["refunds"].as_array().unwrap().len()
        ),
        (&json!(2_500), 2)
    );
    let listed = stripe
        .read(&format!("/v1/refunds?payment_intent={intent}"))
        .await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    let read = stripe
        .read(&format!(
            "/v1/refunds/{}?expand[]=charge",
            first["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(read["charge"]["refunded"], true);
}

#[tokio::test]
async fn a_pending_refund_succeeds_or_fails_later_and_a_failed_one_gives_the_money_back() {
    let stripe = Stripe::start().await;
    for (switch, status, event, refunded) in [
        ("pending_then_succeed", "succeeded", "refund.updated", 2_500),
        ("pending_then_fail", "failed", "refund.failed", 0),
    ] {
        stripe.switch(json!({"refunds": switch})).await;
        let (_, intent) = stripe.paid().await;
        let form = format!("payment_intent={intent}");
        let made = json_of(stripe.post("/v1/refunds", &form).send().await.unwrap(), 200).await;
        assert_eq!(made["status"], "pending");
        eventually(event, async || {
            stripe
                .hook
                .types()
                .contains(&event.to_owned())
                .then_some(())
        })
        .await;
        let read = stripe
            .read(&format!("/v1/refunds/{}", made["id"].as_str().unwrap()))
            .await;
        assert_eq!(read["status"], status);
        assert_eq!(stripe.ledger().await[0]["amount_refunded"], refunded);
    }
}

#[tokio::test]
async fn somebody_in_the_dashboard_refunds_and_a_card_holder_disputes() {
    let stripe = Stripe::start().await;
    let (session, intent) = stripe.paid().await;
    let refund = stripe
        .local("refund", &json!({"session": session["id"], "amount": 500}))
        .await;
    assert_eq!(
        (&refund["amount"], &refund["payment_intent"]),
        (&json!(500), &json!(intent))
    );
    let dispute = stripe
        .local("dispute", &json!({"payment_intent": intent}))
        .await;
    assert_eq!(dispute["status"], "needs_response");
    assert_eq!(stripe.ledger().await[0]["disputed"], true);
    eventually("the events", async || {
        let types = stripe.hook.types();
        let all = [
            "refund.created",
            "charge.refunded",
            "charge.dispute.created",
        ];
        all.iter()
            .all(|name| types.iter().any(|found| found == name))
            .then_some(())
    })
    .await;
    let refused = stripe
        .post("/v1/refunds", &format!("payment_intent={intent}"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        json_of(refused, 400).await["error"]["code"],
        "charge_disputed"
    );
}

#[tokio::test]
async fn a_payment_that_was_declined_cannot_be_refunded() {
    let stripe = Stripe::start().await;
    let made = stripe.create("").await;
    stripe.pay(&made, "declined").await;
    let intent = stripe.ledger().await[0]["payment_intent"]
        .as_str()
        .unwrap()
        .to_owned();
    json_of(
        stripe
            .post("/v1/refunds", &format!("payment_intent={intent}"))
            .send()
            .await
            .unwrap(),
        400,
    )
    .await;
    assert_eq!(stripe.ledger().await[0]["refunds"], json!([]));
}
