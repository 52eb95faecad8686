//! The journal: an append log that is on disk before anything else happens.
//!
//! One thread owns the file. It takes all records that are waiting, writes them together and syncs once, so records that
//! arrive together share one `fdatasync`. It knows nothing about tickets; [`journal_state`](crate::journal_state) interprets the records.
//!
//! A failed write or sync ends the agent, because memory would be ahead of the disk. It is not tried again: after a failed `fsync`, Linux
//! may drop the dirty pages and report success the next time. The restarted agent reads what is really there.

mod frame;
mod private;
mod record;

pub(crate) use record::{AttemptEvent, Record};

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

use tokio::sync::oneshot;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another agent works in this folder.
    #[error("another agent works in {0}")]
    InUse(PathBuf),
    /// Acknowledged records are damaged; they must not be dropped silently.
    #[error("the journal {path} is damaged at byte {at}, before good records")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        at: usize,
    },
    /// The disk or the file system fails.
    #[error("the journal {path} cannot be used: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The writing thread has ended after an error.
    #[error("the journal has stopped after a failed write")]
    Stopped,
}

impl JournalError {
    /// What a person can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::InUse(_) => "end it, or give this one its own data folder",
            Self::Damaged { .. } => {
                "move the file away and start the agent: the open tickets come again, marked POSSIBLE DUPLICATE"
            }
            Self::Io { .. } | Self::Stopped => {
                "see that the disk has room and that the agent may write to its data folder"
            }
        }
    }
}

/// Resolves when everything appended up to here is on disk.
#[derive(Debug)]
pub(crate) struct Durable(oneshot::Receiver<()>);

impl Durable {
    /// Waits until the records are on disk.
    ///
    /// # Errors
    /// [`JournalError::Stopped`]: end the agent.
    pub(crate) async fn wait(self) -> Result<(), JournalError> {
        self.0.await.map_err(|_| JournalError::Stopped)
    }
}

enum Command {
    Append {
        bytes: Vec<u8>,
        durable: Option<oneshot::Sender<()>>,
    },
    Rewrite {
        bytes: Vec<u8>,
        /// Gets whether the new file has replaced the old one.
        done: oneshot::Sender<bool>,
    },
}

/// The result of the last rewrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RewriteStatus {
    /// It is on disk, or there was none.
    Done,
    /// The writing thread has not done it yet.
    Pending,
    /// It failed, usually because the disk is full. Everything it should have replaced is still on disk. Returned once per failure.
    Failed,
}

/// A rewrite in progress.
#[derive(Debug)]
struct Rewriting {
    /// The size of everything it replaces.
    replaced_bytes: usize,
    new_bytes: usize,
    done: oneshot::Receiver<bool>,
}

/// An open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    commands: mpsc::Sender<Command>,
    /// Bytes in the file once all commands are done.
    bytes: usize,
    rewriting: Option<Rewriting>,
    _lock: File,
}

impl Journal {
    /// Opens the journal in `folder`, making both where they are missing, and cuts a torn tail.
    ///
    /// # Errors
    /// Any but [`JournalError::Stopped`]; each needs a person.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Vec<Record>), JournalError> {
        private::make(folder).map_err(|source| failed(folder, source))?;
        let lock = lock(folder)?;
        let path = folder.join("journal");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(private::FILE)
            .open(&path)
            .map_err(|source| failed(&path, source))?;
        let (records, bytes) = recover(&mut file, &path)?;
        sync_folder(folder)?;
        let (commands, receiver) = mpsc::channel();
        let folder = folder.to_path_buf();
        let mut writer = Writer { folder, file };
        thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                if let Err(error) = writer.work(&receiver) {
                    tracing::error!(%error, "the journal cannot be written");
                }
            })
            .map_err(|source| failed(&path, source))?;
        Ok((
            Self {
                commands,
                bytes,
                rewriting: None,
                _lock: lock,
            },
            records,
        ))
    }

    /// Appends a record; it is on disk when the answer resolves. Records are in the order of the calls.
    pub(crate) fn append(&mut self, record: &Record) -> Durable {
        self.send(encoded([record]), true)
    }

    /// Appends a record without syncing: losing it costs a repeated report, nothing more.
    pub(crate) fn append_unsynced(&mut self, record: &Record) {
        self.send(encoded([record]), false);
    }

    /// Resolves when everything appended before is on disk.
    pub(crate) fn barrier(&mut self) -> Durable {
        self.send(Vec::new(), true)
    }

    /// Replaces everything appended before with `records`. One rewrite at a time: see [`Journal::rewrite_status`].
    pub(crate) fn rewrite<'a>(&mut self, records: impl IntoIterator<Item = &'a Record>) {
        let bytes = encoded(records);
        let (sender, done) = oneshot::channel();
        self.rewriting = Some(Rewriting {
            replaced_bytes: self.bytes,
            new_bytes: bytes.len(),
            done,
        });
        self.bytes = bytes.len();
        // If the writing thread has ended, the next append reports it.
        let _ = self.commands.send(Command::Rewrite {
            bytes,
            done: sender,
        });
    }

    /// The result of the last rewrite. If the disk has no room for a second file beside the first, the first stays in use.
    pub(crate) fn rewrite_status(&mut self) -> RewriteStatus {
        let Some(rewriting) = &mut self.rewriting else {
            return RewriteStatus::Done;
        };
        let outcome = match rewriting.done.try_recv() {
            Ok(true) => RewriteStatus::Done,
            Err(oneshot::error::TryRecvError::Empty) => return RewriteStatus::Pending,
            Ok(false) | Err(oneshot::error::TryRecvError::Closed) => {
                let since = self.bytes.saturating_sub(rewriting.new_bytes);
                self.bytes = rewriting.replaced_bytes.saturating_add(since);
                RewriteStatus::Failed
            }
        };
        self.rewriting = None;
        outcome
    }

    /// The file's size once everything appended is written.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    fn send(&mut self, bytes: Vec<u8>, awaited: bool) -> Durable {
        let (sender, receiver) = oneshot::channel();
        self.bytes = self.bytes.saturating_add(bytes.len());
        let durable = awaited.then_some(sender);
        // If the writing thread has ended, the command and the sender in it are dropped, and `wait` returns an error.
        let _ = self.commands.send(Command::Append { bytes, durable });
        Durable(receiver)
    }
}

struct Writer {
    folder: PathBuf,
    file: File,
}

impl Writer {
    fn work(&mut self, commands: &mpsc::Receiver<Command>) -> Result<(), JournalError> {
        while let Ok(first) = commands.recv() {
            let (mut bytes, mut waiting) = (Vec::new(), Vec::new());
            for command in std::iter::once(first).chain(commands.try_iter()) {
                match command {
                    Command::Append {
                        bytes: more,
                        durable,
                    } => {
                        bytes.extend(more);
                        waiting.extend(durable);
                    }
                    Command::Rewrite { bytes: all, done } => {
                        let is_done = self.rewrite(&all)?;
                        if is_done {
                            // Records that it replaces need not be written: the new file contains their effect.
                            bytes.clear();
                        }
                        // The caller may no longer be waiting.
                        let _ = done.send(is_done);
                    }
                }
            }
            let path = self.folder.join("journal");
            self.file
                .write_all(&bytes)
                .map_err(|source| failed(&path, source))?;
            if !waiting.is_empty() {
                self.file
                    .sync_data()
                    .map_err(|source| failed(&path, source))?;
            }
            for durable in waiting {
                // The caller may no longer be waiting.
                let _ = durable.send(());
            }
        }
        Ok(())
    }

    /// Whether the new file has replaced the old one. If there is no room for both, the old one stays in use.
    fn rewrite(&mut self, bytes: &[u8]) -> Result<bool, JournalError> {
        let (path, unfinished) = (
            self.folder.join("journal"),
            self.folder.join("journal.unfinished"),
        );
        let write = || -> io::Result<File> {
            let mut file = private::new_file(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            Ok(file)
        };
        match write() {
            Ok(file) => {
                self.file = file;
                sync_folder(&self.folder)?;
                Ok(true)
            }
            Err(source) => {
                // The unfinished file takes room on a full disk, and contains what guests wrote. If it cannot be removed, the next rewrite replaces it.
                let _ = fs::remove_file(&unfinished);
                let error = failed(&unfinished, source);
                tracing::error!(%error, "the journal was not rewritten; the agent will try again later");
                Ok(false)
            }
        }
    }
}

/// How many records the journal in `folder` contains. Changes nothing.
///
/// # Errors
/// As [`Journal::open`].
pub(crate) fn count_records(folder: &Path) -> Result<usize, JournalError> {
    let path = folder.join("journal");
    match fs::read(&path) {
        Ok(bytes) => Ok(read(&bytes, &path)?.0.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(failed(&path, source)),
    }
}

/// Whether an agent works in this folder now.
#[must_use]
pub(crate) fn is_in_use(folder: &Path) -> bool {
    matches!(lock(folder), Err(JournalError::InUse(_)))
}

fn lock(folder: &Path) -> Result<File, JournalError> {
    let path = folder.join("lock");
    let file = private::new_file(&path).map_err(|source| failed(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse(folder.to_path_buf())),
        Err(TryLockError::Error(source)) => Err(failed(&path, source)),
    }
}

fn recover(file: &mut File, path: &Path) -> Result<(Vec<Record>, usize), JournalError> {
    let io_failed = |source| failed(path, source);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(io_failed)?;
    let (records, good_bytes) = read(&bytes, path)?;
    if good_bytes < bytes.len() {
        tracing::warn!(
            bytes = bytes.len() - good_bytes,
            "a torn tail of the journal is cut"
        );
        let length = u64::try_from(good_bytes).unwrap_or(u64::MAX);
        file.set_len(length)
            .and_then(|()| file.sync_all())
            .map_err(io_failed)?;
    }
    file.seek(SeekFrom::End(0)).map_err(io_failed)?;
    Ok((records, good_bytes))
}

/// The records of a journal's bytes, and how many bytes are good.
fn read(bytes: &[u8], path: &Path) -> Result<(Vec<Record>, usize), JournalError> {
    let damaged = |at| JournalError::Damaged {
        path: path.to_path_buf(),
        at,
    };
    let scan = frame::scan(bytes).map_err(|frame::Damaged { at }| damaged(at))?;
    let record = |payload: &&[u8]| {
        serde_json::from_slice(payload)
            .map_err(|_| damaged(payload.as_ptr().addr() - bytes.as_ptr().addr()))
    };
    let records = scan.payloads.iter().map(record).collect::<Result<_, _>>()?;
    Ok((records, scan.good_bytes))
}

fn encoded<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for record in records {
        let payload = serde_json::to_vec(record).expect("a record has only string keys");
        assert!(
            frame::put(&payload, &mut bytes),
            "jobs are bounded on arrival"
        );
    }
    bytes
}

fn sync_folder(folder: &Path) -> Result<(), JournalError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| failed(folder, source))
}

fn failed(path: &Path, source: io::Error) -> JournalError {
    JournalError::Io {
        path: path.to_path_buf(),
        source,
    }
}

#[cfg(test)]
mod tests;
