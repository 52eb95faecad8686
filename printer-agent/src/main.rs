//! The command line of the printer agent.

use std::{
    io::{self, Write as _},
    panic,
    path::PathBuf,
    process::ExitCode,
    thread,
};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use printer_agent::{check, config::Config};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};
use tracing_subscriber::EnvFilter;

/// Prints kitchen tickets that arrive over MQTT on network printers, and proves that they came out.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run until SIGTERM or Ctrl-C.
    Run {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
        /// Also stop when standard input ends, so that a child process does not outlive its parent.
        #[arg(long)]
        with_parent: bool,
    },
    /// Test certificate, broker and printers without printing, and say what is wrong.
    Check {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
    },
}

fn main() -> Result<ExitCode> {
    match Args::parse().command {
        Command::Run {
            config,
            with_parent,
        } => {
            let filter =
                EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
            tracing_subscriber::fmt()
                .json()
                .with_env_filter(filter)
                .with_writer(io::stderr)
                .init();
            if let Ok(list) = faults() {
                tabletap_fault::arm_from(&list)
                    .map_err(anyhow::Error::msg)
                    .context("TABLETAP_FAULT")?;
            }
            // The place only. The message may quote a guest.
            panic::set_hook(Box::new(|panic| {
                let at = panic.location().map(ToString::to_string);
                tracing::error!(at, "a part of the agent panicked");
            }));
            run(Config::load(&config)?, with_parent)
        }
        Command::Check { config } => check_installation(&Config::load(&config)?),
    }
}

#[expect(clippy::disallowed_methods, reason = "read once, by main")]
fn faults() -> Result<String, std::env::VarError> {
    std::env::var("TABLETAP_FAULT")
}

#[tokio::main]
async fn run(config: Config, with_parent: bool) -> Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (orphaned, parent_ended) = oneshot::channel::<()>();
    if with_parent {
        // A separate thread: a blocked read must not delay stopping.
        thread::spawn(move || {
            // An error means the same as the end: the parent is gone.
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            drop(orphaned);
        });
    }
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = parent_ended, if with_parent => {}
        }
    };
    let Err(error) = printer_agent::run(config, stop).await else {
        return Ok(ExitCode::SUCCESS);
    };
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    tracing::error!(%error, cause, "the agent cannot continue");
    // For the person at the screen: the last line of the output says what to do.
    let remedy = error.remedy().map(|remedy| format!("; {remedy}"));
    let remedy = remedy.unwrap_or_default();
    writeln!(
        io::stderr(),
        "printer-agent cannot continue: {error}{remedy}"
    )?;
    Ok(ExitCode::FAILURE)
}

#[tokio::main(flavor = "current_thread")]
async fn check_installation(config: &Config) -> Result<ExitCode> {
    let findings = check::check(config).await;
    let mut out = io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    Ok(if findings.iter().all(check::Finding::is_good) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
