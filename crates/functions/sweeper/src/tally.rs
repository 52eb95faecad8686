//! What one sweep did, in counts: the function's answer.

use serde::Serialize;
use std::{iter::Sum, ops::AddAssign};

/// Counts over all stores. Each part of a sweep returns its own, and they add up.
///
/// As JSON it is one object with a number for each field, all of them always there. Fields are only ever added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Stores whose kitchen was looked at.
    pub stores: u32,
    /// Stores whose kitchen was not looked at to the end before the kitchen phase was over.
    pub cut_off: u32,
    /// Orders and calls whose tickets were missing, and are written now.
    pub dispatched: u32,
    /// Orders whose time to be cooked had come.
    pub fired: u32,
    /// Unpaid orders that were cancelled.
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
    /// Seatings closed because everything was paid, or because nobody had ordered for hours.
    pub closed: u32,
    /// Orders brought after their seating.
    pub settled: u32,
    /// Payments asked about.
    pub payments: u32,
    /// Payments that had moved without a word to us.
    pub fulfilled: u32,
    /// Payments that the provider tells otherwise than the database: each has a log line with its id. 0 where all is explained.
    pub unexplained: u32,
    /// Things that were tried and failed; they are due still.
    pub failed: u32,
    /// Work that there was no time for; it stays due. A store whose work was not even read counts as one.
    pub left: u32,
}

impl Tally {
    /// One alarm.
    pub(crate) fn alarm() -> Self {
        Self {
            alarms: 1,
            ..Self::default()
        }
    }

    /// One thing that failed.
    pub(crate) fn failure() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.stores += more.stores;
        self.cut_off += more.cut_off;
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
        self.left += more.left;
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |mut sum, part| {
            sum += part;
            sum
        })
    }
}
