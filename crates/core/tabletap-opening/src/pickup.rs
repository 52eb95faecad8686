//! Slots, and promises: what can be chosen, and what becomes of it when the money comes.

use crate::{
    Opening,
    days::{Hours, Stretch},
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
        /// Until then; `None` where no end is in sight.
        closes_at: Option<UnixMillis>,
    },
    /// It is open still, but what is ordered now would not be ready in time.
    LastOrderPassed {
        /// When it closes.
        closes_at: Option<UnixMillis>,
        /// When it opens again; `None` where that is not in sight.
        opens_at: Option<UnixMillis>,
    },
    /// It is closed.
    Closed {
        /// When it opens; `None` where that is not in sight.
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

/// What can be picked up when, as it stands at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pickup {
    /// Whether the store takes orders to be made now.
    pub state: State,
    /// When an order would be ready that is paid this very moment.
    pub asap: Option<UnixMillis>,
    /// The beginnings of the slots that can be chosen, in order; whether they are full is not known here.
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
            .flat_map(|span| self.counted(*span))
            .filter(|slot| self.cooked_from(*slot) >= now && self.is_sound(&hours, *slot))
            .collect();
        slots.sort_unstable();
        slots.dedup();
        Pickup {
            state: self.state_in(&hours, now),
            asap: self.asap_in(&hours, now).map(|promise| promise.ready_at),
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
            PickupWish::Asap => self.asap_in(&hours, now).is_some(),
            PickupWish::At(slot) => {
                let mut spans = hours.spans.iter();
                let exists = spans.any(|span| self.counted(*span).any(|known| known == slot));
                exists && self.kept_in(&hours, slot, now).is_ok()
            }
        }
    }

    /// What a payment that arrives at `now` comes to. A slot is a window: as long as it can be ready within it, it is kept.
    ///
    /// # Errors
    /// Why it can no longer be honoured: [`RefundReason::SlotPassed`] or [`RefundReason::StoreClosed`].
    pub fn honour(&self, wish: PickupWish, now: UnixMillis) -> Result<Promise, RefundReason> {
        let hours = self.hours(now);
        match wish {
            PickupWish::Asap => self.asap_in(&hours, now).ok_or(RefundReason::StoreClosed),
            PickupWish::At(slot) => self.kept_in(&hours, slot, now),
        }
    }

    /// The slots counted from the beginning of a span, up to its end.
    fn counted(&self, span: Stretch) -> impl Iterator<Item = UnixMillis> {
        let length = self.rules.slot.max(Duration::from_secs(60));
        std::iter::successors(Some(span.opens), move |slot| Some(slot.plus(length)))
            .take_while(move |slot| *slot <= span.closes)
    }

    fn cooked_from(&self, ready_at: UnixMillis) -> UnixMillis {
        before(ready_at, self.rules.preparation)
    }

    /// Whether an order for this moment is cooked and handed out within one stretch, before its last order.
    fn is_sound(&self, hours: &Hours, ready_at: UnixMillis) -> bool {
        hours.stretches.iter().any(|stretch| {
            stretch.opens <= self.cooked_from(ready_at)
                && ready_at <= self.last_bag(hours, *stretch)
        })
    }

    /// When the last bag of a stretch is promised.
    fn last_bag(&self, hours: &Hours, stretch: Stretch) -> UnixMillis {
        if stretch.closes >= hours.seen_until {
            return stretch.closes;
        }
        before(stretch.closes, self.rules.last_order)
    }

    fn asap_in(&self, hours: &Hours, now: UnixMillis) -> Option<Promise> {
        let ready_at = whole_minute(now.plus(self.rules.preparation));
        let sound = hours.stretches.iter().any(|stretch| {
            stretch.opens <= now
                && ready_at <= self.last_bag(hours, *stretch)
                && now < stretch.closes
        });
        let fire_at = now;
        sound.then_some(Promise { fire_at, ready_at })
    }

    fn kept_in(
        &self,
        hours: &Hours,
        slot: UnixMillis,
        now: UnixMillis,
    ) -> Result<Promise, RefundReason> {
        let fire_at = self.cooked_from(slot).max(now);
        let ready_at = whole_minute(fire_at.plus(self.rules.preparation)).max(slot);
        if ready_at > slot.plus(self.rules.slot) {
            return Err(RefundReason::SlotPassed);
        }
        // The slot itself, not the moment within it: a bag of the last slot may be a few minutes late.
        if !self.is_sound(hours, slot) {
            return Err(RefundReason::StoreClosed);
        }
        Ok(Promise { fire_at, ready_at })
    }

    fn state_in(&self, hours: &Hours, now: UnixMillis) -> State {
        hours.state(now, |_| self.asap_in(hours, now).is_some())
    }
}

impl Hours {
    /// Whether it is open at `now`, and takes orders, as `takes_orders` says of the stretch that it is open in.
    pub(crate) fn state(&self, now: UnixMillis, takes_orders: impl Fn(&Stretch) -> bool) -> State {
        let next = self.stretches.iter().find(|stretch| stretch.opens > now);
        let opens_at = next.map(|stretch| stretch.opens);
        let mut stretches = self.stretches.iter();
        let open = stretches.find(|stretch| stretch.opens <= now && now < stretch.closes);
        let Some(open) = open else {
            return State::Closed { opens_at };
        };
        let closes_at = Some(open.closes).filter(|closes| *closes < self.seen_until);
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
