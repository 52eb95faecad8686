//! One phone against a restaurant's tables: a photographed sticker, somebody else's names, a party that has paid.

use serde_json::{Value, json};
use std::process::Output;
use tabletap_tests::{Guest, Program, eventually, fresh_order_id, items, line};

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn table_of(guest: &Guest) -> String {
    guest.scan["table"]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// A body of so many of the first dish, at its price.
async fn many(guest: &Guest, dishes: u32) -> Value {
    let menu = guest.menu().await;
    let first = items(&menu)
        .find(|item| item["available"] == true)
        .expect("a dish");
    let mut dish = line(first);
    dish["quantity"] = json!(dishes);
    guest.quote(guest.body(&menu, vec![dish])).await
}

fn renewed(body: &Value) -> Value {
    let mut body = body.clone();
    body["order_id"] = json!(fresh_order_id());
    body
}

async fn slips(program: &Program, words: &str) -> usize {
    let papers = program.papers().await.into_iter();
    let says = |paper: &Value| paper["text"].to_string().contains(words);
    papers.filter(says).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photographed_sticker_prints_no_more_than_a_full_table_orders() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 0).await;
    let body = many(&guest, 25).await;
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (body, guest) = (renewed(&body), guest.clone());
        sends.spawn(async move { guest.send(&body).await });
    }
    let (mut made, mut waiting) = (Vec::new(), Vec::new());
    for reply in sends.join_all().await {
        // A table that forty phones order at may say "once more".
        if reply.status == 503 {
            continue;
        }
        assert_eq!(reply.status, 201, "{}", reply.body);
        let id = reply.body["order_id"].as_str().expect("an id").to_owned();
        match reply.body["held"] == true {
            true => waiting.push(id),
            false => made.push(id),
        }
    }
    assert_eq!(
        made.len(),
        4,
        "a hundred dishes of at most a hundred and twenty"
    );
    assert!(!waiting.is_empty());
    for id in &made {
        assert_eq!(program.await_papers(id, 1).await.len(), 1);
    }
    let too_large = guest.send(&many(&guest, 50).await).await;
    assert_eq!(too_large.body["held"], true, "{}", too_large.body);
    assert_eq!(
        guest.call("staff").await.body["held"],
        true,
        "calls wait as well"
    );

    let table = table_of(&guest);
    let at = [table.as_str(), "--store", "kumo-sushi"];
    let listed = told(&program.command(&["seating", "list", "--store", "kumo-sushi"]));
    assert!(
        listed.contains("orders waiting: ") && listed.contains("calls waiting: 1"),
        "{listed}"
    );
    for id in &waiting {
        assert!(program.papers_of(id).await.is_empty(), "{id} waits");
    }
    let elsewhere = program.guest("kumo-sushi", 1).await.order(1).await;
    assert_eq!(elsewhere["held"], false, "other tables notice nothing");

    let confirmed = program.command(&[&["seating", "confirm"], &at[..]].concat());
    assert!(confirmed.status.success(), "{}", told(&confirmed));
    program.await_papers(&waiting[0], 1).await;
    eventually("the call comes out", async || {
        (slips(&program, "PLEASE COME").await == 1).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_from_a_table_that_nobody_confirmed_waits_for_the_tap_or_is_dropped() {
    let program = Program::start().await;
    let (here, gone) = (
        program.guest("corner-bakery", 0).await,
        program.guest("corner-bakery", 1).await,
    );
    for guest in [&here, &gone] {
        let called = guest.call("bill").await;
        assert_eq!((called.status, &called.body["held"]), (201, &json!(true)));
        assert_eq!(guest.call("bill").await.status, 200, "the same call");
    }
    let (at, left) = (table_of(&here), table_of(&gone));
    let closed = program.command(&["seating", "close", &left, "--store", "corner-bakery"]);
    assert!(closed.status.success(), "{}", told(&closed));
    let confirmed = program.command(&["seating", "confirm", &at, "--store", "corner-bakery"]);
    assert!(
        told(&confirmed).contains("calls sent to the staff: 1"),
        "{}",
        told(&confirmed)
    );
    eventually("the call comes out", async || {
        (slips(&program, "THE BILL, PLEASE").await == 1).then_some(())
    })
    .await;
    let fresh = here.call("staff").await;
    assert_eq!(
        (fresh.status, &fresh.body["held"]),
        (201, &Value::Null),
        "confirmed is confirmed"
    );
    eventually("so does the next", async || {
        (slips(&program, "PLEASE COME").await == 1).then_some(())
    })
    .await;
    assert_eq!(
        slips(&program, "THE BILL, PLEASE").await,
        1,
        "one was dropped with its party"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_phone_reads_dishes_and_amounts_but_neither_names_nor_allergies_nor_notes() {
    let program = Program::start().await;
    let (ada, eve) = (
        program.guest("kumo-sushi", 2).await,
        program.guest("kumo-sushi", 2).await,
    );
    let mut body = ada.cart(1).await;
    body["guest"] = json!("Ada Lovelace");
    body["note"] = json!("the table by the window");
    body["lines"][0]["note"] = json!("no wasabi for me");
    body["allergies"] = json!(["mustard"]);
    let body = ada.quote(body).await;
    let placed = ada.send(&body).await;
    assert_eq!(placed.status, 201, "{}", placed.body);
    assert_eq!(placed.body["guest"], "Ada Lovelace");
    let id = placed.body["order_id"].as_str().expect("an id");

    for seen in [
        eve.look(id).await.body,
        eve.look_at_table().await.body,
        eve.bill().await.body,
    ] {
        let text = seen.to_string();
        for secret in ["Ada", "window", "wasabi for", "\"mustard\""] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        assert!(text.contains(id), "it is there all the same: {text}");
    }
    // By the other's id and body she learns no more.
    let resent = eve.send(&body).await;
    assert_eq!((resent.status, &resent.body["guest"]), (200, &json!("")));

    let own = ada.look(id).await.body;
    assert_eq!(
        (
            &own["guest"],
            &own["note"],
            &own["allergies"],
            &own["lines"][0]["note"]
        ),
        (
            &json!("Ada Lovelace"),
            &json!("the table by the window"),
            &json!(["mustard"]),
            &json!("no wasabi for me")
        )
    );
    assert_eq!(ada.bill().await.body["lines"][0]["guest"], "Ada Lovelace");
    // A session that is renewed stays with its phone.
    let code = program.table_code("kumo-sushi", 2).await;
    let again = ada
        .post("/v1/sessions", &json!({ "table_code": code }))
        .await;
    let again = ada.with_session(again.body["session"].as_str().expect("a session"));
    assert_eq!(again.look(id).await.body["guest"], "Ada Lovelace");
    let paper = program.await_papers(id, 1).await[0]["text"].to_string();
    assert!(paper.contains("Ada Lovelace"), "the staff read it: {paper}");
}

/// Pays everything at a table.
async fn pay_all(program: &Program, guest: &Guest, order: &str) {
    let path = "/v1/seatings/current/checkout";
    let page = guest
        .post(path, &json!({"lines": "all", "for_others": true}))
        .await;
    assert_eq!(page.status, 200, "{}", page.body);
    let session = page.body["session_id"].as_str().expect("a page");
    program.pay(session, "paid").await;
    eventually("it is paid", async || {
        let seen = guest.look(order).await.body;
        (seen["payment"]["status"] == "paid").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_scans_a_table_that_has_paid_sees_nothing_of_the_party_before() {
    let program = Program::start().await;
    let ada = program.guest("kumo-sushi", 3).await;
    let order = ada.order(1).await;
    let id = order["order_id"].as_str().expect("an id");
    let joined = program.guest("kumo-sushi", 3).await;
    assert_eq!(
        joined.scan["seating"]["number"], 1,
        "not paid: a friend joins"
    );
    pay_all(&program, &ada, id).await;

    let next = program.guest("kumo-sushi", 3).await;
    assert_eq!(next.scan["seating"], json!({"number": 2, "open": false}));
    assert_eq!(next.look(id).await.status, 404);
    assert_eq!(next.look_at_table().await.body["orders"], json!([]));
    assert_eq!(next.bill().await.body["lines"], json!([]));
    let code = program.table_code("kumo-sushi", 3).await;
    let page = format!("{}/m/kumo-sushi/t/{code}/en/order/{id}", program.url());
    let page = reqwest::get(page).await.expect("an answer");
    assert_eq!(page.status(), 404, "nor by its address");

    // Those who paid are still at their table.
    let renewed = ada
        .post("/v1/sessions", &json!({ "table_code": code }))
        .await;
    assert_eq!(renewed.body["seating"], json!({"number": 1, "open": true}));
    assert_eq!(ada.look(id).await.status, 200);
    let listed = told(&program.command(&["seating", "list", "--store", "kumo-sushi"]));
    assert!(listed.contains("\tseating 1\topen\tpaid"), "{listed}");

    assert_eq!(next.order(1).await["held"], false);
    let more = ada.cart(1).await;
    let refused = ada.send(&more).await;
    assert_eq!((refused.status, refused.code()), (410, "seating_ended"));
    assert_eq!(
        ada.look(id).await.status,
        200,
        "one's own order is read for ever"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_a_table_that_owes_says_what_and_changes_nothing() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 4).await;
    let order = guest.order(2).await;
    let id = order["order_id"].as_str().expect("an id");
    let table = table_of(&guest);
    let close = ["seating", "close", table.as_str(), "--store", "kumo-sushi"];
    let refused = program.command(&close);
    let words = told(&refused);
    assert!(!refused.status.success(), "{words}");
    let number = order["number"].as_str().expect("a number");
    let total = order["total_minor"].as_i64().expect("a total");
    let amount = format!("{}.{:02} USD", total / 100, total % 100);
    for part in [number, amount.as_str(), "--unpaid"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(guest.look(id).await.body["status"], "placed");
    assert_eq!(
        guest.order(1).await["held"],
        false,
        "the party sits there still"
    );

    pay_all(&program, &guest, id).await;
    let closed = program.command(&close);
    assert!(closed.status.success(), "{}", told(&closed));
    eventually("it is served", async || {
        (guest.look(id).await.body["status"] == "served").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_sticker_gives_no_session_and_who_sits_there_stays() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 5).await;
    let order = guest.order(1).await;
    let old = program.table_code("kumo-sushi", 5).await;
    let (table, out) = (table_of(&guest), program.data().join("stickers"));
    std::fs::create_dir_all(&out).expect("a folder");
    let out = out.display().to_string();
    let rotate = [
        "table",
        "rotate-code",
        &table,
        "--store",
        "kumo-sushi",
        "--out",
        &out,
    ];
    let rotated = program.command(&rotate);
    assert!(rotated.status.success(), "{}", told(&rotated));
    let sticker = std::fs::read(format!("{out}/kumo-sushi-qr-6cm.pdf"));
    assert!(sticker.expect("the new sticker").starts_with(b"%PDF"));

    let refused = guest
        .post("/v1/sessions", &json!({ "table_code": old }))
        .await;
    assert_eq!((refused.status, refused.code()), (410, "sticker_replaced"));
    let scan = reqwest::Client::new()
        .get(format!("{}/t/{old}", program.url()))
        .header("accept", "text/html")
        .header("accept-language", "es")
        .send();
    let scan = scan.await.expect("an answer");
    assert_eq!(scan.status(), 410);
    let page = scan.text().await.expect("a page");
    assert!(page.contains("Este adhesivo se ha cambiado"), "{page}");

    let id = order["order_id"].as_str().expect("an id");
    assert_eq!(guest.look(id).await.status, 200);
    guest.order(1).await;
    let new = program.table_code("kumo-sushi", 5).await;
    assert_ne!(new, old);
    let page = guest
        .post(
            "/v1/seatings/current/checkout",
            &json!({"lines": "all", "for_others": true}),
        )
        .await;
    assert_eq!(page.status, 200, "{}", page.body);
    let url = page.body["url"].as_str().expect("a payment page");
    let page = reqwest::get(url).await.expect("an answer");
    let page = page.text().await.expect("a page");
    assert!(
        !page.contains(&new),
        "who has the old sticker is not told the new code: {page}"
    );
    assert_eq!(
        program.guest("kumo-sushi", 5).await.scan["seating"]["number"],
        1
    );
}
