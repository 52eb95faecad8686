//! When a store is open, at its tables and for takeout, what can be picked up when, and what a payment that arrives now comes to.
//!
//! Owners write wall-clock hours; here they are put on the line of time, in the store's zone. Pure: the zones are built in, the time comes in
//! as an argument. Three kinds of time meet:
//!
//! - a **span** is what the owner wrote for a day; slots are counted from its beginning;
//! - a **stretch** is a time without a break that the kitchen is open: spans that touch are one;
//! - a **slot** is a moment to pick up at. It is cooked for within one stretch: neither before opening nor after the last order.
//!
//! Slots are counted in elapsed time, so in a night whose clocks go forward the hour that is left out has none, and in a night whose clocks go
//! back the hour that comes twice has twice as many, each a moment of its own.

mod days;
mod house;
mod pickup;

pub use house::House;
pub use pickup::{Pickup, Promise, State};

use days::{Calendar, Hours};
use tabletap_domain::{store::StoreConfig, takeout::TakeoutRules, time::UnixMillis};

/// A store's rules for takeout in its zone.
#[derive(Clone, Debug)]
pub struct Opening<'a> {
    rules: &'a TakeoutRules,
    calendar: Calendar<'a>,
}

/// A zone that nobody knows; set-ups are checked for it when they are imported.
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
