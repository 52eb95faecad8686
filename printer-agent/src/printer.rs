//! One printer: its answers, its connection, and the worker that owns both.

mod answer;
mod drawing;
mod link;
mod proof;
mod worker;

pub(crate) use answer::{ASK_FENCE, Condition, Heard};
pub(crate) use drawing::FontShelf;
pub(crate) use link::{Link, LinkError};
pub(crate) use worker::{Worker, WorkerError};
