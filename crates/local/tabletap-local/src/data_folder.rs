//! The folder everything is kept in: its layout, its lock, its secrets, and what runs on it.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use tabletap_session::SessionKeys;

use crate::{
    addresses::RunFile,
    private,
    secrets::{Secrets, add_missing, random_text},
};

/// Folders made at the start.
const FOLDERS: [&str; 7] = [
    "agents",
    "certs",
    "checkpoints",
    "dead-letters",
    "logs",
    "papers",
    "site",
];

/// How the files in it begin.
const FILES: [&str; 7] = [
    "lock",
    "mail.db",
    "queues.db",
    "run.json",
    "secrets.json",
    "stripe.db",
    "table.db",
];

/// A data folder that is ours.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    /// Held until the program ends, however it ends.
    _lock: Option<File>,
}

/// Why a data folder cannot be used; each is one sentence with its remedy.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// Another program has it.
    #[error("tabletap is already running on {}{}: stop it, or set TABLETAP_DATA to another folder", path.display(), at(url))]
    InUse {
        path: PathBuf,
        /// Where it runs, if it says so.
        url: Option<String>,
    },
    /// Something in it cannot be read.
    #[error("the data folder {} is broken ({problem}): `make reset` starts over", path.display())]
    Broken {
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// It cannot be written.
    #[error("the data folder {} cannot be written ({problem}): set TABLETAP_DATA to another folder", path.display())]
    NotWritable {
        path: PathBuf,
        /// What the system says.
        problem: io::Error,
    },
    /// Nothing runs there.
    #[error("nothing is running on the data folder {}: start it with `make run`", path.display())]
    NotRunning { path: PathBuf },
}

fn at(url: &Option<String>) -> String {
    url.as_ref()
        .map(|url| format!(" at {url}"))
        .unwrap_or_default()
}

impl DataFolder {
    /// Makes or opens the folder and locks it.
    ///
    /// # Errors
    /// [`DataFolderError`]
    pub fn open(path: &Path) -> Result<Self, DataFolderError> {
        let not_writable = |problem| DataFolderError::NotWritable {
            path: path.to_owned(),
            problem,
        };
        for folder in FOLDERS {
            private::make_folder(&path.join(folder)).map_err(not_writable)?;
        }
        // Relative paths would mean another place to a child process.
        let path = fs::canonicalize(path).map_err(not_writable)?;
        let not_writable = |problem| DataFolderError::NotWritable {
            path: path.clone(),
            problem,
        };
        let lock = private::open_to_append(&path.join("lock")).map_err(not_writable)?;
        match lock.try_lock() {
            Ok(()) => {
                private::tighten(&path, &[&FOLDERS[..], &FILES].concat()).map_err(not_writable)?;
                Ok(Self {
                    path,
                    _lock: Some(lock),
                })
            }
            Err(TryLockError::WouldBlock) => {
                let url = read_json::<RunFile>(&path.join("run.json"))
                    .ok()
                    .map(|run| run.url);
                Err(DataFolderError::InUse { path, url })
            }
            Err(TryLockError::Error(problem)) => Err(not_writable(problem)),
        }
    }

    /// The folder of a program that runs, without its lock: for its parts and for the command line.
    #[must_use]
    pub fn attach(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            _lock: None,
        }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file or folder in it.
    #[must_use]
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The secrets, made at the first call.
    ///
    /// # Errors
    /// [`DataFolderError::Broken`] where they cannot be read: with new ones every session would end unexplained.
    pub fn secrets(&self) -> Result<Secrets, DataFolderError> {
        let file = self.join("secrets.json");
        let mut secrets = Secrets {
            session_key: random_text::<48>(),
            customer_key: String::new(),
            stripe: BTreeMap::new(),
        };
        if file.exists() {
            secrets = read_json(&file).map_err(|problem| self.broken(problem))?;
            let weak = |error: tabletap_session::WeakKey| self.broken(error.to_string());
            SessionKeys::parse(&secrets.session_key).map_err(weak)?;
        }
        let has_customer_key = !secrets.customer_key.is_empty();
        if !has_customer_key {
            secrets.customer_key = random_text::<48>();
        }
        let has_accounts = !add_missing(&mut secrets.stripe);
        if !has_customer_key || !has_accounts {
            // A new folder, or one of before there were these.
            self.write_secrets(&secrets)?;
        }
        Ok(secrets)
    }

    fn write_secrets(&self, secrets: &Secrets) -> Result<(), DataFolderError> {
        let file = self.join("secrets.json");
        let text =
            serde_json::to_string(secrets).map_err(|error| self.broken(error.to_string()))?;
        write_whole(&file, text.as_bytes()).map_err(|problem| self.not_writable(problem))
    }

    /// What runs on this folder.
    ///
    /// # Errors
    /// [`DataFolderError::NotRunning`]
    pub fn running(&self) -> Result<RunFile, DataFolderError> {
        let not_running = || DataFolderError::NotRunning {
            path: self.path.clone(),
        };
        let lock = File::open(self.join("lock")).map_err(|_| not_running())?;
        match lock.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {}
            _ => return Err(not_running()),
        }
        self.read_running()
    }

    /// Where the parts are, whether they run or not: for a part that is being started.
    ///
    /// # Errors
    /// [`DataFolderError::NotRunning`]
    pub fn read_running(&self) -> Result<RunFile, DataFolderError> {
        let not_running = |_| DataFolderError::NotRunning {
            path: self.path.clone(),
        };
        read_json(&self.join("run.json")).map_err(not_running)
    }

    /// Says where the program runs.
    ///
    /// # Errors
    /// [`DataFolderError::NotWritable`]
    pub fn write_running(&self, run: &RunFile) -> Result<(), DataFolderError> {
        let text =
            serde_json::to_vec_pretty(run).map_err(|error| self.broken(error.to_string()))?;
        write_whole(&self.join("run.json"), &text).map_err(|problem| self.not_writable(problem))
    }

    /// A table without a store is right in a folder that has published nothing. In another one its rows were lost, and new stores would
    /// have other table codes than the stickers.
    ///
    /// # Errors
    /// [`DataFolderError::Broken`] where menus lie in `site/`.
    pub fn has_published_nothing(&self) -> Result<(), DataFolderError> {
        let pages = fs::read_dir(self.join("site").join("m"));
        if pages.is_ok_and(|mut pages| pages.next().is_some()) {
            let problem = "table.db holds no store, though menus were published: put its copy back, or every sticker leads nowhere";
            return Err(self.broken(problem));
        }
        Ok(())
    }

    /// This folder is broken in the way `problem` says.
    #[must_use]
    pub fn broken(&self, problem: impl Into<String>) -> DataFolderError {
        DataFolderError::Broken {
            path: self.path.clone(),
            problem: problem.into(),
        }
    }

    fn not_writable(&self, problem: io::Error) -> DataFolderError {
        DataFolderError::NotWritable {
            path: self.path.clone(),
            problem,
        }
    }
}

/// Writes a file so that a crash leaves the old or the new one, whole.
///
/// # Errors
/// Those of the disk.
pub fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = write_beside(file, bytes)?;
    File::open(&new)?.sync_data()?;
    fs::rename(&new, file)
}

/// Writes a file that can be made again: whole to whoever reads it, left alone where it is the same already. It does not wait
/// for the disk, so hundreds of files take no time at a start; what a power cut damages is mended when it is written again.
///
/// # Errors
/// Those of the disk.
pub(crate) fn write_derived(file: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(file).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let new = write_beside(file, bytes)?;
    fs::rename(&new, file)
}

fn write_beside(file: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    if let Some(folder) = file.parent() {
        private::make_folder(folder)?;
    }
    let new = file.with_file_name(format!(
        "{}.new",
        file.file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("file")
    ));
    private::new_file(&new)?.write_all(bytes)?;
    Ok(new)
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T, String> {
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let text = fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))
}
