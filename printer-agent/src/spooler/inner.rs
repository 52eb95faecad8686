//! What the spooler's lock protects: state, journal and outbox, which change together.

use std::{collections::BTreeMap, time::Duration};

use tabletap_domain::PrinterId;
use tabletap_wire::print::{AskedAttempt, PrintJob, Report, TicketNews};

use crate::{
    clock,
    journal::{AttemptEvent, Durable, Journal, Record, RewriteStatus},
    journal_state::JournalState,
    printer::Condition,
    report::{AttemptStatus, Outbox},
};

/// The journal is rewritten when it has grown past this.
pub(super) const COMPACT_AT_BYTES: usize = 8 * 1024 * 1024;

/// After a failed rewrite, the journal is rewritten when it has grown by this much more.
const COMPACT_AGAIN_BYTES: usize = 1024 * 1024;

/// By then `hello` has told the cloud that the old journal was lost.
const HELLO_DELIVERED_WITHIN: Duration = Duration::from_mins(2);

/// The spooler's memory and its journal.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) state: JournalState,
    pub(super) journal: Journal,
    pub(super) compact_at_bytes: usize,
    /// Whether the journal still contains the jobs of ended attempts, and with them what guests wrote.
    pub(super) has_ended_jobs: bool,
    pub(super) outbox: Outbox,
    pub(super) conditions: BTreeMap<PrinterId, Condition>,
    /// Each printer's last `blocked` report.
    pub(super) blocked: BTreeMap<PrinterId, TicketNews>,
}

impl Inner {
    /// The report on an attempt, or on the ticket's newest one if that is later. An attempt that is not in the journal has an unknown
    /// outcome. While the journal is new there is no answer for such an attempt: `hello` tells the cloud that the old journal was lost,
    /// and an answer could overtake it. The cloud asks again.
    pub(super) fn status_report(&self, asked: &AskedAttempt) -> Option<Report> {
        let (ticket, attempt) = (&asked.ticket_id, asked.attempt);
        let Some((attempt, status, at)) = self.state.newest_attempt_from(ticket, attempt) else {
            let (now, epoch_at) = (clock::now(), self.state.epoch_at());
            let is_new = (epoch_at..epoch_at.plus(HELLO_DELIVERED_WITHIN)).contains(&now);
            tracing::warn!(%ticket, attempt, is_new, "asked about an attempt that is not in the journal");
            let status = AttemptStatus::Unknown("not_in_journal".to_owned());
            return (!is_new).then(|| status.report(ticket.clone(), attempt, now));
        };
        let is_blocked = |(printer, news): &(&PrinterId, &TicketNews)| {
            let condition = self.conditions.get(*printer);
            (&news.ticket_id, news.attempt) == (ticket, attempt)
                && condition.is_some_and(|condition| !condition.prints())
        };
        Some(match self.blocked.iter().find(is_blocked) {
            Some((_, news)) if status == AttemptStatus::Accepted => Report::Blocked(news.clone()),
            _ => status.report(ticket.clone(), attempt, at),
        })
    }

    pub(super) fn append(&mut self, record: &Record) -> Durable {
        self.state.apply(record);
        self.has_ended_jobs |= record.ends_an_attempt();
        let durable = self.journal.append(record);
        self.compact_if_large();
        durable
    }

    pub(super) fn append_unsynced(&mut self, record: &Record) {
        self.state.apply(record);
        self.journal.append_unsynced(record);
    }

    fn compact_if_large(&mut self) {
        if self.may_rewrite() && self.journal.bytes() > self.compact_at_bytes {
            self.rewrite();
        }
    }

    /// Removes the jobs of ended attempts from the journal. Their ids and statuses stay.
    pub(super) fn remove_ended_jobs(&mut self) {
        if self.may_rewrite() && self.has_ended_jobs {
            self.rewrite();
        }
    }

    /// Whether no rewrite is in progress. A failed one changed nothing: the jobs it should have removed are still on disk.
    fn may_rewrite(&mut self) -> bool {
        match self.journal.rewrite_status() {
            RewriteStatus::Done => true,
            RewriteStatus::Pending => false,
            RewriteStatus::Failed => {
                self.has_ended_jobs = true;
                // Not with each record: the disk may stay full for a while.
                self.compact_at_bytes = self.journal.bytes().saturating_add(COMPACT_AGAIN_BYTES);
                true
            }
        }
    }

    fn rewrite(&mut self) {
        self.state.forget_old_tickets(clock::now());
        self.journal.rewrite(&self.state.to_records());
        self.compact_at_bytes = COMPACT_AT_BYTES.max(self.journal.bytes().saturating_mul(2));
        self.has_ended_jobs = false;
    }
}

/// Something that happens to an attempt now.
pub(super) fn attempt_event(job: &PrintJob, detail: &str) -> AttemptEvent {
    AttemptEvent {
        ticket: job.ticket_id.to_string(),
        attempt: job.attempt,
        detail: detail.to_owned(),
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
        let event = AttemptEvent {
            ticket: ticket.to_owned(),
            attempt: 1,
            detail: "status".to_owned(),
            at,
        };
        let outcome = "printed".to_owned();
        Record::Closed {
            event,
            outcome,
            by_agent: false,
            acknowledged: true,
        }
    }

    /// A spooler's state whose journal has a ticket from 1970 and one from now.
    async fn inner(folder: &Path) -> Inner {
        let (mut journal, _) = Journal::open(folder).unwrap();
        let new = "tkt_00000000000000000000000000000002_hot_1";
        let records = [closed(OLD, UnixMillis(0)), closed(new, clock::now())];
        for record in &records {
            journal.append(record).wait().await.unwrap();
        }
        Inner {
            state: JournalState::from_records(&records),
            journal,
            compact_at_bytes: COMPACT_AT_BYTES,
            has_ended_jobs: true,
            outbox: Outbox::default(),
            conditions: BTreeMap::new(),
            blocked: BTreeMap::new(),
        }
    }

    fn on_disk(folder: &Path) -> String {
        String::from_utf8_lossy(&fs::read(folder.join("journal")).unwrap()).into_owned()
    }

    #[tokio::test]
    async fn every_rewrite_of_the_journal_forgets_old_tickets() {
        for compacts in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let mut inner = inner(folder.path()).await;
            assert!(on_disk(folder.path()).contains(OLD));
            if compacts {
                inner.compact_at_bytes = 0;
                inner.compact_if_large();
            } else {
                inner.remove_ended_jobs();
            }
            inner.journal.barrier().wait().await.unwrap();
            let journal = on_disk(folder.path());
            assert!(!journal.contains(OLD) && journal.contains("00002_hot_1"));
        }
    }

    #[tokio::test]
    async fn a_failed_rewrite_does_not_count_as_done() {
        let folder = tempfile::tempdir().unwrap();
        let mut inner = inner(folder.path()).await;
        let in_the_way = folder.path().join("journal.unfinished");
        fs::create_dir(&in_the_way).unwrap();
        let before = inner.journal.bytes();
        inner.remove_ended_jobs();
        inner.journal.barrier().wait().await.unwrap();
        inner.remove_ended_jobs(); // fails as well
        inner.journal.barrier().wait().await.unwrap();
        assert!(on_disk(folder.path()).contains(OLD));
        fs::remove_dir(&in_the_way).unwrap();

        inner.compact_if_large();
        assert_eq!(inner.journal.bytes(), before, "the file is unchanged");
        assert_eq!(inner.compact_at_bytes, before + COMPACT_AGAIN_BYTES);
        inner.remove_ended_jobs();
        inner.journal.barrier().wait().await.unwrap();
        assert!(!on_disk(folder.path()).contains(OLD));
        assert!(inner.journal.bytes() < before);
    }
}
