//! Takeout and paying, over the whole program: whatever order the news of a payment comes in, and wherever the program dies.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cell;
mod crashes;
mod flows;
mod matrix;
mod webhook;
