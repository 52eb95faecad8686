//! Sessions over HTTP: begun, paid, declined, delayed, ended.

use crate::support::{Stripe, basic, eventually, json_of, now_s};
use serde_json::{Value, json};

#[tokio::test]
async fn a_session_is_made_and_read_with_what_was_asked_to_be_expanded() {
    let stripe = Stripe::start().await;
    let made = stripe
        .create(
            "client_reference_id=ord_1&metadata[order_id]=ord_1&customer_email=ana%40example.com",
        )
        .await;
    assert_eq!(made["status"], "open");
    assert_eq!(made["payment_status"], "unpaid");
    assert_eq!(made["amount_total"], 2_500);
    assert_eq!(made["metadata"], json!({"order_id": "ord_1"}));
    assert_eq!(made["livemode"], false);
    assert!(
        made.get("line_items").is_none(),
        "lines are shown when they are asked for"
    );
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["url"], format!("{}/pay/{id}", stripe.base));

    let read = stripe
        .read(&format!(
            "/v1/checkout/sessions/{id}?expand[]=line_items&expand[]=payment_intent.latest_charge"
        ))
        .await;
    assert_eq!(
        read["line_items"]["data"][0]["description"],
        "Salmon nigiri"
    );
    assert_eq!(read["line_items"]["data"][0]["amount_total"], 2_000);
    assert_eq!(read["payment_intent"], Value::Null);
    let lines = stripe
        .read(&format!("/v1/checkout/sessions/{id}/line_items?limit=1"))
        .await;
    assert_eq!(
        (lines["data"].as_array().unwrap().len(), &lines["has_more"]),
        (1, &json!(true))
    );
}

#[tokio::test]
async fn a_paid_session_has_a_payment_a_charge_and_its_events() {
    let stripe = Stripe::start().await;
    let made = stripe
        .create("payment_intent_data[metadata][order_id]=ord_7&customer_email=ana%40example.com")
        .await;
    let paid = stripe.pay(&made, "paid").await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(paid["redirect"], format!("http://shop/back?s={id}"));
    // The webhook goes first: everything has arrived before the guest is sent back.
    let mut types = stripe.hook.types();
    types.sort();
    assert_eq!(
        types,
        [
            "charge.succeeded",
            "checkout.session.completed",
            "payment_intent.succeeded"
        ]
    );
    let read = stripe
        .read(&format!(
            "/v1/checkout/sessions/{id}?expand[]=payment_intent.latest_charge"
        ))
        .await;
    assert_eq!(
        (&read["status"], &read["payment_status"]),
        (&json!("complete"), &json!("paid"))
    );
    assert_eq!(read["customer_details"]["email"], "ana@example.com");
    assert_eq!(read["payment_intent"]["amount_received"], 2_500);
    assert_eq!(read["payment_intent"]["metadata"]["order_id"], "ord_7");
    let charge = &read["payment_intent"]["latest_charge"];
    assert_eq!(charge["payment_method_details"]["card"]["last4"], "4242");
    assert_eq!(charge["metadata"]["order_id"], "ord_7");
    let intent = read["payment_intent"]["id"].as_str().unwrap();
    let listed = stripe
        .read(&format!("/v1/checkout/sessions?payment_intent={intent}"))
        .await;
    assert_eq!(listed["data"][0]["id"], id);
    let again = json!({"session": id, "outcome": "paid"});
    let refused = stripe
        .http
        .post(format!("{}/local/stripe/pay", stripe.base))
        .json(&again);
    json_of(refused.send().await.unwrap(), 400).await;
    assert_eq!(
        stripe.ledger().await[0]["amount_received"],
        2_500,
        "it is paid once"
    );
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_for_another_try() {
    let stripe = Stripe::start().await;
    let made = stripe.create("").await;
    let declined = stripe.pay(&made, "declined").await;
    assert_eq!(
        (&declined["redirect"], &declined["status"]),
        (&Value::Null, &json!("open"))
    );
    let entry = stripe.ledger().await[0].clone();
    assert_eq!(
        (&entry["amount_received"], &entry["payment_intent_status"]),
        (&json!(0), &json!("requires_payment_method"))
    );
    assert_eq!(stripe.hook.types(), ["payment_intent.payment_failed"]);
    stripe.pay(&made, "paid").await;
    let after = stripe.ledger().await[0].clone();
    assert_eq!(
        after["payment_intent"], entry["payment_intent"],
        "the same payment, paid at last"
    );
    assert_eq!(after["amount_received"], 2_500);
}

#[tokio::test]
async fn a_delayed_payment_completes_unpaid_and_settles_later() {
    let stripe = Stripe::start().await;
    for (outcome, kind, status) in [
        (
            "delayed_paid",
            "checkout.session.async_payment_succeeded",
            "paid",
        ),
        (
            "delayed_failed",
            "checkout.session.async_payment_failed",
            "unpaid",
        ),
    ] {
        let made = stripe.create("").await;
        let done = stripe.pay(&made, outcome).await;
        assert_eq!(
            (&done["status"], &done["payment_status"]),
            (&json!("complete"), &json!("unpaid"))
        );
        eventually(kind, async || {
            stripe.hook.types().contains(&kind.to_owned()).then_some(())
        })
        .await;
        let path = format!("/v1/checkout/sessions/{}", made["id"].as_str().unwrap());
        assert_eq!(stripe.read(&path).await["payment_status"], status);
    }
}

#[tokio::test]
async fn only_an_open_session_can_be_expired_and_then_it_cannot_be_paid() {
    let stripe = Stripe::start().await;
    let made = stripe.create("").await;
    let path = format!(
        "/v1/checkout/sessions/{}/expire",
        made["id"].as_str().unwrap()
    );
    let expired = json_of(stripe.post(&path, "").send().await.unwrap(), 200).await;
    assert_eq!(
        (&expired["status"], &expired["url"]),
        (&json!("expired"), &Value::Null)
    );
    let again = json_of(stripe.post(&path, "").send().await.unwrap(), 400).await;
    assert!(
        again["error"]["message"]
            .as_str()
            .unwrap()
            .contains("status of `expired`"),
        "{again}"
    );
    let pay = json!({"session": made["id"], "outcome": "paid"});
    let refused = stripe
        .http
        .post(format!("{}/local/stripe/pay", stripe.base))
        .json(&pay);
    json_of(refused.send().await.unwrap(), 400).await;
    assert_eq!(
        stripe.ledger().await[0]["payment_intent"],
        Value::Null,
        "nothing was charged"
    );
    eventually("the event", async || {
        (stripe.hook.types() == ["checkout.session.expired"]).then_some(())
    })
    .await;
}

/// What is put in the place of what, which parameter is named, and the code.
const REFUSED: [(&str, &str, &str, &str); 15] = [
    ("mode=", "expires_at=SOON&mode=", "expires_at", ""),
    ("mode=", "expires_at=LATE&mode=", "expires_at", ""),
    ("mode=payment&", "", "mode", "parameter_missing"),
    (
        "success_url=",
        "cancel_url=",
        "success_url",
        "parameter_missing",
    ),
    ("mode=", "surprise=1&mode=", "surprise", "parameter_unknown"),
    (
        "[1][quantity]=1",
        "[1][quantity]=0",
        "line_items[1][quantity]",
        INTEGER,
    ),
    ("=500", "=-1", AMOUNT, INTEGER),
    ("=500", "=5.5", AMOUNT, INTEGER),
    (
        "[0][price_data][currency]=usd",
        "[0][price_data][currency]=xyz",
        "line_items[0][price_data][currency]",
        "",
    ),
    (
        "[1][price_data][currency]=usd",
        "[1][price_data][currency]=eur",
        "line_items[1][price_data][currency]",
        "",
    ),
    (
        "=1000",
        "=10&line_items[1][price_data][tax_behavior]=x",
        "line_items[1][price_data][tax_behavior]",
        "",
    ),
    (
        "mode=",
        "client_reference_id=LONG&mode=",
        "client_reference_id",
        "parameter_invalid_string_too_long",
    ),
    ("mode=", "metadata[LONG]=1&mode=", "metadata", ""),
    (
        "mode=",
        "customer_email=nobody&mode=",
        "customer_email",
        "email_invalid",
    ),
    ("mode=", "expand[]=customer&mode=", "expand", ""),
];
const INTEGER: &str = "parameter_invalid_integer";
const AMOUNT: &str = "line_items[1][price_data][unit_amount]";

#[tokio::test]
async fn what_stripe_refuses_is_refused_and_makes_no_session() {
    let stripe = Stripe::start().await;
    let now = now_s();
    for (from, to, param, code) in REFUSED {
        let to = to
            .replace("SOON", &(now + 600).to_string())
            .replace("LATE", &(now + 90_000).to_string())
            .replace("LONG", &"x".repeat(201));
        let form = basic().replacen(from, &to, 1);
        refused(&stripe, &form, param, code).await;
    }
    let dinars = basic().replace("=usd", "=kwd").replace("=500", "=505");
    refused(&stripe, &dinars, AMOUNT, "").await;
    let cents = basic().replace("=1000", "=10").replace("=500", "=5");
    refused(&stripe, &cents, "", "amount_too_small").await;
    assert_eq!(stripe.ledger().await, json!([]));
}

async fn refused(stripe: &Stripe, form: &str, param: &str, code: &str) {
    let answer = stripe.post("/v1/checkout/sessions", form).send().await;
    let error = json_of(answer.unwrap(), 400).await["error"].clone();
    assert_eq!(error["type"], "invalid_request_error", "{form}");
    let named = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (named("param"), named("code")),
        (param.to_owned(), code.to_owned()),
        "{error}"
    );
}

#[tokio::test]
async fn currencies_without_decimals_and_with_three_are_charged_in_their_own_units() {
    let stripe = Stripe::start().await;
    for (currency, amount) in [("jpy", 2_500), ("kwd", 2_500), ("pen", 2_500)] {
        let form = basic().replace("=usd", &format!("={currency}"));
        let made = json_of(
            stripe
                .post("/v1/checkout/sessions", &form)
                .send()
                .await
                .unwrap(),
            200,
        )
        .await;
        assert_eq!(
            (&made["currency"], &made["amount_total"]),
            (&json!(currency), &json!(amount))
        );
    }
}

#[tokio::test]
async fn a_session_of_one_account_is_nothing_to_another_and_a_wrong_key_opens_nothing() {
    let stripe = Stripe::start().await;
    let made = stripe.create("").await;
    let url = format!(
        "{}/v1/checkout/sessions/{}",
        stripe.base,
        made["id"].as_str().unwrap()
    );
    let missing = json_of(
        stripe
            .http
            .get(&url)
            .bearer_auth("sk_test_grill")
            .send()
            .await
            .unwrap(),
        404,
    )
    .await;
    assert_eq!(missing["error"]["code"], "resource_missing");
    for request in [
        stripe.http.get(&url),
        stripe.http.get(&url).bearer_auth("sk_live_other"),
    ] {
        let refused = json_of(request.send().await.unwrap(), 401).await;
        assert_eq!(refused["error"]["type"], "invalid_request_error");
    }
    let basic = stripe
        .http
        .get(&url)
        .basic_auth(crate::support::KEY, Some(""));
    let answer = basic
        .header("stripe-version", "2026-09-30.endive")
        .send()
        .await
        .unwrap();
    assert!(
        answer.headers()["request-id"]
            .to_str()
            .unwrap()
            .starts_with("req_")
    );
    assert_eq!(answer.headers()["stripe-version"], "2026-09-30.endive");
    assert_eq!(json_of(answer, 200).await["id"], made["id"]);
}
