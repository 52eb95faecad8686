//! The local Stripe as Stripe's own SDKs see it: they call it, and they judge what it signs.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tabletap_tests::Program;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().expect("a text").to_owned()
}

/// Runs a script of `tests/stripe` and returns what it printed.
async fn script(program: &str, arguments: Vec<String>, input: Vec<u8>) -> Vec<u8> {
    let mut command = Command::new(program);
    command
        .args(&arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let run = move || -> std::io::Result<Output> {
        let mut child = command.spawn()?;
        // A script that does not read its input closes it.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(&input));
        child.wait_with_output()
    };
    let ran = tokio::task::spawn_blocking(run).await.expect("it ran");
    let output = ran.expect("the script starts; `make build validate` installs what it needs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}:\n{said}");
    output.stdout
}

/// The account called `name`, with its API's address.
async fn account(program: &Program, name: &str) -> (String, String) {
    let accounts = program.get("/local/stripe").await;
    let all = accounts.as_array().expect("a list");
    assert_eq!(all[0]["account"], "sushi", "the sushi bar's is first");
    let found = all.iter().find(|account| account["account"] == name);
    let found = found.expect("the account is there");
    (text(found, "api_base"), text(found, "api_key"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdks_drive_the_local_stripe_and_verify_what_it_signs() {
    let program = Program::start().await;
    let (base, key) = account(&program, "brasa").await;
    let node = vec![
        "tests/stripe/client.mjs".to_owned(),
        base.clone(),
        key,
        program.token(),
    ];
    script("node", node, Vec::new()).await;

    let secrets = ["whsec_first".to_owned(), "whsec_second".to_owned()];
    let mut judge = vec![
        "tests/stripe/webhook-cases.mjs".to_owned(),
        "--judge".to_owned(),
    ];
    judge.extend(secrets.clone());
    let cases = script("node", judge, Vec::new()).await;
    let (_, key) = account(&program, "sidra").await;
    let mut python = vec![
        "tests/stripe/client.py".to_owned(),
        base,
        key,
        program.token(),
    ];
    python.extend(secrets);
    script(".venv/bin/python", python, cases).await;

    let ledger = program.get("/local/stripe/ledger").await;
    for session in ledger.as_array().expect("a list") {
        assert_eq!(
            session["amount_received"], session["amount_refunded"],
            "both gave everything back: {session}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_is_remembered_after_a_kill_and_its_page_stays_where_it_was() {
    let mut program = Program::start().await;
    let (base, key) = account(&program, "sushi").await;
    let form = "mode=payment&success_url=http%3A%2F%2Fshop%2F&line_items[0][quantity]=1\
        &line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1450\
        &line_items[0][price_data][product_data][name]=Roll";
    let request = reqwest::Client::new().post(format!("{base}/v1/checkout/sessions"));
    let made = request.bearer_auth(&key).body(form).send().await;
    let made: Value = made.expect("it answers").json().await.expect("JSON");
    let pay = serde_json::json!({"session": made["id"], "outcome": "paid"});
    assert_eq!(program.post("/local/stripe/pay", &pay).await, 200);
    program.restart_after_kill().await;
    assert_eq!(account(&program, "sushi").await, (base, key));
    let ledger = program.get("/local/stripe/ledger").await;
    assert_eq!(ledger[0]["session"], made["id"]);
    assert_eq!(ledger[0]["amount_received"], 1450);
    assert_eq!(
        program.post("/local/stripe/pay", &pay).await,
        400,
        "not twice"
    );
}

/// The webhook endpoints that an account has at Stripe.
async fn endpoints(base: &str, key: &str) -> Vec<Value> {
    let request = reqwest::Client::new().get(format!("{base}/v1/webhook_endpoints"));
    let listed = request.bearer_auth(key).send().await;
    let listed: Value = listed.expect("it answers").json().await.expect("JSON");
    listed["data"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_makes_a_webhook_of_the_pinned_version_and_shows_its_secret_once() {
    let program = Program::start().await;
    let (base, key) = account(&program, "sushi").await;
    let before = endpoints(&base, &key).await;
    let set_up = |account: &str| {
        // A slash at the end of the origin is not doubled.
        program.command(&[
            "stripe-setup",
            account,
            "--site",
            "https://order.example.com/",
        ])
    };
    let said = set_up("sushi");
    let out = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{said:?}");
    let after = endpoints(&base, &key).await;
    assert_eq!(after.len(), before.len() + 1);
    let is_new = |endpoint: &&Value| !before.iter().any(|old| old["id"] == endpoint["id"]);
    let made = after.iter().find(is_new).expect("a new one");
    let url = "https://order.example.com/v1/stripe/sushi/webhook";
    assert_eq!(made["url"], url);
    assert_eq!(made["api_version"], "2026-09-30.endive");
    let hears = made["enabled_events"].as_array().expect("a list");
    assert!(
        hears
            .iter()
            .any(|kind| kind == "checkout.session.completed")
    );
    let first = format!("{} sends events to {url}", text(made, "id"));
    assert!(out.starts_with(&first), "{out}");
    assert_eq!(out.matches("whsec_").count(), 1, "{out}");
    assert_eq!(made["secret"], Value::Null, "never again");

    let refused = set_up("nobody");
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && why.contains("there are no keys for `nobody`"));
    assert!(refused.stdout.is_empty(), "{refused:?}");
    assert_eq!(endpoints(&base, &key).await, after, "and nothing was made");
}
