//! Opening hours: when a store takes orders at its tables and for takeout, which pickup slots it has, and which promise a payment that
//! arrives now can still get.
//!
//! Owners write wall-clock hours; this crate converts them to moments in the store's time zone. Pure: the zones are built in, and the time is
//! an argument. Three kinds of time:
//!
//! - a **span** is what the owner wrote for a day; slots are counted from its beginning;
//! - an **open period** is a time in which the kitchen is open without a break: spans that touch form one period;
//! - a **slot** is a pickup time. Its order is cooked within one open period: not before opening and not after the last order.
//!
//! Slots are counted in elapsed time. In the night when the clocks go forward, the skipped hour has no slots. In the night when they go back,
//! the repeated hour has twice as many.

mod days;
mod house;
mod pickup;

pub use house::DineInOpening;
pub use pickup::{Pickup, Promise, State};

use days::{Calendar, Hours};
use tabletap_domain::{store::StoreConfig, takeout::TakeoutRules, time::UnixMillis};

/// A store's rules for takeout in its zone.
#[derive(Clone, Debug)]
pub struct Opening<'a> {
    rules: &'a TakeoutRules,
    calendar: Calendar<'a>,
}

/// A time zone that does not exist. Set-ups are checked for it when they are imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone `{0}`")]
pub struct UnknownZone(pub String);

impl<'a> Opening<'a> {
    /// The rules in the zone of this IANA name.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn new(rules: &'a TakeoutRules, time_zone: &str) -> Result<Self, UnknownZone> {
        Ok(Self {
            rules,
            calendar: Calendar::new(&rules.hours, &rules.holidays, time_zone)?,
        })
    }

    /// The opening of a store, if it sells takeout.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn of(store: &'a StoreConfig) -> Result<Option<Self>, UnknownZone> {
        let rules = store.takeout.as_ref();
        rules
            .map(|rules| Self::new(rules, &store.time_zone))
            .transpose()
    }

    fn hours(&self, now: UnixMillis) -> Hours {
        self.calendar.hours(now, self.rules.days_ahead)
    }
}
