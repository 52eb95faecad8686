//! The spooler accepts jobs, hands them to the printers' workers, and keeps reports until the broker has them. State, journal and outbox
//! are behind one lock that is held only briefly, never while waiting for the disk.
//!
//! Two rules make a crash at any point safe:
//!
//! - Memory changes under the lock, in the order in which records are appended. So replaying the journal gives the same state.
//! - Anything another party can see (an MQTT acknowledgement, a report, a byte to the printer) waits until its record is on disk.
//!   Callers get a [`Durable`] under the lock and wait for it outside.
//!
//! A worker may see a job before the job's record is on disk. That is safe: it waits for its own `sending` record before the first byte,
//! and that record is behind the job's in the file.

mod inner;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tabletap_domain::PrinterId;
use tabletap_wire::print::{
    AgentState, AskedAttempt, Hello, PrintJob, PrinterHealth, Report, ReprintReason, TicketNews,
};
use tokio::sync::Notify;

use crate::{
    clock,
    config::{Config, UnknownOutcomePolicy},
    journal::{AttemptEvent, Durable, Journal, JournalError, Record},
    journal_state::JournalState,
    printer::Condition,
    report::{AttemptStatus, Outbox},
};
use inner::{COMPACT_AT_BYTES, Inner, attempt_event};

/// The agent's shared state.
#[derive(Debug)]
pub(crate) struct Spooler {
    inner: Mutex<Inner>,
    unknown_outcome: UnknownOutcomePolicy,
    /// Wakes a printer's worker when its queue changes.
    queue_changes: BTreeMap<PrinterId, Notify>,
    /// Wakes the session when there is a report to send or a printer's condition has changed.
    updates: Notify,
}

impl Spooler {
    /// Opens the journal and resolves what a crash has left behind.
    ///
    /// # Errors
    /// [`JournalError`]: the agent cannot start.
    pub(crate) async fn open(config: &Config) -> Result<Self, JournalError> {
        let (journal, records) = Journal::open(Path::new(&config.data))?;
        let state = JournalState::from_records(&records);
        let has_ended_jobs = records.iter().any(Record::ends_an_attempt);
        let printers = || config.printers.iter().map(|printer| printer.id.clone());
        let conditions = printers().map(|id| (id, Condition::Offline)).collect();
        let outbox = Outbox::default();
        let compact_at_bytes = COMPACT_AT_BYTES;
        let inner = Mutex::new(Inner {
            state,
            journal,
            compact_at_bytes,
            has_ended_jobs,
            outbox,
            conditions,
            blocked: BTreeMap::new(),
        });
        let queue_changes = printers().map(|id| (id, Notify::new())).collect();
        let unknown_outcome = config.unknown_outcome;
        let spooler = Self {
            inner,
            unknown_outcome,
            queue_changes,
            updates: Notify::new(),
        };
        spooler.recover().wait().await?;
        Ok(spooler)
    }

    /// Runs on the replayed state, before any worker or connection exists.
    fn recover(&self) -> Durable {
        let mut guard = self.lock();
        let inner = &mut *guard;
        if inner.state.epoch().is_empty() {
            let (id, at) = (new_epoch(), clock::now());
            inner.append(&Record::Epoch { id, at });
        }
        // The agent died after the `sending` record: the printer may have all, part or none of these.
        for job in inner.state.sending_jobs() {
            self.end_as_unknown(inner, &job, "agent_restarted");
        }
        for job in inner.state.queued_jobs() {
            if !self.queue_changes.contains_key(&job.printer) {
                tracing::error!(ticket = %job.ticket_id, printer = %job.printer, "its printer is no longer configured");
                inner.append(&Record::Rejected(attempt_event(&job, "no_such_printer")));
            }
        }
        // Last, so that the statuses that were just recorded are reported too.
        for (ticket, attempt, status, at) in inner.state.unacknowledged() {
            inner.outbox.push(status.report(ticket, attempt, at));
        }
        inner.remove_ended_jobs();
        inner.journal.barrier()
    }

    /// Accepts a job. When the returned future ends, the job is on disk and its MQTT message may be acknowledged. The job is queued by the
    /// call itself, so jobs are queued in the order of the calls.
    ///
    /// # Errors
    /// The future's: the journal has stopped.
    pub(crate) fn accept_job(
        self: &Arc<Self>,
        job: PrintJob,
    ) -> impl Future<Output = Result<(), JournalError>> + Send + use<> {
        let (durable, report) = self.queue_job(job);
        let spooler = Arc::clone(self);
        async move {
            durable.wait().await?;
            spooler.send_report(report);
            Ok(())
        }
    }

    /// Answers a question about attempts from the journal; prints nothing. The answers are sent when the returned future ends, because
    /// only then everything they report is on disk.
    ///
    /// # Errors
    /// The future's: the journal has stopped.
    pub(crate) fn answer_question(
        self: &Arc<Self>,
        asked: &[AskedAttempt],
    ) -> impl Future<Output = Result<(), JournalError>> + Send + use<> {
        let mut inner = self.lock();
        let answers: Vec<Report> = asked
            .iter()
            .filter_map(|asked| inner.status_report(asked))
            .collect();
        let durable = inner.journal.barrier();
        drop(inner);
        let spooler = Arc::clone(self);
        async move {
            durable.wait().await?;
            answers
                .into_iter()
                .for_each(|answer| spooler.send_report(answer));
            Ok(())
        }
    }

    fn queue_job(&self, job: PrintJob) -> (Durable, Report) {
        let now = clock::now();
        let (ticket, attempt) = (job.ticket_id.clone(), job.attempt);
        let mut inner = self.lock();
        let Some(queue_change) = self.queue_changes.get(&job.printer) else {
            let status = AttemptStatus::Rejected("no_such_printer".to_owned());
            return (inner.journal.barrier(), status.report(ticket, attempt, now));
        };
        match inner.state.newest_attempt_from(&ticket, attempt) {
            // Delivered again: it is answered with the status of the ticket's newest attempt, and nothing is printed.
            Some((attempt, status, at)) => {
                (inner.journal.barrier(), status.report(ticket, attempt, at))
            }
            None => {
                tracing::info!(%ticket, attempt, printer = %job.printer, "queued");
                // Under a lost journal this agent may have printed the ticket already. This second copy is then the only one it makes.
                let by_agent = job.reprint == Some(ReprintReason::UnknownOutcome);
                let record = Record::Queued {
                    job: Box::new(job.clone()),
                    by_agent,
                    at: now,
                };
                let durable = inner.append(&record);
                if by_agent && self.unknown_outcome == UnknownOutcomePolicy::Ask {
                    let event = attempt_event(&job, "journal_lost");
                    let status = AttemptStatus::Unknown(event.detail.clone());
                    let reprint = false;
                    let durable = inner.append(&Record::Unknown { event, reprint });
                    return (durable, status.report(ticket, attempt, now));
                }
                queue_change.notify_one();
                (
                    durable,
                    AttemptStatus::Accepted.report(ticket, attempt, now),
                )
            }
        }
    }

    /// Removes the jobs of ended tickets from the journal, and with them what guests wrote.
    pub(crate) fn remove_ended_jobs(&self) {
        self.lock().remove_ended_jobs();
    }

    /// Puts a report into the outbox. What it reports must be on disk.
    pub(crate) fn send_report(&self, report: Report) {
        self.lock().outbox.push(report);
        self.updates.notify_one();
    }

    /// The first job in a printer's queue that `is_printable`, and whether the printer's parser must be flushed first.
    pub(crate) fn next_job(
        &self,
        printer: &PrinterId,
        is_printable: impl Fn(&PrintJob) -> bool,
    ) -> Option<(Arc<PrintJob>, bool)> {
        self.lock().state.next_job(printer, is_printable)
    }

    /// Waits until a printer's queue may have changed.
    pub(crate) async fn queue_changed(&self, printer: &PrinterId) {
        match self.queue_changes.get(printer) {
            Some(change) => change.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Records that bytes of a job may reach the printer from now on. Wait for it before the first byte.
    pub(crate) fn record_sending(&self, job: &PrintJob) -> Durable {
        self.lock().append(&Record::Sending(attempt_event(job, "")))
    }

    /// Records that a job is on paper. Pass the report to [`Spooler::send_report`] once the record is on disk.
    pub(crate) fn record_printed(&self, job: &PrintJob, proof: &str) -> (Durable, Report) {
        let event = attempt_event(job, proof);
        let status = AttemptStatus::Printed(proof.to_owned());
        let report = status.report(job.ticket_id.clone(), job.attempt, event.at);
        (self.lock().append(&Record::Printed(event)), report)
    }

    /// Records that a job's outcome is unknown, and queues a second copy if the restaurant's policy allows one.
    ///
    /// # Errors
    /// The journal has stopped.
    pub(crate) async fn record_unknown(
        &self,
        job: &PrintJob,
        why: &str,
    ) -> Result<(), JournalError> {
        let durable = self.end_as_unknown(&mut self.lock(), job, why);
        durable.wait().await?;
        // If a second copy was queued, its `accepted` is reported instead.
        let newest = self
            .lock()
            .state
            .newest_attempt_from(&job.ticket_id, job.attempt);
        if let Some((attempt, status, at)) = newest {
            self.send_report(status.report(job.ticket_id.clone(), attempt, at));
        }
        Ok(())
    }

    fn end_as_unknown(&self, inner: &mut Inner, job: &PrintJob, why: &str) -> Durable {
        let reprint = self.unknown_outcome == UnknownOutcomePolicy::Reprint
            && inner.state.may_reprint(&job.ticket_id);
        tracing::warn!(ticket = %job.ticket_id, attempt = job.attempt, why, reprint, "outcome unknown");
        inner.append(&Record::Unknown {
            event: attempt_event(job, why),
            reprint,
        })
    }

    /// Records that the agent will not print a job, and reports it.
    ///
    /// # Errors
    /// The journal has stopped.
    pub(crate) async fn reject(&self, job: &PrintJob, why: &str) -> Result<(), JournalError> {
        tracing::error!(ticket = %job.ticket_id, attempt = job.attempt, why, "rejected");
        let event = attempt_event(job, why);
        let status = AttemptStatus::Rejected(why.to_owned());
        let report = status.report(job.ticket_id.clone(), job.attempt, event.at);
        let durable = self.lock().append(&Record::Rejected(event));
        durable.wait().await?;
        self.send_report(report);
        Ok(())
    }

    /// Reports that a job is waiting for its printer. Not a record: after a restart the printer is asked again.
    pub(crate) fn report_blocked(&self, job: &PrintJob, condition: Condition) {
        let detail = Some(condition.to_string());
        let (ticket_id, attempt) = (job.ticket_id.clone(), job.attempt);
        tracing::warn!(ticket = %ticket_id, attempt, reason = %condition, "blocked");
        let news = TicketNews {
            v: 1,
            ticket_id,
            attempt,
            at: clock::now(),
            detail,
        };
        let mut inner = self.lock();
        inner.blocked.insert(job.printer.clone(), news.clone());
        drop(inner);
        self.send_report(Report::Blocked(news));
    }

    /// Notes a printer's condition, and publishes it if it is new.
    pub(crate) fn set_condition(&self, printer: &PrinterId, condition: Condition) {
        let before = self.lock().conditions.insert(printer.clone(), condition);
        if before != Some(condition) {
            tracing::info!(%printer, state = %condition, "printer");
            self.updates.notify_one();
        }
    }

    /// Waits until there may be a report to send or a new state to publish.
    pub(crate) async fn updated(&self) {
        self.updates.notified().await;
    }

    /// The first report after `id`; 0 is before all.
    pub(crate) fn report_after(&self, id: u64) -> Option<(u64, Report)> {
        self.lock().outbox.after(id)
    }

    /// The broker has acknowledged a report. The record is not waited for: if it is lost, the report is sent once more.
    pub(crate) fn acknowledge_report(&self, id: u64) {
        let mut inner = self.lock();
        let (name, news) = match inner.outbox.remove(id) {
            Some(Report::Accepted(news)) => ("accepted", news),
            Some(Report::Printed(news)) => ("printed", news),
            Some(Report::Unknown(news)) => ("unknown", news),
            Some(Report::Rejected(news)) => ("rejected", news),
            Some(Report::Blocked(_) | Report::Hello(_)) | None => return,
        };
        let (ticket, detail) = (news.ticket_id.to_string(), name.to_owned());
        let event = AttemptEvent {
            ticket,
            attempt: news.attempt,
            detail,
            at: clock::now(),
        };
        inner.append_unsynced(&Record::Acknowledged(event));
    }

    /// The message that starts each connection.
    pub(crate) fn hello(&self) -> Report {
        let inner = self.lock();
        let printers = self
            .queue_changes
            .keys()
            .map(|id| inner.state.progress(id))
            .collect();
        Report::Hello(Hello {
            v: 1,
            journal_epoch: inner.state.epoch().to_owned(),
            printers,
            can: vec![Hello::ASK.to_owned()],
        })
    }

    /// The agent's state as it is published.
    pub(crate) fn agent_state(&self, online: bool) -> AgentState {
        let inner = self.lock();
        let health = |(id, condition): (&PrinterId, &Condition)| PrinterHealth {
            id: id.clone(),
            state: condition.to_string(),
            queue: u32::try_from(inner.state.queue_length(id)).unwrap_or(u32::MAX),
        };
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let printers = inner.conditions.iter().map(health).collect();
        AgentState {
            v: 1,
            online,
            version,
            at: clock::now(),
            printers,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It is no secret: an epoch only has to differ from the one before.
fn new_epoch() -> String {
    format!("{:032x}", fastrand::u128(..))
}
