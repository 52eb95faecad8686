//! The HTTP contract, `docs/openapi.yaml`, as JSON: made when this crate is built, so the two cannot differ.
//!
//! `order-status` serves it, and the tests of every HTTP function hold their replies to it.

/// The OpenAPI 3.1 document as JSON.
pub const OPENAPI_JSON: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));
