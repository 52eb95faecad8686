//! The 44 signed deliveries, judged by the running function.

use std::{path::Path, process::Command};
use tabletap_tests::Program;

#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_answers_44_signed_deliveries_as_expected() {
    let program = Program::start().await;
    let accounts = program.get("/local/stripe").await;
    let account = &accounts[0];
    let url = format!(
        "{}{}",
        program.url(),
        account["webhook_path"].as_str().unwrap()
    );
    let secrets = std::fs::read_to_string(program.data().join("secrets.json")).unwrap();
    let secrets: serde_json::Value = serde_json::from_str(&secrets).unwrap();
    let keys = &secrets["stripe"][account["account"].as_str().unwrap()];
    let first = account["webhook_secret"].as_str().unwrap();
    let second = keys["webhook_secrets"][1].as_str().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let run = Command::new("node")
        .args(["tests/stripe/webhook-cases.mjs", &url, first, second])
        .current_dir(root)
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(run.status.success() && said.contains("44 of 44"), "{said}");
    let other = program
        .post("/v1/stripe/nobody/webhook", &serde_json::json!({}))
        .await;
    assert_eq!(
        other, 400,
        "an account that is not there is answered like a bad signature"
    );
}
