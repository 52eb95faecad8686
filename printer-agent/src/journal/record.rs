//! What the journal says, as JSON. Old records must stay readable: fields are only added, with a default.

use serde::{Deserialize, Serialize};
use tabletap_domain::time::UnixMillis;
use tabletap_wire::print::PrintJob;

/// One durable fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Record {
    /// The first record of a file.
    Epoch {
        /// Changes when the journal was lost.
        id: String,
        /// When it began; 1970 where an earlier release wrote it.
        #[serde(default, with = "tabletap_wire::time")]
        at: UnixMillis,
    },
    /// A printer's standing, in a rewritten journal.
    Printer {
        /// Its id.
        printer: String,
        /// Highest sequence number journalled.
        last_seq: u64,
        /// Whether the last ticket sent to it is unfinished.
        dirty: bool,
    },
    /// A job came.
    Queued {
        /// All of it.
        job: Box<PrintJob>,
        /// Whether nobody asked for this copy: the agent made it by itself (only a rewritten journal says so here), or the cloud
        /// offers it because an earlier journal was lost.
        #[serde(default)]
        by_agent: bool,
        /// When.
        #[serde(with = "tabletap_wire::time")]
        at: UnixMillis,
    },
    /// The first byte may leave from now on.
    Sending(Step),
    /// The printer proved it, as far as it can.
    Printed(Step),
    /// Nobody can know whether it came out.
    Unknown {
        /// Which attempt.
        #[serde(flatten)]
        step: Step,
        /// Whether the next attempt is queued herewith.
        reprint: bool,
    },
    /// It cannot be printed here.
    Rejected(Step),
    /// An attempt that has ended, in a rewritten journal.
    Closed {
        /// Which attempt.
        #[serde(flatten)]
        step: Step,
        /// The report's name: `printed`, `unknown` or `rejected`.
        outcome: String,
        /// Whether the agent made this attempt by itself.
        by_agent: bool,
        /// Whether the report has reached the broker.
        told: bool,
    },
    /// The broker has acknowledged the report that follows from the attempt's phase of this name.
    Told(Step),
}

impl Record {
    /// Whether an attempt comes to its end, so that its job is of no more use.
    #[must_use]
    pub(crate) fn ends_an_attempt(&self) -> bool {
        matches!(
            self,
            Self::Printed(_) | Self::Unknown { .. } | Self::Rejected(_)
        )
    }
}

/// An attempt and a word on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// The ticket.
    pub ticket: String,
    /// The attempt.
    pub attempt: u32,
    /// Proof, reason or report's name; may be empty.
    #[serde(default)]
    pub word: String,
    /// When.
    #[serde(with = "tabletap_wire::time")]
    pub at: UnixMillis,
}
