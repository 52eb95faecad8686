//! What stands behind the desk's lock: book, journal and outbox, which change together.

use std::{collections::BTreeMap, time::Duration};

use tabletap_domain::PrinterId;
use tabletap_wire::print::{AskedAttempt, PrintJob, Report, TicketNews};

use crate::{
    book::Book,
    clock,
    journal::{Durable, Journal, Record, Step},
    printer::Condition,
    report::{Outbox, Outcome},
};

/// The journal is rewritten when it has grown past this.
pub(super) const COMPACT_AT_BYTES: usize = 8 * 1024 * 1024;

/// A lost journal is known to the cloud by then: `hello` has told of it.
const HELLO_IS_HEARD_WITHIN: Duration = Duration::from_mins(2);

/// The desk's memory and its disk.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) book: Book,
    pub(super) journal: Journal,
    pub(super) compact_at_bytes: usize,
    /// Whether jobs that have ended stand in the journal, and with them guests' words.
    pub(super) holds_ended_jobs: bool,
    pub(super) outbox: Outbox,
    pub(super) conditions: BTreeMap<PrinterId, Condition>,
    /// What was last told of each printer's line as blocked.
    pub(super) blocked: BTreeMap<PrinterId, TicketNews>,
}

impl Inner {
    /// What became of an attempt, or of the ticket's newest one; one that stands in no journal may be on paper or not. A new journal says
    /// nothing of such a one: `hello` tells the cloud that the old one was lost, and an answer could overtake it. The cloud asks again.
    pub(super) fn answer(&self, asked: &AskedAttempt) -> Option<Report> {
        let (ticket, attempt) = (&asked.ticket_id, asked.attempt);
        let Some((attempt, outcome, at)) = self.book.known(ticket, attempt) else {
            let (now, epoch_at) = (clock::now(), self.book.epoch_at());
            let is_new = (epoch_at..epoch_at.plus(HELLO_IS_HEARD_WITHIN)).contains(&now);
            tracing::warn!(%ticket, attempt, is_new, "asked about an attempt that stands in no journal");
            let outcome = Outcome::Unknown("not_in_journal".to_owned());
            return (!is_new).then(|| outcome.report(ticket.clone(), attempt, now));
        };
        let is_blocked = |(printer, news): &(&PrinterId, &TicketNews)| {
            let condition = self.conditions.get(*printer);
            (&news.ticket_id, news.attempt) == (ticket, attempt)
                && condition.is_some_and(|condition| !condition.prints())
        };
        Some(match self.blocked.iter().find(is_blocked) {
            Some((_, news)) if outcome == Outcome::Accepted => Report::Blocked(news.clone()),
            _ => outcome.report(ticket.clone(), attempt, at),
        })
    }

    pub(super) fn append(&mut self, record: &Record) -> Durable {
        self.book.apply(record);
        self.holds_ended_jobs |= record.ends_an_attempt();
        let durable = self.journal.append(record);
        self.compact_if_large();
        durable
    }

    pub(super) fn note(&mut self, record: &Record) {
        self.book.apply(record);
        self.journal.note(record);
    }

    fn compact_if_large(&mut self) {
        if self.journal.bytes() > self.compact_at_bytes {
            self.rewrite();
        }
    }

    /// Takes the jobs that have ended out of the journal. What became of them stays.
    pub(super) fn drop_ended_jobs(&mut self) {
        if self.holds_ended_jobs {
            self.rewrite();
        }
    }

    fn rewrite(&mut self) {
        self.book.forget_old(clock::now());
        self.journal.rewrite(&self.book.records());
        self.compact_at_bytes = COMPACT_AT_BYTES.max(self.journal.bytes().saturating_mul(2));
        self.holds_ended_jobs = false;
    }
}

/// An attempt and a word on it, now.
pub(super) fn step(job: &PrintJob, word: &str) -> Step {
    Step {
        ticket: job.ticket_id.to_string(),
        attempt: job.attempt,
        word: word.to_owned(),
        at: clock::now(),
    }
}
