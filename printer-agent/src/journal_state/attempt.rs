//! One attempt at a ticket.

use std::sync::Arc;

use tabletap_domain::time::UnixMillis;
use tabletap_wire::print::PrintJob;

use crate::{
    journal::{AttemptEvent, Record},
    report::AttemptStatus,
};

/// An attempt and what is known about it.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) phase: Phase,
    /// Whether the agent made this copy by itself.
    pub(super) by_agent: bool,
    pub(super) at: UnixMillis,
    /// The status that the broker has acknowledged a report of.
    pub(super) acknowledged: Option<String>,
}

/// How far an attempt is. The job is kept only while it is needed.
#[derive(Debug)]
pub(super) enum Phase {
    Queued(Arc<PrintJob>),
    Sending(Arc<PrintJob>),
    Ended(AttemptStatus),
}

impl Attempt {
    /// The status to report.
    pub(super) fn status(&self) -> AttemptStatus {
        match &self.phase {
            Phase::Queued(_) | Phase::Sending(_) => AttemptStatus::Accepted,
            Phase::Ended(status) => status.clone(),
        }
    }

    /// The records that restore this attempt.
    pub(super) fn to_records(&self, ticket: &str, number: u32) -> Vec<Record> {
        let event = |detail: &str| AttemptEvent {
            ticket: ticket.to_owned(),
            attempt: number,
            detail: detail.to_owned(),
            at: self.at,
        };
        let mut records = match &self.phase {
            Phase::Ended(status) => {
                return vec![Record::Closed {
                    event: event(status.detail()),
                    outcome: status.name().to_owned(),
                    by_agent: self.by_agent,
                    acknowledged: self.acknowledged.as_deref() == Some(status.name()),
                }];
            }
            Phase::Queued(job) | Phase::Sending(job) => vec![Record::Queued {
                job: Box::new(PrintJob::clone(job)),
                by_agent: self.by_agent,
                at: self.at,
            }],
        };
        if matches!(self.phase, Phase::Sending(_)) {
            records.push(Record::Sending(event("")));
        }
        if self.acknowledged.is_some() {
            records.push(Record::Acknowledged(event(self.status().name())));
        }
        records
    }
}
