//! The daemon between MQTT and ESC/POS printers: every print job ends on paper, proven, or on an alarm.
//!
//! Knows neither prices nor the cloud's SDK. What it promises its users is told in `docs/printer-agent.md`; the protocol
//! between its steps comes from the design's §7 and the findings on printing.

mod agent;
mod book;
pub mod check;
mod clock;
pub mod config;
mod desk;
mod journal;
mod mqtt;
mod printer;
mod report;

pub use agent::{AgentError, run};
