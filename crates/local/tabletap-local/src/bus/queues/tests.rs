//! What a reader of a queue may rely on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::template::Redrive;
use std::time::Duration;

const T0: UnixMillis = UnixMillis(1_795_287_841_250);

fn at(seconds: u64) -> UnixMillis {
    T0.plus(Duration::from_secs(seconds))
}

/// `work` hides for 10 s, forgets after an hour, and gives up after two receives.
fn open(folder: &tempfile::TempDir) -> Queues {
    let queue = |name: &str, redrive| Queue {
        name: name.to_owned(),
        visibility: Duration::from_secs(10),
        retention: Duration::from_secs(3_600),
        redrive,
    };
    let dead = Redrive {
        queue: "dead".to_owned(),
        receives_max: 2,
    };
    let queues = vec![queue("work", Some(dead)), queue("dead", None)];
    Queues::open(&folder.path().join("queues.db"), queues).unwrap()
}

fn send(queues: &Queues, bodies: &[&str]) {
    let messages: Vec<_> = bodies
        .iter()
        .map(|body| ("work".to_owned(), (*body).to_owned()))
        .collect();
    queues.send(&messages, T0).unwrap();
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.body.as_str())
        .collect()
}

fn ids(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.id.clone()).collect()
}

#[test]
fn a_received_message_is_hidden_until_its_time_is_up_and_gone_once_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder);
    send(&queues, &["a", "b", "c"]);
    let first = queues.receive("work", 2, T0).unwrap();
    assert_eq!(
        bodies(&first),
        ["a", "b"],
        "oldest first, no more than asked for"
    );
    assert_eq!(bodies(&queues.receive("work", 10, at(9)).unwrap()), ["c"]);
    queues.delete(&ids(&first[..1])).unwrap();
    let again = queues.receive("work", 10, at(10)).unwrap();
    assert_eq!(bodies(&again), ["b"], "a is done, c is hidden still");
    assert_eq!((again[0].receives, again[0].first_received_at), (2, T0));
    assert_eq!(queues.next_visible("work").unwrap(), Some(at(19)));
}

#[test]
fn a_message_received_too_often_goes_to_the_dead_letters_and_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder);
    send(&queues, &["poison"]);
    for receive in 0..2 {
        assert!(
            queues
                .exhausted("work", at(receive * 10))
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            queues.receive("work", 10, at(receive * 10)).unwrap().len(),
            1
        );
    }
    assert!(
        queues.exhausted("work", at(19)).unwrap().is_empty(),
        "its last try still runs"
    );
    let dead = queues.exhausted("work", at(20)).unwrap();
    queues.redrive("work", &ids(&dead)).unwrap();
    assert!(queues.receive("work", 10, at(20)).unwrap().is_empty());
    let depth = |queue: &str| {
        let depths = queues.depths(at(20)).unwrap();
        let depth = depths
            .into_iter()
            .find(|depth| depth.queue == queue)
            .unwrap();
        (depth.waiting, depth.in_flight, depth.dead_letters)
    };
    assert_eq!(depth("dead"), (1, 0, true));
    assert_eq!(depth("work"), (0, 0, false));
}

#[test]
fn what_was_sent_and_what_was_being_worked_on_is_there_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder);
    send(&queues, &["a", "b"]);
    assert_eq!(queues.receive("work", 1, T0).unwrap().len(), 1);
    // No destructor runs, nothing is flushed.
    std::mem::forget(queues);
    let queues = open(&folder);
    assert_eq!(bodies(&queues.receive("work", 10, at(5)).unwrap()), ["b"]);
    let again = queues.receive("work", 10, at(10)).unwrap();
    assert_eq!((bodies(&again), again[0].receives), (vec!["a"], 2));
}

#[test]
fn a_message_put_back_was_never_received() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder);
    send(&queues, &["a"]);
    for second in 0..5 {
        let received = queues.receive("work", 1, at(second)).unwrap();
        assert_eq!(received[0].receives, 1);
        queues.put_back(&ids(&received), at(second + 1)).unwrap();
    }
    assert!(queues.exhausted("work", at(9)).unwrap().is_empty());
}

#[test]
fn a_message_is_forgotten_at_its_age_and_a_queue_nobody_has_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder);
    send(&queues, &["a"]);
    assert!(queues.receive("work", 1, at(3_601)).unwrap().is_empty());
    let lost = vec![
        ("work".to_owned(), "b".to_owned()),
        ("nowhere".to_owned(), "c".to_owned()),
    ];
    assert!(queues.send(&lost, T0).is_err());
    assert!(
        queues.receive("work", 1, T0).unwrap().is_empty(),
        "all or none"
    );
}
