//! The HTTP contract, `docs/openapi.yaml`, as JSON. It is converted when this crate is built, so the two cannot differ.
//!
//! `order-status` serves it, and the tests of every HTTP function check their replies against it.

/// The OpenAPI 3.1 document as JSON.
pub const OPENAPI_JSON: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));
