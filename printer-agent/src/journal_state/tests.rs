//! The state after a sequence of records, before and after the journal is rewritten.
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

fn event(number: u64, attempt: u32, detail: &str) -> AttemptEvent {
    let job = job(number, attempt);
    AttemptEvent {
        ticket: job.ticket_id.to_string(),
        attempt,
        detail: detail.to_owned(),
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
        Record::Sending(event(1, 1, "")),
        queued(2),
        Record::Acknowledged(event(1, 1, "accepted")),
        Record::Unknown {
            event: event(1, 1, "connection_lost"),
            reprint: true,
        },
        queued(3),
        Record::Rejected(event(3, 1, "no_such_printer")),
        Record::Acknowledged(event(3, 1, "rejected")),
    ]
}

#[test]
fn after_an_unknown_outcome_one_marked_copy_is_first_in_the_queue() {
    let mut state = JournalState::from_records(&history());
    let hot = PrinterId::parse("hot-1").unwrap();
    let (next, flush) = state.next_job(&hot, |_| true).unwrap();
    assert_eq!((next.seq, next.attempt, flush), (1, 2, true));
    assert_eq!(next.reprint, Some(ReprintReason::UnknownOutcome));
    assert_eq!(state.queue_length(&hot), 2);
    assert!(
        !state.may_reprint(&next.ticket_id),
        "one second copy at most"
    );
    assert_eq!(
        state.newest_attempt_from(&job(1, 1).ticket_id, 1),
        Some((2, AttemptStatus::Accepted, UnixMillis(0)))
    );
    assert_eq!(state.newest_attempt_from(&job(1, 3).ticket_id, 3), None);
    state.apply(&Record::Sending(event(1, 2, "")));
    state.apply(&Record::Printed(event(1, 2, "status")));
    let (next, flush) = state.next_job(&hot, |_| true).unwrap();
    assert_eq!((next.seq, flush), (2, false));
}

#[test]
fn a_rewritten_journal_gives_the_same_state_after_each_record() {
    let all = history();
    for count in 0..=all.len() {
        let state = JournalState::from_records(&all[..count]);
        let rewritten = JournalState::from_records(&state.to_records());
        assert_eq!(
            format!("{state:?}"),
            format!("{rewritten:?}"),
            "after {count} records"
        );
    }
}

#[test]
fn tickets_that_ended_long_ago_are_forgotten_and_open_ones_are_kept() {
    let mut state = JournalState::from_records(&history());
    state.forget_old_tickets(UnixMillis(0).plus(ENDED_TICKETS_KEPT_FOR * 2));
    assert_eq!(state.newest_attempt_from(&job(3, 1).ticket_id, 1), None);
    assert!(matches!(
        state.newest_attempt_from(&job(2, 1).ticket_id, 1),
        Some((1, AttemptStatus::Accepted, _))
    ));
    assert_eq!(
        state.progress(&PrinterId::parse("hot-1").unwrap()).last_seq,
        3
    );
}

#[test]
fn a_rewritten_journal_keeps_only_the_jobs_of_open_tickets() {
    let records = JournalState::from_records(&history()).to_records();
    let jobs: Vec<_> = records
        .iter()
        .filter_map(|record| match record {
            Record::Queued { job, .. } => Some((job.seq, job.attempt)),
            _ => None,
        })
        .collect();
    assert_eq!(
        jobs,
        [(1, 2), (2, 1)],
        "the second copy and the queued ticket"
    );
    let again = JournalState::from_records(&records).to_records();
    assert_eq!(again, records);
    assert!(!records.iter().any(Record::ends_an_attempt));
}
