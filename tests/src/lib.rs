//! Flows across all parts. A test starts the real program as a process and speaks to it as the world does: HTTP, the command line, the
//! paper that comes out. Nothing here reads the program's code or its table.

mod diner;
mod guest;
mod papers;
mod program;
mod wait;

pub use diner::Diner;
pub use guest::{Guest, Reply, fresh_order_id, items, line};
pub use papers::assert_none_lost_none_unmarked;
pub use program::{How, Program, binary};
pub use wait::{eventually, eventually_within};
