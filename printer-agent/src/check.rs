//! `printer-agent check`: is the agent able to work here? One line per part, each with what to do. Prints nothing on paper.

mod broker;
mod certificate;
mod printer;

use std::fmt;

use crate::{config::Config, journal};

/// One line of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub part: String,
    /// What is well, or what is wrong and what to do.
    pub result: Result<String, Trouble>,
}

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What.
    pub what: String,
    /// The remedy.
    pub remedy: &'static str,
}

impl Finding {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.result.is_ok()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(what) => write!(f, "ok   {}: {what}", self.part),
            Err(Trouble { what, remedy }) => write!(f, "BAD  {}: {what}; {remedy}", self.part),
        }
    }
}

/// Looks at everything the agent needs.
pub async fn check(config: &Config) -> Vec<Finding> {
    // The newer connection of a client id cuts the older one: a working agent is not disturbed.
    let is_running = journal::is_in_use(&config.data);
    let mut findings = Vec::new();
    let mut found = |part: String, result| findings.push(Finding { part, result });
    if is_running {
        found(
            "agent".to_owned(),
            Ok(
                "an agent is running with this configuration; stop it to test everything"
                    .to_owned(),
            ),
        );
    }
    found("certificate".to_owned(), certificate::check(config));
    found(
        format!("broker {}", config.endpoint),
        broker::check(config, is_running).await,
    );
    for entry in &config.printers {
        let part = format!("printer {} at {}", entry.id, entry.address);
        found(part, printer::check(entry, config.timing, is_running).await);
    }
    if !is_running {
        let looked = journal::inspect(&config.data);
        let result = looked.map(|records| format!("whole, {records} records"));
        let result = result.map_err(|error| trouble(error.to_string(), error.remedy()));
        found(format!("journal in {}", config.data.display()), result);
    }
    findings
}

fn trouble(what: impl Into<String>, remedy: &'static str) -> Trouble {
    Trouble {
        what: what.into(),
        remedy,
    }
}
