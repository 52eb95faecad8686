//! A menu on its way to the phone: what the table says is on the page within half a minute, and looking at it costs no function.

use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::Path, time::Duration};
use tabletap_tests::{Program, eventually, eventually_within, items};

const SOON: Duration = Duration::from_secs(30);

/// Whether page and data of the sushi bar say that a dish can be had; none while they disagree.
async fn is_sold(program: &Program, dish: &str) -> Option<bool> {
    let menu = program.get("/menus/kumo-sushi/en.json").await;
    let in_data = items(&menu).find(|item| item["id"] == dish)?["available"] == true;
    let page = text(program, "/m/kumo-sushi/en/").await;
    let mark = format!("data-item=\"{dish}\"");
    let on_page = page
        .split("<li class=\"dish")
        .find(|part| part.contains(&mark))?;
    let on_page = !on_page.split('>').next()?.contains(" out");
    (in_data == on_page).then_some(in_data)
}

async fn text(program: &Program, path: &str) -> String {
    let reply = reqwest::get(format!("{}{path}", program.url())).await;
    let reply = reply.expect("the program answers");
    assert_eq!(reply.status(), 200, "{path}");
    reply.text().await.expect("text")
}

fn switch(program: &Program, dish: &str, to: &str) {
    let output = program.command(&["item", to, dish, "--store", "kumo-sushi"]);
    assert!(output.status.success(), "{output:?}");
}

async fn eventually_sold(program: &Program, dish: &str, expected: bool) {
    let what = format!("{dish} is {}", if expected { "back" } else { "off" });
    eventually_within(SOON, &what, async || {
        (is_sold(program, dish).await == Some(expected)).then_some(())
    })
    .await;
}

/// How often each function was invoked.
async fn invocations(program: &Program) -> BTreeMap<String, u64> {
    let run = fs::read_to_string(program.data().join("run.json")).expect("run.json");
    let run: Value = serde_json::from_str(&run).expect("JSON");
    let address = run["addresses"]["functions"].as_str().expect("an address");
    let health: Value = program
        .fetch(&format!("http://{address}/health"))
        .await
        .json()
        .await
        .expect("JSON");
    let functions = health["functions"].as_array().expect("a list");
    functions
        .iter()
        .map(|f| {
            let name = f["name"].as_str().expect("a name").to_owned();
            (name, f["invocations"].as_u64().expect("a count"))
        })
        .collect()
}

#[tokio::test]
async fn a_dish_switched_off_is_off_page_and_data_soon_and_no_other_store_is_written() {
    let program = Program::start().await;
    let others = program.data().join("site/m/corner-bakery/en/index.html");
    let written = || {
        fs::metadata(&others)
            .and_then(|file| file.modified())
            .expect("a page")
    };
    let before = written();
    eventually_sold(&program, "edamame", true).await;
    switch(&program, "edamame", "off");
    eventually_sold(&program, "edamame", false).await;
    switch(&program, "edamame", "on");
    eventually_sold(&program, "edamame", true).await;
    assert_eq!(written(), before);
}

#[tokio::test]
async fn a_changed_price_is_a_new_version_soon_and_the_old_one_stays_where_it_was() {
    let program = Program::start().await;
    let menu = program.get("/menus/kumo-sushi/en.json").await;
    let old = format!(
        "/menus/kumo-sushi/v/{}/en",
        menu["version"].as_str().expect("a version")
    );
    let dearer =
        include_str!("../../demo/kumo-sushi.yaml").replacen("price: 6.00", "price: 6.25", 1);
    let file = program.data().join("dearer.yaml");
    fs::write(&file, &dearer).expect("a file");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/images");
    symlink(demo, program.data().join("images")).expect("a link");
    assert!(
        dearer.contains("price: 6.25"),
        "the demo has a dish for 6.00"
    );
    let path = file.to_str().expect("text");
    let output = program.command(&["menu", "publish", path]);
    assert!(output.status.success(), "{output:?}");
    let new = eventually_within(SOON, "another version", async || {
        let now = program.get("/menus/kumo-sushi/en.json").await;
        (now["version"] != menu["version"]).then_some(now)
    })
    .await;
    assert_eq!(program.get(&format!("{old}.json")).await, menu, "unchanged");
    let version = new["version"].as_str().expect("a version");
    eventually("the page of the version", async || {
        let page = text(&program, "/m/kumo-sushi/en/").await;
        page.contains(version).then_some(())
    })
    .await;
    let own = reqwest::get(format!("{}{old}.html", program.url()))
        .await
        .expect("an answer");
    assert_eq!(
        own.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
    let now = reqwest::get(format!("{}/m/kumo-sushi/en/", program.url()))
        .await
        .expect("an answer");
    assert_eq!(
        now.headers()["cache-control"],
        "public, max-age=5, stale-while-revalidate=10"
    );
    assert!(now.headers().contains_key("etag"));
}

#[tokio::test]
async fn kill_9_anywhere_between_the_table_and_the_page_only_delays_the_page() {
    for point in ["event-relay.put", "menu-publisher.version-written"] {
        let mut program = Program::start().await;
        eventually_sold(&program, "edamame", true).await;
        let armed = program
            .post("/local/faults", &json!({"name": point, "fault": "crash"}))
            .await;
        assert_eq!(armed, 200);
        // The command may see its program die.
        let _ = program.command(&["item", "off", "edamame", "--store", "kumo-sushi"]);
        program.await_end().await;
        program.restart_after_kill().await;
        eventually_sold(&program, "edamame", false).await;
    }
    // And with no fault at all: the program is killed in the moment the table is written.
    let mut program = Program::start().await;
    switch(&program, "edamame", "off");
    program.restart_after_kill().await;
    eventually_sold(&program, "edamame", false).await;
}

#[tokio::test]
async fn looking_at_a_menu_invokes_no_function() {
    let program = Program::start().await;
    // What the start itself asks of functions is over first.
    let queues = async || {
        let queues = program.get("/local/queues").await;
        let all = queues.as_array().expect("a list").iter();
        let busy = all
            .filter(|q| q["waiting"] != 0 || q["in_flight"] != 0)
            .count();
        (busy == 0).then_some(())
    };
    eventually("every publication is done", queues).await;
    eventually("the first sweep is done", async || {
        (invocations(&program).await["sweeper"] > 0).then_some(())
    })
    .await;
    let before = invocations(&program).await;
    assert!(
        before["menu-publisher"] > 0 && before["event-relay"] > 0,
        "the counts count"
    );
    let menu = program.get("/menus/kumo-sushi/en.json").await;
    let page = text(&program, "/m/kumo-sushi/en/").await;
    assert!(page.contains("Edamame"));
    let picture = items(&menu)
        .find_map(|item| item["image"].as_str())
        .expect("a picture");
    text(&program, picture).await;
    for asset in page.split("/assets/").skip(1) {
        let name = asset.split('"').next().expect("a name");
        let address = format!("{}/assets/{name}", program.url());
        reqwest::get(address).await.expect("the program answers");
    }
    for lang in ["en", "ja"] {
        text(&program, &format!("/m/kumo-sushi/{lang}/")).await;
        text(&program, &format!("/menus/kumo-sushi/{lang}.json")).await;
    }
    let mut after = invocations(&program).await;
    // The only one that the clock invokes.
    after.insert("sweeper".to_owned(), before["sweeper"]);
    assert_eq!(after, before);
    let code = program.table_code("kumo-sushi", 0).await;
    reqwest::get(format!("{}/t/{code}", program.url()))
        .await
        .expect("the program answers");
    let scanned = invocations(&program).await;
    assert_eq!(
        scanned["table-session"],
        before["table-session"] + 1,
        "the sticker's redirect is one"
    );
}
