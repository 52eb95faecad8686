//! Money, at a local Stripe and an embedded table: what is reserved, paid, given up and given back, whoever asks how often.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod amounts;
mod audit;
mod contact;
mod pages;
mod places;
mod refunds;
mod shares;
mod support;
mod table;
mod takeout;
