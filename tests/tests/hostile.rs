//! What strangers send: refused with a clear 4xx and nothing stored, or printed correctly.

#[path = "hostile/folder.rs"]
mod folder;
#[path = "hostile/load.rs"]
mod load;
#[path = "hostile/pages.rs"]
mod pages;

use serde_json::{Value, json};
use tabletap_tests::{Guest, Program, items, line};

/// What the program says of where its parts are.
fn run(program: &Program) -> Value {
    let text = std::fs::read(program.data().join("run.json")).expect("run.json");
    serde_json::from_slice(&text).expect("JSON")
}

/// Where a part listens, as this machine's programs reach it.
fn base(run: &Value, part: &str) -> String {
    let address = run["addresses"][part].as_str().expect("an address");
    format!("http://{}", address.replace("0.0.0.0", "127.0.0.1"))
}

async fn refused(guest: &Guest, body: Vec<u8>, statuses: &[u16], why: &str) {
    let reply = guest.send_bytes(body).await;
    assert!(
        statuses.contains(&reply.status),
        "{why}: {} {}",
        reply.status,
        reply.body
    );
    assert!(!reply.code().is_empty(), "{why}: a code");
    assert!(
        reply.body["message"]
            .as_str()
            .is_some_and(|m| m.ends_with(['.', '!', '?'])),
        "{why}: a sentence"
    );
}

fn changed(body: &Value, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut body = body.clone();
    change(&mut body);
    body.to_string().into_bytes()
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[tokio::test]
async fn every_bad_cart_gets_a_clear_4xx_and_stores_nothing() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 2).await;
    let menu = guest.menu().await;
    let sold_out = items(&menu)
        .find(|item| item["available"] == false)
        .expect("a sold-out dish");
    let required = items(&menu)
        .find(|item| {
            item["available"] == true && !line(item)["choices"].as_array().is_none_or(Vec::is_empty)
        })
        .expect("a dish with a required choice");
    let good = guest.quote(guest.cart(1).await).await;
    let set = |pointer: &'static str, value: Value| {
        let good = &good;
        changed(good, move |body| {
            *body.pointer_mut(pointer).expect("a field") = value
        })
    };
    for (body, status, why) in [
        (
            changed(&good, |b| b["lines"][0]["price_minor"] = json!(1)),
            422,
            "a forged price",
        ),
        (
            set("/expected_total_minor", json!(1)),
            409,
            "a forged total",
        ),
        (
            set("/lines/0/quantity", json!(-1)),
            422,
            "a negative quantity",
        ),
        (set("/lines/0/quantity", json!(0)), 422, "no quantity"),
        (
            set("/lines/0/quantity", json!(9_990)),
            422,
            "a huge quantity",
        ),
        (
            set("/lines/0/quantity", json!(u64::MAX)),
            422,
            "a quantity that fits nowhere",
        ),
        (set("/lines/0/quantity", json!(1.5)), 422, "half a dish"),
        (
            set("/lines/0/item_id", json!("no-such-dish")),
            422,
            "an unknown item",
        ),
        (set("/lines/0", line(sold_out)), 422, "an item sold out"),
        (
            set(
                "/lines/0",
                json!({"item_id": required["id"], "quantity": 1}),
            ),
            422,
            "a missing required choice",
        ),
        (set("/lines", json!([])), 422, "nothing"),
        (
            set("/lines", Value::Array(vec![good["lines"][0].clone(); 500])),
            422,
            "five hundred lines",
        ),
        (
            set("/order_id", json!("1; DROP TABLE")),
            422,
            "an order id that is none",
        ),
        (
            changed(&good, |b| b["guest"] = json!("x".repeat(300))),
            422,
            "a name of 300 characters",
        ),
        (
            changed(&good, |b| b["note"] = json!("x".repeat(1_000_000))),
            413,
            "a body of 1 MB",
        ),
    ] {
        refused(&guest, body, &[status], why).await;
    }
    let enormous = changed(&good, |b| b["note"] = json!("x".repeat(9_000_000)));
    let reply = guest.send_bytes(enormous).await;
    let gateways_own = json!({"message": "Request Entity Too Large"});
    assert_eq!((reply.status, reply.body), (413, gateways_own));
    let nested = format!("{}{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
    for (body, why) in [
        (b"{\"order_id\":".to_vec(), "broken JSON"),
        (nested.into_bytes(), "JSON nested 5000 deep"),
        (b"{\"order_id\":\"\xff\xfe\"}".to_vec(), "bad UTF-8"),
        (Vec::new(), "nothing at all"),
        (b"\0\0\0".to_vec(), "no text"),
        (b"[1e400]".to_vec(), "a number that is none"),
    ] {
        refused(&guest, body, &[400, 422], why).await;
    }
    let id = good["order_id"].as_str().expect("an id");
    assert_eq!(
        guest.look(id).await.status,
        404,
        "nothing was stored on the way"
    );
    assert_eq!(
        guest.send(&good).await.status,
        201,
        "and the honest order goes through"
    );
}

#[tokio::test]
async fn hostile_notes_and_names_are_printed_as_harmless_words() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 4).await;
    let notes = [
        "\u{1b}@\u{1d}V\u{0}\u{1b}p\u{0}22 no onion",
        "🍣🔥👩‍🍳 très épicé",
        "مرحبا بدون بصل",
        "玉ねぎ抜きでお願いします",
        "'; DROP TABLE orders; --",
        "POSSIBLE DUPLICATE",
        "NO 🥜 PLEASE",
    ];
    let base = guest.cart(1).await;
    for note in notes {
        let mut body = base.clone();
        body["order_id"] = json!(tabletap_tests::fresh_order_id());
        body["note"] = json!(note);
        body["lines"][0]["note"] = json!(note);
        body["guest"] = json!("Zoë \u{202e}evil");
        let reply = guest.send(&guest.quote(body).await).await;
        assert_eq!(reply.status, 201, "{note:?}: {}", reply.body);
        let id = reply.body["order_id"].as_str().expect("an id");
        let papers = program.await_papers(id, 1).await;
        assert_eq!(papers.len(), 1, "{note:?}");
        assert_eq!(papers[0]["attempt"], 1);
        let text = papers[0]["text"].as_str().expect("text");
        assert!(
            text.contains("TABLE"),
            "{note:?} leaves the ticket readable:\n{text}"
        );
        assert!(!text.contains('\u{1b}'));
        if note.contains('🥜') {
            let said = text.contains("Note: NO [peanuts] PLEASE");
            assert!(said, "the allergy stands in words:\n{text}");
        }
        let unreadable = text.contains("[?]") || text.contains("needs a font");
        assert!(
            !unreadable,
            "{note:?} is drawn where the printer has no letters:\n{text}"
        );
    }
}

#[tokio::test]
async fn a_busy_table_meets_no_limit() {
    let program = Program::start().await;
    let guest = program.guest("kumo-sushi", 5).await;
    let priced = guest.quote(guest.cart(1).await).await;
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let mut body = priced.clone();
        body["order_id"] = json!(tabletap_tests::fresh_order_id());
        let guest = guest.clone();
        sends.spawn(async move { guest.send(&body).await });
    }
    let replies = sends.join_all().await;
    let mut numbers: Vec<_> = replies
        .iter()
        .map(|reply| {
            assert_eq!(reply.status, 201, "{}", reply.body);
            reply.body["number"].to_string()
        })
        .collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 100, "open orders of a store share no number");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_tips_at_once_open_a_few_payment_pages_and_the_guest_can_still_pay() {
    let program = Program::start().await;
    let diner = program.diner("kumo-sushi").await;
    let order = diner.order(&diner.cart(1).await).await;
    let tips = (0..60).map(|tip| diner.checkout(&order, tip));
    let replies = futures_util::future::join_all(tips).await;
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        let said = (reply.status, reply.code());
        assert!(
            [(429, "too_many_payment_pages"), (503, "try_again")].contains(&said),
            "{said:?}: {}",
            reply.body
        );
    }
    let ledger = program.get("/local/stripe/ledger?limit=100").await;
    let pages = ledger.as_array().expect("a list");
    assert!((1..=6).contains(&pages.len()), "{} pages", pages.len());
    let open = |page: &&Value| page["status"] == "open";
    let open: Vec<&Value> = pages.iter().filter(open).collect();
    assert!(open.len() <= 1, "one page at a time: {open:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_reserves_a_whole_table_is_seen_as_paying_and_not_as_having_paid() {
    let program = Program::start().await;
    let (guest, stranger) = (
        program.guest("kumo-sushi", 0).await,
        program.guest("kumo-sushi", 0).await,
    );
    let orders = [guest.order(1).await, guest.order(1).await];
    let total: i64 = orders
        .iter()
        .filter_map(|o| o["total_minor"].as_i64())
        .sum();
    let path = "/v1/seatings/current/checkout";
    let unasked = stranger.post(path, &json!({"lines": "all"})).await;
    assert_eq!((unasked.status, unasked.code()), (409, "confirm_others"));
    let everything = json!({"lines": "all", "for_others": true});
    let page = stranger.post(path, &everything).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let bill = guest.bill().await.body;
    assert_eq!(
        (&bill["reserved_minor"], &bill["paid_minor"]),
        (&json!(total), &json!(0)),
        "{bill}"
    );
    let own = guest.post(path, &everything).await;
    assert_eq!((own.status, own.code()), (409, "line_taken"));
    let leave = format!("{path}/leave");
    let payment = &bill["reservations"][0]["payment_id"];
    let early = guest.post(&leave, &json!({"payment_id": payment})).await;
    assert_eq!((early.status, early.code()), (409, "still_paying"));
    let left = json!({"payment_id": payment, "session_id": page.body["session_id"]});
    let left = stranger.post(&leave, &left).await;
    assert_eq!(
        (left.status, &left.body["open_minor"]),
        (200, &json!(total))
    );
    let page = guest.post(path, &everything).await;
    assert_eq!(page.status, 200, "{}", page.body);
}

/// The same cart for this time, from somebody who invents an address.
fn invented(priced: &Value, number: u32, slot: &str) -> Value {
    let mut body = Guest::picked_up(priced.clone(), Some(slot));
    body["order_id"] = json!(tabletap_tests::fresh_order_id());
    body["customer"] = json!({"name": "Nobody", "email": format!("nobody{number}@example.com")});
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_unpaid_orders_with_invented_addresses_take_nothing_from_who_pays() {
    let program = Program::start().await;
    let pickup = program.get("/v1/stores/kumo-sushi/pickup").await;
    let slots = pickup["slots"].as_array().expect("slots");
    let slot = slots[slots.len() / 2]["at"].as_str().expect("a time");
    let attacker = program.takeout_guest("kumo-sushi").await;
    let cart = Guest::picked_up(attacker.cart(1).await, Some(slot));
    let priced = attacker.quote(cart).await;
    // As many at once as a function answers within its time.
    let bodies: Vec<Value> = (0..300).map(|n| invented(&priced, n, slot)).collect();
    let mut replies = Vec::new();
    for some in bodies.chunks(25) {
        let sends = some.iter().map(|body| attacker.send(body));
        replies.extend(futures_util::future::join_all(sends).await);
    }
    let mut placed = Vec::new();
    for (reply, body) in replies.iter().zip(&bodies) {
        match (reply.status, reply.code()) {
            (201, _) => placed.push(body["order_id"].as_str().expect("an id").to_owned()),
            (429, "too_many_unpaid") | (503, "try_again") => {}
            other => panic!("{other:?}: {}", reply.body),
        }
    }
    // Two windows, should the rush have crossed their border.
    assert!((1..=60).contains(&placed.len()), "{} of 300", placed.len());
    let pay = async |guest: &Guest, order: &str| {
        let path = format!("/v1/orders/{order}/checkout");
        guest.post(&path, &json!({"tip_minor": 0})).await
    };
    for order in &placed {
        let reply = pay(&attacker, order).await;
        assert!(matches!(reply.status, 200 | 409 | 503), "{}", reply.body);
    }

    // Somebody who wants to eat: refused what is being paid for, offered the other times, and served.
    let guest = program.takeout_guest_from("kumo-sushi", "192.0.2.7").await;
    let wanted = guest.send(&invented(&priced, 1_000, slot)).await;
    assert_eq!(wanted.status, 201, "{}", wanted.body);
    let refused = pay(&guest, wanted.body["order_id"].as_str().expect("an id")).await;
    assert_eq!((refused.status, refused.code()), (409, "slot_taken"));
    let other = refused.body["slots"][0].as_str().expect("another time");
    let again = guest.send(&invented(&priced, 1_000, other)).await;
    assert_eq!(again.status, 201, "{}", again.body);
    let id = again.body["order_id"].as_str().expect("an id");
    let page = pay(&guest, id).await;
    assert_eq!(page.status, 200, "{}", page.body);
    program
        .pay(page.body["session_id"].as_str().expect("a session"), "paid")
        .await;
    tabletap_tests::eventually_within(
        std::time::Duration::from_secs(60),
        "the honest order is placed",
        async || (guest.look(id).await.body["status"] == "placed").then_some(()),
    )
    .await;
    let full = program.get("/v1/stores/kumo-sushi/pickup").await;
    let full = full["slots"].as_array().expect("slots").iter();
    let full = full.filter(|slot| slot["available"] == false).count();
    assert!(
        full <= 1,
        "one time at most was kept, for two minutes: {full}"
    );
}
