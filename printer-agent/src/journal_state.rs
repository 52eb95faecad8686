//! The state that the journal's records add up to: tickets, their attempts, and each printer's queue. Pure; only
//! [`JournalState::apply`] changes it, at run time and at start, so a restarted agent knows exactly what the journal says.
//!
//! A (ticket, attempt) starts at most once. An attempt is `queued`, `sending` from before its first byte, and then ends as
//! `printed`, `unknown` or `rejected`. The agent itself adds at most one attempt to a ticket.

mod attempt;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tabletap_domain::{PrinterId, TicketId, time::UnixMillis};
use tabletap_wire::print::{PrintJob, PrinterProgress, ReprintReason};

use crate::{
    journal::{AttemptEvent, Record},
    report::AttemptStatus,
};
use attempt::{Attempt, Phase};

/// How long ended tickets are remembered, so that a job that is delivered again late is answered and not printed.
const ENDED_TICKETS_KEPT_FOR: Duration = Duration::from_hours(7 * 24);
/// How many ended tickets are remembered at most.
const ENDED_TICKETS_MAX: usize = 10_000;

/// Everything the agent knows about tickets and printers.
#[derive(Debug, Default)]
pub(crate) struct JournalState {
    epoch: String,
    epoch_at: UnixMillis,
    tickets: BTreeMap<String, BTreeMap<u32, Attempt>>,
    printers: BTreeMap<String, PrinterQueue>,
}

#[derive(Debug, Default)]
struct PrinterQueue {
    last_seq: u64,
    /// The last ticket sent to it is unfinished: its parser may be waiting for the rest of an image.
    dirty: bool,
    /// Queued and sending attempts in printing order: sequence, attempt, ticket. Sorted by the sequence, a second copy comes before the
    /// tickets that were queued behind the first.
    jobs: BTreeSet<(u64, u32, String)>,
}

impl JournalState {
    /// Replays the records of a journal.
    #[must_use]
    pub(crate) fn from_records(records: &[Record]) -> Self {
        let mut state = Self::default();
        for record in records {
            state.apply(record);
        }
        state
    }

    /// Applies one record. A record about an attempt that is not known changes nothing: its ticket was forgotten before.
    pub(crate) fn apply(&mut self, record: &Record) {
        match record {
            Record::Epoch { id, at } => {
                self.epoch.clone_from(id);
                self.epoch_at = *at;
            }
            Record::Printer {
                printer,
                last_seq,
                dirty,
            } => {
                let queue = self.printers.entry(printer.clone()).or_default();
                (queue.last_seq, queue.dirty) = (*last_seq, *dirty);
            }
            Record::Queued { job, by_agent, at } => {
                self.enqueue(Arc::new(PrintJob::clone(job)), *by_agent, *at);
            }
            Record::Sending(event) => self.begin_sending(event),
            Record::Printed(event) => {
                self.end(event, AttemptStatus::Printed(event.detail.clone()), false)
            }
            Record::Rejected(event) => {
                self.end(event, AttemptStatus::Rejected(event.detail.clone()), false)
            }
            Record::Unknown { event, reprint } => {
                self.end(
                    event,
                    AttemptStatus::Unknown(event.detail.clone()),
                    *reprint,
                );
            }
            Record::Closed {
                event,
                outcome,
                by_agent,
                acknowledged,
            } => {
                let acknowledged = acknowledged.then(|| outcome.clone());
                let phase = Phase::Ended(AttemptStatus::from_name(outcome, &event.detail));
                let attempt = Attempt {
                    phase,
                    by_agent: *by_agent,
                    at: event.at,
                    acknowledged,
                };
                self.tickets
                    .entry(event.ticket.clone())
                    .or_default()
                    .insert(event.attempt, attempt);
            }
            Record::Acknowledged(event) => {
                if let Some(attempt) = self.attempt_mut(&event.ticket, event.attempt) {
                    attempt.acknowledged = Some(event.detail.clone());
                }
            }
        }
    }

    /// Number, status and time of a ticket's newest attempt, if it is this attempt or a later one.
    #[must_use]
    pub(crate) fn newest_attempt_from(
        &self,
        ticket: &TicketId,
        attempt: u32,
    ) -> Option<(u32, AttemptStatus, UnixMillis)> {
        let attempts = self.tickets.get(&ticket.to_string())?;
        let (number, newest) = attempts.last_key_value()?;
        (*number >= attempt).then(|| (*number, newest.status(), newest.at))
    }

    /// The first job in a printer's queue that `is_printable`, and whether the printer's parser must be flushed first.
    #[must_use]
    pub(crate) fn next_job(
        &self,
        printer: &PrinterId,
        is_printable: impl Fn(&PrintJob) -> bool,
    ) -> Option<(Arc<PrintJob>, bool)> {
        let queue = self.printers.get(printer.as_str())?;
        let job = queue.jobs.iter().find_map(|(_, number, ticket)| {
            match &self.tickets.get(ticket)?.get(number)?.phase {
                Phase::Queued(job) if is_printable(job) => Some(Arc::clone(job)),
                Phase::Queued(_) | Phase::Sending(_) | Phase::Ended(_) => None,
            }
        })?;
        Some((job, queue.dirty))
    }

    /// How many jobs of a printer are queued or being sent.
    #[must_use]
    pub(crate) fn queue_length(&self, printer: &PrinterId) -> usize {
        self.printers
            .get(printer.as_str())
            .map_or(0, |queue| queue.jobs.len())
    }

    /// Whether the agent may still print a second copy of a ticket by itself.
    #[must_use]
    pub(crate) fn may_reprint(&self, ticket: &TicketId) -> bool {
        self.tickets
            .get(&ticket.to_string())
            .is_some_and(|attempts| attempts.values().all(|attempt| !attempt.by_agent))
    }

    /// Jobs whose bytes the printer may have.
    #[must_use]
    pub(crate) fn sending_jobs(&self) -> Vec<Arc<PrintJob>> {
        self.attempts()
            .filter_map(|(_, _, attempt)| match &attempt.phase {
                Phase::Sending(job) => Some(Arc::clone(job)),
                Phase::Queued(_) | Phase::Ended(_) => None,
            })
            .collect()
    }

    /// Jobs that are queued and not sent.
    #[must_use]
    pub(crate) fn queued_jobs(&self) -> Vec<Arc<PrintJob>> {
        self.attempts()
            .filter_map(|(_, _, attempt)| match &attempt.phase {
                Phase::Queued(job) => Some(Arc::clone(job)),
                Phase::Sending(_) | Phase::Ended(_) => None,
            })
            .collect()
    }

    /// Attempts whose current status the broker has not acknowledged.
    #[must_use]
    pub(crate) fn unacknowledged(&self) -> Vec<(TicketId, u32, AttemptStatus, UnixMillis)> {
        self.attempts()
            .filter(|(_, _, attempt)| {
                attempt.acknowledged.as_deref() != Some(attempt.status().name())
            })
            .filter_map(|(ticket, number, attempt)| {
                Some((
                    TicketId::parse(ticket).ok()?,
                    number,
                    attempt.status(),
                    attempt.at,
                ))
            })
            .collect()
    }

    /// The journal's epoch; empty when there was no journal.
    #[must_use]
    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    /// When the journal's epoch began.
    #[must_use]
    pub(crate) fn epoch_at(&self) -> UnixMillis {
        self.epoch_at
    }

    /// The highest sequence number that a printer's jobs have had.
    #[must_use]
    pub(crate) fn progress(&self, printer: &PrinterId) -> PrinterProgress {
        let last_seq = self
            .printers
            .get(printer.as_str())
            .map_or(0, |queue| queue.last_seq);
        PrinterProgress {
            id: printer.clone(),
            last_seq,
        }
    }

    /// Forgets tickets that ended long ago, and the oldest above the limit. Open tickets are never forgotten.
    pub(crate) fn forget_old_tickets(&mut self, now: UnixMillis) {
        let mut ended: Vec<_> = self
            .tickets
            .iter()
            .filter(|(_, attempts)| {
                attempts
                    .values()
                    .all(|a| matches!(a.phase, Phase::Ended(_)))
            })
            .map(|(ticket, attempts)| {
                (
                    attempts.values().map(|a| a.at).max().unwrap_or_default(),
                    ticket.clone(),
                )
            })
            .collect();
        ended.sort_unstable_by(|one, other| other.cmp(one));
        for (place, (at, ticket)) in ended.iter().enumerate() {
            if place >= ENDED_TICKETS_MAX || at.plus(ENDED_TICKETS_KEPT_FOR) < now {
                self.tickets.remove(ticket);
            }
        }
    }

    /// The whole state as the records of a new journal. Ended attempts are written without their jobs, so what guests wrote is gone.
    #[must_use]
    pub(crate) fn to_records(&self) -> Vec<Record> {
        let epoch = Record::Epoch {
            id: self.epoch.clone(),
            at: self.epoch_at,
        };
        let printers = self
            .printers
            .iter()
            .map(|(printer, queue)| Record::Printer {
                printer: printer.clone(),
                last_seq: queue.last_seq,
                dirty: queue.dirty,
            });
        let attempts = self
            .attempts()
            .flat_map(|(ticket, number, attempt)| attempt.to_records(ticket, number));
        std::iter::once(epoch)
            .chain(printers)
            .chain(attempts)
            .collect()
    }

    fn attempts(&self) -> impl Iterator<Item = (&String, u32, &Attempt)> {
        self.tickets.iter().flat_map(|(ticket, attempts)| {
            attempts
                .iter()
                .map(move |(number, attempt)| (ticket, *number, attempt))
        })
    }

    fn attempt_mut(&mut self, ticket: &str, number: u32) -> Option<&mut Attempt> {
        self.tickets.get_mut(ticket)?.get_mut(&number)
    }

    fn enqueue(&mut self, job: Arc<PrintJob>, by_agent: bool, at: UnixMillis) {
        let (ticket, number) = (job.ticket_id.to_string(), job.attempt);
        let queue = self.printers.entry(job.printer.to_string()).or_default();
        queue.last_seq = queue.last_seq.max(job.seq);
        queue.jobs.insert((job.seq, number, ticket.clone()));
        let attempt = Attempt {
            phase: Phase::Queued(job),
            by_agent,
            at,
            acknowledged: None,
        };
        self.tickets
            .entry(ticket)
            .or_default()
            .insert(number, attempt);
    }

    fn begin_sending(&mut self, event: &AttemptEvent) {
        if let Some(attempt) = self.attempt_mut(&event.ticket, event.attempt)
            && let Phase::Queued(job) = &attempt.phase
        {
            attempt.phase = Phase::Sending(Arc::clone(job));
        }
    }

    fn end(&mut self, event: &AttemptEvent, status: AttemptStatus, reprint: bool) {
        let Some(attempt) = self.attempt_mut(&event.ticket, event.attempt) else {
            return;
        };
        let (job, was_sent) = match &attempt.phase {
            Phase::Queued(job) => (Arc::clone(job), false),
            Phase::Sending(job) => (Arc::clone(job), true),
            Phase::Ended(_) => return,
        };
        let is_complete = matches!(status, AttemptStatus::Printed(_));
        let name = status.name();
        attempt.phase = Phase::Ended(status);
        attempt.at = event.at;
        // If a second copy follows, its reports speak for the ticket. Reporting this `unknown` as well would raise an alarm too early.
        attempt.acknowledged = reprint.then(|| name.to_owned());
        if let Some(queue) = self.printers.get_mut(job.printer.as_str()) {
            queue
                .jobs
                .remove(&(job.seq, event.attempt, event.ticket.clone()));
            queue.dirty = if was_sent { !is_complete } else { queue.dirty };
        }
        if reprint {
            let reprint = Some(ReprintReason::UnknownOutcome);
            // Queued by the same record that ends the first copy: no crash can come between the two.
            let second_copy = PrintJob {
                attempt: event.attempt.saturating_add(1),
                reprint,
                ..(*job).clone()
            };
            self.enqueue(Arc::new(second_copy), true, event.at);
        }
    }
}

#[cfg(test)]
mod tests;
