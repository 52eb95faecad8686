//! Prints one printer's line, one job at a time, in order. It alone owns the connection.
//!
//! The order of steps is the guarantee: ready → `sending` on disk → bytes → fence → `printed` on disk → report.
//! Between the second and the fourth an end of any kind leaves an outcome nobody can know; the desk's policy follows.

use std::{sync::Arc, time::Duration};

use tabletap_domain::{PrinterId, TicketId};
use tabletap_fault::{Injected, point};
use tabletap_ticket::{Rendered, flush_prefix};
use tabletap_wire::print::PrintJob;
use tokio::{
    sync::watch,
    task::JoinError,
    time::{Instant, sleep, timeout},
};

use super::{
    answer::{ASK_FENCE, Condition, Heard},
    drawing::{Broke, Drawing, FontShelf},
    link::{Link, LinkError},
    proof::{OWED_AT_START, Proof, Then, owed_before},
};
use crate::{
    agent::stopped,
    config::{Fence, Printer, Timing},
    desk::Desk,
    journal::JournalError,
};

/// A printer that is silent this long after a ticket is asked why: paper out shall be seen soon.
const LOOK_AFTER: Duration = Duration::from_secs(1);
/// How often a fence has its whole time again because an answer came: as many answers as the first ticket of a started agent needs.
const RENEWALS_MAX: u32 = OWED_AT_START + 2;
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
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Link(#[from] LinkError),
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
    desk: Arc<Desk>,
    drawing: Drawing,
    stop: watch::Receiver<bool>,
    link: Option<Link>,
    /// What was last reported as blocked: once per job and reason.
    blocked: Option<(TicketId, u32, Condition)>,
    /// Answers to fences that the printer may still give, over whichever connection.
    owed: u32,
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
            drawing: Drawing::new(fonts),
            stop,
            link: None,
            blocked: None,
            owed: OWED_AT_START,
        }
    }

    /// Works until told to stop.
    pub(crate) async fn run(mut self) -> Result<(), WorkerError> {
        let mut condition = self.look().await;
        while !*self.stop.borrow() {
            let next = self
                .desk
                .next_for(self.id(), |job| self.drawing.may_draw(job));
            let pause = match next {
                Some((job, flush)) => {
                    let drawn;
                    (condition, drawn) = self.prepare(&job).await;
                    match drawn {
                        Ok(rendered) if condition.prints() => {
                            self.drawing.forget(&job);
                            self.print(&job, flush, rendered).await?;
                            continue;
                        }
                        // Those behind it must not wait.
                        Err(broken) if broken.is_panic() => {
                            self.drawing_broke(&job).await?;
                            continue;
                        }
                        Ok(_) | Err(_) => self.tell_blocked(&job, condition),
                    }
                    self.timing.ask_again
                }
                None if self.drawing.has_broken() => self.timing.ask_again,
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
        let drawing = self.drawing.draw(job);
        if self.link.as_mut().is_some_and(|link| link.is_fresh(FRESH)) {
            return (Condition::Ready, drawing.await);
        }
        tokio::join!(self.look(), drawing)
    }

    /// Others go ahead of a ticket whose drawing broke; one that cannot even be set in plain text is refused.
    async fn drawing_broke(&mut self, job: &PrintJob) -> Result<(), WorkerError> {
        let ticket = &job.ticket_id;
        tracing::error!(%ticket, attempt = job.attempt, "drawing it broke");
        match self.drawing.broke(job, self.timing.ask_again) {
            Broke::Again => Ok(()),
            Broke::ForGood => Ok(self.desk.rejected(job, "undrawable").await?),
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
        let is_quiet = self.link.as_mut().is_some_and(Link::make_quiet);
        let mut proof = Proof::begin(owed_before(self.owed, is_quiet));
        if self.printer.fence == Fence::Gsr {
            bytes.extend(ASK_FENCE);
            // Whatever becomes of the connection, the printer may have the question.
            self.owed = proof.owed();
        }
        // Two halves, so that a test can end the agent between them.
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        self.write(job, head, within).await?;
        point("agent.mid-write")?;
        self.write(job, tail, within).await?;
        point("agent.written")?;
        match self.printer.fence {
            Fence::Gsr => {
                let proven = self.await_fence(job, within, &mut proof).await;
                self.owed = proof.owed();
                if let (Ok(()), Some(link)) = (&proven, &mut self.link) {
                    link.has_proven();
                }
                proven.map(|()| "status")
            }
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

    async fn await_fence(
        &mut self,
        job: &PrintJob,
        within: Duration,
        proof: &mut Proof,
    ) -> Result<(), Broken> {
        let (mut deadline, mut was_held) = (Instant::now() + within, false);
        let (mut answers, mut renewals) = (proof.answers(), RENEWALS_MAX);
        loop {
            let wait = if was_held {
                self.timing.ask_again
            } else {
                LOOK_AFTER
            };
            let until = (Instant::now() + wait).min(deadline);
            let link = self.link.as_mut().ok_or(Broken::NoFence)?;
            let mut is_silent = true;
            while Instant::now() < until {
                let Some(heard) = link.heard_by(until).await? else {
                    break;
                };
                is_silent = false;
                if proves(link, proof, heard).await? {
                    return Ok(());
                }
            }
            let (condition, others) = link.ask().await?;
            self.desk.set_condition(&self.printer.id, condition);
            for heard in others {
                is_silent = false;
                if proves(link, proof, heard).await? {
                    return Ok(());
                }
            }
            // An answer shows that the printer lives: slow ones need more than one answer's time.
            if proof.answers() > answers && renewals > 0 {
                (renewals, deadline) = (renewals - 1, Instant::now() + within);
            }
            answers = proof.answers();
            match condition.prints() {
                // It goes on with what it holds: it has the whole time again.
                true if was_held => (was_held, deadline) = (false, Instant::now() + within),
                // Silence alone says nothing yet: long tickets take their time.
                true if Instant::now() < deadline => {
                    if is_silent && proof.silence() == Then::Ask {
                        link.write(&ASK_FENCE).await?;
                    }
                }
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

/// Takes in what was heard, and asks once more where that is needed; whether the ticket is proven.
async fn proves(link: &mut Link, proof: &mut Proof, heard: Heard) -> Result<bool, LinkError> {
    match proof.hear(heard) {
        Then::Proven => return Ok(true),
        Then::Ask => {
            for heard in link.came_before() {
                // One more answer would be one to an earlier question.
                if heard == Heard::Noise {
                    proof.hear(heard);
                }
            }
            link.write(&ASK_FENCE).await?;
        }
        Then::Wait => {}
    }
    Ok(false)
}

/// Ends when the agent was told to end and has waited long enough.
async fn overdue(stop: &mut watch::Receiver<bool>) {
    stopped(stop).await;
    sleep(FINISH_WITHIN).await;
}
