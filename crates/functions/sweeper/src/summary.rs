//! What one sweep did, as the function answers it.

use serde::Serialize;

/// Counts over all stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Stores looked at.
    pub stores: u32,
    /// Orders whose tickets were missing, and are written now.
    pub dispatched: u32,
    /// Orders whose time to be cooked had come.
    pub fired: u32,
    /// Orders that nobody paid for, called off.
    pub unpaid: u32,
    /// Orders that ended with their business day.
    pub collected: u32,
    /// Print jobs published again.
    pub resent: u32,
    /// Tickets that their agents were asked about.
    pub asked: u32,
    /// Alarms raised.
    pub alarms: u32,
    /// Stores whose kitchen is out of reach: their takeout takes no money.
    pub unreachable: u32,
    /// Seatings closed because everything is paid, or nobody ordered any more.
    pub closed: u32,
    /// Orders brought after their seating.
    pub settled: u32,
    /// Payments asked about.
    pub payments: u32,
    /// Payments that had moved without a word to us.
    pub fulfilled: u32,
    /// Payments that the provider tells otherwise than the table: each has a log line with its id. 0 where all is explained.
    pub unexplained: u32,
    /// Things that could not be done now, and are due still.
    pub failed: u32,
}

impl std::ops::AddAssign for Summary {
    fn add_assign(&mut self, more: Self) {
        self.stores += more.stores;
        self.dispatched += more.dispatched;
        self.fired += more.fired;
        self.unpaid += more.unpaid;
        self.collected += more.collected;
        self.resent += more.resent;
        self.asked += more.asked;
        self.alarms += more.alarms;
        self.unreachable += more.unreachable;
        self.closed += more.closed;
        self.settled += more.settled;
        self.payments += more.payments;
        self.fulfilled += more.fulfilled;
        self.unexplained += more.unexplained;
        self.failed += more.failed;
    }
}
