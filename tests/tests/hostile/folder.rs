//! Other users of this machine.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use tabletap_tests::Program;

/// Everything in a folder, and itself.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path().is_dir() {
            true => found.extend(everything(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

/// What others than its owner can read or write. A file may vanish while it is looked at.
fn open_to_others(folder: &Path) -> Vec<String> {
    let open = everything(folder).into_iter().filter_map(|path| {
        let mode = fs::symlink_metadata(&path).ok()?.mode() & 0o777;
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        (mode != wanted).then(|| format!("{mode:o} {}", path.display()))
    });
    open.collect()
}

#[tokio::test]
async fn nobody_else_on_this_machine_reads_the_data_folder_nor_what_an_earlier_program_left_open() {
    let mut program = Program::start().await;
    let none: [String; 0] = [];
    let order = program.guest("kumo-sushi", 0).await.order(2).await;
    let id = order["order_id"].as_str().expect("an id").to_owned();
    program.await_papers(&id, 1).await;
    let data = program.data().to_owned();
    let names: BTreeSet<_> = everything(&data)
        .into_iter()
        .filter_map(|path| Some(path.file_name()?.to_owned()))
        .collect();
    for name in [
        "secrets.json",
        "run.json",
        "table.db",
        "table.db-wal",
        "queues.db",
        "mail.db",
        "stripe.db",
        "journal",
        "ca.key",
        "kumo-hospitality.kumo-sushi.kitchen-pc.log",
        "lock",
    ] {
        assert!(names.iter().any(|there| there == name), "{name} is there");
    }
    assert_eq!(open_to_others(&data), none);

    program.kill();
    for path in everything(&data) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("our file");
    }
    program.restart_after_kill().await;
    assert_eq!(open_to_others(&data), none);
    assert_eq!(
        program.papers_of(&id).await.len() % 2,
        0,
        "its papers are there"
    );
}
