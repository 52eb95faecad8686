//! What was sent, and what is still to be told of it: one SQLite file, so that it survives the program and a power cut.

use std::{collections::BTreeMap, path::Path};

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tabletap_domain::time::UnixMillis;
use tabletap_wire::time::rfc3339;
use tokio::task::JoinError;

use super::ses::Accepted;
use crate::sqlite::SqliteFile;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS mails (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        mail TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS events (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        event TEXT NOT NULL
    );";
/// The tag that says what a mail is.
const KIND: &str = "kind";
/// Tags that name orders begin so.
const ORDER: &str = "order-";

/// The mails of one data folder.
#[derive(Debug)]
pub struct Outbox {
    file: SqliteFile,
}

/// A mail as it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// SES's id.
    pub id: String,
    /// Its readers, with commas.
    pub to: String,
    /// One line.
    pub subject: String,
    /// What it is, as its tags say.
    pub kind: String,
    /// The orders it is about, as its tags say.
    pub order_ids: Vec<String>,
    /// RFC 3339.
    pub sent_at: String,
    /// The sender, as the header holds it.
    pub from: String,
    /// Whom answers go to.
    pub reply_to: Vec<String>,
    pub configuration_set: Option<String>,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
    /// For mail programs that show HTML.
    pub html: String,
    /// For all others.
    pub text: String,
}

/// Why mails are not kept.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The file.
    #[error("the mails' file: {0}")]
    File(#[from] rusqlite::Error),
    /// What stands in it is no mail.
    #[error("the mails' file holds something else: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The program ends.
    #[error("the program ends")]
    Ended(#[from] JoinError),
}

impl Sent {
    pub(super) fn new(id: String, at: UnixMillis, accepted: Accepted) -> Self {
        let mut orders: Vec<(usize, String)> = accepted
            .tags
            .iter()
            .filter_map(|(name, value)| {
                Some((name.strip_prefix(ORDER)?.parse().ok()?, value.clone()))
            })
            .collect();
        orders.sort();
        Self {
            id,
            to: accepted.to.join(", "),
            subject: accepted.subject,
            kind: accepted.tags.get(KIND).cloned().unwrap_or_default(),
            order_ids: orders.into_iter().map(|(_, order)| order).collect(),
            sent_at: rfc3339(at),
            from: accepted.from,
            reply_to: accepted.reply_to,
            configuration_set: accepted.configuration_set,
            tags: accepted.tags,
            html: accepted.html,
            text: accepted.text,
        }
    }

    /// It without its content: an entry of `GET /local/mail`.
    #[must_use]
    pub fn summary(&self) -> Value {
        json!({"id": self.id, "to": self.to, "subject": self.subject, "kind": self.kind,
            "order_ids": self.order_ids, "sent_at": self.sent_at})
    }
}

impl Outbox {
    /// Opens the mails kept in `file`.
    ///
    /// # Errors
    /// [`OutboxError::File`]
    pub fn open(file: &Path) -> Result<Self, OutboxError> {
        Ok(Self {
            file: SqliteFile::open(file, SCHEMA)?,
        })
    }

    /// Keeps a mail and what is to be told of it: all or nothing.
    ///
    /// # Errors
    /// [`OutboxError`]
    pub fn keep(&self, sent: &Sent, events: &[Value]) -> Result<(), OutboxError> {
        let mut file = self.file.lock();
        let all = file.transaction()?;
        all.execute(
            "INSERT INTO mails (id, mail) VALUES (?1, ?2)",
            params![sent.id, serde_json::to_string(sent)?],
        )?;
        for event in events {
            all.execute(
                "INSERT INTO events (event) VALUES (?1)",
                params![event.to_string()],
            )?;
        }
        Ok(all.commit()?)
    }

    /// All mails, newest first.
    ///
    /// # Errors
    /// [`OutboxError`]
    pub fn list(&self) -> Result<Vec<Sent>, OutboxError> {
        let file = self.file.lock();
        let mut select = file.prepare_cached("SELECT mail FROM mails ORDER BY place DESC")?;
        let rows = select.query_map([], |row| row.get::<_, String>(0))?;
        rows.map(|text| Ok(serde_json::from_str(&text?)?)).collect()
    }

    /// One mail.
    ///
    /// # Errors
    /// [`OutboxError`]
    pub fn get(&self, id: &str) -> Result<Option<Sent>, OutboxError> {
        let file = self.file.lock();
        let mut select = file.prepare_cached("SELECT mail FROM mails WHERE id = ?1")?;
        let text: Option<String> = select.query_row([id], |row| row.get(0)).optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// The oldest event that was not told yet.
    ///
    /// # Errors
    /// [`OutboxError`]
    pub fn next_event(&self) -> Result<Option<(i64, String)>, OutboxError> {
        let file = self.file.lock();
        let mut select =
            file.prepare_cached("SELECT place, event FROM events ORDER BY place LIMIT 1")?;
        let next = select.query_row([], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(next.optional()?)
    }

    /// An event was told.
    ///
    /// # Errors
    /// [`OutboxError`]
    pub fn event_told(&self, place: i64) -> Result<(), OutboxError> {
        self.file
            .lock()
            .execute("DELETE FROM events WHERE place = ?1", [place])?;
        Ok(())
    }
}
