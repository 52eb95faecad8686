//! Only the owner reads what lies in the data folder: keys, table codes, guests' names and words, mails.
//!
//! New files are private by the process's mask and by the modes they are made with; what an earlier program made for everybody is
//! tightened when the folder is opened.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    },
    path::Path,
};

use rustix::{fs::Mode, process::umask};

const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;
const OTHERS: u32 = 0o077;
/// Set on folders that everybody may use, such as `/tmp`.
const STICKY: u32 = 0o1000;

/// Whatever this process and its children make from now on is their owner's only.
pub fn by_default() {
    umask(Mode::from_raw_mode(OTHERS));
}

/// Makes a folder and those above it.
///
/// # Errors
/// Those of the disk.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// A new, empty file in the place of any other.
///
/// # Errors
/// Those of the disk.
pub(crate) fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    options.mode(FILE).open(path)
}

/// A file to add to.
///
/// # Errors
/// Those of the disk.
pub(crate) fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(FILE).open(path)
}

/// Takes the rights of others away from `folder` and from everything of these names in it.
///
/// # Errors
/// Those of the disk.
pub(crate) fn tighten(folder: &Path, names: &[&str]) -> io::Result<()> {
    if fs::metadata(folder)?.mode() & STICKY == 0 {
        set_mode(folder, FOLDER);
    }
    // A whole folder is walked through once, and not at every start: a start by this program leaves nothing open.
    let mut open = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // A file, and what stands beside it while it is written.
        let is_ours = |ours: &&str| {
            let rest = name.strip_prefix(*ours);
            rest.is_some_and(|rest| matches!(rest, "" | ".new" | "-wal" | "-shm" | "-journal"))
        };
        if names.iter().any(is_ours) {
            open.push((is_open(&entry)?, entry));
        }
    }
    if open.iter().any(|(is_open, _)| *is_open) {
        for (_, entry) in open {
            tighten_all(&entry)?;
        }
    }
    Ok(())
}

/// A folder of somebody else's, or a disk without such rights, can be written all the same.
fn set_mode(path: &Path, mode: u32) {
    if let Err(error) = fs::set_permissions(path, Permissions::from_mode(mode)) {
        tracing::warn!(%error, path = %path.display(), "others may read this");
    }
}

fn is_open(entry: &fs::DirEntry) -> io::Result<bool> {
    let of = entry.metadata()?;
    Ok(!of.is_symlink() && of.mode() & OTHERS != 0)
}

fn tighten_all(entry: &fs::DirEntry) -> io::Result<()> {
    let (path, of) = (entry.path(), entry.metadata()?);
    if of.is_symlink() {
        // What it leads to is not ours.
        return Ok(());
    }
    if !of.is_dir() {
        set_mode(&path, FILE);
        return Ok(());
    }
    set_mode(&path, FOLDER);
    for entry in fs::read_dir(&path)? {
        tighten_all(&entry?)?;
    }
    Ok(())
}
