//! Takeout up to its payment: ordered from home, held for a while, and unknown to the kitchen.

use serde_json::json;
use tabletap_tests::{Guest, Program};

#[tokio::test]
async fn takeout_is_ordered_from_home_and_nothing_of_it_prints_before_it_is_paid() {
    let program = Program::start().await;
    let guest = program.takeout_guest("kumo-sushi").await;
    assert_eq!(guest.scan["mode"], "takeout");
    let open = program.get("/v1/stores/kumo-sushi/pickup").await;
    assert_eq!(open["state"], "open", "{open:#}");
    let slots = open["slots"].as_array().expect("slots");
    let slot = slots[slots.len() / 2]["at"].as_str().expect("a time");
    let body = Guest::picked_up(guest.cart(2).await, Some(slot));
    let body = guest.quote(body).await;
    let order = guest.send(&body).await;
    assert_eq!(order.status, 201, "{:#}", order.body);
    assert_eq!(order.body["status"], "awaiting_payment");
    assert_eq!(order.body["payment"]["status"], "pending");
    assert_eq!(guest.send(&body).await.status, 200, "once");

    // A dine-in order that came later goes all the way while this one waits.
    let at_table = program.guest("kumo-sushi", 0).await;
    let eaten = at_table.order(1).await;
    let eaten_id = eaten["order_id"].as_str().expect("an id");
    program.await_papers(eaten_id, 1).await;
    let id = body["order_id"].as_str().expect("an id");
    assert_eq!(program.papers_of(id).await, Vec::<serde_json::Value>::new());
    let seen = guest.look(id).await;
    assert_eq!((seen.status, &seen.body["tickets"]), (200, &json!([])));
    assert_eq!(at_table.look(id).await.status, 404, "another party's");

    let logs = program.said();
    assert!(!logs.contains("ada@example.com") && !logs.contains("Ada Example"));
}
