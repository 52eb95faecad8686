//! Waiting for proof that a ticket is on paper.

use std::time::Duration;

use tabletap_wire::print::PrintJob;
use tokio::time::{Instant, sleep};

use super::{SendError, Worker};
use crate::printer::{
    answer::{Answer, FENCE_QUERY},
    connection::{PrinterConnection, PrinterError},
    proof::{FenceProof, NextAction, OUTSTANDING_AT_START},
};

/// A printer that is silent this long after a ticket is asked for its status, so that missing paper is noticed soon.
const QUERY_AFTER_SILENCE: Duration = Duration::from_secs(1);
/// How often an answer extends the fence's deadline: the first ticket after a start needs this many answers.
const EXTENSIONS_MAX: u32 = OUTSTANDING_AT_START + 2;

impl Worker {
    /// Waits until the fence proves the ticket. Also notices that the printer has stopped, and waits for it as long as it takes.
    pub(super) async fn await_fence(
        &mut self,
        job: &PrintJob,
        within: Duration,
        proof: &mut FenceProof,
    ) -> Result<(), SendError> {
        let (mut deadline, mut was_held) = (Instant::now() + within, false);
        let (mut answers, mut extensions) = (proof.answers(), EXTENSIONS_MAX);
        loop {
            let wait = if was_held {
                self.timing.retry_interval
            } else {
                QUERY_AFTER_SILENCE
            };
            let until = (Instant::now() + wait).min(deadline);
            let connection = self.connection.as_mut().ok_or(SendError::NoFence)?;
            let mut is_silent = true;
            while Instant::now() < until {
                let Some(answer) = connection.next_answer(until).await? else {
                    break;
                };
                is_silent = false;
                if completes_proof(connection, proof, answer).await? {
                    return Ok(());
                }
            }
            let (condition, others) = connection.query_status().await?;
            self.spooler.set_condition(&self.printer.id, condition);
            for answer in others {
                is_silent = false;
                if completes_proof(connection, proof, answer).await? {
                    return Ok(());
                }
            }
            // Each answer shows that the printer is working: a slow one may need the time of several answers.
            if proof.answers() > answers && extensions > 0 {
                (extensions, deadline) = (extensions - 1, Instant::now() + within);
            }
            answers = proof.answers();
            match condition.prints() {
                // It resumes with the ticket it has, so it gets the whole time again.
                true if was_held => (was_held, deadline) = (false, Instant::now() + within),
                // Silence alone proves nothing: long tickets take their time.
                true if Instant::now() < deadline => {
                    if is_silent && proof.on_silence() == NextAction::QueryAgain {
                        connection.write(&FENCE_QUERY).await?;
                    }
                }
                true => return Err(SendError::NoFence),
                false => {
                    // It has the ticket and will resume by itself. Sending it again would print an unmarked duplicate.
                    self.report_blocked(job, condition);
                    (was_held, deadline) = (true, Instant::now() + within);
                }
            }
        }
    }

    /// For printers without a fence: waits until the printer says that it is ready after the ticket.
    pub(super) async fn await_ready(&mut self, job: &PrintJob) -> Result<(), SendError> {
        loop {
            let connection = self.connection.as_mut().ok_or(SendError::NoFence)?;
            let (condition, _) = connection.query_status().await?;
            self.spooler.set_condition(&self.printer.id, condition);
            if condition.prints() {
                return Ok(());
            }
            self.report_blocked(job, condition);
            sleep(self.timing.retry_interval).await;
        }
    }
}

/// Counts an answer, and sends the query again if needed. Whether the ticket is proven.
async fn completes_proof(
    connection: &mut PrinterConnection,
    proof: &mut FenceProof,
    answer: Answer,
) -> Result<bool, PrinterError> {
    match proof.on_answer(answer) {
        NextAction::Proven => return Ok(true),
        NextAction::QueryAgain => {
            for received in connection.take_received() {
                // Answers received before the new query is sent belong to earlier ones and are not counted. Noise is.
                if received == Answer::Noise {
                    proof.on_answer(received);
                }
            }
            connection.write(&FENCE_QUERY).await?;
        }
        NextAction::Wait => {}
    }
    Ok(false)
}
