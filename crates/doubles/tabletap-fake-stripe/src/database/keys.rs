//! Idempotency keys: what was asked under them, and what was answered. See Stripe, "Idempotent requests".

use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use super::{Transaction, json};

/// A key is forgotten after a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// An answer that is given again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    /// Method, path and parameters as they were parsed.
    pub(crate) request: Value,
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Transaction<'_> {
    /// What was answered under `key`, if that is not too long ago.
    pub(crate) fn stored_answer(
        &self,
        account: &str,
        key: &str,
        now_ms: i64,
    ) -> rusqlite::Result<Option<Stored>> {
        let sql =
            "SELECT request, status, body FROM keys WHERE account = ?1 AND key = ?2 AND at_ms > ?3";
        let mut statement = self.0.prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Stored {
                request: json(row, 0)?,
                status: row.get(1)?,
                body: row.get(2)?,
            })
        };
        statement
            .query_row(params![account, key, now_ms - KEPT_MS], read)
            .optional()
    }

    /// Keeps what is answered under `key`.
    pub(crate) fn keep_answer(
        &self,
        account: &str,
        key: &str,
        stored: &Stored,
        now_ms: i64,
    ) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO keys (account, key, request, status, body, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.0.prepare_cached(sql)?.execute(params![
            account,
            key,
            stored.request.to_string(),
            stored.status,
            stored.body,
            now_ms
        ])?;
        Ok(())
    }
}
