//! Pickup times: which ones a guest can choose, and which one a payment that arrives later still gets.

use crate::{
    Opening,
    days::{Hours, OpenPeriod},
};
use std::time::Duration;
use tabletap_domain::{
    order::{PickupWish, RefundReason},
    time::UnixMillis,
};

/// Whether a store takes orders to be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is open.
    Open {
        /// `None` if no closing is known.
        closes_at: Option<UnixMillis>,
    },
    /// Still open, but an order made now would not be ready in time.
    LastOrderPassed {
        closes_at: Option<UnixMillis>,
        /// `None` if no opening is known.
        opens_at: Option<UnixMillis>,
    },
    /// It is closed.
    Closed {
        /// `None` if no opening is known.
        opens_at: Option<UnixMillis>,
    },
}

impl State {
    /// When it opens the next time, if it is not open for orders.
    #[must_use]
    pub fn opens_at(self) -> Option<UnixMillis> {
        match self {
            Self::Open { .. } => None,
            Self::LastOrderPassed { opens_at, .. } | Self::Closed { opens_at } => opens_at,
        }
    }
}

/// What is promised to a guest who has paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// When the kitchen gets it.
    pub fire_at: UnixMillis,
    /// When it is ready.
    pub ready_at: UnixMillis,
}

/// What can be picked up and when, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pickup {
    /// Whether the store takes orders to be made now.
    pub state: State,
    /// When an order that is paid at this moment would be ready.
    pub asap: Option<UnixMillis>,
    /// The slots that can be chosen, in order. Whether one is full is not known here.
    pub slots: Vec<UnixMillis>,
}

const MINUTE_MS: i64 = 60_000;

impl Opening<'_> {
    /// What can be picked up when.
    #[must_use]
    pub fn pickup(&self, now: UnixMillis) -> Pickup {
        let hours = self.hours(now);
        let mut slots: Vec<UnixMillis> = hours
            .spans
            .iter()
            .flat_map(|span| self.slots_of(*span))
            .filter(|slot| self.cooking_starts_at(*slot) >= now && self.can_be_made(&hours, *slot))
            .collect();
        slots.sort_unstable();
        slots.dedup();
        Pickup {
            state: self.state_in(&hours, now),
            asap: self
                .promise_asap(&hours, now)
                .map(|promise| promise.ready_at),
            slots,
        }
    }

    /// Whether the store takes orders to be made at `now`.
    #[must_use]
    pub fn state(&self, now: UnixMillis) -> State {
        self.state_in(&self.hours(now), now)
    }

    /// Whether a wish can be ordered at `now`: a slot is one that the rules have, and there is time to pay for it.
    #[must_use]
    pub fn can_order(&self, wish: PickupWish, now: UnixMillis) -> bool {
        let hours = self.hours(now);
        match wish {
            PickupWish::Asap => self.promise_asap(&hours, now).is_some(),
            PickupWish::At(slot) => {
                let mut spans = hours.spans.iter();
                let exists = spans.any(|span| self.slots_of(*span).any(|known| known == slot));
                exists && self.promise_for_slot(&hours, slot, now).is_ok()
            }
        }
    }

    /// The promise that a payment arriving at `now` gets. A slot is a window: it is kept as long as the order can be ready within it.
    ///
    /// # Errors
    /// Why it can no longer be honoured: [`RefundReason::SlotPassed`] or [`RefundReason::StoreClosed`].
    pub fn honour(&self, wish: PickupWish, now: UnixMillis) -> Result<Promise, RefundReason> {
        let hours = self.hours(now);
        match wish {
            PickupWish::Asap => self
                .promise_asap(&hours, now)
                .ok_or(RefundReason::StoreClosed),
            PickupWish::At(slot) => self.promise_for_slot(&hours, slot, now),
        }
    }

    /// The slots of a span, from its beginning to its end.
    fn slots_of(&self, span: OpenPeriod) -> impl Iterator<Item = UnixMillis> {
        let length = self.rules.slot.max(Duration::from_secs(60));
        std::iter::successors(Some(span.opens), move |slot| Some(slot.plus(length)))
            .take_while(move |slot| *slot <= span.closes)
    }

    fn cooking_starts_at(&self, ready_at: UnixMillis) -> UnixMillis {
        before(ready_at, self.rules.preparation)
    }

    /// Whether an order for this moment can be cooked and handed out within one open period, before its last order.
    fn can_be_made(&self, hours: &Hours, ready_at: UnixMillis) -> bool {
        hours.open_periods.iter().any(|period| {
            period.opens <= self.cooking_starts_at(ready_at)
                && ready_at <= self.last_pickup(hours, *period)
        })
    }

    /// The latest time that is promised within an open period.
    fn last_pickup(&self, hours: &Hours, period: OpenPeriod) -> UnixMillis {
        if period.closes >= hours.known_until {
            return period.closes;
        }
        before(period.closes, self.rules.last_order)
    }

    fn promise_asap(&self, hours: &Hours, now: UnixMillis) -> Option<Promise> {
        let ready_at = whole_minute(now.plus(self.rules.preparation));
        let can_be_made = hours.open_periods.iter().any(|period| {
            period.opens <= now
                && ready_at <= self.last_pickup(hours, *period)
                && now < period.closes
        });
        let fire_at = now;
        can_be_made.then_some(Promise { fire_at, ready_at })
    }

    fn promise_for_slot(
        &self,
        hours: &Hours,
        slot: UnixMillis,
        now: UnixMillis,
    ) -> Result<Promise, RefundReason> {
        let fire_at = self.cooking_starts_at(slot).max(now);
        let ready_at = whole_minute(fire_at.plus(self.rules.preparation)).max(slot);
        if ready_at > slot.plus(self.rules.slot) {
            return Err(RefundReason::SlotPassed);
        }
        // The slot itself, not the moment within it: a bag of the last slot may be a few minutes late.
        if !self.can_be_made(hours, slot) {
            return Err(RefundReason::StoreClosed);
        }
        Ok(Promise { fire_at, ready_at })
    }

    fn state_in(&self, hours: &Hours, now: UnixMillis) -> State {
        hours.state(now, |_| self.promise_asap(hours, now).is_some())
    }
}

impl Hours {
    /// Whether it is open at `now`, and takes orders, as `takes_orders` says of the period that it is open in.
    pub(crate) fn state(
        &self,
        now: UnixMillis,
        takes_orders: impl Fn(&OpenPeriod) -> bool,
    ) -> State {
        let next = self.open_periods.iter().find(|period| period.opens > now);
        let opens_at = next.map(|period| period.opens);
        let mut open_periods = self.open_periods.iter();
        let open = open_periods.find(|period| period.opens <= now && now < period.closes);
        let Some(open) = open else {
            return State::Closed { opens_at };
        };
        let closes_at = Some(open.closes).filter(|closes| *closes < self.known_until);
        match takes_orders(open) {
            true => State::Open { closes_at },
            false => State::LastOrderPassed {
                closes_at,
                opens_at,
            },
        }
    }
}

pub(crate) fn before(at: UnixMillis, duration: Duration) -> UnixMillis {
    let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    UnixMillis(at.0.saturating_sub(ms))
}

/// The next whole minute: a promise is said in hours and minutes.
fn whole_minute(at: UnixMillis) -> UnixMillis {
    UnixMillis(at.0.saturating_add(MINUTE_MS - 1).div_euclid(MINUTE_MS) * MINUTE_MS)
}

#[cfg(test)]
mod tests;
