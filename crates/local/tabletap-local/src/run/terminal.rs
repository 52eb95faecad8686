//! What a person sees in the terminal: progress, then where to go.

use std::{
    io::{self, Write},
    time::Instant,
};

use qrcode::{QrCode, render::unicode::Dense1x2};

/// Says what is being started; silent in tests.
#[derive(Clone, Copy, Debug)]
pub struct Progress(Option<Instant>);

impl Progress {
    /// Lines on standard output.
    #[must_use]
    pub fn shown() -> Self {
        Self(Some(Instant::now()))
    }

    /// Nothing.
    #[must_use]
    pub fn silent() -> Self {
        Self(None)
    }

    /// One line.
    pub fn say(self, what: &str) {
        if let Some(since) = self.0 {
            line(&format!(
                "  {:>5} ms  starting {what}",
                since.elapsed().as_millis()
            ));
        }
    }

    /// The end: a table's link, its code to scan, and the line scripts wait for.
    pub fn ready(self, url: &str, table: &str, link: &str) {
        if let Ok(code) = QrCode::new(link) {
            let picture = code.render::<Dense1x2>().quiet_zone(true).build();
            line(&format!("\n{picture}"));
        }
        line(&format!("{table}: {link}"));
        line(&format!("ready {url}"));
    }
}

/// A closed pipe is no reason to stop serving.
fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
