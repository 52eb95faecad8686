//! What stands behind the desk's lock: book, journal and outbox, which change together.

use std::{collections::BTreeMap, time::Duration};

use tabletap_domain::PrinterId;
use tabletap_wire::print::{AskedAttempt, PrintJob, Report, TicketNews};

use crate::{
    book::Book,
    clock,
    journal::{Durable, Journal, Record, Rewritten, Step},
    printer::Condition,
    report::{Outbox, Outcome},
};

/// The journal is rewritten when it has grown past this.
pub(super) const COMPACT_AT_BYTES: usize = 8 * 1024 * 1024;

/// A rewrite that failed is tried again when the journal has grown by this much more.
const COMPACT_AGAIN_BYTES: usize = 1024 * 1024;

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
        if self.may_rewrite() && self.journal.bytes() > self.compact_at_bytes {
            self.rewrite();
        }
    }

    /// Takes the jobs that have ended out of the journal. What became of them stays.
    pub(super) fn drop_ended_jobs(&mut self) {
        if self.may_rewrite() && self.holds_ended_jobs {
            self.rewrite();
        }
    }

    /// Whether no rewrite is on its way. One that failed did nothing: what it should have taken out still stands on the disk.
    fn may_rewrite(&mut self) -> bool {
        match self.journal.rewritten() {
            Rewritten::Done => true,
            Rewritten::Pending => false,
            Rewritten::Failed => {
                self.holds_ended_jobs = true;
                // A full disk is not asked again with each record.
                self.compact_at_bytes = self.journal.bytes().saturating_add(COMPACT_AGAIN_BYTES);
                true
            }
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::{fs, path::Path};
    use tabletap_domain::time::UnixMillis;

    const OLD: &str = "tkt_00000000000000000000000000000001_hot_1";

    fn closed(ticket: &str, at: UnixMillis) -> Record {
        let step = Step {
            ticket: ticket.to_owned(),
            attempt: 1,
            word: "status".to_owned(),
            at,
        };
        let outcome = "printed".to_owned();
        Record::Closed {
            step,
            outcome,
            by_agent: false,
            told: true,
        }
    }

    /// What stands behind the lock of a desk whose journal tells of a ticket from 1970 and one from now.
    async fn inner(folder: &Path) -> Inner {
        let (mut journal, _) = Journal::open(folder).unwrap();
        let new = "tkt_00000000000000000000000000000002_hot_1";
        let records = [closed(OLD, UnixMillis(0)), closed(new, clock::now())];
        for record in &records {
            journal.append(record).wait().await.unwrap();
        }
        Inner {
            book: Book::from_records(&records),
            journal,
            compact_at_bytes: COMPACT_AT_BYTES,
            holds_ended_jobs: true,
            outbox: Outbox::default(),
            conditions: BTreeMap::new(),
            blocked: BTreeMap::new(),
        }
    }

    fn on_disk(folder: &Path) -> String {
        String::from_utf8_lossy(&fs::read(folder.join("journal")).unwrap()).into_owned()
    }

    #[tokio::test]
    async fn a_rewritten_journal_has_forgotten_old_tickets_whatever_it_was_rewritten_for() {
        for compacts in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let mut inner = inner(folder.path()).await;
            assert!(on_disk(folder.path()).contains(OLD));
            if compacts {
                inner.compact_at_bytes = 0;
                inner.compact_if_large();
            } else {
                inner.drop_ended_jobs();
            }
            inner.journal.barrier().wait().await.unwrap();
            let journal = on_disk(folder.path());
            assert!(!journal.contains(OLD) && journal.contains("00002_hot_1"));
        }
    }

    #[tokio::test]
    async fn a_rewrite_that_failed_is_not_taken_for_done() {
        let folder = tempfile::tempdir().unwrap();
        let mut inner = inner(folder.path()).await;
        let in_the_way = folder.path().join("journal.unfinished");
        fs::create_dir(&in_the_way).unwrap();
        let before = inner.journal.bytes();
        inner.drop_ended_jobs();
        inner.journal.barrier().wait().await.unwrap();
        inner.drop_ended_jobs(); // fails as well
        inner.journal.barrier().wait().await.unwrap();
        assert!(on_disk(folder.path()).contains(OLD));
        fs::remove_dir(&in_the_way).unwrap();

        inner.compact_if_large();
        assert_eq!(inner.journal.bytes(), before, "it stands as it was");
        assert_eq!(inner.compact_at_bytes, before + COMPACT_AGAIN_BYTES);
        inner.drop_ended_jobs();
        inner.journal.barrier().wait().await.unwrap();
        assert!(!on_disk(folder.path()).contains(OLD));
        assert!(inner.journal.bytes() < before);
    }
}
