//! The checkout page as a browser without a script uses it.

use crate::support::Stripe;
use serde_json::json;

async fn text(stripe: &Stripe, path: &str) -> String {
    let answer = stripe
        .http
        .get(format!("{}{path}", stripe.base))
        .send()
        .await
        .unwrap();
    answer.text().await.unwrap()
}

async fn choose(stripe: &Stripe, path: &str, choice: &str) -> String {
    let request = stripe.post(path, &format!("choice={choice}&email=ana%40example.com"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_says_that_it_is_a_test_and_shows_lines_and_total() {
    let stripe = Stripe::start().await;
    let form = "cancel_url=http%3A%2F%2Fshop%2Fcart&customer_email=ana%40example.com&client_reference_id=%3Cb%3E";
    let made = stripe.create(form).await;
    let page = text(&stripe, &format!("/pay/{}", made["id"].as_str().unwrap())).await;
    for part in [
        "TEST – no real money.",
        "Kumo Sushi",
        "Salmon nigiri",
        "Qty 2, USD\u{a0}10.00 each",
        "Tip",
        "USD\u{a0}20.00",
        "USD\u{a0}25.00",
        "ana@example.com",
        "http://shop/cart",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    assert_eq!(
        page.matches("Qty").count(),
        1,
        "one of a thing needs no count"
    );
    assert!(!page.contains("<script"));
    assert!(
        text(&stripe, "/pay/cs_test_none")
            .await
            .contains("We can’t find this payment")
    );
}

#[tokio::test]
async fn a_declined_card_is_said_and_the_next_one_pays() {
    let stripe = Stripe::start().await;
    let made = stripe.create("").await;
    let path = format!("/pay/{}", made["id"].as_str().unwrap());
    assert_eq!(choose(&stripe, &path, "declined").await, path);
    assert!(
        text(&stripe, &path)
            .await
            .contains("Your card was declined.")
    );
    let back = choose(&stripe, &path, "paid").await;
    assert_eq!(
        back,
        format!("http://shop/back?s={}", made["id"].as_str().unwrap())
    );
    assert!(text(&stripe, &path).await.contains("This is paid"));
}

#[tokio::test]
async fn a_challenge_is_a_page_of_its_own_that_can_be_failed_and_passed() {
    let stripe = Stripe::start().await;
    let made = stripe.create("").await;
    let path = format!("/pay/{}", made["id"].as_str().unwrap());
    let challenge = choose(&stripe, &path, "challenge").await;
    assert!(text(&stripe, &challenge).await.contains("Is this you?"));
    choose(&stripe, &path, "authentication_failed").await;
    assert!(text(&stripe, &path).await.contains("failed authentication"));
    assert_eq!(stripe.ledger().await[0]["amount_received"], 0);
    choose(&stripe, &path, "authenticated").await;
    assert_eq!(stripe.ledger().await[0]["amount_received"], 2_500);
}

#[tokio::test]
async fn a_session_that_expired_says_so_and_takes_no_money() {
    let stripe = Stripe::start().await;
    let made = stripe.create("").await;
    let path = format!("/pay/{}", made["id"].as_str().unwrap());
    choose(&stripe, &path, "expired").await;
    assert!(text(&stripe, &path).await.contains("has expired"));
    stripe.post(&path, "choice=paid").send().await.unwrap();
    let entry = stripe.ledger().await[0].clone();
    assert_eq!(
        (&entry["status"], &entry["amount_received"]),
        (&json!("expired"), &json!(0))
    );
}
