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
        })
    }

    /// Asks for the printer's condition; a fence answer that comes in between is returned as well.
    ///
    /// # Errors
    /// [`LinkError`]: open a new connection.
    pub(crate) async fn ask(&mut self) -> Result<(Condition, bool), LinkError> {
        self.good_at = None;
        self.write(&ASK_STATUS).await?;
        let deadline = Instant::now() + self.answer_within;
        let (mut statuses, mut fence) = (Vec::with_capacity(4), false);
        loop {
            match self.hear(deadline).await?.ok_or(LinkError::Mute)? {
                Heard::Fence(_) => fence = true,
                Heard::Status(status) => statuses.push(status),
            }
            if let Ok(answers) = <[u8; 4]>::try_from(statuses.as_slice()) {
                let condition = Condition::from_answers(answers);
                self.good_at = condition.prints().then(Instant::now);
                return Ok((condition, fence));
            }
        }
    }

    /// Whether the printer said within `age` that it can print, and the connection has not ended since.
    pub(crate) fn is_fresh(&mut self, age: Duration) -> bool {
        let mut bytes = [0; 64];
        // What lies here was asked by nobody; an end of the stream shows as no bytes.
        let open = loop {
            match self.stream.try_read(&mut bytes) {
                Ok(0) => break false,
                Ok(count) => bytes[..count].iter().for_each(|byte| {
                    self.answers.hear(*byte);
                }),
                Err(error) => break error.kind() == io::ErrorKind::WouldBlock,
            }
        };
        open && self.good_at.is_some_and(|at| at.elapsed() < age)
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// [`LinkError::Io`]; success means nothing but that some buffer took them.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// Waits for the answer to a fence; `false` when none came by the deadline.
    ///
    /// # Errors
    /// [`LinkError::Io`] when the connection ends.
    pub(crate) async fn fence_by(&mut self, deadline: Instant) -> Result<bool, LinkError> {
        loop {
            match self.hear(deadline).await? {
                Some(Heard::Fence(paper)) => {
                    // The answer also tells of the paper: bits 2 and 3 when it has ended.
                    self.good_at = (paper & 0x0C == 0).then(Instant::now);
                    return Ok(true);
                }
                Some(Heard::Status(_)) => {}
                None => return Ok(false),
            }
        }
    }

    async fn hear(&mut self, deadline: Instant) -> Result<Option<Heard>, LinkError> {
        loop {
            let Ok(byte) = timeout_at(deadline, self.stream.read_u8()).await else {
                return Ok(None);
            };
            if let Some(heard) = self.answers.hear(byte?) {
                return Ok(Some(heard));
            }
        }
    }
}
