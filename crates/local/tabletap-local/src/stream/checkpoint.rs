//! How far a function has come in the stream, on disk.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

/// The checkpoint of one function: `checkpoints/<function>.json`.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    path: PathBuf,
}

impl Checkpoint {
    /// The checkpoint of `function` below `folder`.
    #[must_use]
    pub fn new(folder: &Path, function: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            path: folder.join(format!("{function}.json")),
        }
    }

    /// The last record that is done; none before the first. A file that cannot be read counts as none: what was
    /// done is then delivered again, which every stream function must bear anyway.
    #[must_use]
    pub fn read(&self) -> Option<String> {
        let text = fs::read_to_string(&self.path).ok()?;
        let value: Value = serde_json::from_str(&text).ok()?;
        value["sequence_number"].as_str().map(str::to_owned)
    }

    /// Writes it so that a crash or power cut leaves the old or the new one, whole.
    ///
    /// # Errors
    /// Those of the disk; the old checkpoint still stands.
    pub fn write(&self, sequence_number: &str) -> io::Result<()> {
        let text = json!({"sequence_number": sequence_number}).to_string();
        let new = self.path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::rename(&new, &self.path)?;
        File::open(&self.folder)?.sync_data()
    }
}
