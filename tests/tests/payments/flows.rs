//! Takeout from the restaurant's link to the paper, and paying at a table.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tabletap_tests::{Program, eventually};

const SLUG: &str = "kumo-sushi";

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_order_is_cooked_and_its_link_reads_it_in_another_browser() {
    let program = Program::start().await;
    let diner = program.diner(SLUG).await;
    let order = diner.order(&diner.cart(2).await).await;
    let session = diner.session(&order).await;
    program.pay(&session, "paid").await;
    let paid = diner
        .await_order(&order, "it is paid", |order| {
            order["payment"]["status"] == "paid"
        })
        .await;
    assert_eq!(paid["status"], "placed");
    assert!(paid["pickup"]["ready_at"].is_string(), "{paid}");
    let receipt = &paid["payment"]["receipts"][0];
    assert_eq!(
        (&receipt["amount_minor"], &receipt["method"]["last4"]),
        (&paid["total_minor"], &json!("4242"))
    );
    let of_provider = receipt["receipt_url"].as_str();
    assert!(of_provider.is_some_and(|url| url.ends_with(&format!("/receipts/{session}"))));
    let papers = program.await_papers(&order, 1).await;
    let paper = papers[0]["text"].as_str().unwrap();
    assert!(paper.contains("Name: Ada Example"), "{paper}");
    assert!(!paper.contains("555"), "no phone number on paper\n{paper}");
    // The receipt's link holds a token that reads this one order, as the link back from paying does.
    let mail = eventually("the receipt", async || {
        program.mails_of(&order, "receipt").await.pop()
    })
    .await;
    let mail = program
        .get(&format!("/local/mail/{}", mail["id"].as_str().unwrap()))
        .await;
    let text = mail["text"].as_str().unwrap();
    let link = text
        .split_whitespace()
        .find(|word| word.contains("/#/paid/"));
    let token = link.unwrap().rsplit('/').next().unwrap().to_owned();
    let elsewhere = program.diner_with(SLUG, &token);
    let seen = elsewhere.come_back(&order).await;
    assert_eq!(
        (seen.status, &seen.body["payment"]["status"]),
        (200, &json!("paid")),
        "{}",
        seen.body
    );
    let other = diner.order(&diner.cart(1).await).await;
    assert_eq!(
        elsewhere.come_back(&other).await.status,
        404,
        "no other order"
    );
    assert!(
        elsewhere.guest().send(&diner.cart(1).await).await.status >= 400,
        "and it orders nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_again_after_another_tip_leaves_one_payable_page() {
    let program = Program::start().await;
    let diner = program.diner(SLUG).await;
    let order = diner.order(&diner.cart(1).await).await;
    let first = diner.checkout(&order, 0).await;
    assert_eq!(
        diner.checkout(&order, 0).await.body,
        first.body,
        "the same again"
    );
    let second = diner.checkout(&order, 200).await;
    assert_ne!(second.body["session_id"], first.body["session_id"]);
    let old = json!({"session": first.body["session_id"], "outcome": "paid"});
    assert_eq!(
        program.post("/local/stripe/pay", &old).await,
        400,
        "the first page has ended"
    );
    let at_once = (0..6).map(|_| diner.checkout(&order, 200));
    for again in join_all(at_once).await {
        assert_eq!(again.body, second.body);
    }
    program
        .pay(second.body["session_id"].as_str().unwrap(), "paid")
        .await;
    diner
        .await_order(&order, "it is paid", |order| {
            order["payment"]["status"] == "paid"
        })
        .await;
    let paid = diner.checkout(&order, 200).await;
    assert_eq!((paid.status, paid.code()), (409, "nothing_to_pay"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phones_at_a_table_pay_each_line_once() {
    let program = Program::start().await;
    let (ann, ben) = (program.guest(SLUG, 0).await, program.guest(SLUG, 0).await);
    let (first, second) = (ann.order(2).await, ben.order(2).await);
    let total = first["total_minor"].as_i64().unwrap() + second["total_minor"].as_i64().unwrap();
    let bill = ann.bill().await.body;
    assert_eq!(bill["total_minor"], total, "{bill}");
    let lines: Vec<Value> = bill["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["line_id"].clone())
        .collect();
    let path = "/v1/seatings/current/checkout";
    let half = json!({"lines": [lines[0], lines[1]], "tip_minor": 50});
    let (mine, everything) = (
        json!({"lines": [lines[1], lines[2]]}),
        json!({"lines": "all", "for_others": true}),
    );
    let (a, b) = tokio::join!(ann.post(path, &half), ben.post(path, &mine));
    let won = [&a, &b]
        .into_iter()
        .filter(|reply| reply.status == 200)
        .count();
    assert_eq!(won, 1, "{} {}", a.body, b.body);
    let rest = ben.post(path, &everything).await;
    assert_eq!(rest.status, 200, "{}", rest.body);
    let mut received = 0;
    for page in [&a, &b, &rest]
        .into_iter()
        .filter(|reply| reply.status == 200)
    {
        let session = page.body["session_id"].as_str().unwrap();
        program.pay(session, "paid").await;
        received += program.ledger_of(session).await.0;
    }
    for order in [&first, &second] {
        let id = order["order_id"].as_str().unwrap();
        let refresh = format!("/v1/orders/{id}/payment/refresh");
        let seen = ann.post(&refresh, &json!({})).await;
        assert_eq!(seen.body["payment"]["status"], "paid", "{}", seen.body);
    }
    let tip = if a.status == 200 { 50 } else { 0 };
    assert_eq!(received, total + tip);
    let bill = ann.bill().await.body;
    assert_eq!(
        (&bill["paid_minor"], &bill["open_minor"]),
        (&json!(total), &json!(0))
    );
    let again = ann.post(path, &everything).await;
    assert_eq!((again.status, again.code()), (409, "nothing_to_pay"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_wishes_to_pay_are_refused_in_words() {
    let program = Program::start().await;
    let diner = program.diner(SLUG).await;
    let order = diner.order(&diner.cart(1).await).await;
    for (tip, status, code) in [
        (-1, 422, "tip_out_of_range"),
        (i64::MAX, 422, "tip_out_of_range"),
    ] {
        let reply = diner.checkout(&order, tip).await;
        assert_eq!(
            (reply.status, reply.code()),
            (status, code),
            "{}",
            reply.body
        );
        assert_eq!(reply.body["field"], "tip_minor");
    }
    let stranger = program.diner(SLUG).await;
    assert_eq!(
        stranger.checkout(&order, 0).await.status,
        404,
        "somebody else's order"
    );
    let guest = program.guest(SLUG, 0).await;
    let path = "/v1/seatings/current/checkout";
    for (body, status, code) in [
        (json!({"lines": "all"}), 409, "nothing_to_pay"),
        (json!({"lines": "some"}), 422, "invalid_field"),
        (json!({"lines": []}), 422, "invalid_field"),
        (json!({"lines": ["ord_1:0"]}), 422, "unknown_line"),
        (json!({"tip_minor": 1}), 422, "invalid_field"),
    ] {
        let reply = guest.post(path, &body).await;
        assert_eq!(
            (reply.status, reply.code()),
            (status, code),
            "{body}: {}",
            reply.body
        );
    }
    assert_eq!(
        diner
            .guest()
            .post(path, &json!({"lines": "all"}))
            .await
            .status,
        403,
        "no table"
    );
}
