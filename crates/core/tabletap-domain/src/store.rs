//! A store as its owner set it up: names, languages, tables, stations and printers.

use crate::{
    AccountName, Lang, PrinterId, Slug, StationId, StoreKey, TableId, ThingName,
    menu::{Texts, words},
    takeout::{CalendarDate, OpenSpan, TakeoutRules, WeekHours},
};
use std::{collections::BTreeMap, time::Duration};

/// One restaurant location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// Tenant and store.
    pub key: StoreKey,
    /// Its name in public addresses.
    pub slug: Slug,
    /// Its name as guests read it.
    pub name: String,
    /// IANA time zone, e.g. `America/New_York`.
    pub time_zone: String,
    /// First is the fallback and the kitchen's language.
    pub languages: Vec<Lang>,
    /// The restaurant's one colour, `#rrggbb`.
    pub accent: String,
    /// What the first order at an idle table needs.
    pub house_rule: HouseRule,
    /// Where food is made, as the owner lists it.
    pub stations: Vec<Station>,
    /// The station whose printer stands with the waiters, where it is not the first.
    pub front_station: Option<StationId>,
    /// Dining tables in the order staff know them.
    pub tables: Vec<DiningTable>,
    /// When it takes orders at its tables, and when it closes one that is paid.
    pub dine_in: DineIn,
    /// How it takes orders to be picked up, if it does.
    pub takeout: Option<TakeoutRules>,
    /// Where its money goes, if guests can pay in the page.
    pub payment_account: Option<AccountName>,
    /// How guests reach it, and what receipts must say.
    pub contact: Contact,
    /// Its names in other languages.
    pub names: Names,
}

/// What things of a store are called in its menu's languages: itself, tables, stations, taxes, the service charge. By the name in the first
/// language, which staff, paper and orders have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub BTreeMap<String, Texts>);

impl Names {
    /// A name in `lang`; as it is where the owner gave no other.
    #[must_use]
    pub fn get<'a>(&'a self, name: &'a str, lang: &Lang) -> &'a str {
        let texts = self.0.get(name);
        let own = texts.and_then(|texts| texts.0.get(lang));
        own.map_or(name, String::as_str)
    }
}

/// How guests reach a store, and what its receipts must say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Its address, line by line.
    pub address: Vec<String>,
    /// Its phone number as it is written there.
    pub phone: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its tax number, where receipts must bear one.
    pub tax_number: Option<String>,
}

/// A table where everything is paid is closed by itself after this long, where its house does not say otherwise.
pub const PAID_CLOSES_AFTER: Duration = Duration::from_mins(15);

/// How a house serves its tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DineIn {
    /// When the kitchen takes orders from tables; always, where absent.
    pub hours: Option<TableHours>,
    /// How long a table stays open once everything is paid, unless its party orders again.
    pub close_paid_after: Duration,
}

impl Default for DineIn {
    fn default() -> Self {
        Self {
            hours: None,
            close_paid_after: PAID_CLOSES_AFTER,
        }
    }
}

/// When a kitchen takes orders from tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableHours {
    /// When it is open, each week.
    pub week: WeekHours,
    /// Days with other hours; none at all on a day that is closed.
    pub holidays: BTreeMap<CalendarDate, Vec<OpenSpan>>,
    /// How long before closing the last order is taken.
    pub last_order: Duration,
}

words!(
    /// What the first order at an idle table needs before the kitchen sees it.
    HouseRule {
        /// Nothing: it opens the seating and is made.
        Open = "open",
        /// It opens the seating and waits for one tap of the staff.
        StaffTap = "staff_tap",
    }
);

/// A place where food is made, with the printer that tells it so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// Its id.
    pub id: StationId,
    /// Its name on paper and screens.
    pub name: String,
    /// The printer its tickets go to.
    pub printer: PrinterId,
    /// The agent that drives the printer.
    pub agent: ThingName,
}

/// A dining table: furniture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiningTable {
    /// Its id.
    pub id: TableId,
    /// Its name on the sticker and on paper, e.g. `Table 7`.
    pub name: String,
}

impl StoreConfig {
    /// Finds a station.
    #[must_use]
    pub fn station(&self, id: &StationId) -> Option<&Station> {
        self.stations.iter().find(|station| station.id == *id)
    }

    /// The station that hears what guests call for.
    #[must_use]
    pub fn front(&self) -> Option<&Station> {
        let named = self.front_station.as_ref();
        named
            .and_then(|id| self.station(id))
            .or(self.stations.first())
    }

    /// Finds a table.
    #[must_use]
    pub fn table(&self, id: &TableId) -> Option<&DiningTable> {
        self.tables.iter().find(|table| table.id == *id)
    }
}
