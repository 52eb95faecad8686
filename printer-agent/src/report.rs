//! What the agent tells the cloud, and the line in which reports wait until the broker has acknowledged them.

use std::collections::VecDeque;

use tabletap_domain::{TicketId, time::UnixMillis};
use tabletap_wire::print::{Report, TicketNews};

/// What became of an attempt, as far as the journal knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// On disk, to be printed.
    Accepted,
    /// On paper, with the grade of proof.
    Printed(String),
    /// Nobody can know, and why.
    Unknown(String),
    /// Not to be printed here, and why.
    Rejected(String),
}

impl Outcome {
    /// The report's name.
    #[must_use]
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Printed(_) => "printed",
            Self::Unknown(_) => "unknown",
            Self::Rejected(_) => "rejected",
        }
    }

    /// The report's detail; empty when there is none.
    #[must_use]
    pub(crate) fn word(&self) -> &str {
        match self {
            Self::Accepted => "",
            Self::Printed(word) | Self::Unknown(word) | Self::Rejected(word) => word,
        }
    }

    /// Reads an ended outcome back; a name nobody knows is one nobody can know.
    #[must_use]
    pub(crate) fn from_name(name: &str, word: &str) -> Self {
        match name {
            "printed" => Self::Printed(word.to_owned()),
            "rejected" => Self::Rejected(word.to_owned()),
            _ => Self::Unknown(word.to_owned()),
        }
    }

    /// The report on an attempt that came to this at `at`.
    #[must_use]
    pub(crate) fn report(&self, ticket_id: TicketId, attempt: u32, at: UnixMillis) -> Report {
        let detail = Some(self.word())
            .filter(|word| !word.is_empty())
            .map(str::to_owned);
        let news = TicketNews {
            v: 1,
            ticket_id,
            attempt,
            at,
            detail,
        };
        match self {
            Self::Accepted => Report::Accepted(news),
            Self::Printed(_) => Report::Printed(news),
            Self::Unknown(_) => Report::Unknown(news),
            Self::Rejected(_) => Report::Rejected(news),
        }
    }
}

/// Reports that the broker has not acknowledged, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<(u64, Report)>,
    last_id: u64,
}

impl Outbox {
    /// Adds a report, unless the same one waits already.
    pub(crate) fn push(&mut self, report: Report) {
        if self.waiting.iter().all(|(_, waiting)| *waiting != report) {
            self.last_id += 1;
            self.waiting.push_back((self.last_id, report));
        }
    }

    /// The first report behind `id`; 0 is before all.
    pub(crate) fn after(&self, id: u64) -> Option<(u64, Report)> {
        let place = self.waiting.partition_point(|(waiting, _)| *waiting <= id);
        self.waiting.get(place).cloned()
    }

    /// Takes a report out.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Report> {
        let place = self
            .waiting
            .binary_search_by_key(&id, |(waiting, _)| *waiting)
            .ok()?;
        self.waiting.remove(place).map(|(_, report)| report)
    }
}
