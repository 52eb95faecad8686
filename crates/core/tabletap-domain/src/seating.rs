//! One party's stay at a table: who may order there, how much at once, and until when.
//!
//! The table counts its seatings. A scan at an idle table gets the next number and writes nothing; the first order of that number
//! opens the seating in its own transaction; closing it ends the right to order of every session that bears the number. A table where
//! everything is paid gives its next number as well: whoever scans it now is another party, and its first order ends the paid seating.
//! That stays so when the paid party orders a coffee: who scanned in between keeps their right, and no later scan joins the party.

mod burst;

pub use burst::{BURST_CALLS_MAX, BURST_DISHES_MAX, BURST_WINDOW, Burst, burst_minor_max};

use crate::{Minor, menu::words, store::HouseRule, time::UnixMillis};
use std::time::Duration;

/// A seating that nobody closed is closed by itself after this long without an order.
pub const IDLE_MAX: Duration = Duration::from_hours(4);
/// A table is reconciled with its orders this long after a move: long after the index of open orders has caught up.
pub const RECONCILE_AFTER: Duration = Duration::from_secs(60);

words!(
    /// Where a table stands.
    TableState {
        /// Nobody has ordered since the last seating ended.
        Idle = "idle",
        /// Orders and calls wait for one tap of the staff: the first ones under that house rule, or more than a full table sends.
        Unconfirmed = "unconfirmed",
        /// A party is ordering.
        Open = "open",
    }
);

/// What a party owes, counted by the transactions that place its orders and settle its payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Orders were placed by a release that did not count: nobody knows, so it never counts as paid.
    Uncounted,
    /// So many of its orders are not paid.
    Owed(u32),
    /// Everything is paid, since then.
    Paid(UnixMillis),
}

/// A table's counter and state, as its row holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSeating {
    /// The number of the last seating that was opened; 0 before the first.
    pub number: u32,
    /// Where the table stands.
    pub state: TableState,
    /// When the last order came in, while a party sits.
    pub last_order_at: UnixMillis,
    /// What its party owes.
    pub tab: Tab,
    /// Its party had paid everything before it ordered again.
    pub paid_before: bool,
    /// What it has sent lately.
    pub sent: Burst,
}

/// What an order or a call does to its table, as conditions and changes of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatingMove {
    /// The table must still stand like this.
    pub from: TableSeating,
    /// And stands like this afterwards.
    pub to: TableSeating,
    /// The most that the window may hold with it; others may be sending at the same moment. Absent where nothing is counted.
    pub limit: Option<Burst>,
}

/// How much one order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSize {
    /// How many dishes.
    pub dishes: u32,
    /// Their prices, in minor units.
    pub minor: Minor,
    /// What is to be paid, in minor units.
    pub total_minor: Minor,
}

impl SeatingMove {
    /// Whether an order or a call of this move waits for the staff.
    #[must_use]
    pub fn holds_order(&self) -> bool {
        self.to.state == TableState::Unconfirmed
    }

    /// Whether it opens a seating.
    #[must_use]
    pub fn opens(&self) -> bool {
        self.from.number != self.to.number
    }

    /// Whether it ends the party before, which had paid.
    #[must_use]
    pub fn follows_party(&self) -> bool {
        self.opens() && self.from.state != TableState::Idle
    }

    /// Whether it changes nothing but what the table has sent.
    #[must_use]
    pub fn counts_only(&self) -> bool {
        let sent = self.to.sent;
        self.to == TableSeating { sent, ..self.from }
    }

    /// The same move for an order of this size. One that costs nothing leaves nothing to pay; one that is more than a full table sends
    /// within a window, with what was sent before it, waits for the staff.
    #[must_use]
    pub fn carrying(self, size: OrderSize, minor_max: Minor) -> Self {
        let tab = match self.from.tab {
            _ if size.total_minor > 0 => self.to.tab,
            _ if self.opens() => Tab::Owed(0),
            Tab::Paid(_) => Tab::Paid(self.to.last_order_at),
            owed => owed,
        };
        let before = self.from.sent.at(self.to.last_order_at);
        let sent = Burst {
            dishes: before.dishes.saturating_add(size.dishes),
            minor: before
                .minor
                .checked_add(size.minor)
                .unwrap_or(Minor(i64::MAX)),
            ..before
        };
        let limit = Burst {
            dishes: BURST_DISHES_MAX,
            minor: minor_max,
            calls: u32::MAX,
            ..before
        };
        let to = TableSeating { tab, ..self.to };
        Self { to, ..self }.sending(sent, limit)
    }

    /// Counts what goes out; what would be too much waits, and counts nothing.
    fn sending(self, sent: Burst, limit: Burst) -> Self {
        let counts = !self.holds_order() && !sent.exceeds(limit);
        let state = match self.to.state {
            TableState::Open if !counts => TableState::Unconfirmed,
            state => state,
        };
        Self {
            to: TableSeating {
                state,
                sent: if counts { sent } else { self.from.sent },
                ..self.to
            },
            limit: counts.then_some(limit),
            ..self
        }
    }
}

/// The session's seating has ended; a new scan of the sticker begins the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seating has ended")]
pub struct SeatingEnded;

/// The table's row does not stand as the staff's tap assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeatingError {
    /// Nobody sits there.
    #[error("nobody is seated at this table")]
    NotSeated,
    /// It is confirmed already.
    #[error("this table needs no confirmation")]
    NotWaiting,
}

impl TableSeating {
    /// The number that a scan gets now. Once everything was paid it is the next party's: no later scan sees an earlier party, whatever that
    /// still orders.
    #[must_use]
    pub fn number_for_scan(&self) -> u32 {
        match self.state == TableState::Idle || self.has_paid() {
            true => self.number.saturating_add(1),
            false => self.number,
        }
    }

    /// Whether the party of this number may order, call and pay: the one that sits here until it is closed, and the one that a scan
    /// would begin.
    #[must_use]
    pub fn seats(&self, party: u32) -> bool {
        party == self.number_for_scan() || (self.state != TableState::Idle && party == self.number)
    }

    /// Whether a party of this number came before the one that sits here now. It orders and calls no more, but pays what it still owes.
    #[must_use]
    pub fn followed(&self, party: u32) -> bool {
        party < self.number
    }

    /// Whether a party sits here that has not paid everything, or may not have.
    fn owes(&self) -> bool {
        let has_paid = matches!(self.tab, Tab::Owed(0) | Tab::Paid(_));
        self.state != TableState::Idle && !has_paid
    }

    /// Since when everything that the party ordered is paid.
    #[must_use]
    pub fn paid_at(&self) -> Option<UnixMillis> {
        match self.tab {
            Tab::Paid(at) if self.state != TableState::Idle => Some(at),
            Tab::Paid(_) | Tab::Owed(_) | Tab::Uncounted => None,
        }
    }

    /// Whether the party has paid everything once, though it may owe again.
    fn has_paid(&self) -> bool {
        self.paid_before || self.paid_at().is_some()
    }

    /// What an order of the party with this number does to the table at `now`: of no size yet, see [`SeatingMove::carrying`].
    ///
    /// # Errors
    /// [`SeatingEnded`] when another party sits there by now, or the seating was closed.
    pub fn order(
        self,
        party: u32,
        rule: HouseRule,
        now: UnixMillis,
    ) -> Result<SeatingMove, SeatingEnded> {
        let step = self.join(party, rule, now)?;
        let tab = match self.tab {
            Tab::Owed(unpaid) if !step.opens() => Tab::Owed(unpaid.saturating_add(1)),
            Tab::Uncounted if !step.opens() => Tab::Uncounted,
            Tab::Owed(_) | Tab::Paid(_) | Tab::Uncounted => Tab::Owed(1),
        };
        let to = TableSeating {
            tab,
            paid_before: !step.opens() && self.has_paid(),
            ..step.to
        };
        Ok(SeatingMove { to, ..step })
    }

    /// What a call of the party with this number does to the table at `now`. It opens no seating, unless it has to wait for the staff's
    /// tap: then the table waits with it. While the party before owes something, the call counts as one of that party's: nobody's bill is
    /// taken from their phone because somebody else needs a waiter.
    ///
    /// # Errors
    /// [`SeatingEnded`] as an order.
    pub fn call(
        self,
        party: u32,
        rule: HouseRule,
        now: UnixMillis,
    ) -> Result<SeatingMove, SeatingEnded> {
        if !self.seats(party) {
            return Err(SeatingEnded);
        }
        let opened = self.join(if self.owes() { self.number } else { party }, rule, now)?;
        let before = self.sent.at(now);
        let sent = Burst {
            calls: before.calls.saturating_add(1),
            ..before
        };
        let limit = Burst {
            dishes: u32::MAX,
            minor: Minor(i64::MAX),
            calls: BURST_CALLS_MAX,
            ..before
        };
        let opened = opened.sending(sent, limit);
        if opened.holds_order() {
            return Ok(opened);
        }
        let to = TableSeating { sent, ..self };
        Ok(SeatingMove { to, ..opened })
    }

    /// The move of a party that orders or has to wait: it opens its seating, or stays.
    fn join(
        self,
        party: u32,
        rule: HouseRule,
        now: UnixMillis,
    ) -> Result<SeatingMove, SeatingEnded> {
        if !self.seats(party) {
            return Err(SeatingEnded);
        }
        let opens = party != self.number;
        let to = Self {
            number: party,
            state: match (opens, rule) {
                (true, HouseRule::StaffTap) => TableState::Unconfirmed,
                (true, HouseRule::Open) => TableState::Open,
                (false, _) => self.state,
            },
            last_order_at: now,
            tab: if opens { Tab::Owed(0) } else { self.tab },
            paid_before: !opens && self.paid_before,
            sent: self.sent,
        };
        Ok(SeatingMove {
            from: self,
            to,
            limit: None,
        })
    }

    /// What a payment that settled so many of the party's orders does to the table; `None` where nobody counted them.
    #[must_use]
    pub fn pay(self, party: u32, orders: u32, now: UnixMillis) -> Option<SeatingMove> {
        if self.state == TableState::Idle || party != self.number {
            return None;
        }
        let Tab::Owed(unpaid) = self.tab else {
            return None;
        };
        let tab = match unpaid.checked_sub(orders)? {
            0 => Tab::Paid(now),
            left => Tab::Owed(left),
        };
        Some(self.moved(Self { tab, ..self }))
    }

    /// The staff's tap: what waited, and all that follows, goes to kitchen and staff.
    ///
    /// # Errors
    /// [`SeatingError`] when there is nothing to confirm.
    pub fn confirm(self) -> Result<SeatingMove, SeatingError> {
        match self.state {
            TableState::Idle => Err(SeatingError::NotSeated),
            TableState::Open => Err(SeatingError::NotWaiting),
            TableState::Unconfirmed => Ok(self.moved(Self {
                state: TableState::Open,
                sent: Burst::default(),
                ..self
            })),
        }
    }

    /// The party leaves.
    ///
    /// # Errors
    /// [`SeatingError::NotSeated`] when nobody sits there.
    pub fn close(self) -> Result<SeatingMove, SeatingError> {
        match self.state {
            TableState::Idle => Err(SeatingError::NotSeated),
            TableState::Unconfirmed | TableState::Open => Ok(self.moved(Self {
                state: TableState::Idle,
                tab: Tab::Owed(0),
                paid_before: false,
                sent: Burst::default(),
                ..self
            })),
        }
    }

    /// A table that stands as it is, and is looked at again.
    #[must_use]
    pub fn stay(self) -> SeatingMove {
        self.moved(self)
    }

    fn moved(self, to: Self) -> SeatingMove {
        SeatingMove {
            from: self,
            to,
            limit: None,
        }
    }
}

#[cfg(test)]
mod tests;
