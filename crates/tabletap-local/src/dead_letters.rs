//! What an event source gave up on, one JSON line each, in `dead-letters/<function>.jsonl`: the local form of the
//! failure destination. Lines are only ever added; a person reads them.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::Value;

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

    /// Adds one letter and syncs it to disk. Where the disk refuses it, the log has it.
    pub async fn put(&self, letter: Value) {
        let path = self.path.clone();
        let line = letter.to_string();
        let written = tokio::task::spawn_blocking(move || append(&path, &line)).await;
        let reason = letter["reason"].as_str().unwrap_or_default();
        match written {
            Ok(Ok(())) => tracing::error!(file = %self.path.display(), reason, "event given up"),
            problem => tracing::error!(?problem, reason, "event given up and not kept"),
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
