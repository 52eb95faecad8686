//! What the journal holds after appends, rewrites and damage.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use tabletap_domain::time::UnixMillis;

fn epoch(id: &str) -> Record {
    let (id, at) = (id.to_owned(), UnixMillis(0));
    Record::Epoch { id, at }
}

fn bytes_on_disk(folder: &Path) -> usize {
    let bytes = fs::metadata(folder.join("journal")).unwrap().len();
    usize::try_from(bytes).unwrap()
}

#[tokio::test]
async fn what_was_appended_is_read_back_after_a_rewrite_too() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, records) = Journal::open(folder.path()).unwrap();
    assert!(records.is_empty());
    journal.append(&epoch("a")).wait().await.unwrap();
    assert!(is_in_use(folder.path()));
    assert!(matches!(
        Journal::open(folder.path()),
        Err(JournalError::InUse(_))
    ));
    journal.rewrite([&epoch("b")]);
    journal.append(&epoch("c")).wait().await.unwrap();
    assert_eq!(journal.rewrite_status(), RewriteStatus::Done);
    assert_eq!(journal.bytes(), bytes_on_disk(folder.path()));
    drop(journal);
    let (_, records) = Journal::open(folder.path()).unwrap();
    assert_eq!(records, [epoch("b"), epoch("c")]);
}

#[tokio::test]
async fn a_journal_that_cannot_be_rewritten_says_so_and_goes_on_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(folder.path()).unwrap();
    fs::create_dir(folder.path().join("journal.unfinished")).unwrap();
    journal.append_unsynced(&epoch("a"));
    journal.rewrite([&epoch("b")]);
    journal.append(&epoch("c")).wait().await.unwrap();
    assert_eq!(journal.rewrite_status(), RewriteStatus::Failed);
    assert_eq!(journal.rewrite_status(), RewriteStatus::Done, "told once");
    assert_eq!(journal.bytes(), bytes_on_disk(folder.path()));
    drop(journal);
    let (_, records) = Journal::open(folder.path()).unwrap();
    assert_eq!(records, [epoch("a"), epoch("c")]);
}

#[tokio::test]
async fn a_rewrite_that_fails_leaves_no_half_file_with_guests_words() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(folder.path()).unwrap();
    let path = folder.path().join("journal");
    // Nothing can be put into the place of a folder that is not empty.
    fs::remove_file(&path).unwrap();
    fs::create_dir_all(path.join("full")).unwrap();
    journal.rewrite([&epoch("b")]);
    journal.barrier().wait().await.unwrap();
    assert_eq!(journal.rewrite_status(), RewriteStatus::Failed);
    assert!(!folder.path().join("journal.unfinished").exists());
}

#[tokio::test]
async fn a_damaged_journal_stops_the_agent_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(folder.path()).unwrap();
    journal.append(&epoch("first")).wait().await.unwrap();
    journal.append(&epoch("second")).wait().await.unwrap();
    drop(journal);
    let path = folder.path().join("journal");
    let mut bytes = fs::read(&path).unwrap();
    bytes[12] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let error = Journal::open(folder.path()).unwrap_err();
    assert!(
        matches!(error, JournalError::Damaged { at: 0, .. }),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), bytes);
}
