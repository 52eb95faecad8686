//! What the functions' tests stand on: the embedded table with the demo stores in it, a broker's data endpoint that keeps what it is
//! given, sample events, and the HTTP contract. Only tests depend on it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod broker;
mod bucket;
mod bus;
mod contract;
mod event;
mod kitchen;
mod ordering;
mod post;
mod records;
mod till;

pub use broker::{Broker, BrokerMood, Published};
pub use bucket::{Bucket, Kept};
pub use bus::Bus;
pub use contract::assert_contract;
pub use event::{context, http, orders_request, reply, sample, with_session};
pub use kitchen::{CUSTOMER_KEY, Kitchen, Row, SESSION_KEY, demo};
pub use ordering::uncapped;
pub use post::{Mood, Post};
pub use till::Till;
