//! A data folder that is in use, broken, or not ours: each start ends in one sentence with its remedy.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use tabletap_local::{
    data_folder::{DataFolder, DataFolderError},
    guard::Guard,
    secrets::ACCOUNTS,
    table::{Table, TableError},
};

#[test]
fn secrets_are_made_once_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let first = DataFolder::open(folder.path()).unwrap().secrets().unwrap();
    let second = DataFolder::open(folder.path()).unwrap().secrets().unwrap();
    assert_eq!(first.session_key, second.session_key);
    assert!(first.session_key.len() >= 32);
    assert_eq!(first.customer_key, second.customer_key);
    assert!(first.customer_key.len() >= 32);
}

#[test]
fn a_folder_of_before_there_was_takeout_keeps_its_key_and_gets_the_new_one_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    let session_key = "k".repeat(48);
    let old = format!(r#"{{"session_key":"{session_key}"}}"#);
    fs::write(data.join("secrets.json"), old).unwrap();
    let first = data.secrets().unwrap();
    let second = data.secrets().unwrap();
    assert_eq!(first.session_key, session_key);
    assert!(first.customer_key.len() >= 32);
    assert_eq!(first.customer_key, second.customer_key);
}

#[test]
fn a_folder_of_an_earlier_program_keeps_its_key_and_gets_those_of_the_local_stripe() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    let key = data.secrets().unwrap().session_key;
    let earlier = format!(r#"{{"session_key": "{key}"}}"#);
    fs::write(data.join("secrets.json"), earlier).unwrap();
    let secrets = data.secrets().unwrap();
    assert_eq!(secrets.session_key, key);
    let again = data.secrets().unwrap();
    for name in ACCOUNTS {
        let keys = &secrets.stripe[name];
        assert!(keys.api_key.starts_with("sk_test_"));
        assert_ne!(keys.webhook_secrets[0], keys.webhook_secrets[1]);
        assert_eq!(keys.api_key, again.stripe[name].api_key);
    }
}

#[test]
fn a_second_start_on_the_same_folder_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let _first = DataFolder::open(folder.path()).unwrap();
    let error = DataFolder::open(folder.path()).unwrap_err();
    assert!(matches!(error, DataFolderError::InUse { .. }));
    let sentence = error.to_string();
    assert!(
        sentence.contains("already running") && sentence.contains("TABLETAP_DATA"),
        "{sentence}"
    );
    assert_eq!(sentence.lines().count(), 1);
}

#[test]
fn secrets_that_cannot_be_read_are_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    fs::write(data.join("secrets.json"), "{half").unwrap();
    let sentence = data.secrets().unwrap_err().to_string();
    assert!(
        sentence.contains("secrets.json") && sentence.contains("make reset"),
        "{sentence}"
    );
    assert_eq!(
        fs::read_to_string(data.join("secrets.json")).unwrap(),
        "{half"
    );
}

#[test]
fn a_file_where_the_folder_should_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    fs::write(&file, "x").unwrap();
    let error = DataFolder::open(&file).unwrap_err();
    assert!(
        matches!(error, DataFolderError::NotWritable { .. }),
        "{error}"
    );
}

#[test]
fn a_table_file_that_is_no_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.db");
    fs::write(
        &file,
        "this is no database, and long enough to be read as one: ".repeat(40),
    )
    .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let error = Table::serve(&file, listener, Guard::of_part("of-this-run")).unwrap_err();
    assert!(
        matches!(&error, TableError::File { path, .. } if *path == file),
        "{error}"
    );
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with("this is no database")
    );
}

#[test]
fn nothing_runs_on_a_folder_that_nobody_holds() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    drop(data);
    let error = DataFolder::attach(folder.path()).running().unwrap_err();
    assert!(matches!(error, DataFolderError::NotRunning { .. }));
}

/// `run.json` as the release before wrote it.
const EARLIER_RUN: &str = r#"{"pid": 7, "url": "http://localhost:8080", "public_url": "http://localhost:8080",
  "addresses": {"table": "127.0.0.1:1", "functions": "127.0.0.1:2", "mqtt": "127.0.0.1:3", "data_plane": "127.0.0.1:4",
    "bus": "127.0.0.1:5", "bucket": "127.0.0.1:6", "mail": "127.0.0.1:7", "printers": "127.0.0.1:8",
    "stripe": "127.0.0.1:9", "edge": "127.0.0.1:8080"}, "printers": [], "agents": []}"#;

#[test]
fn where_an_earlier_program_runs_is_still_read_and_it_demands_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    fs::write(data.join("run.json"), EARLIER_RUN).unwrap();
    let mut run = data.read_running().unwrap();
    assert_eq!(run.token, "");
    let written = serde_json::to_value(&run).unwrap();
    assert!(written.get("token").is_none(), "{written}");
    run.token = "of-this-run".to_owned();
    data.write_running(&run).unwrap();
    assert_eq!(data.read_running().unwrap(), run);
}
