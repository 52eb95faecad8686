//! The local Stripe over HTTP, as its clients, its webhooks' receivers and its guests see it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checkout;
mod events;
mod keys;
mod page;
mod refunds;
mod support;
