//! Reads what comes down. What cannot be printed is answered, as far as it says which ticket it is.

use serde_json::Value;
use tabletap_domain::{TicketId, time::UnixMillis};
use tabletap_wire::print::{Ask, PRINT_JOB_BYTES_MAX, PrintJob, Report};

use crate::report::Outcome;

/// What comes down.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// Something to print.
    Job(Box<PrintJob>),
    /// A question about what was printed.
    Ask(Ask),
}

/// A message that is neither, with the answer to it where it names a ticket.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) answer: Option<Box<Report>>,
    pub(super) why: String,
}

/// Reads a message; `now` dates the answer to a malformed one.
pub(super) fn read(payload: &[u8], now: UnixMillis) -> Result<Message, Malformed> {
    // Before a job: a question holds no ticket at its top, so an agent that does not know it prints and answers nothing.
    if let Ok(ask @ Ask { v: 1, .. }) = serde_json::from_slice::<Ask>(payload) {
        return Ok(Message::Ask(ask));
    }
    let why = match serde_json::from_slice::<PrintJob>(payload) {
        _ if payload.len() > PRINT_JOB_BYTES_MAX => "larger than a print job may be".to_owned(),
        Ok(job) if job.v != 1 => format!("version {} is not known", job.v),
        Ok(job) if job.attempt == 0 => "attempts start at 1".to_owned(),
        Ok(job) => return Ok(Message::Job(Box::new(job))),
        // Line and column, not the message: that may quote a guest.
        Err(error) => {
            format!(
                "{:?} error at {}:{}",
                error.classify(),
                error.line(),
                error.column()
            )
        }
    };
    let answer = serde_json::from_slice::<Value>(payload)
        .ok()
        .and_then(|value| {
            let ticket = TicketId::parse(value.get("ticket_id")?.as_str()?).ok()?;
            let attempt = u32::try_from(value.get("attempt")?.as_u64()?).ok()?;
            let outcome = Outcome::Rejected("malformed".to_owned());
            Some(Box::new(outcome.report(ticket, attempt, now)))
        });
    Err(Malformed { answer, why })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_message_that_is_no_job_is_answered_where_it_names_a_ticket() {
        let ticket = "tkt_0123456789abcdef0123456789abcdef_hot_1";
        let named = format!(r#"{{"ticket_id": "{ticket}", "attempt": 3, "guest": "Ann"}}"#);
        let malformed = read(named.as_bytes(), UnixMillis(0)).unwrap_err();
        let Some(Report::Rejected(news)) = malformed.answer.as_deref() else {
            panic!("{malformed:?}")
        };
        assert_eq!(
            (news.ticket_id.to_string().as_str(), news.attempt),
            (ticket, 3)
        );
        assert!(!malformed.why.contains("Ann"));
        for payload in [
            "",
            "{",
            "[]",
            "null",
            r#"{"ticket_id": "tkt_1", "attempt": 1}"#,
        ] {
            assert_eq!(
                read(payload.as_bytes(), UnixMillis(0)).unwrap_err().answer,
                None
            );
        }
    }

    #[test]
    fn a_question_is_no_job_and_an_agent_that_does_not_know_it_answers_nothing() {
        let asked = r#"{"v":1,"ask":[{"ticket_id":"tkt_0123456789abcdef0123456789abcdef_hot_1","attempt":2}]}"#;
        let Ok(Message::Ask(ask)) = read(asked.as_bytes(), UnixMillis(0)) else {
            panic!("{asked}")
        };
        assert_eq!(ask.ask[0].attempt, 2);
        let value: Value = serde_json::from_str(asked).unwrap();
        assert!(
            value.get("ticket_id").is_none(),
            "nothing that the last release would answer"
        );
        assert!(serde_json::from_str::<PrintJob>(asked).is_err());
    }
}
