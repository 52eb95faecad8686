//! What a guest must not eat, and what they leave out: from the phone to the paper, the bill and the mail.

use serde_json::{Value, json};
use tabletap_tests::{Guest, Program, eventually, fresh_order_id};

fn ramen_set(acknowledged: bool) -> Value {
    json!({"item_id": "ramen-set", "quantity": 1, "acknowledged": acknowledged, "choices": [
        {"group_id": "set-ramen", "option_id": "shoyu-ramen"},
        {"group_id": "set-drink", "option_id": "sencha"},
    ]})
}

fn ramen_without_egg() -> Value {
    json!({"item_id": "shoyu-ramen", "quantity": 1, "choices": [
        {"group_id": "noodle-size", "option_id": "large"},
        {"group_id": "ramen-without", "option_id": "egg"},
    ]})
}

/// The words of a paper, without what stands between them.
fn words(paper: &Value) -> String {
    let text = paper["text"].as_str().unwrap_or_default();
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[tokio::test]
async fn a_combo_with_what_a_guest_is_allergic_to_prints_only_confirmed_and_says_so_where_it_is_made()
 {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 4).await;
    let menu = guest.menu().await;
    let mut body = guest.body(&menu, vec![ramen_set(false)]);
    body["allergies"] = json!(["egg"]);
    let refused = guest.send(&body).await;
    assert_eq!((refused.status, refused.code()), (422, "allergen_conflict"));
    assert_eq!(guest.look_at_table().await.body["orders"], json!([]));

    body["lines"] = json!([ramen_set(true)]);
    body["order_id"] = fresh_order_id().into();
    let order = guest.send(&guest.quote(body).await).await;
    assert_eq!(order.status, 201, "{}", order.body);
    let id = order.body["order_id"].as_str().expect("an id");
    let papers = program.await_papers(id, 2).await;
    let confirmed: Vec<&Value> = papers
        .iter()
        .filter(|paper| words(paper).contains("CONTAINS EGG GUEST ACCEPTED"))
        .collect();
    assert_eq!(
        confirmed.len(),
        1,
        "the kitchen's, not the tea's: {papers:#?}"
    );
    assert!(words(confirmed[0]).contains("Ramen and gyoza"));
    let logs = program.said();
    assert!(!logs.contains("GUEST ACCEPTED") && !logs.contains("You told us"));
}

#[tokio::test]
async fn a_removal_is_one_in_every_reply_on_the_bill_and_on_paper() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 5).await;
    let menu = guest.menu().await;
    let body = guest
        .quote(guest.body(&menu, vec![ramen_without_egg()]))
        .await;
    let order = guest.send(&body).await.body;
    let id = order["order_id"].as_str().expect("an id");
    let seen = [
        order.clone(),
        guest.look(id).await.body,
        guest.look_at_table().await.body["orders"][0].clone(),
    ];
    for order in seen {
        let choices = &order["lines"][0]["choices"];
        assert_eq!(choices[0]["name"], "Large");
        assert_eq!(choices[0].get("removal"), None, "an addition is none");
        assert_eq!(choices[1]["removal"], true, "{order:#}");
        assert_eq!(choices[1]["reads_as"], "No Egg");
    }
    let bill = guest.bill().await.body;
    assert_eq!(bill["lines"][0]["choices"], json!(["Large", "No Egg"]));
    let papers = program.await_papers(id, 1).await;
    let paper = words(&papers[0]);
    assert!(paper.to_uppercase().contains("NO EGG"), "{paper}");
}

#[tokio::test]
async fn a_removal_reads_as_one_in_the_mail() {
    let program = Program::start().await;
    let diner = program.diner("kumo-sushi").await;
    let guest = diner.guest();
    let menu = guest.menu().await;
    let body = guest.body(&menu, vec![ramen_without_egg()]);
    let body = guest.quote(Guest::picked_up(body, None)).await;
    let id = diner.order(&body).await;
    program.pay(&diner.session(&id).await, "paid").await;
    diner.come_back(&id).await;
    let mail = eventually("the receipt is mailed", async || {
        program.mails_of(&id, "receipt").await.pop()
    })
    .await;
    let mail_id = mail["id"].as_str().expect("an id");
    let mail = program.get(&format!("/local/mail/{mail_id}")).await;
    let text = mail["text"].as_str().expect("a text");
    assert!(text.contains("No Egg"), "{text}");
}
