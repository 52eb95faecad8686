//! A guest's call for a person: somebody to come, the bill, or a wish to pay in cash.
//!
//! A call becomes one slip at the store's front station. While it stands, the same call of the same party is the same call: repeated
//! taps, from any of its phones, print nothing more.

use crate::{CallId, StoreKey, TableId, menu::words, time::UnixMillis};
use std::time::Duration;

/// The same call may be made again after this long, if its slip is on paper by then.
pub const REPEAT_AFTER: Duration = Duration::from_mins(3);

words!(
    /// What a table calls for.
    CallKind {
        /// Somebody to come.
        Staff = "staff",
        /// The bill.
        Bill = "bill",
        /// The bill, to be paid in cash.
        Cash = "cash",
    }
);

/// A call as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Random. Its slip is filed under it, as an order's tickets are under the order's id.
    pub id: CallId,
    /// Tenant and store.
    pub store: StoreKey,
    /// The table that calls.
    pub table: TableId,
    /// The party at it.
    pub seating: u32,
    /// What for.
    pub kind: CallKind,
    /// When.
    pub called_at: UnixMillis,
    /// Waits for one tap of the staff before it comes out, as orders do; dropped when its party leaves first.
    pub held: bool,
}

impl Call {
    /// Whether this call is too young to be made again at `now`.
    #[must_use]
    pub fn is_fresh(&self, now: UnixMillis) -> bool {
        now < self.called_at.plus(REPEAT_AFTER)
    }
}
