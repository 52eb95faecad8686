//! A takeout order: validated customer and time, nothing for the kitchen, and nobody named outside the sealed row.

use super::{Counter, ORDER, body_with, far, past};
use serde_json::{Value, json};
use tabletap_domain::{GuestSessionId, OrderId, time::UnixMillis};
use tabletap_opening::Opening;
use tabletap_runtime::clock::now_ms;
use tabletap_session::{CustomerKeys, Scope};
use tabletap_testkit::{CUSTOMER_KEY, assert_contract, http, reply, sample};
use tabletap_wire::time::rfc3339;

impl Counter {
    pub(crate) fn takeout(&self, number: u32, expires_at: UnixMillis) -> String {
        let session = GuestSessionId::parse(&format!("tos_{number:032x}")).unwrap();
        let scope = Scope::Takeout { session };
        self.kitchen
            .session_for(&self.kitchen.sushi.key, scope, expires_at)
    }

    /// A slot that is to be had for a while.
    pub(crate) fn slot(&self) -> String {
        let opening = Opening::of(&self.kitchen.sushi).unwrap().unwrap();
        let slots = opening.pickup(UnixMillis(now_ms())).slots;
        rfc3339(slots[slots.len() / 2])
    }
}

fn ada() -> Value {
    json!({"name": "Ada Example", "email": "ada@example.com", "phone": "+1 212 555 0199"})
}

pub(crate) fn wanted(fields: &Value) -> String {
    let mut all = json!({"customer": ada(), "pickup": {"when": "asap"}, "guest": null});
    let more = fields.as_object().unwrap().clone();
    all.as_object_mut().unwrap().extend(more);
    body_with(all)
}

#[tokio::test]
async fn the_sample_of_takeout_is_an_order() {
    let counter = Counter::open().await;
    let event = http(sample("cart-intake/order.takeout"));
    let response = counter.function.handle(event).await.unwrap();
    assert_contract("post", "/v1/orders", &response);
    let (status, order) = reply(&response);
    assert_eq!(
        (status, &order["status"]),
        (201, &json!("awaiting_payment")),
        "{order:#}"
    );
}

#[tokio::test]
async fn a_takeout_order_waits_for_its_payment_and_the_same_body_is_the_same_order() {
    let counter = Counter::open().await;
    let (session, slot) = (counter.takeout(1, far()), counter.slot());
    let body = wanted(&json!({"pickup": {"at": slot}}));
    let (status, order) = counter.send(&session, body.clone()).await;
    assert_eq!(status, 201, "{order:#}");
    assert_eq!(order["order_type"], "takeout");
    assert_eq!(order["status"], "awaiting_payment");
    assert_eq!(order["payment"]["status"], "pending");
    assert_eq!(order["table"], Value::Null);
    assert_eq!(
        order["pickup"],
        json!({"when": "at", "at": slot, "ready_at": null})
    );
    let before = counter.kitchen.rows().await;
    let (status, again) = counter.send(&session, body).await;
    assert_eq!((status, again), (200, order));
    assert_eq!(counter.kitchen.rows().await, before);
    // A late resend of a session that ran out is answered all the same.
    let expired = counter.takeout(1, past());
    let (status, _) = counter
        .send(&expired, wanted(&json!({"pickup": {"at": slot}})))
        .await;
    assert_eq!(status, 200);
    let other = wanted(
        &json!({"pickup": {"at": slot}, "customer": {"name": "Bob", "phone": "212 555 0101"}}),
    );
    let (status, refusal) = counter.refused(&session, other).await;
    assert_eq!(
        (status, refusal["code"].as_str()),
        (409, Some("order_id_taken"))
    );
    let stranger = counter.takeout(2, far());
    let (status, refusal) = counter
        .refused(&stranger, wanted(&json!({"pickup": {"at": slot}})))
        .await;
    assert_eq!(
        (status, refusal["code"].as_str()),
        (403, Some("order_not_yours"))
    );
}

#[tokio::test]
async fn who_picks_it_up_stands_in_the_sealed_row_and_nowhere_else() {
    let counter = Counter::open().await;
    let session = counter.takeout(1, far());
    let (status, answer) = counter.send(&session, wanted(&json!({}))).await;
    assert_eq!(status, 201, "{answer:#}");
    let told = format!("{answer} {:?}", counter.kitchen.rows().await);
    for secret in ["Ada Example", "ada@example.com", "5550199", "555 0199"] {
        assert!(!told.contains(secret), "{secret}");
    }
    let (key, id) = (&counter.kitchen.sushi.key, OrderId::parse(ORDER).unwrap());
    let sealed = counter
        .kitchen
        .store
        .customer(key, &id)
        .await
        .unwrap()
        .unwrap();
    let keys = CustomerKeys::parse(CUSTOMER_KEY).unwrap();
    let customer = keys.open(&sealed, key, &id).unwrap();
    assert_eq!(customer.name, "Ada Example");
    assert_eq!(customer.email.unwrap().as_str(), "ada@example.com");
    assert_eq!(customer.phone.unwrap().as_str(), "+12125550199");
}

/// A field, and what its refusal says: status, code and field.
type Wrong = (Value, u16, &'static str, &'static str, &'static str);

#[rustfmt::skip]
fn wrong() -> Vec<Wrong> {
    vec![
        (json!({"customer": null}), 422, "invalid_field", "customer", "nobody"),
        (json!({"pickup": null}), 422, "invalid_field", "pickup", "no time"),
        (json!({"pickup": {"when": "soon"}}), 422, "invalid_field", "pickup", "another word"),
        (json!({"pickup": {"at": "19:30"}}), 422, "invalid_field", "pickup.at", "no full time"),
        (json!({"pickup": {"at": "2020-01-01T12:00:00Z"}}), 409, "pickup_unavailable", "pickup", "long past"),
        (json!({"pickup": {"at": rfc3339(UnixMillis(now_ms() + 3_600_123))}}), 409, "pickup_unavailable", "pickup", "no slot"),
        (json!({"customer": {"name": " ", "email": "a@example.com"}}), 422, "name_missing", "customer.name", "no name"),
        (json!({"customer": {"name": "Ada"}}), 422, "contact_missing", "customer.email", "no way to reach her"),
        (json!({"customer": {"name": "Ada", "email": "ada"}}), 422, "email_invalid", "customer.email", "no address"),
        (json!({"customer": {"name": "Ada", "phone": "me"}}), 422, "phone_invalid", "customer.phone", "no number"),
        (json!({"customer": {"name": "Ada", "nick": "A"}}), 422, "invalid_field", "customer.nick", "an unknown field"),
    ]
}

#[tokio::test]
async fn what_is_wrong_with_a_takeout_order_is_told_and_nothing_is_stored() {
    let counter = Counter::open().await;
    let session = counter.takeout(1, far());
    for (fields, status, code, field, why) in wrong() {
        let (got, refusal) = counter.refused(&session, wanted(&fields)).await;
        let (told, at) = (refusal["code"].as_str(), refusal["field"].as_str());
        assert_eq!(
            (got, told, at),
            (status, Some(code), Some(field)),
            "{why}: {refusal:#}"
        );
    }
    let ended = counter.takeout(1, past());
    let (status, refusal) = counter.refused(&ended, wanted(&json!({}))).await;
    assert_eq!(
        (status, refusal["code"].as_str()),
        (401, Some("session_expired"))
    );
    let order = OrderId::parse(ORDER).unwrap();
    let link = Scope::Order { order };
    let link = counter
        .kitchen
        .session_for(&counter.kitchen.sushi.key, link, far());
    let (status, refusal) = counter.refused(&link, wanted(&json!({}))).await;
    assert_eq!(
        (status, refusal["code"].as_str()),
        (403, Some("session_read_only"))
    );
    let at_table = counter.session("t1", 1);
    let (status, refusal) = counter.refused(&at_table, wanted(&json!({}))).await;
    assert_eq!((status, refusal["field"].as_str()), (422, Some("customer")));
}

#[tokio::test]
async fn a_store_without_takeout_and_a_closed_one_say_so() {
    let counter = Counter::open().await;
    let session = GuestSessionId::parse(&format!("tos_{:032x}", 1)).unwrap();
    let scope = Scope::Takeout { session };
    let bakery = counter
        .kitchen
        .session_for(&counter.kitchen.bakery.key, scope, far());
    let (status, refusal) = counter.refused(&bakery, wanted(&json!({}))).await;
    assert_eq!(
        (status, refusal["code"].as_str()),
        (409, Some("takeout_unavailable"))
    );

    // The sushi bar, shut today and the days around.
    let mut shut = counter.kitchen.sushi.clone();
    let rules = shut.takeout.as_mut().unwrap();
    let day_ms = 24 * 3_600_000;
    for day in -2..=1 {
        let date = rfc3339(UnixMillis(now_ms() + day * day_ms));
        rules
            .holidays
            .insert(date[..10].parse().unwrap(), Vec::new());
    }
    counter.kitchen.import(&shut).await;
    let (status, refusal) = counter
        .refused(&counter.takeout(1, far()), wanted(&json!({})))
        .await;
    assert_eq!(
        (status, refusal["code"].as_str()),
        (409, Some("store_closed"))
    );
    assert!(refusal["opens_at"].is_string(), "{refusal:#}");
}

/// A house that sells a sauce for nothing, a mint for less than any payment, and a tea.
fn corner(currency: &str, mint: &str, tea: &str) -> String {
    let slug = currency.to_lowercase();
    format!(
        "store:
  slug: corner-{slug}
  tenant: tests
  name: Corner
  languages: [en]
  currency: {currency}
  time_zone: America/New_York
  accent: \"#7a4a12\"
  house_rule: open
  tax: {{prices: inclusive, categories: {{food: []}}}}
  stations: [{{id: hot, name: Kitchen, printer: hot-1, agent: pc}}]
  tables: [{{id: t1, name: Table 1}}]
  payments: {{account: sushi}}
  takeout: {{hours: {{daily: [00:00-24:00]}}, preparation_minutes: 10, slot_minutes: 15, capacity: 3, days_ahead: 1, late: refund}}
categories:
  - id: main
    name: Main
    items:
      - {{id: sauce, name: Free sauce, price: 0}}
      - {{id: mint, name: Mint, price: {mint}}}
      - {{id: tea, name: Tea, price: {tea}}}
"
    )
}

#[tokio::test]
async fn takeout_that_nobody_could_pay_is_refused_before_it_is_placed() {
    let counter = Counter::open().await;
    for (currency, mint, tea, least) in [
        ("USD", "0.30", "0.50", "$0.50"),
        ("JPY", "49", "50", "¥50"),
        ("KWD", "0.190", "0.200", "KWD\u{a0}0.200"),
    ] {
        let house = counter
            .kitchen
            .open_store_from(&corner(currency, mint, tea))
            .await;
        let session = GuestSessionId::parse(&format!("tos_{:032x}", 1)).unwrap();
        let scope = Scope::Takeout { session };
        let session = counter.kitchen.session_for(&house.key, scope, far());
        let minor = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
        let order = |items: &[&str], total: i64| {
            let lines: Vec<Value> = items
                .iter()
                .map(|item| json!({"item_id": item, "quantity": 1}))
                .collect();
            let id = format!(
                "ord_{:032x}",
                total + i64::try_from(currency.len()).unwrap()
            );
            wanted(
                &json!({"order_id": id, "lines": lines, "allergies": [], "expected_total_minor": total}),
            )
        };
        for (items, total) in [(vec!["sauce"], 0), (vec!["mint"], minor(mint))] {
            let (status, refusal) = counter.refused(&session, order(&items, total)).await;
            assert_eq!(
                (status, &refusal["code"], &refusal["field"]),
                (422, &json!("below_minimum"), &json!("lines")),
                "{currency}: {refusal}"
            );
            let says = format!("Please add something: pickup orders start at {least}.");
            assert_eq!(refusal["message"], says);
        }
        let enough = order(&["sauce", "tea"], minor(tea));
        let (status, placed) = counter.send(&session, enough).await;
        assert_eq!(status, 201, "{currency}: {placed}");
    }
}

#[tokio::test]
async fn at_a_table_a_dish_may_cost_nothing() {
    let counter = Counter::open().await;
    let house = counter
        .kitchen
        .open_store_from(&corner("USD", "0.30", "0.50"))
        .await;
    let session = counter.kitchen.session(&house.key, "t1", 1, far());
    let lines = json!([{"item_id": "sauce", "quantity": 1}]);
    let body = body_with(json!({"lines": lines, "allergies": [], "expected_total_minor": 0}));
    let (status, placed) = counter.send(&session, body).await;
    assert_eq!(
        (status, &placed["total_minor"]),
        (201, &json!(0)),
        "{placed}"
    );
}
