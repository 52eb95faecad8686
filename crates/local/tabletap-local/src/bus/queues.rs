//! Queues on disk with the semantics of SQS: a message that was received is hidden for the visibility time-out, comes again until it
//! is deleted, and goes to the dead-letter queue when it was received too often.
//!
//! One SQLite file; what `send` has accepted survives `kill -9` and a power cut. Time is passed in. See the SQS developer guide,
//! "Amazon SQS visibility timeout" and "Using dead-letter queues".

use std::{collections::BTreeMap, path::Path};

use rusqlite::{OptionalExtension, Params, Row, params};
use serde::{Deserialize, Serialize};
use tabletap_domain::time::UnixMillis;
use tokio::{sync::watch, task::JoinError};

use crate::{names::request_id, sqlite::SqliteFile, template::Queue};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS messages (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        queue TEXT NOT NULL,
        body TEXT NOT NULL,
        sent_at INTEGER NOT NULL,
        visible_at INTEGER NOT NULL,
        receives INTEGER NOT NULL DEFAULT 0,
        first_received_at INTEGER
    );
    CREATE INDEX IF NOT EXISTS ix_messages ON messages(queue, visible_at);";
const COLUMNS: &str = "id, body, sent_at, receives, first_received_at";

/// All queues of one template.
#[derive(Debug)]
pub struct Queues {
    file: SqliteFile,
    queues: BTreeMap<String, Queue>,
    arrived: watch::Sender<u64>,
}

/// A message as it is received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    /// What was sent.
    pub body: String,
    /// When it was sent.
    pub sent_at: UnixMillis,
    /// How often it was received, this time included.
    pub receives: u32,
    /// When it was received for the first time.
    pub first_received_at: UnixMillis,
}

/// How much is in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Depth {
    pub queue: String,
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were received and are not done.
    pub in_flight: u64,
    /// Whether it is where others send what was received too often.
    pub dead_letters: bool,
}

/// Why a queue does not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The file.
    #[error("the queues' file: {0}")]
    File(#[from] rusqlite::Error),
    /// There is no queue of that name.
    #[error("there is no queue `{0}`")]
    Unknown(String),
    /// The program ends.
    #[error("the program ends")]
    Ended(#[from] JoinError),
}

impl Queues {
    /// Opens the queues kept in `file`.
    ///
    /// # Errors
    /// [`QueueError::File`]
    pub fn open(file: &Path, queues: Vec<Queue>) -> Result<Self, QueueError> {
        let queues = queues.into_iter().map(|queue| (queue.name.clone(), queue));
        Ok(Self {
            file: SqliteFile::open(file, SCHEMA)?,
            queues: queues.collect(),
            arrived: watch::channel(0).0,
        })
    }

    /// Tells whenever something arrives in any queue.
    #[must_use]
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.arrived.subscribe()
    }

    /// Keeps messages, each for its queue: all of them or none.
    ///
    /// # Errors
    /// [`QueueError`]
    pub fn send(&self, messages: &[(String, String)], now: UnixMillis) -> Result<(), QueueError> {
        for (queue, _) in messages {
            self.queue(queue)?;
        }
        let mut file = self.file.lock();
        let all = file.transaction()?;
        for (queue, body) in messages {
            all.prepare_cached(
                "INSERT INTO messages (id, queue, body, sent_at, visible_at) VALUES (?1, ?2, ?3, ?4, ?4)",
            )?
            .execute(params![request_id(), queue, body, now.0])?;
        }
        all.commit()?;
        drop(file);
        self.arrived
            .send_modify(|count| *count = count.wrapping_add(1));
        Ok(())
    }

    /// Receives up to `max` messages, oldest first, and hides them for the queue's visibility time-out. Forgets what is too old.
    ///
    /// # Errors
    /// [`QueueError`]
    pub fn receive(
        &self,
        queue: &str,
        max: usize,
        now: UnixMillis,
    ) -> Result<Vec<Message>, QueueError> {
        let queue = self.queue(queue)?;
        let hidden_until = now.plus(queue.visibility);
        let forgotten_before = now.0.saturating_sub(UnixMillis(0).plus(queue.retention).0);
        let mut file = self.file.lock();
        let all = file.transaction()?;
        all.prepare_cached("DELETE FROM messages WHERE queue = ?1 AND sent_at < ?2")?
            .execute(params![queue.name, forgotten_before])?;
        let received = all
            .prepare_cached(&format!(
                "UPDATE messages SET visible_at = ?3, receives = receives + 1,
                     first_received_at = coalesce(first_received_at, ?2)
                 WHERE place IN (SELECT place FROM messages WHERE queue = ?1 AND visible_at <= ?2
                     ORDER BY place LIMIT ?4)
                 RETURNING {COLUMNS}, place"
            ))?
            .query_map(params![queue.name, now.0, hidden_until.0, max], |row| {
                Ok((row.get::<_, i64>(5)?, message(row)?))
            })?
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        all.commit()?;
        Ok(received.into_values().collect())
    }

    /// The messages of a queue that have been received as often as they may be and wait again.
    ///
    /// # Errors
    /// [`QueueError`]
    pub fn exhausted(&self, queue: &str, now: UnixMillis) -> Result<Vec<Message>, QueueError> {
        let queue = self.queue(queue)?;
        let Some(redrive) = &queue.redrive else {
            return Ok(Vec::new());
        };
        let file = self.file.lock();
        let mut select = file.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM messages WHERE queue = ?1 AND visible_at <= ?2 AND receives >= ?3 ORDER BY place"
        ))?;
        let found = select.query_map(params![queue.name, now.0, redrive.receives_max], message)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Moves messages to the dead-letter queue of theirs.
    ///
    /// # Errors
    /// [`QueueError`]
    pub fn redrive(&self, queue: &str, ids: &[String]) -> Result<(), QueueError> {
        if let Some(redrive) = &self.queue(queue)?.redrive {
            let change = "UPDATE messages SET queue = ?2, receives = 0, first_received_at = NULL WHERE id = ?1";
            self.each(ids, change, |id| (id, &redrive.queue))?;
        }
        Ok(())
    }

    /// Deletes messages: they are done.
    ///
    /// # Errors
    /// [`QueueError`]
    pub fn delete(&self, ids: &[String]) -> Result<(), QueueError> {
        self.each(ids, "DELETE FROM messages WHERE id = ?1", |id| (id,))
    }

    /// Puts messages back as if they had not been received; they are seen again at `visible_at`.
    ///
    /// # Errors
    /// [`QueueError`]
    pub fn put_back(&self, ids: &[String], visible_at: UnixMillis) -> Result<(), QueueError> {
        let change = "UPDATE messages SET receives = receives - 1, visible_at = ?2 WHERE id = ?1";
        self.each(ids, change, |id| (id, visible_at.0))
    }

    /// When the next message of a queue can be received; none where it is empty.
    ///
    /// # Errors
    /// [`QueueError`]
    pub fn next_visible(&self, queue: &str) -> Result<Option<UnixMillis>, QueueError> {
        let file = self.file.lock();
        let mut select =
            file.prepare_cached("SELECT min(visible_at) FROM messages WHERE queue = ?1")?;
        let at: Option<Option<i64>> = select.query_row([queue], |row| row.get(0)).optional()?;
        Ok(at.flatten().map(UnixMillis))
    }

    /// How much is in each queue.
    ///
    /// # Errors
    /// [`QueueError`]
    pub fn depths(&self, now: UnixMillis) -> Result<Vec<Depth>, QueueError> {
        let file = self.file.lock();
        let mut select = file.prepare_cached(
            "SELECT count(*) FILTER (WHERE visible_at <= ?2), count(*) FILTER (WHERE visible_at > ?2)
             FROM messages WHERE queue = ?1",
        )?;
        let mut depths = Vec::new();
        for name in self.queues.keys() {
            let (waiting, in_flight) =
                select.query_row(params![name, now.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut redrives = self
                .queues
                .values()
                .filter_map(|other| other.redrive.as_ref());
            depths.push(Depth {
                queue: name.clone(),
                waiting,
                in_flight,
                dead_letters: redrives.any(|redrive| redrive.queue == *name),
            });
        }
        Ok(depths)
    }

    fn each<'a, P: Params>(
        &self,
        ids: &'a [String],
        change: &str,
        values: impl Fn(&'a String) -> P,
    ) -> Result<(), QueueError> {
        let mut file = self.file.lock();
        let all = file.transaction()?;
        for id in ids {
            all.prepare_cached(change)?.execute(values(id))?;
        }
        Ok(all.commit()?)
    }

    fn queue(&self, name: &str) -> Result<&Queue, QueueError> {
        let unknown = || QueueError::Unknown(name.to_owned());
        self.queues.get(name).ok_or_else(unknown)
    }
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        body: row.get(1)?,
        sent_at: UnixMillis(row.get(2)?),
        receives: row.get(3)?,
        first_received_at: UnixMillis(row.get::<_, Option<i64>>(4)?.unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests;
