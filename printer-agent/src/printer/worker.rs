//! Prints one printer's queue, one job at a time, in order. Only the worker uses the printer's connection.
//!
//! The order of steps is the guarantee: ready → `sending` on disk → bytes → fence answered → `printed` on disk → report. If the worker stops
//! between `sending` and `printed`, for whatever reason, the outcome is unknown, and the restaurant's policy decides. Bytes sent before
//! `sending` is on disk could be printed again without the banner after a crash. A report sent before `printed` is on disk could be
//! contradicted after a restart.

mod fence;

use std::{sync::Arc, time::Duration};

use tabletap_domain::{PrinterId, TicketId};
use tabletap_fault::{Injected, point};
use tabletap_ticket::{Rendered, flush_prefix};
use tabletap_wire::print::PrintJob;
use tokio::{
    sync::watch,
    task::JoinError,
    time::{sleep, timeout},
};

use super::{
    answer::{Condition, FENCE_QUERY},
    connection::{PrinterConnection, PrinterError},
    proof::{FenceProof, OUTSTANDING_AT_START, outstanding_before},
    rendering::{FontCache, RenderFailure, TicketRenderer},
};
use crate::{
    agent::stopped,
    config::{Fence, Printer, Timing},
    journal::JournalError,
    spooler::Spooler,
};

/// A printer that was ready within this time is not asked again before a ticket.
const READY_VALID_FOR: Duration = Duration::from_secs(2);
/// How long the ticket in the printer may take to finish once the agent is stopped.
const FINISH_TIMEOUT: Duration = Duration::from_millis(1_200);
/// The slowest printers' speed.
const MM_PER_SECOND: u32 = 200;

/// An error that ends a worker, and with it the agent.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A fault that a test asked for.
    #[error(transparent)]
    Fault(#[from] Injected),
}

/// Why a ticket was sent without proof that it is on paper.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error(transparent)]
    Printer(#[from] PrinterError),
    #[error("the printer did not answer its fence")]
    NoFence,
    #[error(transparent)]
    Fault(#[from] Injected),
}

/// One printer's worker.
#[derive(Debug)]
pub(crate) struct Worker {
    printer: Printer,
    timing: Timing,
    spooler: Arc<Spooler>,
    renderer: TicketRenderer,
    stop: watch::Receiver<bool>,
    connection: Option<PrinterConnection>,
    /// The last `blocked` report: each job and reason is reported once.
    blocked: Option<(TicketId, u32, Condition)>,
    /// Fence answers that may still arrive. Kept across connections: a printer may answer an old query over a new connection.
    outstanding: u32,
}

impl Worker {
    pub(crate) fn new(
        printer: Printer,
        timing: Timing,
        spooler: Arc<Spooler>,
        fonts: FontCache,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            printer,
            timing,
            spooler,
            renderer: TicketRenderer::new(fonts),
            stop,
            connection: None,
            blocked: None,
            outstanding: OUTSTANDING_AT_START,
        }
    }

    /// Prints until told to stop.
    pub(crate) async fn run(mut self) -> Result<(), WorkerError> {
        let mut condition = self.query_status().await;
        while !*self.stop.borrow() {
            let next = self
                .spooler
                .next_job(self.id(), |job| self.renderer.may_render(job));
            let pause = match next {
                Some((job, flush)) => {
                    let rendered;
                    (condition, rendered) = self.render_and_query(&job).await;
                    match rendered {
                        Ok(rendered) if condition.prints() => {
                            self.renderer.forget(&job);
                            self.print(&job, flush, rendered).await?;
                            continue;
                        }
                        // The tickets behind it must not wait.
                        Err(error) if error.is_panic() => {
                            self.rendering_failed(&job).await?;
                            continue;
                        }
                        Ok(_) | Err(_) => self.report_blocked(&job, condition),
                    }
                    self.timing.retry_interval
                }
                None if self.renderer.has_failed_tickets() => self.timing.retry_interval,
                None if condition.prints() => self.timing.heartbeat_interval,
                None => self.timing.retry_interval,
            };
            let mut stop = self.stop.clone();
            tokio::select! {
                () = self.spooler.queue_changed(&self.printer.id) => {}
                () = stopped(&mut stop) => {}
                () = sleep(pause) => condition = self.query_status().await,
            }
        }
        Ok(())
    }

    fn id(&self) -> &PrinterId {
        &self.printer.id
    }

    /// Queries the printer's status, over a new connection if the old one has ended meanwhile.
    async fn query_status(&mut self) -> Condition {
        let was_open = self.connection.is_some();
        let mut answer = self.query_once().await;
        if was_open && matches!(answer, Err(PrinterError::Io(_))) {
            self.connection = None;
            answer = self.query_once().await;
        }
        let condition = answer.unwrap_or_else(|error| {
            tracing::debug!(printer = %self.printer.id, %error, "no answer");
            self.connection = None;
            Condition::Offline
        });
        self.spooler.set_condition(&self.printer.id, condition);
        condition
    }

    async fn query_once(&mut self) -> Result<Condition, PrinterError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(
                PrinterConnection::open(&self.printer.address, self.timing.answer_timeout).await?,
            ),
        };
        Ok(connection.query_status().await?.0)
    }

    /// Renders the ticket while the printer is asked for its status.
    async fn render_and_query(
        &mut self,
        job: &Arc<PrintJob>,
    ) -> (Condition, Result<Rendered, JoinError>) {
        let rendering = self.renderer.render(job);
        if self
            .connection
            .as_mut()
            .is_some_and(|connection| connection.was_ready_within(READY_VALID_FOR))
        {
            return (Condition::Ready, rendering.await);
        }
        tokio::join!(self.query_status(), rendering)
    }

    /// Lets other tickets go ahead of one that could not be rendered, and rejects it if even its plain text failed.
    async fn rendering_failed(&mut self, job: &PrintJob) -> Result<(), WorkerError> {
        let ticket = &job.ticket_id;
        tracing::error!(%ticket, attempt = job.attempt, "rendering failed");
        match self
            .renderer
            .record_failure(job, self.timing.retry_interval)
        {
            RenderFailure::RetryLater => Ok(()),
            RenderFailure::GiveUp => Ok(self.spooler.reject(job, "undrawable").await?),
        }
    }

    async fn print(
        &mut self,
        job: &PrintJob,
        flush: bool,
        rendered: Rendered,
    ) -> Result<(), WorkerError> {
        let (ticket, attempt) = (&job.ticket_id, job.attempt);
        if !rendered.undrawn.is_empty() {
            tracing::warn!(%ticket, texts = rendered.undrawn.len(), "some texts have no font");
        }
        let mut bytes = if flush { flush_prefix() } else { Vec::new() };
        bytes.extend(rendered.bytes);
        self.spooler.record_sending(job).wait().await?;
        point("agent.sending")?;
        let within = self.timing.fence_timeout
            + Duration::from_secs(u64::from(rendered.height_mm / MM_PER_SECOND));
        let mut stop = self.stop.clone();
        let sent = tokio::select! {
            sent = self.send(job, bytes, within) => sent,
            // The journal says `sending`, so the next start treats the outcome as unknown.
            () = stop_grace_elapsed(&mut stop) => return Ok(()),
        };
        self.blocked = None;
        let reason = match sent {
            Ok(proof) => {
                point("agent.fenced")?;
                let (durable, report) = self.spooler.record_printed(job, proof);
                durable.wait().await?;
                point("agent.printed")?;
                tracing::info!(%ticket, attempt, proof, "printed");
                self.spooler.send_report(report);
                return Ok(());
            }
            Err(SendError::Fault(fault)) => return Err(fault.into()),
            Err(SendError::NoFence) => "no_fence",
            Err(SendError::Printer(PrinterError::NoAnswer)) => "printer_silent",
            Err(SendError::Printer(PrinterError::Io(_))) => "connection_lost",
        };
        // Answers to this ticket must not count for the next one. What may still arrive over a new connection is in `outstanding`.
        self.connection = None;
        Ok(self.spooler.record_unknown(job, reason).await?)
    }

    /// Writes a ticket and waits for its proof.
    async fn send(
        &mut self,
        job: &PrintJob,
        mut bytes: Vec<u8>,
        within: Duration,
    ) -> Result<&'static str, SendError> {
        let is_quiet = self
            .connection
            .as_mut()
            .is_some_and(PrinterConnection::drain_before_ticket);
        let mut proof = FenceProof::begin(outstanding_before(self.outstanding, is_quiet));
        if self.printer.fence == Fence::Gsr {
            bytes.extend(FENCE_QUERY);
            // Counted before the write: if the connection breaks, the printer may have the query all the same.
            self.outstanding = proof.outstanding();
        }
        // In two halves, so that a test can kill the agent in between.
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        self.write(job, head, within).await?;
        point("agent.mid-write")?;
        self.write(job, tail, within).await?;
        point("agent.written")?;
        match self.printer.fence {
            Fence::Gsr => {
                let proven = self.await_fence(job, within, &mut proof).await;
                self.outstanding = proof.outstanding();
                if let (Ok(()), Some(connection)) = (&proven, &mut self.connection) {
                    connection.mark_proven();
                }
                proven.map(|()| "status")
            }
            Fence::None => self.await_ready(job).await.map(|()| "none"),
        }
    }

    /// Writes. A printer that takes no more bytes for a while is reported and waited for, because it already has part of the ticket.
    async fn write(
        &mut self,
        job: &PrintJob,
        bytes: &[u8],
        within: Duration,
    ) -> Result<(), SendError> {
        let mut connection = self.connection.take().ok_or(SendError::NoFence)?;
        let written = {
            let mut writing = std::pin::pin!(connection.write(bytes));
            match timeout(within, &mut writing).await {
                Ok(written) => written,
                Err(_) => {
                    self.report_blocked(job, Condition::Offline);
                    writing.await
                }
            }
        };
        self.connection = Some(connection);
        Ok(written?)
    }

    fn report_blocked(&mut self, job: &PrintJob, condition: Condition) {
        let blocked = Some((job.ticket_id.clone(), job.attempt, condition));
        if self.blocked != blocked {
            self.spooler.report_blocked(job, condition);
            self.blocked = blocked;
        }
    }
}

/// Ends when the agent was told to stop and the ticket in the printer has had its time to finish.
async fn stop_grace_elapsed(stop: &mut watch::Receiver<bool>) {
    stopped(stop).await;
    sleep(FINISH_TIMEOUT).await;
}
