//! Takeout: a session by the store's name, and when an order can be picked up.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lambda_http::{Body, Response};
use serde_json::{Value, json};
use table_session::{Config, TableSession};
use tabletap_domain::{order::PickupWish, time::UnixMillis};
use tabletap_runtime::{Env, clock::now_ms};
use tabletap_session::{Scope, SessionKeys};
use tabletap_testkit::{Kitchen, SESSION_KEY, assert_contract, http, reply, sample};

async fn ask(kitchen: &Kitchen, event: Value) -> Response<Body> {
    let config = Config::from_env(Env::new(&kitchen.env())).unwrap();
    let function = TableSession::new(config, &kitchen.sdk);
    let before = kitchen.rows().await;
    let response = function.handle(http(event)).await.unwrap();
    assert_eq!(kitchen.rows().await, before, "it writes nothing");
    response
}

async fn start(kitchen: &Kitchen, body: &Value) -> (u16, Value) {
    let mut event = sample("table-session/session");
    event["isBase64Encoded"] = false.into();
    event["body"] = body.to_string().into();
    let response = ask(kitchen, event).await;
    assert_contract("post", "/v1/sessions", &response);
    reply(&response)
}

async fn pickup(kitchen: &Kitchen, slug: &str) -> (u16, Value) {
    let mut event = sample("table-session/pickup");
    event["rawPath"] = format!("/v1/stores/{slug}/pickup").into();
    let response = ask(kitchen, event).await;
    assert_contract("get", "/v1/stores/{slug}/pickup", &response);
    if response.status() == 200 {
        assert_eq!(response.headers()["cache-control"], "public, max-age=10");
    }
    reply(&response)
}

#[tokio::test]
async fn a_takeout_session_is_its_guests_own_and_outlives_the_meal() {
    let kitchen = Kitchen::open().await;
    let wanted: Value = sample("table-session/session.takeout")["body"]
        .as_str()
        .and_then(|body| serde_json::from_str(body).ok())
        .unwrap();
    let (status, first) = start(&kitchen, &wanted).await;
    assert_eq!(status, 201, "{first:#}");
    assert_eq!(
        (&first["mode"], &first["store"]["slug"]),
        (&json!("takeout"), &json!("kumo-sushi"))
    );
    assert_eq!((first.get("table"), first.get("seating")), (None, None));
    let (_, second) = start(&kitchen, &wanted).await;
    let keys = SessionKeys::parse(SESSION_KEY).unwrap();
    let read = |answer: &Value| keys.verify(answer["session"].as_str().unwrap()).unwrap();
    let (first, second) = (read(&first), read(&second));
    assert!(matches!(first.scope, Scope::Takeout { .. }));
    assert_ne!(first.scope, second.scope, "each phone has its own");
    assert_eq!(first.store, kitchen.sushi.key);
    let hours = (first.expires_at.0 - now_ms()) / 3_600_000;
    assert!((719..=720).contains(&hours), "{hours}");
}

#[tokio::test]
async fn what_is_no_takeout_is_refused() {
    let kitchen = Kitchen::open().await;
    for (body, status, code, why) in [
        (
            json!({"store": "kumo-sushi", "mode": "delivery"}),
            422,
            "invalid_field",
            "not sold",
        ),
        (
            json!({"store": "kumo-sushi"}),
            422,
            "invalid_field",
            "what for?",
        ),
        (json!({"mode": "takeout"}), 422, "invalid_field", "where?"),
        (
            json!({"store": "kumo-sushi", "mode": "takeout", "table_code": "x"}),
            422,
            "invalid_field",
            "both",
        ),
        (
            json!({"store": "nowhere", "mode": "takeout"}),
            404,
            "unknown_store",
            "no such store",
        ),
        (
            json!({"store": "No Slug!", "mode": "takeout"}),
            404,
            "unknown_store",
            "no slug at all",
        ),
        (
            json!({"store": "corner-bakery", "mode": "takeout"}),
            409,
            "takeout_unavailable",
            "sells none",
        ),
    ] {
        let (got, refusal) = start(&kitchen, &body).await;
        assert_eq!(
            (got, refusal["code"].as_str()),
            (status, Some(code)),
            "{why}"
        );
    }
    for (slug, status, code) in [
        ("nowhere", 404, "unknown_store"),
        ("corner-bakery", 409, "takeout_unavailable"),
    ] {
        let (got, refusal) = pickup(&kitchen, slug).await;
        assert_eq!(
            (got, refusal["code"].as_str()),
            (status, Some(code)),
            "{slug}"
        );
    }
}

#[tokio::test]
async fn the_slots_of_a_store_say_which_are_full() {
    let kitchen = Kitchen::open().await;
    let (status, open) = pickup(&kitchen, "kumo-sushi").await;
    assert_eq!(status, 200, "{open:#}");
    assert_eq!(
        (&open["state"], &open["time_zone"]),
        (&json!("open"), &json!("America/New_York"))
    );
    assert_eq!(open["asap"]["available"], true);
    let slots = open["slots"].as_array().unwrap();
    assert!(
        slots.len() > 2 * 24 * 4,
        "two days and what is left of today: {}",
        slots.len()
    );
    assert!(slots.iter().all(|slot| slot["available"] == true));

    let slot = slots[slots.len() - 1]["at"].as_str().unwrap();
    let start = tabletap_wire::time::parse(slot).unwrap();
    let capacity = kitchen.sushi.takeout.as_ref().unwrap().capacity;
    for number in 0..capacity {
        let id = format!("ord_{number:032x}");
        let order = kitchen
            .order_takeout(&id, PickupWish::At(start), UnixMillis(now_ms()))
            .await;
        assert!(kitchen.store.retake_slot(&order, capacity).await.unwrap());
    }
    let (_, open) = pickup(&kitchen, "kumo-sushi").await;
    let full: Vec<&Value> = open["slots"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|slot| slot["available"] == false)
        .collect();
    assert_eq!(full, [&json!({"at": slot, "available": false})]);
}

#[tokio::test]
async fn while_the_kitchen_cannot_be_reached_nothing_can_be_chosen_and_the_page_can_say_why() {
    let kitchen = Kitchen::open().await;
    let key = &kitchen.sushi.key;
    let soon = UnixMillis(now_ms() + 60_000);
    kitchen.store.note_kitchen(key, Some(soon)).await.unwrap();
    let (status, off) = pickup(&kitchen, "kumo-sushi").await;
    assert_eq!(
        (status, &off["state"], &off["kitchen_unreachable"]),
        (200, &json!("open"), &json!(true))
    );
    assert_eq!(off["asap"], json!({"available": false, "ready_at": null}));
    let slots = off["slots"].as_array().unwrap();
    assert!(slots.iter().all(|slot| slot["available"] == false));
    kitchen.store.note_kitchen(key, None).await.unwrap();
    let (_, open) = pickup(&kitchen, "kumo-sushi").await;
    assert_eq!(open["asap"]["available"], true);
    assert_eq!(open.get("kitchen_unreachable"), None);
}
