//! Surroundings for the functions' tests: the embedded table with two demo stores, local endpoints of AWS services that keep what they
//! receive, sample events, and the HTTP contract. Only tests depend on it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod broker;
mod bucket;
mod bus;
mod contract;
mod event;
mod kitchen;
mod mail;
mod ordering;
mod records;
mod till;

pub use broker::{Broker, BrokerBehaviour, Published};
pub use bucket::{Bucket, StoredObject};
pub use bus::Bus;
pub use contract::assert_contract;
pub use event::{context, http, orders_request, reply, sample, with_session};
pub use kitchen::{CUSTOMER_KEY, Kitchen, Row, SESSION_KEY, demo};
pub use mail::{MailBehaviour, MailService};
pub use ordering::uncapped;
pub use till::Till;
