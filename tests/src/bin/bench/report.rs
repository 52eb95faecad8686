//! What is printed.

use crate::{floors::Floors, history::WithHistory, starts::Start};
use std::{
    io::{self, Write},
    time::Duration,
};

/// Durations of the same thing, sorted.
#[derive(Debug)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn new(mut samples: Vec<Duration>) -> Self {
        samples.sort();
        Self(samples)
    }

    /// The sample below which `percent` of all lie.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let index = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn p50(&self) -> Duration {
        self.percentile(50)
    }
}

/// Prints to standard output as the run goes on.
#[derive(Debug)]
pub(crate) struct Report {
    out: io::Stdout,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { out: io::stdout() }
    }

    fn line(&mut self, text: &str) {
        // A closed pipe ends the run with the next line; nothing depends on this one.
        let _ = writeln!(self.out, "{text}");
    }

    pub(crate) fn heading(&mut self, machine: &str) {
        self.line(&format!("machine: {machine}"));
    }

    pub(crate) fn step(&mut self, what: &str) {
        self.line(&format!("... {what}"));
    }

    pub(crate) fn floors(&mut self, floors: &Floors) {
        for (name, samples) in floors.named() {
            self.line(&format!(
                "{name:<38} p50 {:>8}  p99 {:>8}",
                ms(samples.p50()),
                ms(samples.percentile(99))
            ));
        }
        self.line(&format!(
            "{:<38} p50 {:>8}",
            "sum of the floors",
            ms(floors.sum())
        ));
    }

    pub(crate) fn taps(&mut self, name: &str, taps: &Samples, floors: &Floors) {
        let ratio = ratio(taps.p50().as_nanos(), floors.sum().as_nanos());
        let (p50, p99) = (ms(taps.p50()), ms(taps.percentile(99)));
        self.line(&format!(
            "{name:<38} p50 {p50:>8}  p99 {p99:>8}  {ratio} times the floors"
        ));
    }

    pub(crate) fn throughput(&mut self, clients: usize, orders: u64, ceiling: u64) {
        let ratio = ratio(u128::from(orders), u128::from(ceiling));
        self.line(&format!(
            "orders/s, {clients:>2} client(s) {orders:>7}   the table alone {ceiling:>7}   {ratio} of its ceiling"
        ));
    }

    pub(crate) fn memory(&mut self, peaks: &[(String, u64)]) {
        for (name, megabytes) in peaks {
            self.line(&format!("peak memory of {name:<23} {megabytes} MB"));
        }
    }

    pub(crate) fn starts(&mut self, starts: &[Start]) {
        for start in starts {
            let size = match start.deployed_bytes {
                Some(bytes) => format!("{} KB deployed", bytes / 1024),
                None => "size: run `make functions` first".to_owned(),
            };
            let (name, p50) = (&start.name, ms(start.to_first_question.p50()));
            self.line(&format!("start of {name:<29} p50 {p50:>8}  {size}"));
        }
    }

    pub(crate) fn history(&mut self, few: &WithHistory, many: &WithHistory) {
        for (name, few, many) in [
            ("tap to paper p50", few.tap.as_nanos(), many.tap.as_nanos()),
            (
                "time of one order, 1 client",
                few.one.as_nanos(),
                many.one.as_nanos(),
            ),
            (
                "time of one order, 32 clients",
                few.crowd.as_nanos(),
                many.crowd.as_nanos(),
            ),
        ] {
            let (less, more) = (in_ms(few), in_ms(many));
            let ratio = ratio(many, few);
            self.line(&format!(
                "{name:<32} 1,000: {less}  200,000: {more}  ratio {ratio} (flat: at most 1.20)"
            ));
        }
    }
}

fn ms(duration: Duration) -> String {
    in_ms(duration.as_nanos())
}

fn in_ms(nanoseconds: u128) -> String {
    let hundredths = nanoseconds / 10_000;
    format!("{}.{:02} ms", hundredths / 100, hundredths % 100)
}

fn ratio(part: u128, whole: u128) -> String {
    let hundredths = part * 100 / whole.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
