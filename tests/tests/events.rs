//! The samples of `events/`, sent by `cargo lambda invoke` to the functions of the running program.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tabletap_local::template::Template;
use tabletap_tests::Program;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The subcommand that `make test` installs, else one that is there.
fn cargo_lambda() -> Command {
    let venv = root().join(".venv/bin");
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(venv).chain(env::split_paths(&path));
    let mut command = Command::new("cargo");
    command.env("PATH", env::join_paths(folders).unwrap());
    command.arg("lambda");
    command
}

fn invoke(port: &str, function: &str, sample: &Path) -> Output {
    cargo_lambda()
        .args(["invoke", "--invoke-address", "127.0.0.1", "--invoke-port"])
        .args([port, function, "--data-file"])
        .arg(sample)
        .output()
        .unwrap()
}

fn has_routes(function: &str) -> bool {
    let template = Template::embedded(&|_| Some("any".to_owned())).unwrap();
    let function = template.function(function).unwrap();
    !function.routes.is_empty()
}

/// What a function must answer to a sample, whatever the table holds.
fn assert_answer(function: &str, sample: &str, said: &str) {
    let answer: Value = serde_json::from_str(said)
        .unwrap_or_else(|_| panic!("{function} {sample} answered: {said}"));
    let what = format!("{function} {sample} answered {answer}");
    match function {
        // The samples' orders and call are not in this table: what is to be ticketed is asked for again, and no ticket is known.
        "print-dispatcher" => {
            let failed = answer["batchItemFailures"].as_array().unwrap().len();
            let ticketed = [
                "order-placed.json",
                "order-placed.before-defaults.json",
                "order-released.json",
                "call.json",
            ];
            let is_ticketed = ticketed.contains(&sample);
            assert_eq!(failed, usize::from(is_ticketed), "{what}");
        }
        "menu-publisher" if sample == "malformed.json" => {
            let failed = answer["batchItemFailures"].as_array().unwrap().len();
            assert_eq!(failed, 1, "{what}");
        }
        // The samples' payment is not in this table; what SES says of a mail that is not ours changes nothing.
        "receipt-mailer" => {
            let failed = answer["batchItemFailures"].as_array().unwrap().len();
            let fails = [
                "payment-paid.json",
                "refund-succeeded.json",
                "malformed.json",
            ];
            assert_eq!(failed, usize::from(fails.contains(&sample)), "{what}");
        }
        "event-relay" | "menu-publisher" => {
            assert_eq!(answer["batchItemFailures"], Value::Array(vec![]), "{what}");
        }
        "printer-events" if sample.starts_with("hello.") => {
            assert_eq!(answer, Value::Null, "{what}")
        }
        "printer-events" => assert!(answer["errorMessage"].is_string(), "{what}"),
        "sweeper" => assert!(answer["stores"].as_u64().unwrap() >= 2, "{what}"),
        _ if has_routes(function) => assert!(
            (200..500).contains(&answer["statusCode"].as_u64().unwrap()),
            "{what}"
        ),
        // A function that nobody has said more about works through its samples.
        _ => {
            assert!(answer["errorMessage"].is_null(), "{what}");
            let failed = answer["batchItemFailures"].as_array();
            assert!(failed.is_none_or(Vec::is_empty), "{what}");
        }
    }
}

#[tokio::test]
async fn cargo_lambda_invokes_every_function_with_every_sample() {
    let program = Program::start().await;
    let run = fs::read_to_string(program.data().join("run.json")).unwrap();
    let run: Value = serde_json::from_str(&run).unwrap();
    let address = run["addresses"]["functions"].as_str().unwrap();
    let port = address.rsplit(':').next().unwrap();
    let mut count = 0;
    for function in fs::read_dir(root().join("events")).unwrap() {
        let function = function.unwrap();
        if !function.file_type().unwrap().is_dir() {
            continue;
        }
        let name = function.file_name().into_string().unwrap();
        for sample in fs::read_dir(function.path()).unwrap() {
            let sample = sample.unwrap();
            let output = invoke(port, &name, &sample.path());
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let problem = String::from_utf8_lossy(&output.stderr).into_owned();
            let file = sample.file_name().into_string().unwrap();
            assert!(
                !problem.contains("no such command"),
                "cargo-lambda is missing: run `make validate` once, it installs it into .venv"
            );
            let said = if said.trim().is_empty() {
                problem
            } else {
                said
            };
            assert_answer(&name, &file, said.trim());
            count += 1;
        }
    }
    assert!(count > 0, "events/ has samples");
}
