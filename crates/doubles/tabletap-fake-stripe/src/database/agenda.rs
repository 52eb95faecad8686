//! What is to be done later: deliveries, sessions that end, payments and refunds that settle. It survives a restart.

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::Transaction;

/// How long a delivery that was begun is left alone before it is begun again: longer than a receiver is waited for.
const LEASE_MS: i64 = 60_000;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Task {
    /// A session's time has come.
    Expire { session: String },
    /// A delayed payment succeeds or fails.
    Settle { session: String, succeeds: bool },
    /// A pending refund succeeds or fails.
    SettleRefund { refund: String, succeeds: bool },
    /// An event is sent to an endpoint.
    Deliver {
        event: String,
        endpoint: String,
        /// Attempts so far.
        attempts: u32,
        /// When the event was made.
        since_ms: i64,
    },
}

/// A thing to do with its place in the agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) task: Task,
}

impl Transaction<'_> {
    /// Puts something on the agenda.
    pub(crate) fn plan(&self, task: &Task, due_ms: i64) -> rusqlite::Result<()> {
        let sql = "INSERT INTO agenda (due_ms, is_fresh, task) VALUES (?1, 1, ?2)";
        let text = serde_json::to_string(task).unwrap_or_default();
        self.0.prepare_cached(sql)?.execute(params![due_ms, text])?;
        Ok(())
    }

    /// What is due. Each entry stays until it is done: a crash meanwhile loses nothing.
    pub(crate) fn take_due(&self, now_ms: i64) -> rusqlite::Result<Vec<Entry>> {
        let sql = "UPDATE agenda SET due_ms = ?1 + ?2, is_fresh = 0 WHERE due_ms <= ?1 RETURNING id, task";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map([now_ms, LEASE_MS], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        let mut entries = Vec::new();
        for row in rows {
            let (id, text) = row?;
            // Written by `plan` only; what an older program wrote otherwise is left alone.
            if let Ok(task) = serde_json::from_str(&text) {
                entries.push(Entry { id, task });
            }
        }
        entries.sort_by_key(|entry| entry.id);
        Ok(entries)
    }

    /// When the next thing is due.
    pub(crate) fn next_due(&self) -> rusqlite::Result<Option<i64>> {
        let mut statement = self.0.prepare_cached("SELECT MIN(due_ms) FROM agenda")?;
        let due = statement.query_row([], |row| row.get::<_, Option<i64>>(0));
        Ok(due.optional()?.flatten())
    }

    /// How many events are on their way.
    pub(crate) fn undelivered(&self) -> rusqlite::Result<u64> {
        let sql = "SELECT COUNT(*) FROM agenda WHERE task LIKE '{\"do\":\"deliver\"%'";
        let mut statement = self.0.prepare_cached(sql)?;
        statement.query_row([], |row| row.get(0))
    }

    /// An entry is done.
    pub(crate) fn done(&self, id: i64) -> rusqlite::Result<()> {
        let sql = "DELETE FROM agenda WHERE id = ?1";
        self.0.prepare_cached(sql)?.execute([id])?;
        Ok(())
    }

    /// An entry is tried again later, as `task` says.
    pub(crate) fn reschedule(&self, id: i64, task: &Task, due_ms: i64) -> rusqlite::Result<()> {
        let sql = "UPDATE agenda SET due_ms = ?2, task = ?3 WHERE id = ?1";
        let text = serde_json::to_string(task).unwrap_or_default();
        self.0
            .prepare_cached(sql)?
            .execute(params![id, due_ms, text])?;
        Ok(())
    }

    /// Puts the deliveries that were not begun yet into reverse order, `apart_ms` from each other: the newest at `from_ms`.
    pub(crate) fn reverse(&self, from_ms: i64, apart_ms: i64) -> rusqlite::Result<()> {
        let sql = "UPDATE agenda SET due_ms = ?1 + ?2 * (
                SELECT COUNT(*) FROM agenda AS newer
                WHERE newer.id > agenda.id AND newer.is_fresh = 1 AND newer.task LIKE '{\"do\":\"deliver\"%')
            WHERE is_fresh = 1 AND task LIKE '{\"do\":\"deliver\"%'";
        self.0.prepare_cached(sql)?.execute([from_ms, apart_ms])?;
        Ok(())
    }
}
