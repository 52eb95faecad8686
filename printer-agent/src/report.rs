//! The agent's reports to the cloud, and the outbox that keeps them until the broker has acknowledged them.

use std::collections::VecDeque;

use tabletap_domain::{TicketId, time::UnixMillis};
use tabletap_wire::print::{Report, TicketNews};

/// An attempt's status, as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttemptStatus {
    /// On disk, and not printed yet.
    Accepted,
    /// On paper, with the grade of proof.
    Printed(String),
    /// It may be on paper or not, and why.
    Unknown(String),
    /// The agent will not print it, and why.
    Rejected(String),
}

impl AttemptStatus {
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
    pub(crate) fn detail(&self) -> &str {
        match self {
            Self::Accepted => "",
            Self::Printed(detail) | Self::Unknown(detail) | Self::Rejected(detail) => detail,
        }
    }

    /// Reads an ended attempt's status. An unknown name, from a later release, counts as an unknown outcome.
    #[must_use]
    pub(crate) fn from_name(name: &str, detail: &str) -> Self {
        match name {
            "printed" => Self::Printed(detail.to_owned()),
            "rejected" => Self::Rejected(detail.to_owned()),
            _ => Self::Unknown(detail.to_owned()),
        }
    }

    /// The report on an attempt that reached this status at `at`.
    #[must_use]
    pub(crate) fn report(&self, ticket_id: TicketId, attempt: u32, at: UnixMillis) -> Report {
        let detail = Some(self.detail())
            .filter(|detail| !detail.is_empty())
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

    /// The first report after `id`; 0 is before all.
    pub(crate) fn after(&self, id: u64) -> Option<(u64, Report)> {
        let index = self.waiting.partition_point(|(waiting, _)| *waiting <= id);
        self.waiting.get(index).cloned()
    }

    /// Takes a report out.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Report> {
        let index = self
            .waiting
            .binary_search_by_key(&id, |(waiting, _)| *waiting)
            .ok()?;
        self.waiting.remove(index).map(|(_, report)| report)
    }
}
