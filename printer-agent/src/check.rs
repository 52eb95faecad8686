//! `printer-agent check`: tests whether the agent can work here. One line per part, with what to do if something is wrong. Prints nothing on
//! paper.

mod broker;
mod certificate;
mod printer;

use std::fmt;

use crate::{config::Config, journal};

/// The result for one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The part that was checked.
    pub part: String,
    pub result: Result<String, Problem>,
}

/// What is wrong with a part, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// What a person can do.
    pub remedy: &'static str,
}

impl Finding {
    /// Whether the part works.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.result.is_ok()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(what) => write!(f, "ok   {}: {what}", self.part),
            Err(Problem { what, remedy }) => write!(f, "BAD  {}: {what}; {remedy}", self.part),
        }
    }
}

/// Checks everything the agent needs.
pub async fn check(config: &Config) -> Vec<Finding> {
    // A broker closes the older connection of a client id. So nothing that connects is tested while an agent is running.
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
        let counted = journal::count_records(&config.data);
        let result = counted.map(|records| format!("intact, {records} records"));
        let result = result.map_err(|error| problem(error.to_string(), error.remedy()));
        found(format!("journal in {}", config.data.display()), result);
    }
    findings
}

fn problem(what: impl Into<String>, remedy: &'static str) -> Problem {
    Problem {
        what: what.into(),
        remedy,
    }
}
