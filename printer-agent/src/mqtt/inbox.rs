//! Parses the cloud's messages. A malformed print job is answered if it still names its ticket.

use serde_json::Value;
use tabletap_domain::{TicketId, time::UnixMillis};
use tabletap_wire::print::{Ask, PRINT_JOB_BYTES_MAX, PrintJob, Report};

use crate::report::AttemptStatus;

/// A message from the cloud.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// Something to print.
    Job(Box<PrintJob>),
    /// A question about what was printed.
    Ask(Ask),
}

/// A message that is neither.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The report to send, if the message names a ticket.
    pub(super) report: Option<Box<Report>>,
    pub(super) reason: String,
}

/// Parses a message; `now` is the time of the report on a malformed one.
pub(super) fn parse(payload: &[u8], now: UnixMillis) -> Result<Message, Malformed> {
    // A question has no `ticket_id` at its top level, so an agent too old to know it neither prints nor answers.
    if let Ok(ask @ Ask { v: 1, .. }) = serde_json::from_slice::<Ask>(payload) {
        return Ok(Message::Ask(ask));
    }
    let reason = match serde_json::from_slice::<PrintJob>(payload) {
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
    let report = serde_json::from_slice::<Value>(payload)
        .ok()
        .and_then(|value| {
            let ticket = TicketId::parse(value.get("ticket_id")?.as_str()?).ok()?;
            let attempt = u32::try_from(value.get("attempt")?.as_u64()?).ok()?;
            let status = AttemptStatus::Rejected("malformed".to_owned());
            Some(Box::new(status.report(ticket, attempt, now)))
        });
    Err(Malformed { report, reason })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_malformed_message_is_answered_if_it_names_a_ticket() {
        let ticket = "tkt_0123456789abcdef0123456789abcdef_hot_1";
        let named = format!(r#"{{"ticket_id": "{ticket}", "attempt": 3, "guest": "Ann"}}"#);
        let malformed = parse(named.as_bytes(), UnixMillis(0)).unwrap_err();
        let Some(Report::Rejected(news)) = malformed.report.as_deref() else {
            panic!("{malformed:?}")
        };
        assert_eq!(
            (news.ticket_id.to_string().as_str(), news.attempt),
            (ticket, 3)
        );
        assert!(!malformed.reason.contains("Ann"));
        for payload in [
            "",
            "{",
            "[]",
            "null",
            r#"{"ticket_id": "tkt_1", "attempt": 1}"#,
        ] {
            assert_eq!(
                parse(payload.as_bytes(), UnixMillis(0)).unwrap_err().report,
                None
            );
        }
    }

    #[test]
    fn a_question_is_not_a_job_and_an_older_agent_ignores_it() {
        let asked = r#"{"v":1,"ask":[{"ticket_id":"tkt_0123456789abcdef0123456789abcdef_hot_1","attempt":2}]}"#;
        let Ok(Message::Ask(ask)) = parse(asked.as_bytes(), UnixMillis(0)) else {
            panic!("{asked}")
        };
        assert_eq!(ask.ask[0].attempt, 2);
        let value: Value = serde_json::from_str(asked).unwrap();
        assert!(
            value.get("ticket_id").is_none(),
            "the previous release answers anything with a ticket at its top"
        );
        assert!(serde_json::from_str::<PrintJob>(asked).is_err());
    }
}
