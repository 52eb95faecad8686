//! Prints one printer's line, one job at a time, in order. It alone owns the connection.
//!
//! The order of steps is the guarantee: ready → `sending` on disk → bytes → fence → `printed` on disk → report.
//! Between the second and the fourth an end of any kind leaves an outcome nobody can know; the desk's policy follows.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tabletap_domain::{PrinterId, TicketId};
use tabletap_fault::{Injected, point};
use tabletap_ticket::{Fonts, Rendered, flush_prefix, render};
use tabletap_wire::print::PrintJob;
use tokio::{
    sync::{OnceCell, watch},
    task::{JoinError, spawn_blocking},
    time::{Instant, sleep, timeout},
};

use super::{
    answer::{ASK_FENCE, Condition},
    link::{Link, LinkError},
};
use crate::{
    agent::stopped,
    clock,
    config::{Fence, Printer, Timing},
    desk::Desk,
    journal::JournalError,
};

/// A printer that is silent this long after a ticket is asked why: paper out shall be seen soon.
const LOOK_AFTER: Duration = Duration::from_secs(1);
/// A printer that said so within this time can print; it is not asked again.
const FRESH: Duration = Duration::from_secs(2);
/// How long a ticket in the printer may take to finish when the agent is told to end.
const FINISH_WITHIN: Duration = Duration::from_millis(1_200);
/// Paper that comes out in a second, at the slowest.
const MM_PER_SECOND: u32 = 200;

/// What ends a worker, and with it the agent.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The disk does not do its part.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A fault that a test asked for.
    #[error(transparent)]
    Fault(#[from] Injected),
}

/// Why a ticket's outcome is not known.
enum Broken {
    Link(LinkError),
    NoFence,
    Fault(Injected),
}

impl From<LinkError> for Broken {
    fn from(error: LinkError) -> Self {
        Self::Link(error)
    }
}

impl From<Injected> for Broken {
    fn from(fault: Injected) -> Self {
        Self::Fault(fault)
    }
}

/// Fonts, loaded once, by whoever asks first.
#[derive(Debug, Clone)]
pub(crate) struct FontShelf {
    folders: Vec<PathBuf>,
    fonts: Arc<OnceCell<Arc<Fonts>>>,
}

impl FontShelf {
    pub(crate) fn new(folders: Vec<PathBuf>) -> Self {
        Self {
            folders,
            fonts: Arc::default(),
        }
    }

    pub(crate) async fn get(&self) -> Arc<Fonts> {
        let load = || async {
            let folders = self.folders.clone();
            let fonts = spawn_blocking(move || Fonts::from_folder(&folders)).await;
            Arc::new(fonts.unwrap_or_else(|_| Fonts::none()))
        };
        Arc::clone(self.fonts.get_or_init(load).await)
    }
}

/// One printer's worker.
#[derive(Debug)]
pub(crate) struct Worker {
    printer: Printer,
    timing: Timing,
    desk: Arc<Desk>,
    fonts: FontShelf,
    stop: watch::Receiver<bool>,
    link: Option<Link>,
    /// What was last reported as blocked: once per job and reason.
    blocked: Option<(TicketId, u32, Condition)>,
}

impl Worker {
    pub(crate) fn new(
        printer: Printer,
        timing: Timing,
        desk: Arc<Desk>,
        fonts: FontShelf,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            printer,
            timing,
            desk,
            fonts,
            stop,
            link: None,
            blocked: None,
        }
    }

    /// Works until told to stop.
    pub(crate) async fn run(mut self) -> Result<(), WorkerError> {
        let mut condition = self.look().await;
        while !*self.stop.borrow() {
            let pause = match self.desk.next_for(self.id()) {
                Some((job, flush)) => {
                    let drawn;
                    (condition, drawn) = self.prepare(&job).await;
                    match drawn {
                        Ok(rendered) if condition.prints() => {
                            self.print(&job, flush, rendered).await?;
                            continue;
                        }
                        // It would break again each time: those behind it must not wait.
                        Err(broken) if broken.is_panic() => {
                            self.desk.rejected(&job, "undrawable").await?;
                            continue;
                        }
                        Ok(_) | Err(_) => self.tell_blocked(&job, condition),
                    }
                    self.timing.ask_again
                }
                None if condition.prints() => self.timing.heartbeat,
                None => self.timing.ask_again,
            };
            let mut stop = self.stop.clone();
            tokio::select! {
                () = self.desk.line_changed(&self.printer.id) => {}
                () = stopped(&mut stop) => {}
                () = sleep(pause) => condition = self.look().await,
            }
        }
        Ok(())
    }

    fn id(&self) -> &PrinterId {
        &self.printer.id
    }

    /// Asks the printer, over a new connection where the old one has ended meanwhile.
    async fn look(&mut self) -> Condition {
        let was_open = self.link.is_some();
        let mut asked = self.ask().await;
        if was_open && matches!(asked, Err(LinkError::Io(_))) {
            self.link = None;
            asked = self.ask().await;
        }
        let condition = asked.unwrap_or_else(|error| {
            tracing::debug!(printer = %self.printer.id, %error, "no answer");
            self.link = None;
            Condition::Offline
        });
        self.desk.set_condition(&self.printer.id, condition);
        condition
    }

    async fn ask(&mut self) -> Result<Condition, LinkError> {
        let link = match &mut self.link {
            Some(link) => link,
            None => self
                .link
                .insert(Link::open(&self.printer.address, self.timing.answer).await?),
        };
        Ok(link.ask().await?.0)
    }

    /// Makes the ticket while the printer is asked.
    async fn prepare(&mut self, job: &Arc<PrintJob>) -> (Condition, Result<Rendered, JoinError>) {
        let (job, shelf) = (Arc::clone(job), self.fonts.clone());
        let drawing = async move {
            let fonts = shelf.get().await;
            let draw = move || {
                if let Err(fault) = point("agent.render") {
                    panic!("{fault}");
                }
                render(&job, clock::now(), &fonts)
            };
            spawn_blocking(draw).await
        };
        if self.link.as_mut().is_some_and(|link| link.is_fresh(FRESH)) {
            return (Condition::Ready, drawing.await);
        }
        tokio::join!(self.look(), drawing)
    }

    async fn print(
        &mut self,
        job: &PrintJob,
        flush: bool,
        rendered: Rendered,
    ) -> Result<(), WorkerError> {
        let (ticket, attempt) = (&job.ticket_id, job.attempt);
        if !rendered.undrawn.is_empty() {
            tracing::warn!(%ticket, texts = rendered.undrawn.len(), "no font draws some of its texts");
        }
        let mut bytes = if flush { flush_prefix() } else { Vec::new() };
        bytes.extend(rendered.bytes);
        self.desk.sending(job).wait().await?;
        point("agent.sending")?;
        let within =
            self.timing.fence + Duration::from_secs(u64::from(rendered.height_mm / MM_PER_SECOND));
        let mut stop = self.stop.clone();
        let sent = tokio::select! {
            sent = self.send(job, bytes, within) => sent,
            // The journal says `sending`: the next start knows what to do.
            () = overdue(&mut stop) => return Ok(()),
        };
        self.blocked = None;
        let why = match sent {
            Ok(proof) => {
                point("agent.fenced")?;
                let (durable, report) = self.desk.printed(job, proof);
                durable.wait().await?;
                point("agent.printed")?;
                tracing::info!(%ticket, attempt, proof, "printed");
                self.desk.tell(report);
                return Ok(());
            }
            Err(Broken::Fault(fault)) => return Err(fault.into()),
            Err(Broken::NoFence) => "no_fence",
            Err(Broken::Link(LinkError::Mute)) => "printer_silent",
            Err(Broken::Link(LinkError::Io(_))) => "connection_lost",
        };
        self.link = None;
        Ok(self.desk.unknown(job, why).await?)
    }

    /// Writes a ticket and waits for its proof.
    async fn send(
        &mut self,
        job: &PrintJob,
        mut bytes: Vec<u8>,
        within: Duration,
    ) -> Result<&'static str, Broken> {
        if self.printer.fence == Fence::Gsr {
            bytes.extend(ASK_FENCE);
        }
        // Two halves, so that a test can end the agent between them.
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        self.write(job, head, within).await?;
        point("agent.mid-write")?;
        self.write(job, tail, within).await?;
        point("agent.written")?;
        match self.printer.fence {
            Fence::Gsr => self.await_fence(job, within).await.map(|()| "status"),
            Fence::None => self.await_ready(job).await.map(|()| "none"),
        }
    }

    /// Writes; a printer that takes no more bytes for long is reported and waited for, as it holds the rest.
    async fn write(
        &mut self,
        job: &PrintJob,
        bytes: &[u8],
        within: Duration,
    ) -> Result<(), Broken> {
        let mut link = self.link.take().ok_or(Broken::NoFence)?;
        let written = {
            let mut writing = std::pin::pin!(link.write(bytes));
            match timeout(within, &mut writing).await {
                Ok(written) => written,
                Err(_) => {
                    self.tell_blocked(job, Condition::Offline);
                    writing.await
                }
            }
        };
        self.link = Some(link);
        Ok(written?)
    }

    async fn await_fence(&mut self, job: &PrintJob, within: Duration) -> Result<(), Broken> {
        let mut deadline = Instant::now() + within;
        let mut was_held = false;
        loop {
            let link = self.link.as_mut().ok_or(Broken::NoFence)?;
            let wait = if was_held {
                self.timing.ask_again
            } else {
                LOOK_AFTER
            };
            if link.fence_by((Instant::now() + wait).min(deadline)).await? {
                return Ok(());
            }
            let (condition, fence) = link.ask().await?;
            self.desk.set_condition(&self.printer.id, condition);
            match condition.prints() {
                _ if fence => return Ok(()),
                // It goes on with what it holds: it has the whole time again.
                true if was_held => (was_held, deadline) = (false, Instant::now() + within),
                // Silence alone says nothing yet: long tickets take their time.
                true if Instant::now() < deadline => {}
                true => return Err(Broken::NoFence),
                false => {
                    // It holds the ticket and resumes by itself; sending it again would make the duplicate.
                    self.tell_blocked(job, condition);
                    (was_held, deadline) = (true, Instant::now() + within);
                }
            }
        }
    }

    async fn await_ready(&mut self, job: &PrintJob) -> Result<(), Broken> {
        loop {
            let link = self.link.as_mut().ok_or(Broken::NoFence)?;
            let (condition, _) = link.ask().await?;
            self.desk.set_condition(&self.printer.id, condition);
            if condition.prints() {
                return Ok(());
            }
            self.tell_blocked(job, condition);
            sleep(self.timing.ask_again).await;
        }
    }

    fn tell_blocked(&mut self, job: &PrintJob, condition: Condition) {
        let blocked = Some((job.ticket_id.clone(), job.attempt, condition));
        if self.blocked != blocked {
            self.desk.blocked(job, condition);
            self.blocked = blocked;
        }
    }
}

/// Ends when the agent was told to end and has waited long enough.
async fn overdue(stop: &mut watch::Receiver<bool>) {
    stopped(stop).await;
    sleep(FINISH_WITHIN).await;
}
