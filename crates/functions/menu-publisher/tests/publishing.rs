//! A changed menu becomes the files that phones read, and nothing older ever takes their place.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lambda_runtime::LambdaEvent;
use menu_publisher::{Config, MenuPublisher};
use serde_json::{Value, json};
use tabletap_domain::ItemId;
use tabletap_runtime::{Env, batch::QueueBatch};
use tabletap_testkit::{Bucket, Kitchen, context, sample};

const DATA: &str = "menus/kumo-sushi/en.json";
const PAGE: &str = "m/kumo-sushi/en/index.html";

async fn open() -> (Kitchen, Bucket, MenuPublisher) {
    let (kitchen, bucket) = (Kitchen::open().await, Bucket::default());
    let sdk = kitchen.sdk_with("S3", bucket.serve().await);
    let config = Config::from_env(Env::new(&kitchen.env())).unwrap();
    let publisher = MenuPublisher::new(config, &sdk);
    (kitchen, bucket, publisher)
}

/// The ids of the messages that failed.
async fn publish(function: &MenuPublisher, event: Value) -> Vec<String> {
    let event: QueueBatch = serde_json::from_value(event).unwrap();
    let answer = function.handle(LambdaEvent::new(event, context())).await;
    let failures = answer.unwrap().batch_item_failures.into_iter();
    failures
        .filter_map(|failure| failure.item_identifier)
        .collect()
}

fn changed() -> Value {
    sample("menu-publisher/menu-changed")
}

fn edamame() -> ItemId {
    ItemId::parse("edamame").unwrap()
}

/// Whether data and page say that edamame can be had; panics where they disagree.
fn is_sold(bucket: &Bucket) -> bool {
    let objects = bucket.objects();
    let data: Value = serde_json::from_str(&objects[DATA].text).unwrap();
    let mut items = data["categories"].as_array().unwrap().iter();
    let items = items.find_map(|c| {
        c["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["id"] == "edamame")
    });
    let in_data = items.unwrap()["available"] == true;
    let page = &objects[PAGE].text;
    let dish = page
        .split("<li class=\"dish")
        .find(|dish| dish.contains("data-item=\"edamame\""));
    let on_page = !dish.unwrap().split('>').next().unwrap().contains(" out");
    assert_eq!(in_data, on_page);
    in_data
}

#[tokio::test]
async fn a_changed_menu_is_written_for_each_language_once_for_ever_and_once_for_now() {
    let (kitchen, bucket, function) = open().await;
    assert_eq!(publish(&function, changed()).await, [""; 0]);
    let version = kitchen.sushi_menu.version.to_string();
    let mut expected = vec!["menus/kumo-sushi/icon.svg".to_owned()];
    for lang in ["en", "ja"] {
        expected.push(format!("m/kumo-sushi/{lang}/app.webmanifest"));
        expected.push(format!("m/kumo-sushi/{lang}/index.html"));
        expected.push(format!("menus/kumo-sushi/{lang}.json"));
        expected.push(format!("menus/kumo-sushi/v/{version}/{lang}.html"));
        expected.push(format!("menus/kumo-sushi/v/{version}/{lang}.json"));
    }
    expected.sort();
    let objects = bucket.objects();
    assert_eq!(
        objects.keys().collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );
    assert_eq!(objects[DATA].content_type, "application/json");
    assert_eq!(objects[PAGE].content_type, "text/html; charset=utf-8");
    let own = format!("menus/kumo-sushi/v/{version}/en.html");
    assert!(objects[&own].cache_control.contains("immutable"));
    let order = bucket.take_written();
    let first = |path: &str| {
        order
            .iter()
            .position(|written| written.contains(path))
            .unwrap()
    };
    assert!(
        first("/v/") < first("en.json") || order[0].contains("/v/"),
        "versions first"
    );
    for (before, after) in [
        ("icon.svg", "app.webmanifest"),
        ("menus/kumo-sushi/ja.json", PAGE),
        ("ja/app.webmanifest", PAGE),
    ] {
        assert!(first(before) < first(after), "{before} before {after}");
    }
}

#[tokio::test]
async fn the_same_fact_again_writes_nothing() {
    let (_kitchen, bucket, function) = open().await;
    publish(&function, changed()).await;
    bucket.take_written();
    assert_eq!(publish(&function, changed()).await, [""; 0]);
    assert_eq!(
        publish(&function, sample("menu-publisher/store-changed")).await,
        [""; 0]
    );
    assert_eq!(bucket.take_written(), [""; 0]);
}

#[tokio::test]
async fn a_dish_switched_off_changes_the_copies_and_no_versions_own_file() {
    let (kitchen, bucket, function) = open().await;
    publish(&function, changed()).await;
    bucket.take_written();
    kitchen
        .store
        .switch_item(&kitchen.sushi.key, &edamame(), false)
        .await
        .unwrap();
    publish(&function, changed()).await;
    assert!(!is_sold(&bucket));
    let mut written = bucket.take_written();
    written.sort();
    assert_eq!(
        written,
        [
            "m/kumo-sushi/en/index.html",
            "m/kumo-sushi/ja/index.html",
            "menus/kumo-sushi/en.json",
            "menus/kumo-sushi/ja.json"
        ]
    );
}

#[tokio::test]
async fn a_publisher_that_was_overtaken_leaves_what_the_newer_one_wrote() {
    let (kitchen, bucket, function) = open().await;
    publish(&function, changed()).await;
    kitchen
        .store
        .switch_item(&kitchen.sushi.key, &edamame(), false)
        .await
        .unwrap();
    // This one has read "off"; before it writes, the dish is back, and another one has published that.
    let (store, key, other) = (
        kitchen.store.clone(),
        kitchen.sushi.key.clone(),
        function.clone(),
    );
    bucket.interrupt(DATA, async move {
        store.switch_item(&key, &edamame(), true).await.unwrap();
        // As in Lambda its future stays on one thread.
        let runtime = tokio::runtime::Handle::current();
        let publish = move || runtime.block_on(publish(&other, changed()));
        tokio::task::spawn_blocking(publish).await.unwrap();
    });
    assert_eq!(publish(&function, changed()).await, [""; 0]);
    assert!(is_sold(&bucket));
}

#[tokio::test]
async fn a_menu_that_changes_while_it_is_published_is_published_again() {
    let (kitchen, bucket, function) = open().await;
    let (store, key) = (kitchen.store.clone(), kitchen.sushi.key.clone());
    bucket.interrupt(PAGE, async move {
        store.switch_item(&key, &edamame(), false).await.unwrap();
    });
    assert_eq!(publish(&function, changed()).await, [""; 0]);
    assert!(!is_sold(&bucket));
}

#[tokio::test]
async fn what_cannot_be_read_fails_alone_and_what_cannot_be_written_comes_again() {
    let (_kitchen, bucket, function) = open().await;
    let mut event = sample("menu-publisher/malformed");
    let records = event["Records"].as_array_mut().unwrap();
    let poison = records[0]["messageId"].as_str().unwrap().to_owned();
    records.push(changed()["Records"][0].clone());
    assert_eq!(publish(&function, event).await, [poison]);
    assert!(is_sold(&bucket), "the other message is done");

    let (_kitchen, bucket, function) = open().await;
    bucket.set_unavailable(true);
    let id = changed()["Records"][0]["messageId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(publish(&function, changed()).await, [id]);
    assert!(bucket.objects().is_empty());
    bucket.set_unavailable(false);
    assert_eq!(publish(&function, changed()).await, [""; 0]);
    assert!(is_sold(&bucket));
}

#[tokio::test]
async fn a_store_that_sells_nothing_yet_has_no_pages() {
    let (_kitchen, bucket, function) = open().await;
    let mut event = changed();
    let body = json!({"detail-type": "store.changed",
        "detail": {"v": 1, "id": "x", "tenant": "somebody", "store": "else"}});
    event["Records"][0]["body"] = body.to_string().into();
    assert_eq!(publish(&function, event).await, [""; 0]);
    assert!(bucket.objects().is_empty());
}
