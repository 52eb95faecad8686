//! Stripe, at a local one and at one that closes its connections.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod amounts;
mod connections;
mod strict;
mod support;
