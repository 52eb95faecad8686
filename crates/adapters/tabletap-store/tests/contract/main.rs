//! The store against a table: what each access pattern promises, also to many callers at once.
//!
//! Runs on the embedded table, or on any that `TABLETAP_TEST_DYNAMODB_ENDPOINT` leads to.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arbitrary;
mod callers;
mod calling;
mod counting;
mod documents;
mod due;
mod holding;
mod listing;
mod paying;
mod placing;
mod printing;
mod readme;
mod samples;
mod selling;
mod setting_up;
mod support;
mod taking_out;
mod template;
