//! The JSON of every border: HTTP bodies, stream records, print jobs, reports, topics, the documents kept in the table, and the
//! words that the page and the functions share.
//!
//! Shapes and conversions only. No rule lives here, and no AWS type.

mod as_number;
mod as_text;
pub mod body;
pub mod call;
mod dine_in_record;
pub mod error;
pub mod event;
pub mod menu;
pub mod menu_record;
pub mod order;
pub mod order_record;
pub mod order_request;
pub mod page_words;
pub mod payment;
pub mod payment_record;
pub mod pickup;
pub mod picture;
pub mod print;
pub mod session;
pub mod store_record;
pub mod stream;
mod takeout_record;
pub mod time;
pub mod topic;

pub use error::ErrorBody;
