//! File permissions: only the agent's own user may read the journal, because it contains what guests wrote.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    },
    path::Path,
};

/// The mode of a file that only its owner reads.
pub(super) const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;
/// Set on folders that several users share.
const STICKY: u32 = 0o1000;
/// The files in the folder.
const FILE_NAMES: [&str; 3] = ["journal", "journal.unfinished", "lock"];

/// Makes the folder, and tightens one that an earlier agent made for everybody.
///
/// # Errors
/// Where there is no folder and none can be made.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    let mut new = fs::DirBuilder::new();
    let is_new = !folder.exists();
    new.recursive(true).mode(FOLDER).create(folder)?;
    // A folder with other things in it may be shared: `/tmp`, or the folder of the agent's configuration.
    let is_ours = is_new || folder.join("journal").exists();
    if is_ours && fs::metadata(folder)?.mode() & STICKY == 0 {
        tighten(folder, FOLDER);
    }
    for name in FILE_NAMES {
        tighten(&folder.join(name), FILE);
    }
    Ok(())
}

fn tighten(path: &Path, mode: u32) {
    let changed = fs::set_permissions(path, Permissions::from_mode(mode));
    if let Err(error) = changed
        && error.kind() != io::ErrorKind::NotFound
    {
        // The folder may belong to another user. The agent prints all the same.
        tracing::warn!(%error, path = %path.display(), "others may read this");
    }
}

/// A new, empty file in the place of any other.
///
/// # Errors
/// Those of the disk.
pub(super) fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    options.mode(FILE).open(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::journal::Journal;

    #[test]
    fn only_its_owner_can_read_a_journal_even_one_an_earlier_agent_left_readable() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("agent").join("data");
        let modes = || {
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            [
                mode(&data),
                mode(&data.join("journal")),
                mode(&data.join("lock")),
            ]
        };
        drop(Journal::open(&data).unwrap());
        assert_eq!(modes(), [FOLDER, FILE, FILE]);
        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        for name in ["journal", "lock"] {
            fs::set_permissions(data.join(name), Permissions::from_mode(0o644)).unwrap();
        }
        drop(Journal::open(&data).unwrap());
        assert_eq!(modes(), [FOLDER, FILE, FILE]);
    }
}
