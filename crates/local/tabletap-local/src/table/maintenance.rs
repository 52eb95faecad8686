//! What DynamoDB does by itself and the embedded table does not: forgetting stream records after a day, deleting
//! expired rows; and one index without which every write would cost more than the one before.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use dynoxide::Database;
use rusqlite::{Connection, params};

/// Stream records live a day. See DynamoDB, "Data retention limit for DynamoDB Streams".
const STREAM_AGE_S: i64 = 24 * 3_600;
const PRUNE_EVERY: Duration = Duration::from_secs(600);
/// Records deleted in one go: the table's writers wait for it.
const PRUNE_AT_ONCE: usize = 200;
/// A sweep reads the whole table; AWS promises deletion within days.
const EXPIRE_EVERY: Duration = Duration::from_secs(3_600);

/// How far each reader of the stream has come, by function.
#[derive(Debug, Default)]
pub struct Positions(Mutex<BTreeMap<String, Option<String>>>);

impl Positions {
    /// Notes that `function` has passed everything up to `sequence_number`.
    pub fn passed(&self, function: &str, sequence_number: Option<String>) {
        let mut positions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        positions.insert(function.to_owned(), sequence_number);
    }

    /// What every reader has passed; none where one has read nothing yet.
    fn all_passed(&self) -> Option<String> {
        let positions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        positions.values().cloned().min().flatten()
    }
}

/// Opens a second connection to the file and makes sure of the index.
///
/// Without it each written record looks through all stream records for the highest sequence number
/// (0.4 ms a write at the start, 3.5 ms after 10,000).
pub(super) fn prepare(path: &Path) -> rusqlite::Result<Connection> {
    let side = Connection::open(path)?;
    side.busy_timeout(Duration::from_secs(5))?;
    side.execute_batch(
        "CREATE INDEX IF NOT EXISTS ix_stream_sequence
         ON _stream_records(table_name, CAST(sequence_number AS INTEGER))",
    )?;
    Ok(side)
}

pub(super) async fn run(db: Database, path: PathBuf, table: String, positions: Arc<Positions>) {
    let prune = async {
        loop {
            let passed = positions.all_passed();
            let (path, table) = (path.clone(), table.clone());
            let pruned =
                tokio::task::spawn_blocking(move || prune(&path, &table, passed.as_deref()));
            match pruned.await {
                Ok(Ok(0)) => {}
                outcome => tracing::info!(?outcome, "stream records forgotten"),
            }
            tokio::time::sleep(PRUNE_EVERY).await;
        }
    };
    let expire = async {
        loop {
            tokio::time::sleep(EXPIRE_EVERY).await;
            let db = db.clone();
            let swept =
                tokio::task::spawn_blocking(move || db.sweep_ttl().map_err(|e| e.to_string()));
            let outcome = swept.await;
            tracing::info!(?outcome, "expired rows deleted");
        }
    };
    tokio::join!(prune, expire);
}

/// Deletes what is older than a day and what no reader still has to read; says how many records.
///
/// # Errors
/// Those of the file.
pub(super) fn prune(path: &Path, table: &str, passed: Option<&str>) -> rusqlite::Result<usize> {
    let Some(passed) = passed.and_then(stored) else {
        return Ok(0);
    };
    let side = prepare(path)?;
    let mut pruned = 0;
    loop {
        let deleted = side.execute(
            "DELETE FROM _stream_records WHERE id IN (
                 SELECT id FROM _stream_records
                 WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2
                   AND created_at < unixepoch() - ?3
                 ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?4)",
            params![table, passed, STREAM_AGE_S, PRUNE_AT_ONCE],
        )?;
        pruned += deleted;
        if deleted < PRUNE_AT_ONCE {
            return Ok(pruned);
        }
    }
}

/// The stored form of a public sequence number, which is offset to 21 digits.
fn stored(public: &str) -> Option<i64> {
    let number: u128 = public.parse().ok()?;
    i64::try_from(number.checked_sub(100_000_000_000_000_000_000)?).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn only_what_every_reader_has_passed_counts_as_passed() {
        let positions = Positions::default();
        assert_eq!(positions.all_passed(), None, "no reader yet");
        positions.passed("a", Some("100000000000000000005".to_owned()));
        assert_eq!(
            positions.all_passed().as_deref(),
            Some("100000000000000000005")
        );
        positions.passed("b", None);
        assert_eq!(positions.all_passed(), None, "b has read nothing");
        positions.passed("b", Some("100000000000000000003".to_owned()));
        assert_eq!(
            positions.all_passed().as_deref(),
            Some("100000000000000000003")
        );
    }

    #[test]
    fn old_records_are_forgotten_and_young_or_unread_ones_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.db");
        drop(Database::new(path.to_str().unwrap()).unwrap());
        let side = prepare(&path).unwrap();
        let add = |sequence: i64, age_s: i64| {
            side.execute(
                "INSERT INTO _stream_records (table_name, event_name, keys_json, sequence_number, shard_id, created_at)
                 VALUES ('tabletap', 'INSERT', '{}', ?1, 's', unixepoch() - ?2)",
                params![sequence.to_string(), age_s],
            )
            .unwrap();
        };
        add(9, 90_000);
        add(10, 90_000);
        add(11, 90_000);
        add(12, 60);
        assert_eq!(
            prune(&path, "tabletap", None).unwrap(),
            0,
            "no reader has begun"
        );
        assert_eq!(
            prune(&path, "tabletap", Some("100000000000000000011")).unwrap(),
            2
        );
        let left: Vec<String> = side
            .prepare("SELECT sequence_number FROM _stream_records ORDER BY id")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(left, ["11", "12"]);
    }
}
