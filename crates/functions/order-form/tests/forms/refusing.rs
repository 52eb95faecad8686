//! What is not ordered: each mistake is said, and stores nothing.

use super::{FORM, Phone};
use std::{collections::BTreeMap, time::Duration};
use tabletap_domain::{
    ItemId, limits::BODY_BYTES_MAX, store::TableHours, takeout::WeekHours, time::UnixMillis,
};
use tabletap_session::CustomerKeys;
use tabletap_testkit::{CUSTOMER_KEY, sample};

/// Dish, fields, the field that the summary leads to, what it says, and why.
const MISTAKES: [(&str, &str, &str, &str, &str); 9] = [
    (
        "edamame",
        "quantity=1&note=keep me",
        "g.seasoning",
        "“Seasoning”: choose 1",
        "an unanswered question",
    ),
    (
        "edamame",
        "c.seasoning=salt&quantity=x",
        "quantity",
        "a quantity from 1 to 50",
        "no number",
    ),
    (
        "edamame",
        "c.seasoning=gold&quantity=1",
        "g.seasoning",
        "No longer available",
        "no such answer",
    ),
    (
        "edamame",
        "c.colour=red&c.seasoning=salt&quantity=1",
        "g.colour",
        "No longer available",
        "no such question",
    ),
    (
        "edamame",
        "c.seasoning=Gold!&quantity=1",
        "",
        "There is a problem",
        "no id at all",
    ),
    (
        "shoyu-ramen",
        "c.noodle-size=large&n.ramen-extras/egg=9&quantity=1",
        "g.ramen-extras",
        "a quantity from 1 to 2",
        "too many of one",
    ),
    (
        "shoyu-ramen",
        "c.noodle-size=large&c.ramen-extras=corn&c.ramen-extras=nori&c.ramen-extras=chilli-oil&n.ramen-extras/chashu=3&quantity=1",
        "g.ramen-extras",
        "“Extras”: please choose at most 5",
        "too many in all",
    ),
    (
        "salmon-nigiri",
        "c.served-as=nigiri&quantity=1",
        "g.served-as.nigiri.wasabi",
        "“Wasabi”: choose 1",
        "a question of an answer",
    ),
    (
        "edamame",
        "c.seasoning=salt&quantity=1&note={long}",
        "note",
        "your request to 280 characters",
        "a long story",
    ),
];

#[tokio::test]
async fn what_is_wrong_is_said_above_and_beside_its_field_and_the_form_stays_filled() {
    let phone = Phone::sushi().await;
    for (item, fields, target, says, why) in MISTAKES {
        let fields = fields.replace("{long}", &"x".repeat(281));
        let fields: Vec<(&str, &str)> = fields
            .split('&')
            .filter_map(|field| field.split_once('='))
            .collect();
        let page = phone.show(item, &fields).await;
        phone.refuses(422, &page, says).await;
        assert!(
            target.is_empty() || page.html.contains(&format!("<a href=\"#{target}\">")),
            "{why}: {page:?}"
        );
        if let Some((_, note)) = fields.iter().find(|(name, _)| *name == "note") {
            assert!(page.html.contains(note), "{why}: the note is kept");
        }
    }
}

#[tokio::test]
async fn a_dish_that_the_guest_must_not_eat_is_ordered_only_by_a_tick_for_it() {
    let phone = Phone::sushi().await;
    let fields = [("quantity", "1"), ("allergy", "sesame")];
    let page = phone.show("tuna-tataki", &fields).await;
    phone
        .refuses(422, &page, "Tuna tataki contains sesame")
        .await;
    assert_eq!(page.field("acknowledged"), "sesame");
    let more = [
        ("quantity", "1"),
        ("allergy", "sesame"),
        ("allergy", "fish"),
        ("acknowledged", "sesame"),
    ];
    let page = phone.show("tuna-tataki", &more).await;
    phone
        .refuses(422, &page, "Tuna tataki contains fish, sesame")
        .await;
    let ticked = [
        ("quantity", "1"),
        ("allergy", "sesame"),
        ("acknowledged", "sesame"),
    ];
    let price = phone.show("tuna-tataki", &ticked).await;
    assert!(
        price
            .html
            .contains("You told us you’re allergic to sesame."),
        "{price:?}"
    );
    assert_eq!(phone.post(&price.press("send")).await.status, 303);
    let (store, id) = (
        &phone.kitchen.sushi.key,
        price.field("order").parse().unwrap(),
    );
    let sealed = phone.kitchen.store.allergy_statement(store, &id).await;
    let keys = CustomerKeys::parse(CUSTOMER_KEY).unwrap();
    let said = keys.open_statement(&sealed.unwrap().unwrap(), store, &id);
    let words = &said.unwrap().lines[0].words;
    assert!(
        words.starts_with("You told us you’re allergic to sesame."),
        "{words}"
    );
}

#[tokio::test]
async fn a_combo_is_refused_for_what_a_dish_in_it_contains() {
    let phone = Phone::sushi().await;
    let fields = [
        ("quantity", "1"),
        ("c.set-ramen", "shoyu-ramen"),
        ("c.set-drink", "sencha"),
        ("allergy", "egg"),
    ];
    let page = phone.show("ramen-set", &fields).await;
    phone
        .refuses(422, &page, "Ramen and gyoza contains egg")
        .await;
}

#[tokio::test]
async fn a_removal_reads_as_one_beside_what_was_added() {
    let phone = Phone::sushi().await;
    let fields = [
        ("quantity", "1"),
        ("c.noodle-size", "large"),
        ("c.ramen-without", "egg"),
    ];
    let price = phone.show("shoyu-ramen", &fields).await;
    assert!(price.html.contains("Large · No Egg"), "{price:?}");
    let sent = phone.post(&price.press("send")).await;
    assert_eq!(sent.status, 303);
}

#[tokio::test]
async fn what_is_switched_off_meanwhile_is_not_ordered() {
    let phone = Phone::sushi().await;
    let price = phone.show("tuna-tataki", &[("quantity", "1")]).await;
    let (store, item) = (
        &phone.kitchen.sushi.key,
        ItemId::parse("tuna-tataki").unwrap(),
    );
    phone
        .kitchen
        .store
        .switch_item(store, &item, false)
        .await
        .unwrap();
    let page = phone.post(&price.press("send")).await;
    phone.refuses(422, &page, "Sold out").await;
    assert!(!page.html.contains("<form"), "there is nothing to send");
}

#[tokio::test]
async fn an_expired_session_is_renewed_by_the_code_and_a_forged_one_is_not() {
    let phone = Phone::sushi().await;
    let expired = phone
        .kitchen
        .session(&phone.kitchen.sushi.key, "t1", 1, UnixMillis(1));
    let price = phone
        .show_with(&expired, "tuna-tataki", &[("quantity", "1")])
        .await;
    assert_eq!(price.status, 200, "{price:?}");
    assert_ne!(price.field("session"), expired);
    let elsewhere = phone
        .kitchen
        .session(&phone.kitchen.sushi.key, "t2", 1, UnixMillis(i64::MAX));
    for session in ["", "nonsense", elsewhere.as_str()] {
        let page = phone
            .show_with(session, "tuna-tataki", &[("quantity", "1")])
            .await;
        phone
            .refuses(401, &page, "scan the code on your table")
            .await;
    }
}

#[tokio::test]
async fn a_press_that_nobody_could_take_is_asked_for_again_under_the_same_id() {
    let phone = Phone::sushi().await;
    let price = phone.show("tuna-tataki", &[("quantity", "1")]).await;
    phone.kitchen.corrupt("TABLE#t1", "seating").await;
    let page = phone.post(&price.press("send")).await;
    phone.refuses(500, &page, "We’re busy right now").await;
}

#[tokio::test]
async fn addresses_and_bodies_of_strangers_get_a_page_and_store_nothing() {
    let phone = Phone::sushi().await;
    let page = phone.open("no-such-dish").await;
    phone.refuses(404, &page, "no longer on the menu").await;
    let code = "code-kumo-sushi-t1-0123456789";
    for path in [
        "/m/kumo-sushi/t/code-that-leads-nowhere-1/en/order",
        "/m/kumo-sushi/t/%0d%0a/en/order",
        &format!("/m/corner-bakery/t/{code}/en/order"),
    ] {
        let mut event = sample("order-form/open");
        event["rawPath"] = path.into();
        let page = phone.send(event, ("get", FORM)).await;
        phone
            .refuses(404, &page, "We don’t recognise this code.")
            .await;
    }
    for order in [
        "nonsense",
        "ord_00000000000000000000000000000000",
        "%3Cscript%3E",
    ] {
        let page = phone.look(&format!("{}/{order}", phone.path())).await;
        phone.refuses(404, &page, "from an earlier visit").await;
    }
    let large = format!("do=show&note={}", "x".repeat(BODY_BYTES_MAX));
    for (body, status) in [
        (large.as_str(), 413),
        ("", 401),
        ("&&==%ff%00", 401),
        ("do=send", 401),
    ] {
        let page = phone.post(body).await;
        phone
            .refuses(status, &page, "We couldn’t send this order")
            .await;
    }
}

#[tokio::test]
async fn a_closed_kitchen_is_said_on_the_form_and_refuses_what_is_sent() {
    let phone = Phone::sushi().await;
    let price = phone.show("tuna-tataki", &[("quantity", "1")]).await;
    let mut store = phone.kitchen.sushi.clone();
    store.dine_in.hours = Some(TableHours {
        week: WeekHours::default(),
        holidays: BTreeMap::new(),
        last_order: Duration::ZERO,
    });
    phone.kitchen.import(&store).await;
    let page = phone.post(&price.press("send")).await;
    phone.refuses(409, &page, "The kitchen is closed.").await;
    let form = phone.open("tuna-tataki").await;
    assert_eq!(form.status, 200, "the dish can be read");
    assert!(form.html.contains("The kitchen is closed."), "{form:?}");
}
