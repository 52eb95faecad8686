//! What TableTap knows about a restaurant, as pure functions on values: menus, carts, prices, tax, orders, seatings, tickets.
//!
//! Nothing here does I/O, reads a clock, draws a random number, reads the environment, uses a float or knows a wire format:
//! time and ids come in as arguments, and `tabletap-wire` holds the JSON.

pub mod call;
pub mod cart;
pub mod charge;
pub mod customer;
pub mod id;
pub mod language;
pub mod limits;
pub mod locale;
pub mod menu;
pub mod money;
pub mod number;
pub mod order;
pub mod payment;
pub mod places;
pub mod pricing;
pub mod reach;
pub mod receipt;
pub mod refusal;
pub mod removal;
pub mod seating;
pub mod share;
pub mod statement;
pub mod store;
pub mod takeout;
pub mod text;
pub mod ticket;
pub mod time;
pub mod unpaid;

pub use id::*;
pub use money::{Currency, Minor, Money};
