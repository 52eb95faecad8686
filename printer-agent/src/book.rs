//! What the journal means: tickets, their attempts, and who is next in each printer's line. Pure; changed by [`Book::apply`] only.
//!
//! A (ticket, attempt) starts at most once. An attempt is `queued`, `sending` from before its first byte, and then ends
//! `printed`, `unknown` or `rejected`. The agent itself adds at most one attempt to a ticket.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tabletap_domain::{PrinterId, TicketId, time::UnixMillis};
use tabletap_wire::print::{PrintJob, PrinterProgress, ReprintReason};

use crate::{
    journal::{Record, Step},
    report::Outcome,
};

/// How long ended tickets are remembered, so that a late repetition is answered and not printed.
const REMEMBERED: Duration = Duration::from_hours(7 * 24);
/// How many ended tickets are remembered at most.
const REMEMBERED_MAX: usize = 10_000;

/// The agent's knowledge.
#[derive(Debug, Default)]
pub(crate) struct Book {
    epoch: String,
    epoch_at: UnixMillis,
    tickets: BTreeMap<String, BTreeMap<u32, Attempt>>,
    printers: BTreeMap<String, Standing>,
}

#[derive(Debug)]
struct Attempt {
    phase: Phase,
    by_agent: bool,
    at: UnixMillis,
    told: Option<String>,
}

#[derive(Debug)]
enum Phase {
    Queued(Arc<PrintJob>),
    Sending(Arc<PrintJob>),
    Ended(Outcome),
}

#[derive(Debug, Default)]
struct Standing {
    last_seq: u64,
    /// The last ticket sent to it is unfinished: its parser may wait for the rest of an image.
    dirty: bool,
    /// Queued and sending attempts in the order of the paper: sequence, attempt, ticket.
    line: BTreeSet<(u64, u32, String)>,
}

impl Book {
    /// What these records mean.
    #[must_use]
    pub(crate) fn from_records(records: &[Record]) -> Self {
        let mut book = Self::default();
        for record in records {
            book.apply(record);
        }
        book
    }

    /// Takes a record in; one that speaks of an attempt nobody knows changes nothing.
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
                let standing = self.printers.entry(printer.clone()).or_default();
                (standing.last_seq, standing.dirty) = (*last_seq, *dirty);
            }
            Record::Queued { job, by_agent, at } => {
                self.queue(Arc::new(PrintJob::clone(job)), *by_agent, *at);
            }
            Record::Sending(step) => self.start(step),
            Record::Printed(step) => self.end(step, Outcome::Printed(step.word.clone()), false),
            Record::Rejected(step) => self.end(step, Outcome::Rejected(step.word.clone()), false),
            Record::Unknown { step, reprint } => {
                self.end(step, Outcome::Unknown(step.word.clone()), *reprint);
            }
            Record::Closed {
                step,
                outcome,
                by_agent,
                told,
            } => {
                let told = told.then(|| outcome.clone());
                let outcome = Outcome::from_name(outcome, &step.word);
                let phase = Phase::Ended(outcome);
                let attempt = Attempt {
                    phase,
                    by_agent: *by_agent,
                    at: step.at,
                    told,
                };
                self.tickets
                    .entry(step.ticket.clone())
                    .or_default()
                    .insert(step.attempt, attempt);
            }
            Record::Told(step) => {
                if let Some(attempt) = self.attempt_mut(&step.ticket, step.attempt) {
                    attempt.told = Some(step.word.clone());
                }
            }
        }
    }

    /// What became of a ticket's newest attempt, where that is this one or a later one.
    #[must_use]
    pub(crate) fn known(
        &self,
        ticket: &TicketId,
        attempt: u32,
    ) -> Option<(u32, Outcome, UnixMillis)> {
        let attempts = self.tickets.get(&ticket.to_string())?;
        let (number, newest) = attempts.last_key_value()?;
        (*number >= attempt).then(|| (*number, newest.outcome(), newest.at))
    }

    /// The next job of a printer's line that `may` go, and whether the printer's parser must be flushed first.
    #[must_use]
    pub(crate) fn next_for(
        &self,
        printer: &PrinterId,
        may: impl Fn(&PrintJob) -> bool,
    ) -> Option<(Arc<PrintJob>, bool)> {
        let standing = self.printers.get(printer.as_str())?;
        let job = standing.line.iter().find_map(|(_, number, ticket)| {
            match &self.tickets.get(ticket)?.get(number)?.phase {
                Phase::Queued(job) if may(job) => Some(Arc::clone(job)),
                Phase::Queued(_) | Phase::Sending(_) | Phase::Ended(_) => None,
            }
        })?;
        Some((job, standing.dirty))
    }

    /// How many jobs of a printer wait or are being printed.
    #[must_use]
    pub(crate) fn queue_length(&self, printer: &PrinterId) -> usize {
        self.printers
            .get(printer.as_str())
            .map_or(0, |standing| standing.line.len())
    }

    /// Whether the agent may print a ticket once more by itself.
    #[must_use]
    pub(crate) fn may_reprint(&self, ticket: &TicketId) -> bool {
        self.tickets
            .get(&ticket.to_string())
            .is_some_and(|attempts| attempts.values().all(|attempt| !attempt.by_agent))
    }

    /// Jobs whose bytes may have left.
    #[must_use]
    pub(crate) fn being_sent(&self) -> Vec<Arc<PrintJob>> {
        self.attempts()
            .filter_map(|(_, _, attempt)| match &attempt.phase {
                Phase::Sending(job) => Some(Arc::clone(job)),
                Phase::Queued(_) | Phase::Ended(_) => None,
            })
            .collect()
    }

    /// Jobs of which no byte has left.
    #[must_use]
    pub(crate) fn waiting(&self) -> Vec<Arc<PrintJob>> {
        self.attempts()
            .filter_map(|(_, _, attempt)| match &attempt.phase {
                Phase::Queued(job) => Some(Arc::clone(job)),
                Phase::Sending(_) | Phase::Ended(_) => None,
            })
            .collect()
    }

    /// What the broker has not acknowledged yet.
    #[must_use]
    pub(crate) fn untold(&self) -> Vec<(TicketId, u32, Outcome, UnixMillis)> {
        self.attempts()
            .filter(|(_, _, attempt)| attempt.told.as_deref() != Some(attempt.outcome().name()))
            .filter_map(|(ticket, number, attempt)| {
                Some((
                    TicketId::parse(ticket).ok()?,
                    number,
                    attempt.outcome(),
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

    /// How far a printer has come.
    #[must_use]
    pub(crate) fn progress(&self, printer: &PrinterId) -> PrinterProgress {
        let last_seq = self
            .printers
            .get(printer.as_str())
            .map_or(0, |standing| standing.last_seq);
        PrinterProgress {
            id: printer.clone(),
            last_seq,
        }
    }

    /// Forgets what ended long ago.
    pub(crate) fn forget_old(&mut self, now: UnixMillis) {
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
            if place >= REMEMBERED_MAX || at.plus(REMEMBERED) < now {
                self.tickets.remove(ticket);
            }
        }
    }

    /// All of it as the records of a new journal. Of attempts that have ended these hold no job, and so no words of guests.
    #[must_use]
    pub(crate) fn records(&self) -> Vec<Record> {
        let epoch = Record::Epoch {
            id: self.epoch.clone(),
            at: self.epoch_at,
        };
        let printers = self
            .printers
            .iter()
            .map(|(printer, standing)| Record::Printer {
                printer: printer.clone(),
                last_seq: standing.last_seq,
                dirty: standing.dirty,
            });
        let attempts = self
            .attempts()
            .flat_map(|(ticket, number, a)| a.records(ticket, number));
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

    fn queue(&mut self, job: Arc<PrintJob>, by_agent: bool, at: UnixMillis) {
        let (ticket, number) = (job.ticket_id.to_string(), job.attempt);
        let standing = self.printers.entry(job.printer.to_string()).or_default();
        standing.last_seq = standing.last_seq.max(job.seq);
        standing.line.insert((job.seq, number, ticket.clone()));
        let attempt = Attempt {
            phase: Phase::Queued(job),
            by_agent,
            at,
            told: None,
        };
        self.tickets
            .entry(ticket)
            .or_default()
            .insert(number, attempt);
    }

    fn start(&mut self, step: &Step) {
        if let Some(attempt) = self.attempt_mut(&step.ticket, step.attempt)
            && let Phase::Queued(job) = &attempt.phase
        {
            attempt.phase = Phase::Sending(Arc::clone(job));
        }
    }

    fn end(&mut self, step: &Step, outcome: Outcome, reprint: bool) {
        let Some(attempt) = self.attempt_mut(&step.ticket, step.attempt) else {
            return;
        };
        let (job, was_sent) = match &attempt.phase {
            Phase::Queued(job) => (Arc::clone(job), false),
            Phase::Sending(job) => (Arc::clone(job), true),
            Phase::Ended(_) => return,
        };
        let finished = matches!(outcome, Outcome::Printed(_));
        let name = outcome.name();
        attempt.phase = Phase::Ended(outcome);
        attempt.at = step.at;
        // Where another attempt follows, that one speaks for the ticket.
        attempt.told = reprint.then(|| name.to_owned());
        if let Some(standing) = self.printers.get_mut(job.printer.as_str()) {
            standing
                .line
                .remove(&(job.seq, step.attempt, step.ticket.clone()));
            standing.dirty = if was_sent { !finished } else { standing.dirty };
        }
        if reprint {
            let reprint = Some(ReprintReason::UnknownOutcome);
            let again = PrintJob {
                attempt: step.attempt.saturating_add(1),
                reprint,
                ..(*job).clone()
            };
            self.queue(Arc::new(again), true, step.at);
        }
    }
}

impl Attempt {
    fn outcome(&self) -> Outcome {
        match &self.phase {
            Phase::Queued(_) | Phase::Sending(_) => Outcome::Accepted,
            Phase::Ended(outcome) => outcome.clone(),
        }
    }

    fn records(&self, ticket: &str, number: u32) -> Vec<Record> {
        let step = |word: &str| Step {
            ticket: ticket.to_owned(),
            attempt: number,
            word: word.to_owned(),
            at: self.at,
        };
        let outcome = self.outcome();
        let mut records = match &self.phase {
            Phase::Ended(outcome) => {
                return vec![Record::Closed {
                    step: step(outcome.word()),
                    outcome: outcome.name().to_owned(),
                    by_agent: self.by_agent,
                    told: self.told.as_deref() == Some(outcome.name()),
                }];
            }
            Phase::Queued(job) | Phase::Sending(job) => vec![Record::Queued {
                job: Box::new(PrintJob::clone(job)),
                by_agent: self.by_agent,
                at: self.at,
            }],
        };
        if matches!(self.phase, Phase::Sending(_)) {
            records.push(Record::Sending(step("")));
        }
        if self.told.is_some() {
            records.push(Record::Told(step(outcome.name())));
        }
        records
    }
}

#[cfg(test)]
mod tests;
