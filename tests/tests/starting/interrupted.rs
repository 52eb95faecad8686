//! A first start that is interrupted: the next one finishes it, wherever it stood.

use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tabletap_tests::{Program, binary, eventually_within};

const STORES: [&str; 5] = [
    "bait-sidra",
    "brasa-barranco",
    "brasa-miraflores",
    "corner-bakery",
    "kumo-sushi",
];

/// A first start on `data`, and what it says.
fn begin(data: &Path, fault: &str) -> Child {
    let said = File::create(data.with_extension("said")).expect("a file");
    let errors = said.try_clone().expect("a file");
    Command::new(binary("tabletap"))
        .arg("run")
        .env("TABLETAP_DATA", data)
        .env("PORT", "0")
        .env("TABLETAP_FAULT", fault)
        .stdin(Stdio::null())
        .stdout(said)
        .stderr(errors)
        .spawn()
        .expect("the program starts")
}

async fn has_said(data: &Path, words: &str) {
    let said = data.with_extension("said");
    let look = async || {
        let said = fs::read_to_string(&said).unwrap_or_default();
        said.contains(words).then_some(())
    };
    eventually_within(Duration::from_secs(60), words, look).await;
}

/// Starts the program on what an interrupted start has left, and orders in each restaurant.
async fn starts_whole(data: tempfile::TempDir, why: &str) {
    let program = Program::start_on(data).await;
    let stores = program.get("/local/stores").await;
    let mut slugs: Vec<_> = stores
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|store| store["slug"].as_str())
        .collect();
    slugs.sort_unstable();
    assert_eq!(slugs, STORES, "{why}");
    for store in stores.as_array().expect("a list") {
        let slug = store["slug"].as_str().expect("a slug");
        for table in store["tables"].as_array().expect("tables") {
            let code = table["table_code"].as_str().expect("a code");
            assert!(code.len() > 20, "{why}: a table of {slug} has a code");
        }
        for lang in store["languages"].as_array().expect("languages") {
            let page = format!("/m/{slug}/{}/", lang.as_str().expect("a language"));
            assert_eq!(program.fetch(&page).await.status(), 200, "{why}: {page}");
        }
    }
    let order = program.guest("kumo-sushi", 0).await.order(2).await;
    let id = order["order_id"].as_str().expect("an id");
    program.await_papers(id, 1).await;
    let codes = |stores: &serde_json::Value| stores[0]["tables"][0]["table_code"].clone();
    let mut program = program;
    program.restart_after_kill().await;
    assert_eq!(
        codes(&program.get("/local/stores").await),
        codes(&stores),
        "{why}: the sticker's code"
    );
}

#[tokio::test]
async fn a_first_start_killed_at_any_of_its_steps_is_finished_by_the_next() {
    for step in [
        "starting table",
        "starting bus",
        "starting functions",
        "menu of Kumo",
        "menu of Brasa",
        "menu of Corner",
        "starting printers",
        "starting edge",
        "starting printer agents",
    ] {
        let data = tempfile::tempdir().expect("a folder");
        let mut child = begin(data.path(), "");
        has_said(data.path(), step).await;
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        starts_whole(data, step).await;
    }
}

#[tokio::test]
async fn a_first_start_that_dies_between_two_writes_is_finished_by_the_next() {
    for point in ["publish.imported", "publish.pictured"] {
        let data = tempfile::tempdir().expect("a folder");
        let mut child = begin(data.path(), &format!("{point}:crash"));
        child.wait().expect("it ends");
        starts_whole(data, point).await;
    }
}

#[tokio::test]
async fn ctrl_c_during_the_first_start_ends_it_and_leaves_what_the_next_one_finishes() {
    let data = tempfile::tempdir().expect("a folder");
    let mut child = begin(data.path(), "");
    has_said(data.path(), "menu of Brasa").await;
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.expect("kill is there").success());
    let look = async || child.try_wait().expect("it can be waited for");
    eventually_within(Duration::from_secs(30), "it ends", look).await;
    starts_whole(data, "Ctrl-C").await;
}
