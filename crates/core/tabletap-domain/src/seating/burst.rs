//! What a table sends to kitchen and staff within a window, and the most that a full one does.

use crate::{
    Minor,
    menu::{Menu, OptionGroup},
    time::UnixMillis,
};
use std::time::Duration;

/// What a table sends is counted in windows of this length.
pub const BURST_WINDOW: Duration = Duration::from_mins(5);

/// More guests than one code on one table serves.
const GUESTS: u32 = 12;
/// Drinks, starters, mains, sides and desserts twice over: more than a guest orders within a window.
const DISHES_EACH: u32 = 10;
/// The dearest dish of the menu, five times: more than a guest spends within a window.
const DEAREST_EACH: u32 = 5;
/// Most dishes that a table sends to the kitchen within a window.
pub const BURST_DISHES_MAX: u32 = GUESTS * DISHES_EACH;
/// Most calls of a table within a window; the same call stands for three minutes anyway, so this is each kind nearly twice.
pub const BURST_CALLS_MAX: u32 = 5;

/// The most that a table orders within a window, in the menu's prices: a dish counts with the dearest answer to each of its questions.
#[must_use]
pub fn burst_minor_max(menu: &Menu) -> Minor {
    let items = menu.categories.iter().flat_map(|category| &category.items);
    let dearest = items.map(|item| dearest(item.price_minor, &item.option_groups));
    let dearest = dearest.max().unwrap_or_default();
    // A limit: where it does not fit, there is none.
    let most = dearest.checked_mul(DEAREST_EACH * GUESTS);
    most.unwrap_or(Minor(i64::MAX))
}

fn dearest(price_minor: Minor, groups: &[OptionGroup]) -> Minor {
    let answers = groups.iter().map(|group| {
        let options = group.options.iter();
        let prices = options.map(|option| dearest(option.price_minor, &option.option_groups));
        prices.max().unwrap_or_default().max(Minor::ZERO)
    });
    let sum = Minor::sum(answers.chain([price_minor]));
    sum.unwrap_or(Minor(i64::MAX))
}

/// What a table has sent to kitchen and staff in the running window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    /// When the window began; 0 where nothing was sent.
    pub since: UnixMillis,
    /// Dishes.
    pub dishes: u32,
    /// Their prices, in minor units.
    pub minor: Minor,
    /// Calls.
    pub calls: u32,
}

impl Burst {
    /// What of it counts at `now`: a window that is over counts nothing, and a new one begins.
    pub(super) fn at(self, now: UnixMillis) -> Self {
        if self.since != UnixMillis(0) && now < self.since.plus(BURST_WINDOW) {
            return self;
        }
        Self {
            since: now,
            ..Self::default()
        }
    }

    pub(super) fn exceeds(self, limit: Self) -> bool {
        self.dishes > limit.dishes || self.minor > limit.minor || self.calls > limit.calls
    }
}
