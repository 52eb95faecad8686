//! The one connection to a printer. It is kept open between tickets: connecting is no part of the way to paper.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout_at},
};

use super::answer::{ASK_STATUS, Answers, Condition, Heard};
use crate::config::HostPort;

/// How long a connection may take to come about.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// What is read at most to be forgotten: a line that never falls silent must not hold a ticket up.
const DRAINED_READS_MAX: u32 = 1_024;

/// Why a printer cannot be talked to. The connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    /// Refused, reset, closed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// It took the question and said nothing.
    #[error("the printer does not answer")]
    Mute,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Link {
    stream: TcpStream,
    answers: Answers,
    answer_within: Duration,
    /// When the printer last said that it can print.
    good_at: Option<Instant>,
    /// When the printer proved a ticket: it has nothing left to print before an answer.
    proven_at: Option<Instant>,
}

impl Link {
    /// Connects.
    ///
    /// # Errors
    /// [`LinkError::Io`] when the printer is off, unreachable, or serves another program.
    pub(crate) async fn open(
        address: &HostPort,
        answer_within: Duration,
    ) -> Result<Self, LinkError> {
        let connecting = TcpStream::connect((address.host.as_str(), address.port));
        let stream = timeout_at(Instant::now() + CONNECT_WITHIN, connecting)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            answers: Answers::default(),
            answer_within,
            good_at: None,
            proven_at: None,
        })
    }

    /// Asks for the printer's condition; what else is heard meanwhile is returned as well.
    ///
    /// # Errors
    /// [`LinkError`]: open a new connection.
    pub(crate) async fn ask(&mut self) -> Result<(Condition, Vec<Heard>), LinkError> {
        self.good_at = None;
        let mut others = self.came_before();
        // A status that was answered too late tells of another moment.
        others.retain(|heard| !matches!(heard, Heard::Status(_)));
        self.write(&ASK_STATUS).await?;
        let deadline = Instant::now() + self.answer_within;
        let mut statuses = Vec::with_capacity(4);
        // A line that never falls silent is as good as a mute one.
        while Instant::now() < deadline {
            match self.heard_by(deadline).await?.ok_or(LinkError::Mute)? {
                Heard::Status(status) => statuses.push(status),
                other => others.push(other),
            }
            if let Ok(answers) = <[u8; 4]>::try_from(statuses.as_slice()) {
                let condition = Condition::from_answers(answers);
                self.good_at = condition.prints().then(Instant::now);
                return Ok((condition, others));
            }
        }
        Err(LinkError::Mute)
    }

    /// Whether the printer said within `age` that it can print, and the connection has not ended since.
    pub(crate) fn is_fresh(&mut self, age: Duration) -> bool {
        self.drain() && self.good_at.is_some_and(|at| at.elapsed() < age)
    }

    /// Forgets what has come in: nobody waits for it any more. `false` where the connection has ended.
    pub(crate) fn drain(&mut self) -> bool {
        self.take_in(&mut Vec::new())
    }

    /// The printer has proven a ticket just now.
    pub(crate) fn has_proven(&mut self) {
        self.proven_at = Some(Instant::now());
    }

    /// Forgets what has come in before a ticket is sent. Whether the printer has had the time of an answer since it proved the last one.
    pub(crate) fn make_quiet(&mut self) -> bool {
        self.drain();
        let proven_at = self.proven_at.take();
        proven_at.is_some_and(|at| at.elapsed() >= self.answer_within)
    }

    /// What has come in already: it answers no question that is asked from now on.
    pub(crate) fn came_before(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        self.take_in(&mut heard);
        heard
    }

    fn take_in(&mut self, heard: &mut Vec<Heard>) -> bool {
        let mut bytes = [0; 64];
        // An end of the stream shows as no bytes.
        for _ in 0..DRAINED_READS_MAX {
            match self.stream.try_read(&mut bytes) {
                Ok(0) => return false,
                Ok(count) => {
                    let came = bytes[..count].iter();
                    heard.extend(came.filter_map(|byte| self.answers.hear(*byte)));
                }
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        true
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// [`LinkError::Io`]; success means nothing but that some buffer took them.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// The next thing the printer says; `None` when it says nothing by the deadline.
    ///
    /// # Errors
    /// [`LinkError::Io`] when the connection ends.
    pub(crate) async fn heard_by(&mut self, deadline: Instant) -> Result<Option<Heard>, LinkError> {
        loop {
            let Ok(byte) = timeout_at(deadline, self.stream.read_u8()).await else {
                return Ok(None);
            };
            let Some(heard) = self.answers.hear(byte?) else {
                continue;
            };
            if let Heard::Fence(paper) = heard {
                // The answer also tells of the paper: bits 2 and 3 when it has ended.
                self.good_at = (paper & 0x0C == 0).then(Instant::now);
            }
            return Ok(Some(heard));
        }
    }
}
