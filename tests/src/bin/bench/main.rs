//! `make bench`: from the tap to the paper, throughput and memory, on this machine, in one run.
//!
//! Every figure stands beside what it is compared with, measured in the same run: the sum of the floors it cannot go below, or the
//! table's own ceiling for the same transaction. Ratios travel to other machines; milliseconds do not.

mod floors;
mod history;
mod hop;
mod load;
mod machine;
mod paying;
mod report;
mod starts;

use anyhow::Result;
use report::Report;
use tabletap_tests::Program;

const QUIET: (&str, &str) = ("RUST_LOG", "warn");
/// The virtual printers without mechanical delay.
const NO_MECHANISM: (&str, &str) = ("TABLETAP_PRINTER_MM_S", "0");
/// The real stream is read four times a second.
const STREAM_POLLS: (&str, &str) = ("TABLETAP_STREAM_POLL_MS", "250");

/// Sequential orders of one measurement.
const TAPS: usize = 150;
/// Starts of one function.
const STARTS: usize = 9;
/// Orders of one throughput measurement.
const BURST: usize = 400;

#[tokio::main]
async fn main() -> Result<()> {
    let mut report = Report::new();
    report.heading(&machine::describe());

    report.step("starting");
    let program = Program::start_with(&[QUIET, NO_MECHANISM]).await;
    report.step("floors: one transaction, one MQTT hop, one TCP write");
    let floors = floors::measure(&program, TAPS).await?;
    report.floors(&floors);
    report.step("tap to paper");
    let taps = load::taps_to_paper(&program, TAPS).await?;
    report.taps("tap to paper", &taps, &floors);

    report.step("webhook to paper");
    let paid = paying::webhooks_to_paper(&program, TAPS / 3).await?;
    report.taps("webhook to paper", &paid, &floors);

    for clients in [1, 32] {
        report.step(&format!("orders a second with {clients} client(s)"));
        let ceiling = floors::transactions_per_second(&program, clients, BURST).await?;
        let orders = load::orders_per_second(&program, clients, BURST).await?;
        report.throughput(clients, orders, ceiling);
    }
    report.memory(&machine::peak_memory_mb(program.pid()));
    report.step("starts of the functions");
    report.starts(&starts::measure(&program, STARTS).await?);
    drop(program);

    report.step("tap to paper with the real stream's four polls a second imitated");
    let program = Program::start_with(&[QUIET, NO_MECHANISM, STREAM_POLLS]).await;
    let polled = load::taps_to_paper(&program, TAPS / 3).await?;
    report.taps("with four polls a second", &polled, &floors);
    drop(program);

    report.step("with 1,000 and 200,000 orders already stored");
    let few = history::measure(1_000, TAPS, BURST).await?;
    let many = history::measure(200_000, TAPS, BURST).await?;
    report.history(&few, &many);
    Ok(())
}
