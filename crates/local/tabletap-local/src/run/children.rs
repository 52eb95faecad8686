//! `run --processes`: each part as a child, started again when it ends.

use std::{process::Stdio, time::Duration};

use anyhow::{Result, bail};
use tokio::process::Command;

use crate::{
    addresses::{bucket_health, stripe_health, url},
    environment::Environment,
    part::Part,
};

const RESTART_AFTER: Duration = Duration::from_millis(300);

/// Keeps one part running for ever.
pub(super) async fn keep(environment: Environment, part: Part) {
    let data = environment.data.path();
    let program = environment.settings.programs.join("tabletap");
    loop {
        // Written before the part is started: it reads where the others are.
        let child = Command::new(&program)
            .args(["part", part.name()])
            .env("TABLETAP_DATA", data)
            .env(
                "TABLETAP_PRINTER_MM_S",
                environment.settings.speed_mm_s.to_string(),
            )
            .env(
                "TABLETAP_SHARE_CONSOLE",
                environment.settings.share_console.to_string(),
            )
            .envs(
                environment
                    .settings
                    .session_ttl_s
                    .iter()
                    .map(|value| ("SESSION_TTL_S", value)),
            )
            .envs(environment.settings.stripe.iter().flat_map(|elsewhere| {
                [
                    ("STRIPE_ACCOUNTS", &elsewhere.accounts),
                    ("STRIPE_API_BASE", &elsewhere.api_base),
                ]
            }))
            .stdin(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        match child {
            Ok(mut child) => {
                let pid = child.id().unwrap_or_default().to_string();
                let _ = std::fs::write(
                    environment
                        .data
                        .join("logs")
                        .join(format!("{}.pid", part.name())),
                    pid,
                );
                // Waiting closes an input it still owns.
                let _input = child.stdin.take();
                let ended = child.wait().await;
                tracing::warn!(
                    ?ended,
                    part = part.name(),
                    "a part ended; it is started again"
                );
            }
            Err(error) => {
                tracing::error!(%error, program = %program.display(), "a part does not start")
            }
        }
        tokio::time::sleep(RESTART_AFTER).await;
    }
}

/// Waits until a part answers.
///
/// # Errors
/// When it does not within half a minute.
pub(super) async fn await_up(environment: &Environment, part: Part) -> Result<()> {
    let at = &environment.run.addresses;
    let address = match part {
        Part::Table => url(at.table),
        Part::Bus => format!("{}/local/queues", url(at.bus)),
        Part::Bucket => bucket_health(at),
        Part::Mail => format!("{}/health", url(at.mail)),
        Part::Functions => format!("{}/health", url(at.functions)),
        Part::Broker => format!("{}/local/broker", url(at.data_plane)),
        Part::Printers => format!("{}/local/printers", url(at.printers)),
        Part::Stripe => stripe_health(at),
        Part::Edge => format!("{}/local/stores", url(at.edge)),
    };
    let client = environment.client();
    for _ in 0..1_500 {
        if client
            .get(&address)
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!(
        "the part `{}` does not answer; its messages are above",
        part.name()
    )
}
