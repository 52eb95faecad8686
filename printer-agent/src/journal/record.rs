//! The journal's records as JSON. Old records must stay readable: fields are only added, with a default, and the names in the file
//! never change.

use serde::{Deserialize, Serialize};
use tabletap_domain::time::UnixMillis;
use tabletap_wire::print::PrintJob;

/// One fact on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Record {
    /// The first record of a file.
    Epoch {
        /// Differs from that of any earlier journal: the cloud sees that one was lost.
        id: String,
        /// When the journal began; 1970 where an earlier release wrote it.
        #[serde(default, with = "tabletap_wire::time")]
        at: UnixMillis,
    },
    /// A printer's state, in a rewritten journal.
    Printer {
        printer: String,
        /// Highest sequence number journalled.
        last_seq: u64,
        /// Whether the last ticket sent to it is unfinished.
        dirty: bool,
    },
    /// A job was accepted.
    Queued {
        job: Box<PrintJob>,
        /// Whether this copy was not requested: the agent made it by itself (only a rewritten journal says so here), or the cloud
        /// offers it because an earlier journal was lost.
        #[serde(default)]
        by_agent: bool,
        #[serde(with = "tabletap_wire::time")]
        at: UnixMillis,
    },
    /// From now on bytes may reach the printer.
    Sending(AttemptEvent),
    /// The ticket is on paper; the detail is the grade of proof.
    Printed(AttemptEvent),
    /// The ticket may be on paper or not; the detail says why.
    Unknown {
        #[serde(flatten)]
        event: AttemptEvent,
        /// Whether this record also queues the next attempt.
        reprint: bool,
    },
    /// The agent will not print it; the detail says why.
    Rejected(AttemptEvent),
    /// An ended attempt in a rewritten journal, without its job.
    Closed {
        #[serde(flatten)]
        event: AttemptEvent,
        /// The report's name: `printed`, `unknown` or `rejected`.
        outcome: String,
        by_agent: bool,
        /// Whether the broker has acknowledged the report.
        #[serde(rename = "told")]
        acknowledged: bool,
    },
    /// The broker has acknowledged the report that the detail names.
    #[serde(rename = "told")]
    Acknowledged(AttemptEvent),
}

impl Record {
    /// Whether this record ends an attempt, so that its job is no longer needed.
    #[must_use]
    pub(crate) fn ends_an_attempt(&self) -> bool {
        matches!(
            self,
            Self::Printed(_) | Self::Unknown { .. } | Self::Rejected(_)
        )
    }
}

/// Something that happened to an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AttemptEvent {
    pub ticket: String,
    pub attempt: u32,
    /// Grade of proof, reason, or the report's name, depending on the record; may be empty.
    #[serde(default, rename = "word")]
    pub detail: String,
    #[serde(with = "tabletap_wire::time")]
    pub at: UnixMillis,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records as the previous release wrote them; agents are updated over their journals.
    #[test]
    fn the_names_in_the_file_never_change() {
        let event = r#""ticket":"t","attempt":2,"word":"w","at":"1970-01-01T00:00:00.007Z""#;
        for json in [
            r#"{"is":"epoch","id":"e","at":"1970-01-01T00:00:00.007Z"}"#.to_owned(),
            r#"{"is":"printer","printer":"hot-1","last_seq":3,"dirty":true}"#.to_owned(),
            format!(r#"{{"is":"sending",{event}}}"#),
            format!(r#"{{"is":"printed",{event}}}"#),
            format!(r#"{{"is":"unknown",{event},"reprint":true}}"#),
            format!(r#"{{"is":"rejected",{event}}}"#),
            format!(
                r#"{{"is":"closed",{event},"outcome":"printed","by_agent":false,"told":true}}"#
            ),
            format!(r#"{{"is":"told",{event}}}"#),
        ] {
            let record: Record = serde_json::from_str(&json).expect("readable");
            assert_eq!(serde_json::to_string(&record).expect("writable"), json);
        }
    }
}
