//! One printer: its answers, its connection, and the worker that owns both.

mod answer;
mod link;
mod worker;

pub(crate) use answer::{ASK_FENCE, Condition};
pub(crate) use link::{Link, LinkError};
pub(crate) use worker::WorkerError;
pub(crate) use worker::{FontShelf, Worker};
