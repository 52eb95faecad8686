//! Where jobs come in and reports go out: book, journal and outbox behind one lock, held for moments only.
//!
//! Memory changes in the order of the journal's records, under the lock; whoever must not run ahead of the disk waits for it
//! outside. A worker may see a job before it is on disk: its own `sending` record lies behind the job's and waits for both.

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
    book::Book,
    clock,
    config::{Config, UnknownOutcome},
    journal::{Durable, Journal, JournalError, Record, Step},
    printer::Condition,
    report::{Outbox, Outcome},
};
use inner::{COMPACT_AT_BYTES, Inner, step};

/// The agent's shared state.
#[derive(Debug)]
pub(crate) struct Desk {
    inner: Mutex<Inner>,
    unknown_outcome: UnknownOutcome,
    lines: BTreeMap<PrinterId, Notify>,
    news: Notify,
}

impl Desk {
    /// Opens the journal and brings what a crash has left in order.
    ///
    /// # Errors
    /// [`JournalError`]: the agent cannot start.
    pub(crate) async fn open(config: &Config) -> Result<Self, JournalError> {
        let (journal, records) = Journal::open(Path::new(&config.data))?;
        let book = Book::from_records(&records);
        let holds_ended_jobs = records.iter().any(Record::ends_an_attempt);
        let printers = || config.printers.iter().map(|printer| printer.id.clone());
        let conditions = printers().map(|id| (id, Condition::Offline)).collect();
        let outbox = Outbox::default();
        let compact_at_bytes = COMPACT_AT_BYTES;
        let inner = Mutex::new(Inner {
            book,
            journal,
            compact_at_bytes,
            holds_ended_jobs,
            outbox,
            conditions,
            blocked: BTreeMap::new(),
        });
        let lines = printers().map(|id| (id, Notify::new())).collect();
        let unknown_outcome = config.unknown_outcome;
        let desk = Self {
            inner,
            unknown_outcome,
            lines,
            news: Notify::new(),
        };
        desk.recover().wait().await?;
        Ok(desk)
    }

    fn recover(&self) -> Durable {
        let mut guard = self.lock();
        let inner = &mut *guard;
        if inner.book.epoch().is_empty() {
            let (id, at) = (new_epoch(), clock::now());
            inner.append(&Record::Epoch { id, at });
        }
        for job in inner.book.being_sent() {
            self.end_unknown(inner, &job, "agent_restarted");
        }
        for job in inner.book.waiting() {
            if !self.lines.contains_key(&job.printer) {
                tracing::error!(ticket = %job.ticket_id, printer = %job.printer, "its printer is not configured any more");
                inner.append(&Record::Rejected(step(&job, "no_such_printer")));
            }
        }
        for (ticket, attempt, outcome, at) in inner.book.untold() {
            inner.outbox.push(outcome.report(ticket, attempt, at));
        }
        inner.drop_ended_jobs();
        inner.journal.barrier()
    }

    /// Takes a job in. When the returned future ends, the job is on disk and MQTT may be acknowledged.
    ///
    /// # Errors
    /// The future's: the journal has stopped.
    pub(crate) fn offer(
        self: &Arc<Self>,
        job: PrintJob,
    ) -> impl Future<Output = Result<(), JournalError>> + Send + use<> {
        let (durable, report) = self.decide(job);
        let desk = Arc::clone(self);
        async move {
            durable.wait().await?;
            desk.tell(report);
            Ok(())
        }
    }

    /// Answers what became of these attempts, from the journal; prints nothing. The answers go out when the returned future ends: what they
    /// tell is on disk then.
    ///
    /// # Errors
    /// The future's: the journal has stopped.
    pub(crate) fn answer(
        self: &Arc<Self>,
        asked: &[AskedAttempt],
    ) -> impl Future<Output = Result<(), JournalError>> + Send + use<> {
        let mut inner = self.lock();
        let answers: Vec<Report> = asked
            .iter()
            .filter_map(|asked| inner.answer(asked))
            .collect();
        let durable = inner.journal.barrier();
        drop(inner);
        let desk = Arc::clone(self);
        async move {
            durable.wait().await?;
            answers.into_iter().for_each(|answer| desk.tell(answer));
            Ok(())
        }
    }

    fn decide(&self, job: PrintJob) -> (Durable, Report) {
        let now = clock::now();
        let (ticket, attempt) = (job.ticket_id.clone(), job.attempt);
        let mut inner = self.lock();
        let Some(line) = self.lines.get(&job.printer) else {
            let outcome = Outcome::Rejected("no_such_printer".to_owned());
            return (
                inner.journal.barrier(),
                outcome.report(ticket, attempt, now),
            );
        };
        match inner.book.known(&ticket, attempt) {
            // Nothing is printed: this became of the ticket's newest attempt.
            Some((attempt, outcome, at)) => {
                (inner.journal.barrier(), outcome.report(ticket, attempt, at))
            }
            None => {
                tracing::info!(%ticket, attempt, printer = %job.printer, "queued");
                // An earlier journal of this agent may have printed it: this is the one copy that is made by itself.
                let by_agent = job.reprint == Some(ReprintReason::UnknownOutcome);
                let record = Record::Queued {
                    job: Box::new(job.clone()),
                    by_agent,
                    at: now,
                };
                let durable = inner.append(&record);
                if by_agent && self.unknown_outcome == UnknownOutcome::Ask {
                    let step = step(&job, "journal_lost");
                    let outcome = Outcome::Unknown(step.word.clone());
                    let reprint = false;
                    let durable = inner.append(&Record::Unknown { step, reprint });
                    return (durable, outcome.report(ticket, attempt, now));
                }
                line.notify_one();
                (durable, Outcome::Accepted.report(ticket, attempt, now))
            }
        }
    }

    /// Takes what guests wrote on tickets that have ended out of the journal.
    pub(crate) fn drop_ended_jobs(&self) {
        self.lock().drop_ended_jobs();
    }

    /// Adds a report to the outbox.
    pub(crate) fn tell(&self, report: Report) {
        self.lock().outbox.push(report);
        self.news.notify_one();
    }

    /// The next job of a printer that `may` go, and whether the printer's parser must be flushed first.
    pub(crate) fn next_for(
        &self,
        printer: &PrinterId,
        may: impl Fn(&PrintJob) -> bool,
    ) -> Option<(Arc<PrintJob>, bool)> {
        self.lock().book.next_for(printer, may)
    }

    /// Waits until a printer's line may have changed.
    pub(crate) async fn line_changed(&self, printer: &PrinterId) {
        match self.lines.get(printer) {
            Some(line) => line.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Writes down that bytes of a job may leave from now on.
    pub(crate) fn sending(&self, job: &PrintJob) -> Durable {
        self.lock().append(&Record::Sending(step(job, "")))
    }

    /// Writes down that a job is on paper; [`Desk::tell`] the report when that is safe.
    pub(crate) fn printed(&self, job: &PrintJob, proof: &str) -> (Durable, Report) {
        let step = step(job, proof);
        let outcome = Outcome::Printed(proof.to_owned());
        let report = outcome.report(job.ticket_id.clone(), job.attempt, step.at);
        (self.lock().append(&Record::Printed(step)), report)
    }

    /// Writes down that nobody can know what became of a job, and decides by the policy what follows.
    ///
    /// # Errors
    /// The journal has stopped.
    pub(crate) async fn unknown(&self, job: &PrintJob, why: &str) -> Result<(), JournalError> {
        let durable = self.end_unknown(&mut self.lock(), job, why);
        durable.wait().await?;
        // Where another attempt follows, that one is told.
        let known = self.lock().book.known(&job.ticket_id, job.attempt);
        if let Some((attempt, outcome, at)) = known {
            self.tell(outcome.report(job.ticket_id.clone(), attempt, at));
        }
        Ok(())
    }

    fn end_unknown(&self, inner: &mut Inner, job: &PrintJob, why: &str) -> Durable {
        let reprint = self.unknown_outcome == UnknownOutcome::Reprint
            && inner.book.may_reprint(&job.ticket_id);
        tracing::warn!(ticket = %job.ticket_id, attempt = job.attempt, why, reprint, "nobody can know whether it came out");
        inner.append(&Record::Unknown {
            step: step(job, why),
            reprint,
        })
    }

    /// Writes down that a job will not be printed here, and reports it.
    ///
    /// # Errors
    /// The journal has stopped.
    pub(crate) async fn rejected(&self, job: &PrintJob, why: &str) -> Result<(), JournalError> {
        tracing::error!(ticket = %job.ticket_id, attempt = job.attempt, why, "refused");
        let step = step(job, why);
        let outcome = Outcome::Rejected(why.to_owned());
        let report = outcome.report(job.ticket_id.clone(), job.attempt, step.at);
        let durable = self.lock().append(&Record::Rejected(step));
        durable.wait().await?;
        self.tell(report);
        Ok(())
    }

    /// Reports that a job waits for its printer.
    pub(crate) fn blocked(&self, job: &PrintJob, condition: Condition) {
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
        self.tell(Report::Blocked(news));
    }

    /// Takes note of a printer's condition.
    pub(crate) fn set_condition(&self, printer: &PrinterId, condition: Condition) {
        let before = self.lock().conditions.insert(printer.clone(), condition);
        if before != Some(condition) {
            tracing::info!(%printer, state = %condition, "printer");
            self.news.notify_one();
        }
    }

    /// Waits until there may be a report or a change of state.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// The first report behind `id`; 0 is before all.
    pub(crate) fn report_after(&self, id: u64) -> Option<(u64, Report)> {
        self.lock().outbox.after(id)
    }

    /// The broker has a report; the journal notes it when there is time.
    pub(crate) fn told(&self, id: u64) {
        let mut inner = self.lock();
        let (name, news) = match inner.outbox.remove(id) {
            Some(Report::Accepted(news)) => ("accepted", news),
            Some(Report::Printed(news)) => ("printed", news),
            Some(Report::Unknown(news)) => ("unknown", news),
            Some(Report::Rejected(news)) => ("rejected", news),
            Some(Report::Blocked(_) | Report::Hello(_)) | None => return,
        };
        let (ticket, word) = (news.ticket_id.to_string(), name.to_owned());
        let step = Step {
            ticket,
            attempt: news.attempt,
            word,
            at: clock::now(),
        };
        inner.note(&Record::Told(step));
    }

    /// How far each printer has come.
    pub(crate) fn hello(&self) -> Report {
        let inner = self.lock();
        let printers = self
            .lines
            .keys()
            .map(|id| inner.book.progress(id))
            .collect();
        Report::Hello(Hello {
            v: 1,
            journal_epoch: inner.book.epoch().to_owned(),
            printers,
            can: vec![Hello::ASK.to_owned()],
        })
    }

    /// The agent's state now.
    pub(crate) fn state(&self, online: bool) -> AgentState {
        let inner = self.lock();
        let health = |(id, condition): (&PrinterId, &Condition)| PrinterHealth {
            id: id.clone(),
            state: condition.to_string(),
            queue: u32::try_from(inner.book.queue_length(id)).unwrap_or(u32::MAX),
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

fn new_epoch() -> String {
    let mut bytes = [0; 16];
    // Without randomness the time must do: an epoch needs only differ from the one before.
    if getrandom::fill(&mut bytes).is_err() {
        return clock::now().to_string();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
