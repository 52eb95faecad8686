//! Who may order, and until when.

use serde_json::json;
use tabletap_tests::{Program, eventually};

/// A token with one character of its payload changed.
fn tampered(token: &str) -> String {
    let middle = token.len() / 2;
    let other = if token.as_bytes()[middle] == b'A' {
        'B'
    } else {
        'A'
    };
    format!("{}{other}{}", &token[..middle], &token[middle + 1..])
}

#[tokio::test]
async fn forged_and_missing_sessions_are_refused() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 0).await;
    let body = guest.cart(1).await;
    for session in ["", "nonsense", "tt1.e30.e30", &tampered(&guest.session)] {
        let reply = guest.with_session(session).send(&body).await;
        assert_eq!(
            (reply.status, reply.code()),
            (401, "session_invalid"),
            "{session}"
        );
    }
    let scan = json!({ "table_code": "0000000000000000000000" });
    assert_eq!(program.post("/v1/sessions", &scan).await, 404);
}

#[tokio::test]
async fn closing_a_seating_ends_its_sessions_serves_its_orders_and_answers_what_was_stored() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 7).await;
    let body = guest.quote(guest.cart(1).await).await;
    let order = guest.send(&body).await;
    assert_eq!(order.status, 201);
    let id = body["order_id"].as_str().expect("an id");
    let joined = program.guest("kumo-sushi", 7).await;
    assert_eq!(joined.scan["seating"], json!({"number": 1, "open": true}));
    assert_eq!(
        joined.look(id).await.status,
        200,
        "the same seating sees the order"
    );
    assert_eq!(
        joined.send(&body).await.status,
        200,
        "and may send it again"
    );

    let table = guest.scan["table"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let close = ["seating", "close", &table, "--store", "kumo-sushi"];
    assert!(!program.command(&close).status.success(), "it is not paid");
    let closed = program.command(&[&close[..], &["--unpaid"]].concat());
    assert!(
        closed.status.success(),
        "{}",
        String::from_utf8_lossy(&closed.stderr)
    );
    let served = eventually("the order is served", async || {
        let seen = guest.look(id).await.body;
        (seen["status"] == "served").then_some(seen)
    })
    .await;
    assert_eq!(served["payment"]["status"], "unpaid", "payment is apart");

    assert_eq!(
        guest.send(&body).await.status,
        200,
        "a stored order is answered for ever"
    );
    let mut other = body.clone();
    other["note"] = json!("another body");
    assert_eq!(guest.send(&other).await.code(), "order_id_taken");
    let new = guest.cart(1).await;
    let refused = guest.send(&new).await;
    assert_eq!((refused.status, refused.code()), (410, "seating_ended"));

    let next = program.guest("kumo-sushi", 7).await;
    assert_eq!(next.scan["seating"], json!({"number": 2, "open": false}));
    assert_eq!(
        next.look(id).await.status,
        404,
        "a later party never sees an earlier one's order"
    );
    let stolen = next.send(&body).await;
    assert_eq!((stolen.status, stolen.code()), (403, "order_not_yours"));
}

#[tokio::test]
async fn an_expired_session_orders_nothing_new_but_is_answered_what_it_stored() {
    let program = Program::start_with(&[("SESSION_TTL_S", "3")]).await;
    let guest = program.guest("kumo-sushi", 8).await;
    let body = guest.quote(guest.cart(1).await).await;
    assert_eq!(guest.send(&body).await.status, 201);
    let new = guest.cart(1).await;
    eventually("the session expired", async || {
        (guest.send(&new).await.code() == "session_expired").then_some(())
    })
    .await;
    assert_eq!(guest.send(&body).await.status, 200);
    let renewed = program.guest("kumo-sushi", 8).await;
    assert_eq!(
        renewed
            .look(body["order_id"].as_str().expect("an id"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn under_staff_tap_the_kitchen_sees_nothing_before_the_tap() {
    let program = Program::start().await;
    let guest = program.guest("corner-bakery", 0).await;
    let order = guest.order(1).await;
    let id = order["order_id"].as_str().expect("an id");
    assert_eq!(order["held"], true);
    // Another table's order goes all the way to paper meanwhile: the held one had every chance to.
    let other = program.guest("kumo-sushi", 0).await.order(2).await;
    program
        .await_papers(other["order_id"].as_str().expect("an id"), 1)
        .await;
    assert!(program.papers_of(id).await.is_empty());

    let table = guest.scan["table"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let listed = program.command(&["seating", "list", "--store", "corner-bakery"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("unconfirmed"));
    let confirmed = program.command(&["seating", "confirm", &table, "--store", "corner-bakery"]);
    assert!(
        confirmed.status.success(),
        "{}",
        String::from_utf8_lossy(&confirmed.stderr)
    );
    assert_eq!(program.await_papers(id, 1).await.len(), 1);
    assert_eq!(
        guest.order(1).await["held"],
        false,
        "and the next order waits for nobody"
    );
}

#[tokio::test]
async fn an_item_switched_off_cannot_be_ordered_and_comes_back() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 9).await;
    let body = guest.quote(guest.cart(1).await).await;
    let item = body["lines"][0]["item_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let switch = |to: &str| program.command(&["item", to, &item, "--store", "kumo-sushi"]);
    assert!(switch("off").status.success());
    let refused = guest.send(&body).await;
    assert_eq!((refused.status, refused.code()), (422, "item_unavailable"));
    eventually("the published menu says so", async || {
        let menu = guest.menu().await;
        let seen = tabletap_tests::items(&menu).find(|i| i["id"] == item.as_str())?;
        (seen["available"] == false).then_some(())
    })
    .await;
    assert!(switch("on").status.success());
    assert_eq!(guest.send(&body).await.status, 201);
}
