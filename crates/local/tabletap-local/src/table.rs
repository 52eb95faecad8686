//! The embedded table: DynamoDB's protocol over HTTP on one file, its stream, and the maintenance that a real table does itself.
//!
//! One thread serves it. The database beneath takes one caller at a time anyway, so more threads would only queue on
//! its lock and hold up everybody else's runtime. When that thread has run out of work it looks whether anything was
//! written, which is how stream readers hear of a write without polling.

mod api;
mod maintenance;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use axum::Router;
use dynoxide::{
    Database,
    actions::{
        delete_table::DeleteTableRequest, get_records::GetRecordsRequest,
        get_shard_iterator::GetShardIteratorRequest, list_streams::ListStreamsRequest,
        list_tables::ListTablesRequest, scan::ScanRequest,
    },
};
use rusqlite::Connection;
use serde_json::Value;
use tokio::sync::{oneshot, watch};

pub use maintenance::Positions;

use crate::{guard::Guard, http};

/// A table that is being served.
#[derive(Debug)]
pub struct Table {
    /// Where the stream is read.
    pub stream: Stream,
    /// The thread's runtime, for work that belongs beside the table.
    pub runtime: tokio::runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// Reads the stream of the one table.
#[derive(Clone)]
pub struct Stream {
    db: Database,
    changed: watch::Receiver<u64>,
    arn: Arc<OnceLock<String>>,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}

/// Why the table cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file is no database, or cannot be opened.
    #[error("{} cannot be opened as a table: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The thread did not start.
    #[error("the table's thread did not start")]
    Thread(#[source] std::io::Error),
    /// The stream cannot be read.
    #[error("the stream cannot be read: {0}")]
    Stream(String),
}

impl Table {
    /// Serves the table of the file `path` on `listener`, behind `guard`.
    ///
    /// # Errors
    /// [`TableError`]
    pub fn serve(
        path: &Path,
        listener: std::net::TcpListener,
        guard: Guard,
    ) -> Result<Self, TableError> {
        let broken = |problem: String| TableError::File {
            path: path.to_owned(),
            problem,
        };
        let text = path
            .to_str()
            .ok_or_else(|| broken("its path is not UTF-8".to_owned()))?;
        let db = Database::new(text).map_err(|error| broken(first_sentence(&error.to_string())))?;
        drop_half_created(&db).map_err(|error| broken(error.to_string()))?;
        let side = maintenance::prepare(path).map_err(|error| broken(error.to_string()))?;
        let (tell, changed) = watch::channel(0);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .on_thread_park(watcher(side, tell))
            .build()
            .map_err(TableError::Thread)?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = http::bounded(api::router(db.clone()), |_| api::REQUEST_BYTES_MAX);
        let router = guard.before(router);
        let thread = std::thread::Builder::new()
            .name("table".to_owned())
            .spawn(move || runtime.block_on(serve_until(listener, router, stopped)))
            .map_err(TableError::Thread)?;
        let stream = Stream {
            db,
            changed,
            arn: Arc::default(),
        };
        Ok(Self {
            stream,
            runtime: handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Stops serving and everything that runs beside the table.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Drops each table whose creation was interrupted, so that it is created anew. The database creates a table in several steps, of which the
/// stream is the last, and nothing is written before that. A table that holds a row stays, whatever it lacks.
fn drop_half_created(db: &Database) -> Result<(), dynoxide::DynoxideError> {
    for name in db.list_tables(ListTablesRequest::default())?.table_names {
        let of_table = ListStreamsRequest {
            table_name: Some(name.clone()),
            ..ListStreamsRequest::default()
        };
        let first = ScanRequest {
            table_name: name.clone(),
            limit: Some(1),
            ..ScanRequest::default()
        };
        let has_rows = || db.scan(first).is_ok_and(|found| found.count > 0);
        if db.list_streams(of_table)?.streams.is_empty() && !has_rows() {
            db.delete_table(DeleteTableRequest { table_name: name })?;
        }
    }
    Ok(())
}

/// The database's own advice is about keys of encrypted files, which ours never are.
fn first_sentence(problem: &str) -> String {
    problem
        .split_once(". ")
        .map_or(problem, |(first, _)| first)
        .to_owned()
}

async fn serve_until(
    listener: std::net::TcpListener,
    router: Router,
    stopped: oneshot::Receiver<()>,
) {
    let listen = || {
        listener.set_nonblocking(true)?;
        tokio::net::TcpListener::from_std(listener)
    };
    match listen() {
        Ok(listener) => {
            let stop = async { drop(stopped.await) };
            http::serve(listener, router, stop).await;
        }
        Err(error) => tracing::error!(%error, "the table is not served"),
    }
}

/// Runs when the table's thread is idle: says so where another connection has committed since the last look.
fn watcher(side: Connection, tell: watch::Sender<u64>) -> impl Fn() + Send + Sync + 'static {
    let side = Mutex::new(side);
    move || {
        let side = side.lock().unwrap_or_else(PoisonError::into_inner);
        let version = side
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get::<_, u64>(0)));
        match version {
            Ok(version) => {
                tell.send_if_modified(|seen| std::mem::replace(seen, version) != version);
            }
            // Readers have a slow look of their own.
            Err(error) => tracing::warn!(%error, "cannot see whether the table changed"),
        }
    }
}

impl Stream {
    /// The records after `position` (from the oldest where there is none), oldest first, as event records.
    ///
    /// # Errors
    /// [`TableError::Stream`]
    pub fn read(
        &self,
        table: &str,
        position: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Value>, TableError> {
        let fail = |error: dynoxide::DynoxideError| TableError::Stream(error.to_string());
        let iterator = self
            .db
            .get_shard_iterator(GetShardIteratorRequest {
                stream_arn: self.arn(table)?,
                shard_id: dynoxide::streams::shard_id(table),
                shard_iterator_type: match position {
                    Some(_) => "AFTER_SEQUENCE_NUMBER".to_owned(),
                    None => "TRIM_HORIZON".to_owned(),
                },
                sequence_number: position.map(str::to_owned),
            })
            .map_err(fail)?;
        let request = GetRecordsRequest {
            shard_iterator: iterator.shard_iterator.unwrap_or_default(),
            limit: Some(limit),
        };
        let records = self.db.get_records(request).map_err(fail)?.records;
        records
            .iter()
            .map(|record| {
                serde_json::to_value(record).map_err(|e| TableError::Stream(e.to_string()))
            })
            .collect()
    }

    /// The stream's ARN, asked for once. Not by DescribeTable: the embedded one counts every row to answer.
    ///
    /// # Errors
    /// [`TableError::Stream`] where the table or its stream does not exist.
    pub fn arn(&self, table: &str) -> Result<String, TableError> {
        if let Some(arn) = self.arn.get() {
            return Ok(arn.clone());
        }
        let request = ListStreamsRequest {
            table_name: Some(table.to_owned()),
            ..ListStreamsRequest::default()
        };
        let listed = self.db.list_streams(request);
        let listed = listed.map_err(|error| TableError::Stream(error.to_string()))?;
        let stream = listed.streams.into_iter().next();
        let arn = stream.map(|stream| stream.stream_arn);
        let arn = arn.ok_or_else(|| TableError::Stream(format!("table {table} has no stream")))?;
        Ok(self.arn.get_or_init(|| arn).clone())
    }

    /// Waits until something was written after the last call, or `at_most` has passed.
    pub async fn changed(&mut self, at_most: Duration) {
        if let Ok(Err(_)) = tokio::time::timeout(at_most, self.changed.changed()).await {
            // The table has stopped; do not spin until this reader is stopped too.
            tokio::time::sleep(at_most).await;
        }
    }

    /// Maintains the table for ever.
    pub async fn maintain(self, path: PathBuf, table: String, positions: Arc<Positions>) {
        maintenance::run(self.db, path, table, positions).await;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use dynoxide::actions::create_table::CreateTableRequest;
    use serde_json::json;

    fn create(db: &Database, name: &str, has_stream: bool) {
        let index = json!({
            "IndexName": "other", "Projection": {"ProjectionType": "KEYS_ONLY"},
            "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}]
        });
        let stream = has_stream
            .then(|| json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}));
        let request: CreateTableRequest = serde_json::from_value(json!({
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "other", "AttributeType": "S"}
            ],
            "GlobalSecondaryIndexes": [index],
            "StreamSpecification": stream
        }))
        .unwrap();
        db.create_table(request).unwrap();
    }

    fn put(db: &Database, name: &str) {
        let item = json!({"TableName": name, "Item": {"pk": {"S": "a"}}});
        db.put_item(serde_json::from_value(item).unwrap()).unwrap();
    }

    #[test]
    fn a_table_whose_creation_was_interrupted_is_dropped_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.db");
        let db = Database::new(path.to_str().unwrap()).unwrap();
        create(&db, "whole", true);
        create(&db, "half", false);
        create(&db, "rows", false);
        put(&db, "rows");
        let side = Connection::open(&path).unwrap();
        side.execute_batch("DROP TABLE \"half::gsi::other\"; DROP TABLE \"half\"")
            .unwrap();
        drop_half_created(&db).unwrap();
        let left = db.list_tables(ListTablesRequest::default()).unwrap();
        assert_eq!(left.table_names, ["rows", "whole"]);
        create(&db, "half", true);
        put(&db, "half");
    }
}
