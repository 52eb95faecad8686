//! What a history of records means, before and after the journal was rewritten.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;

fn job(number: u64, attempt: u32) -> PrintJob {
    let ticket = format!("tkt_{number:032x}_hot_1");
    serde_json::from_value(serde_json::json!({
        "v": 1, "ticket_id": ticket, "attempt": attempt, "seq": number, "printer": "hot-1", "station": "hot",
        "station_name": "Kitchen", "number": "K27", "order_type": "dine_in", "table_name": "7", "index": 1,
        "count": 1, "placed_at": "2026-11-21T19:04:01.250Z", "utc_offset_s": 0, "lines": [], "note": "",
        "guest": "", "dishes": 0, "paid": false
    }))
    .unwrap()
}

fn step(number: u64, attempt: u32, word: &str) -> Step {
    let job = job(number, attempt);
    Step {
        ticket: job.ticket_id.to_string(),
        attempt,
        word: word.to_owned(),
        at: UnixMillis(0),
    }
}

fn queued(number: u64) -> Record {
    Record::Queued {
        job: Box::new(job(number, 1)),
        by_agent: false,
        at: UnixMillis(0),
    }
}

fn history() -> Vec<Record> {
    vec![
        Record::Epoch {
            id: "e".to_owned(),
            at: UnixMillis(7),
        },
        queued(1),
        Record::Sending(step(1, 1, "")),
        queued(2),
        Record::Told(step(1, 1, "accepted")),
        Record::Unknown {
            step: step(1, 1, "connection_lost"),
            reprint: true,
        },
        queued(3),
        Record::Rejected(step(3, 1, "no_such_printer")),
        Record::Told(step(3, 1, "rejected")),
    ]
}

#[test]
fn an_unknown_outcome_puts_one_marked_copy_at_the_head_of_the_line() {
    let mut book = Book::from_records(&history());
    let hot = PrinterId::parse("hot-1").unwrap();
    let (next, flush) = book.next_for(&hot, |_| true).unwrap();
    assert_eq!((next.seq, next.attempt, flush), (1, 2, true));
    assert_eq!(next.reprint, Some(ReprintReason::UnknownOutcome));
    assert_eq!(book.queue_length(&hot), 2);
    assert!(!book.may_reprint(&next.ticket_id), "once is enough");
    assert_eq!(
        book.known(&job(1, 1).ticket_id, 1),
        Some((2, Outcome::Accepted, UnixMillis(0)))
    );
    assert_eq!(book.known(&job(1, 3).ticket_id, 3), None);
    book.apply(&Record::Sending(step(1, 2, "")));
    book.apply(&Record::Printed(step(1, 2, "status")));
    let (next, flush) = book.next_for(&hot, |_| true).unwrap();
    assert_eq!((next.seq, flush), (2, false));
}

#[test]
fn a_rewritten_journal_means_the_same_after_each_record() {
    let all = history();
    for count in 0..=all.len() {
        let book = Book::from_records(&all[..count]);
        let rewritten = Book::from_records(&book.records());
        assert_eq!(
            format!("{book:?}"),
            format!("{rewritten:?}"),
            "after {count} records"
        );
    }
}

#[test]
fn what_ended_long_ago_is_forgotten_and_what_is_open_never() {
    let mut book = Book::from_records(&history());
    book.forget_old(UnixMillis(0).plus(REMEMBERED * 2));
    assert_eq!(book.known(&job(3, 1).ticket_id, 1), None);
    assert!(matches!(
        book.known(&job(2, 1).ticket_id, 1),
        Some((1, Outcome::Accepted, _))
    ));
    assert_eq!(
        book.progress(&PrinterId::parse("hot-1").unwrap()).last_seq,
        3
    );
}

#[test]
fn a_rewritten_journal_holds_the_jobs_of_open_tickets_only() {
    let records = Book::from_records(&history()).records();
    let jobs: Vec<_> = records
        .iter()
        .filter_map(|record| match record {
            Record::Queued { job, .. } => Some((job.seq, job.attempt)),
            _ => None,
        })
        .collect();
    assert_eq!(jobs, [(1, 2), (2, 1)], "the copy and the one that waits");
    let again = Book::from_records(&records).records();
    assert_eq!(again, records);
    assert!(!records.iter().any(Record::ends_an_attempt));
}
