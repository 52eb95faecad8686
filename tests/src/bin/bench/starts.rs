//! How long a function takes from its process's start to its first question for work, and how large it is when deployed.
//!
//! A listener plays Lambda's Runtime API; see its developer guide, "Using the Lambda runtime API". What AWS adds (a machine, the download of
//! the code, a fraction of a core) is not in it: only functions of one run compare.

use crate::report::Samples;
use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tabletap_tests::{Program, binary};
use tokio::{io::AsyncReadExt, net::TcpListener, time::timeout};

/// One function.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) name: String,
    /// From the process's start to its first question.
    pub(crate) to_first_question: Samples,
    /// What `make functions` built, in bytes.
    pub(crate) deployed_bytes: Option<u64>,
}

/// Starts each function `count` times against the running program's table.
pub(crate) async fn measure(program: &Program, count: usize) -> Result<Vec<Start>> {
    let run = fs::read_to_string(program.data().join("run.json"))?;
    let run: Value = serde_json::from_str(&run)?;
    let table = run["addresses"]["table"]
        .as_str()
        .context("the table's address")?;
    let mut starts = Vec::new();
    for name in functions()? {
        let mut samples = Vec::with_capacity(count);
        for _ in 0..count {
            samples.push(start(&name, table).await?);
        }
        let deployed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/lambda");
        let deployed = fs::metadata(deployed.join(&name).join("bootstrap"));
        starts.push(Start {
            name,
            to_first_question: Samples::new(samples),
            deployed_bytes: deployed.ok().map(|file| file.len()),
        });
    }
    Ok(starts)
}

/// Their names: each has a folder of samples, and nothing else has.
fn functions() -> Result<Vec<String>> {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut names = Vec::new();
    for entry in fs::read_dir(folders)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

async fn start(name: &str, table: &str) -> Result<Duration> {
    let api = TcpListener::bind(("127.0.0.1", 0)).await?;
    let key = "a-key-for-tests-and-samples-only-it-guards-nothing";
    let begun = Instant::now();
    let mut function = Command::new(binary(name))
        .env("AWS_LAMBDA_RUNTIME_API", api.local_addr()?.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_ENDPOINT_URL", format!("http://{table}"))
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .envs([
            ("TABLE_NAME", "tabletap"),
            ("SESSION_KEY", key),
            ("CUSTOMER_KEY", key),
        ])
        .envs([
            ("STRIPE_ACCOUNTS", "{}"),
            ("SITE_URL", "https://order.example"),
        ])
        .envs([("EVENT_BUS", "tabletap"), ("SITE_BUCKET", "site")])
        .envs([
            ("MAIL_FROM", "receipts@order.example"),
            ("MAIL_EVENTS", "tabletap"),
        ])
        .env("IOT_ENDPOINT", format!("http://{table}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{name} is not built"))?;
    let asked = timeout(Duration::from_secs(20), first_question(&api)).await;
    let taken = begun.elapsed();
    // Both fail only when it has ended already.
    let _ = function.kill();
    let _ = function.wait();
    asked.with_context(|| format!("{name} never asked for work"))??;
    Ok(taken)
}

async fn first_question(api: &TcpListener) -> Result<()> {
    loop {
        let (mut connection, _) = api.accept().await?;
        let mut head = vec![0; 1024];
        let read = connection.read(&mut head).await?;
        if String::from_utf8_lossy(&head[..read]).contains("/runtime/invocation/next") {
            return Ok(());
        }
    }
}
