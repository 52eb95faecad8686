//! The connection to a printer. It stays open between tickets, so that no ticket waits for connecting.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout_at},
};

use super::answer::{Answer, AnswerParser, Condition, STATUS_QUERY};
use crate::config::HostPort;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How many reads [`PrinterConnection::drain`] makes at most: a line that is never silent must not hold up a ticket.
const DRAINED_READS_MAX: u32 = 1_024;

/// Why the connection to a printer failed. Open a new one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrinterError {
    /// Refused, reset, closed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// The printer took the query and sent no answer.
    #[error("the printer does not answer")]
    NoAnswer,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct PrinterConnection {
    stream: TcpStream,
    parser: AnswerParser,
    answer_timeout: Duration,
    /// When the printer last said that it can print.
    ready_at: Option<Instant>,
    /// When the printer last proved a ticket. It had nothing left to print then, so an answer it still owed would follow at once.
    proven_at: Option<Instant>,
}

impl PrinterConnection {
    /// Connects.
    ///
    /// # Errors
    /// [`PrinterError::Io`] when the printer is off, unreachable, or connected to another program.
    pub(crate) async fn open(
        address: &HostPort,
        answer_timeout: Duration,
    ) -> Result<Self, PrinterError> {
        let connecting = TcpStream::connect((address.host.as_str(), address.port));
        let stream = timeout_at(Instant::now() + CONNECT_TIMEOUT, connecting)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            parser: AnswerParser::default(),
            answer_timeout,
            ready_at: None,
            proven_at: None,
        })
    }

    /// Queries the printer's condition. Other answers that arrive meanwhile are returned as well.
    ///
    /// # Errors
    /// [`PrinterError`]: open a new connection.
    pub(crate) async fn query_status(&mut self) -> Result<(Condition, Vec<Answer>), PrinterError> {
        self.ready_at = None;
        let mut others = self.take_received();
        // The late answer to an earlier query describes another moment.
        others.retain(|answer| !matches!(answer, Answer::Status(_)));
        self.write(&STATUS_QUERY).await?;
        let deadline = Instant::now() + self.answer_timeout;
        let mut statuses = Vec::with_capacity(4);
        // Noise alone must not extend the deadline.
        while Instant::now() < deadline {
            match self
                .next_answer(deadline)
                .await?
                .ok_or(PrinterError::NoAnswer)?
            {
                Answer::Status(status) => statuses.push(status),
                other => others.push(other),
            }
            if let Ok(answers) = <[u8; 4]>::try_from(statuses.as_slice()) {
                let condition = Condition::from_answers(answers);
                self.ready_at = condition.prints().then(Instant::now);
                return Ok((condition, others));
            }
        }
        Err(PrinterError::NoAnswer)
    }

    /// Whether the printer said within the last `age` that it can print, and the connection has not ended since.
    pub(crate) fn was_ready_within(&mut self, age: Duration) -> bool {
        self.drain() && self.ready_at.is_some_and(|at| at.elapsed() < age)
    }

    /// Discards what was received. `false` if the connection has ended.
    pub(crate) fn drain(&mut self) -> bool {
        self.read_available(&mut Vec::new())
    }

    /// Notes that the printer has just proven a ticket.
    pub(crate) fn mark_proven(&mut self) {
        self.proven_at = Some(Instant::now());
    }

    /// Discards what was received before a ticket is sent. Whether the line is quiet: the printer has proven a ticket over this connection
    /// and has had an answer's time since, so anything it still owed has arrived and was discarded.
    pub(crate) fn drain_before_ticket(&mut self) -> bool {
        self.drain();
        let proven_at = self.proven_at.take();
        proven_at.is_some_and(|at| at.elapsed() >= self.answer_timeout)
    }

    /// The answers received so far. None of them answers a query that is sent from now on.
    pub(crate) fn take_received(&mut self) -> Vec<Answer> {
        let mut answers = Vec::new();
        self.read_available(&mut answers);
        answers
    }

    fn read_available(&mut self, answers: &mut Vec<Answer>) -> bool {
        let mut bytes = [0; 64];
        // Zero bytes mean the end of the stream.
        for _ in 0..DRAINED_READS_MAX {
            match self.stream.try_read(&mut bytes) {
                Ok(0) => return false,
                Ok(count) => {
                    let received = bytes[..count].iter();
                    answers.extend(received.filter_map(|byte| self.parser.push(*byte)));
                }
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        true
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// [`PrinterError::Io`]. Success means only that some buffer took the bytes.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), PrinterError> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// The printer's next answer; `None` if there is none by the deadline.
    ///
    /// # Errors
    /// [`PrinterError::Io`] when the connection ends.
    pub(crate) async fn next_answer(
        &mut self,
        deadline: Instant,
    ) -> Result<Option<Answer>, PrinterError> {
        loop {
            let Ok(byte) = timeout_at(deadline, self.stream.read_u8()).await else {
                return Ok(None);
            };
            let Some(answer) = self.parser.push(byte?) else {
                continue;
            };
            if let Answer::Fence(paper) = answer {
                // The answer also describes the paper: bits 2 and 3 are set when it has run out.
                self.ready_at = (paper & 0x0C == 0).then(Instant::now);
            }
            return Ok(Some(answer));
        }
    }
}
