//! From the sticker to the paper.

use serde_json::Value;
use tabletap_tests::{Program, eventually};

#[tokio::test]
async fn an_order_comes_out_of_each_stations_printer_and_its_guest_sees_it_printed() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 6).await;
    assert_eq!(guest.scan["seating"]["open"], false, "a scan opens nothing");

    let order = guest.order(8).await;
    let id = order["order_id"].as_str().expect("an id");
    assert_eq!(order["status"], "placed");
    assert_eq!(order["payment"]["status"], "unpaid");
    let lines = order["lines"].as_array().expect("lines");
    let subtotal: i64 = lines
        .iter()
        .filter_map(|line| line["total_minor"].as_i64())
        .sum();
    let tax = order["tax_minor"].as_i64().expect("a tax");
    assert_eq!(
        order["total_minor"].as_i64(),
        Some(subtotal + tax),
        "cents add up"
    );

    let printed = eventually("both tickets printed", async || {
        let seen = guest.look(id).await.body;
        let tickets = seen["tickets"].as_array()?.clone();
        let all = !tickets.is_empty() && tickets.iter().all(|ticket| ticket["state"] == "printed");
        all.then_some(tickets)
    })
    .await;
    let stations: Vec<_> = printed
        .iter()
        .map(|ticket| ticket["station"].to_string())
        .collect();
    assert_eq!(
        printed.len(),
        2,
        "the front and the back station: {stations:?}"
    );

    let papers = program.papers_of(id).await;
    assert_eq!(papers.len(), 2, "one paper per station");
    for paper in &papers {
        assert_eq!(paper["banner"], false);
        assert_eq!(paper["attempt"], 1);
        let text = paper["text"].as_str().expect("text");
        let number = order["number"].as_str().expect("a number");
        let table = guest.scan["table"]["name"]
            .as_str()
            .expect("a name")
            .to_uppercase();
        for wanted in [&number[..1], &number[1..], &table, "DINE-IN", "UNPAID"] {
            assert!(text.to_uppercase().contains(wanted), "{wanted} on\n{text}");
        }
    }
    for line in lines {
        let name = line["name"].as_str().expect("a name");
        let word = name.split_whitespace().next().expect("a word");
        let seen = papers.iter().any(|p| p["text"].to_string().contains(word));
        assert!(seen, "{name} is on some paper");
    }
}

#[tokio::test]
async fn a_call_for_the_bill_is_one_slip_however_often_it_is_tapped() {
    let program = Program::start().await;
    let [ada, grace] = [
        program.guest("kumo-sushi", 3).await,
        program.guest("kumo-sushi", 3).await,
    ];
    for (guest, status) in [(&ada, 201), (&grace, 200), (&ada, 200)] {
        assert_eq!(guest.call("bill").await.status, status);
    }
    let slips = async |words: &str| {
        let papers = program.papers().await.into_iter();
        let says = |paper: &Value| paper["text"].to_string().contains(words);
        papers.filter(says).count()
    };
    eventually("the slip is on paper", async || {
        (slips("THE BILL, PLEASE").await == 1).then_some(())
    })
    .await;
    assert_eq!(ada.call("staff").await.status, 201);
    eventually("the next call is on paper", async || {
        (slips("PLEASE COME").await == 1).then_some(())
    })
    .await;
    assert_eq!(slips("THE BILL, PLEASE").await, 1);
}

#[tokio::test]
async fn every_phone_of_a_table_sees_the_tables_orders() {
    let program = Program::start().await;
    let [ada, grace] = [
        program.guest("kumo-sushi", 4).await,
        program.guest("kumo-sushi", 4).await,
    ];
    let orders = [ada.order(1).await, grace.order(1).await];
    let ids = orders.map(|order| order["order_id"].clone());
    let seen = eventually("both orders are listed", async || {
        let seen = ada.look_at_table().await.body["orders"].clone();
        (seen.as_array()?.len() == 2).then_some(seen)
    })
    .await;
    assert_eq!(
        [&seen[0]["order_id"], &seen[1]["order_id"]],
        [&ids[0], &ids[1]]
    );
}

#[tokio::test]
async fn the_same_order_sent_fifty_times_at_once_is_one_order_and_one_ticket_per_station() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 0).await;
    let body = guest.quote(guest.cart(6).await).await;
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (guest, body) = (guest.clone(), body.clone());
        sends.spawn(async move { guest.send(&body).await });
    }
    let replies = sends.join_all().await;
    let created = replies.iter().filter(|reply| reply.status == 201).count();
    let again = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(
        (created, again),
        (1, 49),
        "one new, the others the same again"
    );
    assert!(
        replies
            .iter()
            .all(|reply| reply.body["number"] == replies[0].body["number"])
    );

    let id = body["order_id"].as_str().expect("an id");
    program.await_papers(id, 2).await;
    // A later order is on paper after anything the first one could still have printed.
    let later = guest.order(6).await;
    program
        .await_papers(later["order_id"].as_str().expect("an id"), 2)
        .await;
    assert_eq!(program.papers_of(id).await.len(), 2);
}

#[tokio::test]
async fn two_bodies_under_one_id_store_one_and_refuse_the_other() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 1).await;
    let first = guest.quote(guest.cart(2).await).await;
    let mut second = guest.quote(guest.cart(3).await).await;
    second["order_id"] = first["order_id"].clone();
    let (one, two) = tokio::join!(guest.send(&first), guest.send(&second));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let refused = if one.status == 409 { one } else { two };
    assert_eq!(refused.code(), "order_id_taken");
}

#[tokio::test]
async fn reading_the_menu_and_scanning_write_nothing() {
    let program = Program::start().await;
    let before = program.guest("kumo-sushi", 3).await;
    let after = program.guest("kumo-sushi", 3).await;
    assert_eq!(before.scan["seating"], after.scan["seating"]);
    let code = program.table_code("kumo-sushi", 3).await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build();
    let client = client.expect("a client");
    let sticker = client
        .get(format!("{}/t/{code}", program.url()))
        .send()
        .await
        .expect("answer");
    assert_eq!(sticker.status(), 302);
    let location = sticker.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(location.contains(&code), "{location} keeps the code");
    let page = client
        .get(format!("{}{location}", program.url()))
        .send()
        .await
        .expect("answer");
    assert_eq!(page.status(), 200);
    assert!(
        page.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .contains("default-src 'none'")
    );
    let html = page.text().await.expect("a page");
    assert!(
        html.contains("Edamame"),
        "the menu is in the page without any script"
    );
    let menu = client
        .get(format!("{}/menus/kumo-sushi/en.json", program.url()))
        .send()
        .await;
    let menu = menu.expect("answer");
    assert!(menu.headers().contains_key("etag") && menu.headers().contains_key("cache-control"));
}

#[tokio::test]
async fn another_stores_session_sees_and_orders_nothing_here() {
    let program = Program::start().await;
    let here = program.guest("kumo-sushi", 0).await;
    let there = program.guest("corner-bakery", 0).await;
    let order = here.order(1).await;
    let id = order["order_id"].as_str().expect("an id");
    assert_eq!(there.look(id).await.status, 404);
    let sushi = here.cart(1).await;
    let refused = there.send(&sushi).await;
    assert_eq!((refused.status, refused.code()), (422, "unknown_item"));
    let other_table = program.guest("kumo-sushi", 1).await;
    assert_eq!(
        other_table.look(id).await.status,
        404,
        "nor does another table's"
    );
    assert_eq!(
        here.look("ord_00000000000000000000000000000000")
            .await
            .status,
        404
    );
}
