//! What the local Stripe remembers: one SQLite file, so that a restart forgets nothing.
//!
//! Objects are kept as Stripe shows them. Each change is one [`Database::write`]: all of it or nothing.

mod agenda;
mod keys;

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

pub(crate) use agenda::{Entry, Task};
pub(crate) use keys::Stored;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS objects (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        account TEXT NOT NULL,
        parent TEXT,
        object TEXT NOT NULL,
        own TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS ix_objects ON objects(kind, account, parent, place);
    CREATE TABLE IF NOT EXISTS keys (
        account TEXT NOT NULL,
        key TEXT NOT NULL,
        request TEXT NOT NULL,
        status INTEGER NOT NULL,
        body TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (account, key)
    );
    CREATE TABLE IF NOT EXISTS agenda (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        due_ms INTEGER NOT NULL,
        is_fresh INTEGER NOT NULL,
        task TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS ix_agenda ON agenda(due_ms);
    CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);";
const COLUMNS: &str = "account, parent, object, own";

/// The file.
#[derive(Debug)]
pub(crate) struct Database(Mutex<Connection>);

/// One transaction on it.
#[derive(Debug)]
pub(crate) struct Transaction<'a>(rusqlite::Transaction<'a>);

/// An object of an account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) account: String,
    /// What it is looked for by besides its id: the payment intent it belongs to; of an event, its type.
    pub(crate) parent: Option<String>,
    /// As Stripe shows it.
    pub(crate) object: Value,
    /// What only this program knows of it.
    pub(crate) own: Value,
}

/// Which objects of a kind, the newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query<'a> {
    pub(crate) kind: &'a str,
    /// All accounts' where it is absent.
    pub(crate) account: Option<&'a str>,
    pub(crate) parent: Option<&'a str>,
    /// Only those made before this one.
    pub(crate) before: Option<&'a str>,
    /// Only those made after this one.
    pub(crate) after: Option<&'a str>,
    /// How many at most; all, where it is absent.
    pub(crate) limit: Option<u32>,
}

impl Database {
    /// Opens the file or makes it.
    pub(crate) fn open(file: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Does something whole: what `act` wrote is kept where it returns `Ok`, and forgotten otherwise.
    pub(crate) fn write<T, E: From<rusqlite::Error>>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = Transaction(connection.transaction()?);
        let done = act(&tx)?;
        tx.0.commit()?;
        Ok(done)
    }

    /// Has every write fail, as on a full disk, or no longer.
    #[cfg(test)]
    pub(crate) fn refuse_writes(&self, refuses: bool) {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sql = format!("PRAGMA query_only = {}", i32::from(refuses));
        connection.execute_batch(&sql).expect("a pragma");
    }
}

impl Transaction<'_> {
    /// The object called `id`.
    pub(crate) fn get(&self, id: &str) -> rusqlite::Result<Option<Record>> {
        let sql = format!("SELECT {COLUMNS} FROM objects WHERE id = ?1");
        let mut statement = self.0.prepare_cached(&sql)?;
        statement.query_row([id], record).optional()
    }

    /// Writes an object, new or changed.
    pub(crate) fn put(&self, record: &Record) -> rusqlite::Result<()> {
        let sql = "INSERT INTO objects (id, kind, account, parent, object, own) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (id) DO UPDATE SET parent = ?4, object = ?5, own = ?6";
        self.0.prepare_cached(sql)?.execute(params![
            record.id(),
            record.text("object"),
            record.account,
            record.parent,
            record.object.to_string(),
            record.own.to_string(),
        ])?;
        Ok(())
    }

    /// Forgets an object.
    pub(crate) fn remove(&self, id: &str) -> rusqlite::Result<()> {
        let sql = "DELETE FROM objects WHERE id = ?1";
        self.0.prepare_cached(sql)?.execute([id])?;
        Ok(())
    }

    /// Objects of one kind, the newest first.
    pub(crate) fn list(&self, query: &Query<'_>) -> rusqlite::Result<Vec<Record>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM objects WHERE kind = ?1
                AND (?2 IS NULL OR account = ?2) AND (?3 IS NULL OR parent = ?3)
                AND (?4 IS NULL OR place < (SELECT place FROM objects WHERE id = ?4))
                AND (?5 IS NULL OR place > (SELECT place FROM objects WHERE id = ?5))
                ORDER BY CASE WHEN ?5 IS NULL THEN -place ELSE place END LIMIT ?6"
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let limit = query.limit.map_or(-1, i64::from);
        let (account, parent) = (query.account, query.parent);
        let rows = statement.query_map(
            params![
                query.kind,
                account,
                parent,
                query.before,
                query.after,
                limit
            ],
            record,
        )?;
        let mut records: Vec<Record> = rows.collect::<Result<_, _>>()?;
        if query.after.is_some() {
            records.reverse();
        }
        Ok(records)
    }

    /// How many objects of a kind there are.
    pub(crate) fn count(&self, kind: &str) -> rusqlite::Result<u64> {
        let sql = "SELECT COUNT(*) FROM objects WHERE kind = ?1";
        let mut statement = self.0.prepare_cached(sql)?;
        statement.query_row([kind], |row| row.get(0))
    }

    /// A setting of this program.
    pub(crate) fn setting(&self, name: &str) -> rusqlite::Result<Option<Value>> {
        let sql = "SELECT value FROM settings WHERE name = ?1";
        let mut statement = self.0.prepare_cached(sql)?;
        let read = |row: &Row<'_>| json(row, 0);
        statement.query_row([name], read).optional()
    }

    /// Keeps a setting.
    pub(crate) fn set(&self, name: &str, value: &Value) -> rusqlite::Result<()> {
        let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        self.0
            .prepare_cached(sql)?
            .execute(params![name, value.to_string()])?;
        Ok(())
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        account: row.get(0)?,
        parent: row.get(1)?,
        object: json(row, 2)?,
        own: json(row, 3)?,
    })
}

fn json(row: &Row<'_>, column: usize) -> rusqlite::Result<Value> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            Box::new(error),
        )
    })
}

impl Record {
    pub(crate) fn id(&self) -> &str {
        self.text("id")
    }

    /// A text of the object; empty where there is none.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.object[key].as_str().unwrap_or_default()
    }

    /// A whole number of the object; 0 where there is none.
    pub(crate) fn number(&self, key: &str) -> i64 {
        self.object[key].as_i64().unwrap_or_default()
    }
}
