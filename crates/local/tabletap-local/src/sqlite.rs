//! SQLite files of the program's own: what was written survives `kill -9` and a power cut.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use tokio::task::{JoinError, spawn_blocking};

/// A file with its one connection.
#[derive(Debug)]
pub(crate) struct SqliteFile(Mutex<Connection>);

impl SqliteFile {
    /// Opens the file, and makes what `schema` names where it is not there yet.
    pub(crate) fn open(file: &Path, schema: &str) -> rusqlite::Result<Self> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        connection.execute_batch(schema)?;
        Ok(Self(Mutex::new(connection)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for work on a file without holding up other tasks.
pub(crate) async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<JoinError> + Send + 'static,
{
    spawn_blocking(work).await?
}
