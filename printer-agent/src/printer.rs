//! One printer: its answers, its connection, and the worker that uses both.

mod answer;
mod connection;
mod proof;
mod rendering;
mod worker;

pub(crate) use answer::{Answer, Condition, FENCE_QUERY};
pub(crate) use connection::{PrinterConnection, PrinterError};
pub(crate) use rendering::FontCache;
pub(crate) use worker::{Worker, WorkerError};
