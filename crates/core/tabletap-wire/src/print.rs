//! Between the cloud and a printer agent: print jobs down, reports and state up.

use serde::{Deserialize, Serialize};
use tabletap_domain::{
    Lang, PrinterId, StationId, TicketId, call::CallKind, limits, menu::Allergen,
    number::OrderNumber, order::OrderType, time::UnixMillis,
};
use tabletap_wire_derive::domain_fields;

/// Asks an agent for one copy of a ticket, on topic `tt/<thing>/down`. At most [`PRINT_JOB_BYTES_MAX`] as JSON.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintJob {
    /// Version of this shape: 1.
    pub v: u32,
    /// The ticket; its content never changes.
    pub ticket_id: TicketId,
    /// 1 for the first copy; a (ticket, attempt) is printed at most once.
    pub attempt: u32,
    /// Why there is another copy; every attempt above 1 has one and bears the banner.
    #[serde(default)]
    pub reprint: Option<ReprintReason>,
    /// Gap-free per printer, from 1: a missing slip shows.
    pub seq: u64,
    /// The printer that shall print it.
    pub printer: PrinterId,
    /// Where the food is made.
    pub station: StationId,
    /// Its name on paper.
    pub station_name: String,
    /// The number to call; absent where nothing is ordered.
    #[serde(default)]
    pub number: Option<OrderNumber>,
    /// What the table calls for: the paper is then a slip for the waiters, without lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallKind>,
    /// Dine-in, takeout, delivery.
    pub order_type: OrderType,
    /// The table's name; absent for takeout.
    pub table_name: Option<String>,
    /// This ticket's place among those of its order, from 1.
    pub index: u32,
    /// How many tickets the order has.
    pub count: u32,
    /// When the order was placed, or the call made.
    #[serde(with = "crate::time")]
    pub placed_at: UnixMillis,
    /// The promised time on the store's clock, `19:45`, for what is picked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_clock: Option<String>,
    /// The store's distance from UTC then, in seconds: paper shows the kitchen's clock.
    pub utc_offset_s: i32,
    /// When the store's clocks change next after that. Paper that comes out later shows the clock as it then is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_change: Option<ClockChange>,
    /// The kitchen's language; English where it is absent, as in jobs of before kitchens had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// What to make.
    pub lines: Vec<JobLine>,
    /// The guest's words on the whole order; may be empty.
    pub note: String,
    /// The guest's name; may be empty.
    pub guest: String,
    /// The name of who picks it up. It is added when the job is sent: a stored job never holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// What the guest must not eat; boxed on paper.
    #[serde(default)]
    pub allergies: Vec<Allergen>,
    /// Dishes of the whole order.
    pub dishes: u32,
    /// Whether the order is paid.
    pub paid: bool,
}

/// Most bytes of a print job: IoT Core takes 128 KB.
pub const PRINT_JOB_BYTES_MAX: usize = limits::TICKET_BYTES_MAX;

/// The beginning or the end of summer time, or any other change of a store's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockChange {
    /// From when.
    #[serde(with = "crate::time")]
    pub at: UnixMillis,
    /// The store's distance from UTC from then on, in seconds.
    pub utc_offset_s: i32,
}

/// One thing to make.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLine {
    /// How many.
    pub quantity: u32,
    /// Its name for the kitchen.
    pub name: String,
    /// The dish it is part of where another station makes that.
    #[serde(default)]
    pub part_of: Option<String>,
    /// Its options.
    #[serde(default)]
    pub choices: Vec<JobChoice>,
    /// The guest's words; may be empty.
    #[serde(default)]
    pub note: String,
    /// What it contains although the guest is allergic to it: they were asked, and want it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted_allergens: Vec<Allergen>,
}

/// An option as the cook reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobChoice {
    /// How many on one dish.
    pub quantity: u32,
    /// Its name for the kitchen.
    pub name: String,
    /// Leave it out: printed reversed as `NO …`, in the kitchen's language.
    #[serde(default)]
    pub removal: bool,
    /// The question it answers, where its name alone says nothing: `Sauce` for `No`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// 0 belongs to the dish, 1 to an option of it.
    #[serde(default)]
    pub depth: u32,
}

/// Why a ticket is printed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReprintReason {
    /// The agent cannot know whether the first copy came out.
    UnknownOutcome,
    /// Staff asked.
    Operator,
}

impl std::fmt::Display for ReprintReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::UnknownOutcome => "unknown_outcome",
            Self::Operator => "operator",
        })
    }
}

impl std::str::FromStr for ReprintReason {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "unknown_outcome" => Ok(Self::UnknownOutcome),
            "operator" => Ok(Self::Operator),
            _ => Err("expected unknown_outcome or operator"),
        }
    }
}

/// What an agent tells on topic `tt/<thing>/up`; the rule adds `thing` from the topic. Reports may come twice, late and out of order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Report {
    /// The job is on the agent's disk.
    Accepted(TicketNews),
    /// The printer cannot print now; `detail` says why: `paper_out`, `cover_open`, `offline`, `error`. The job stays first in line.
    Blocked(TicketNews),
    /// It is on paper; `detail` is the grade of proof: `echoed`, `status`, `none`.
    Printed(TicketNews),
    /// It may be on paper or not, and the reprint too; staff must say. `detail` says what happened.
    Unknown(TicketNews),
    /// The agent will not print it; `detail` says why: `no_such_printer`, `malformed`, `undrawable`.
    Rejected(TicketNews),
    /// The agent is back and says how far each printer has come; it gets what it misses.
    Hello(Hello),
}

/// What became of one attempt at a ticket.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketNews {
    /// Version of this shape: 1.
    pub v: u32,
    /// The ticket.
    pub ticket_id: TicketId,
    /// The attempt.
    pub attempt: u32,
    /// The agent's clock.
    #[serde(with = "crate::time")]
    pub at: UnixMillis,
    /// A word on it, see [`Report`].
    #[serde(default)]
    pub detail: Option<String>,
}

/// Asks an agent what became of attempts whose reports may have been lost, on topic `tt/<thing>/down`. It answers each with a [`Report`]
/// from its journal, `unknown` with the detail `not_in_journal` where the attempt stands in none, and prints nothing. Only for agents whose
/// [`Hello`] says that they can: an earlier one drops the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Version of this shape: 1.
    pub v: u32,
    /// The attempts; at most [`ASKED_MAX`].
    pub ask: Vec<AskedAttempt>,
}

/// Most attempts of one [`Ask`]: IoT Core counts a message for each 5 KB.
pub const ASKED_MAX: usize = 40;

/// An attempt that is asked about.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedAttempt {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The attempt.
    pub attempt: u32,
}

/// How far an agent's printers have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Version of this shape: 1.
    pub v: u32,
    /// Changes when the agent's journal was lost: what it had accepted is then unknown.
    pub journal_epoch: String,
    /// Each printer with the highest sequence number journalled.
    pub printers: Vec<PrinterProgress>,
    /// What the agent can do that earlier ones cannot, e.g. [`Hello::ASK`]; names that the reader does not know say nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub can: Vec<String>,
}

impl Hello {
    /// It answers an [`Ask`].
    pub const ASK: &'static str = "ask";
}

/// One printer's progress.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterProgress {
    /// The printer.
    pub id: PrinterId,
    /// The highest sequence number journalled; 0 before the first.
    pub last_seq: u64,
}

/// An agent's retained state on topic `tt/<thing>/state`; its will says `online: false`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentState {
    /// Version of this shape: 1.
    pub v: u32,
    /// Connected and working.
    pub online: bool,
    /// The agent's version.
    pub version: String,
    /// The agent's clock when this was true.
    #[serde(with = "crate::time")]
    pub at: UnixMillis,
    /// Its printers.
    pub printers: Vec<PrinterHealth>,
}

/// One printer's health.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterHealth {
    /// The printer.
    pub id: PrinterId,
    /// `ready`, `paper_out`, `paper_low`, `cover_open`, `offline`, `error`.
    pub state: String,
    /// Jobs that wait or are being printed.
    pub queue: u32,
}
