//! The journal: an append log that is on disk before anything else happens.
//!
//! One thread owns the file. It takes all records that wait, writes them at once and syncs once, so that records which
//! come together share one `fdatasync`. It knows nothing of tickets; what records mean is told in [`book`](crate::book).
//! A failed write or sync ends the agent: what memory knows would be ahead of the disk.

mod frame;
mod private;
mod record;

pub(crate) use record::{Record, Step};

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
    /// The disk does not do its part.
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
    /// Waits for the disk.
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
        /// Hears whether the new file is in its place.
        done: oneshot::Sender<bool>,
    },
}

/// How the last rewrite stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rewritten {
    /// It is on disk, or none was asked for.
    Done,
    /// The writing thread has not come to it yet.
    Pending,
    /// There was no room for it: everything that it should have replaced still stands on the disk. Told once.
    Failed,
}

/// A rewrite that is on its way.
#[derive(Debug)]
struct Rewriting {
    /// Bytes of all that it replaces.
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

    /// Appends a record; it is safe once the answer resolves. Records lie in the order of the calls.
    pub(crate) fn append(&mut self, record: &Record) -> Durable {
        self.send(encoded([record]), true)
    }

    /// Appends a record that may be lost: forgetting it costs a repeated report, nothing more.
    pub(crate) fn note(&mut self, record: &Record) {
        self.send(encoded([record]), false);
    }

    /// Resolves when all that was appended before is on disk.
    pub(crate) fn barrier(&mut self) -> Durable {
        self.send(Vec::new(), true)
    }

    /// Puts `records` in place of all that was appended before. One rewrite at a time: see [`Journal::rewritten`].
    pub(crate) fn rewrite<'a>(&mut self, records: impl IntoIterator<Item = &'a Record>) {
        let bytes = encoded(records);
        let (sender, done) = oneshot::channel();
        self.rewriting = Some(Rewriting {
            replaced_bytes: self.bytes,
            new_bytes: bytes.len(),
            done,
        });
        self.bytes = bytes.len();
        // A dead thread shows at the next append.
        let _ = self.commands.send(Command::Rewrite {
            bytes,
            done: sender,
        });
    }

    /// Whether the last rewrite is on disk. The disk may have no room for a second file beside the first; then the first goes on.
    pub(crate) fn rewritten(&mut self) -> Rewritten {
        let Some(rewriting) = &mut self.rewriting else {
            return Rewritten::Done;
        };
        let outcome = match rewriting.done.try_recv() {
            Ok(true) => Rewritten::Done,
            Err(oneshot::error::TryRecvError::Empty) => return Rewritten::Pending,
            Ok(false) | Err(oneshot::error::TryRecvError::Closed) => {
                let since = self.bytes.saturating_sub(rewriting.new_bytes);
                self.bytes = rewriting.replaced_bytes.saturating_add(since);
                Rewritten::Failed
            }
        };
        self.rewriting = None;
        outcome
    }

    /// How large the file is, or will be when all that was sent is written.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    fn send(&mut self, bytes: Vec<u8>, awaited: bool) -> Durable {
        let (sender, receiver) = oneshot::channel();
        self.bytes = self.bytes.saturating_add(bytes.len());
        let durable = awaited.then_some(sender);
        // A dead thread has dropped the receiver: the sender inside the command goes, and `wait` says so.
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
                            // What it replaces need not be written any more; it is safe with the new file.
                            bytes.clear();
                        }
                        // Whoever asked may have gone.
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
                // Whoever asked may have gone.
                let _ = durable.send(());
            }
        }
        Ok(())
    }

    /// Whether the new file is in its place. Where there is no room for two, the old one goes on.
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
                // It would take room on a full disk, and guests' words stand in it. Where even that fails, the next rewrite replaces it.
                let _ = fs::remove_file(&unfinished);
                let error = failed(&unfinished, source);
                tracing::error!(%error, "the journal was not rewritten; it is tried again later");
                Ok(false)
            }
        }
    }
}

/// How many records lie in the journal of `folder`, where it can be used. Changes nothing.
///
/// # Errors
/// As [`Journal::open`].
pub(crate) fn inspect(folder: &Path) -> Result<usize, JournalError> {
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
