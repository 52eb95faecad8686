//! What one sweep did, as the function answers it.

use serde::Serialize;

/// Counts over all stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Stores looked at.
    pub stores: u32,
    /// Orders whose tickets were missing, and are written now.
    pub dispatched: u32,
    /// Print jobs published again.
    pub resent: u32,
    /// Alarms raised.
    pub alarms: u32,
    /// Seatings closed because nobody ordered any more.
    pub closed: u32,
    /// Orders brought after their seating.
    pub settled: u32,
    /// Things that could not be done now, and are due still.
    pub failed: u32,
}

impl std::ops::AddAssign for Summary {
    fn add_assign(&mut self, more: Self) {
        self.stores += more.stores;
        self.dispatched += more.dispatched;
        self.resent += more.resent;
        self.alarms += more.alarms;
        self.closed += more.closed;
        self.settled += more.settled;
        self.failed += more.failed;
    }
}
