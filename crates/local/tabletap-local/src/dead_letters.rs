//! What an event source gave up on, one JSON line each, in `dead-letters/<function>.jsonl`: the local form of the
//! failure destination. Lines are only ever added; a person reads them.

use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;

/// Tries to keep a letter, about ten seconds in all.
const TRIES_MAX: u32 = 10;
/// Wait before the second; each further wait is twice as long.
const KEEP_AGAIN_AFTER: Duration = Duration::from_millis(10);

/// The dead letters of one function.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    path: PathBuf,
}

impl DeadLetters {
    /// Letters of `function` below `folder`.
    #[must_use]
    pub fn new(folder: &Path, function: &str) -> Self {
        Self {
            path: folder.join(format!("{function}.jsonl")),
        }
    }

    /// Adds one letter and syncs it to disk. It is the last copy, so a disk that is full for a moment is waited for. Where it stays so, the
    /// log has it.
    pub async fn put(&self, letter: Value) {
        let reason = letter["reason"].as_str().unwrap_or_default();
        let mut wait = KEEP_AGAIN_AFTER;
        for _ in 0..TRIES_MAX {
            let (path, line) = (self.path.clone(), letter.to_string());
            let written = tokio::task::spawn_blocking(move || append(&path, &line)).await;
            match written {
                Ok(Ok(())) => {
                    tracing::error!(file = %self.path.display(), reason, "event given up");
                    return;
                }
                problem => tracing::error!(?problem, reason, "event given up and not kept"),
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    file.write_all(format!("{line}\n").as_bytes())?;
    file.sync_data()
}
