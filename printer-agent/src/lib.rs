//! The daemon between MQTT and ESC/POS printers: every print job ends on paper, proven, or on an alarm.
//!
//! Knows neither prices nor the cloud's SDK. `docs/printer-agent.md` describes it for its users. From the broker to the paper, a job passes
//! `mqtt` (receives it), `spooler` (accepts it, and appends it to the `journal`), `journal_state` (orders it) and `printer` (renders,
//! sends and proves it).

mod agent;
pub mod check;
mod clock;
pub mod config;
mod journal;
mod journal_state;
mod mqtt;
mod printer;
mod report;
mod spooler;

pub use agent::{AgentError, run};
