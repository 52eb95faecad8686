//! The published menu in one language: `menus/{slug}/{lang}.json`, a static file that phones read.

mod of_store;

pub(crate) use of_store::nutrition;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tabletap_domain::{
    CategoryId, GroupId, ItemId, Lang, MenuVersion, Minor, OptionId, Slug, StationId, TaxCategory,
    menu::{Allergen, Diet},
};
use tabletap_wire_derive::domain_fields;

/// A menu in one language.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicMenu {
    /// The store's name in addresses.
    pub slug: Slug,
    /// The restaurant's name.
    pub name: String,
    /// The language of the texts; a text that is missing in it is in the first of `languages` and says so.
    pub lang: Lang,
    /// All languages the menu is published in.
    pub languages: Vec<Lang>,
    /// Derived from the content.
    pub version: MenuVersion,
    /// Three letters.
    pub currency: String,
    /// Its decimals: 0, 2 or 3.
    pub currency_digits: u32,
    /// The restaurant's colour, `#rrggbb`.
    pub accent: String,
    /// Where food is made: an order's tickets name these ids.
    pub stations: Vec<PublicStation>,
    /// How prices become totals.
    pub pricing: PublicPricing,
    /// Sections in the order they are shown.
    pub categories: Vec<PublicCategory>,
    /// Orders are taken to be picked up, on the page without a table. They are paid first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takeout: bool,
    /// Guests can pay in the page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub payments: bool,
    /// The least that can be paid in the page, in minor units; takeout orders start there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_payment_minor: Option<Minor>,
    /// The restaurant's time zone: the page shows every time by its clock.
    #[serde(default)]
    pub time_zone: String,
    /// Where the restaurant is, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub address: Vec<String>,
    /// Its telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The tag of the dishes that guests like most, as its dishes carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favourites: Option<String>,
    /// What orders and sessions name in the first language, in this one: tables, stations, taxes, the service charge, the restaurant. Left
    /// out where it is called the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
}

/// A place where food is made.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicStation {
    /// Its id.
    pub id: StationId,
    /// Its name.
    pub name: String,
}

/// Tax and service charge, so that a page can show the total before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicPricing {
    /// Prices already hold their tax.
    pub tax_inclusive: bool,
    /// Each tax on each category.
    pub taxes: Vec<PublicTax>,
    /// Added to every order, if the store asks for one.
    pub service_charge: Option<PublicServiceCharge>,
}

/// One tax on one category of items.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicTax {
    /// The items it applies to.
    pub category: TaxCategory,
    /// Its name on the bill.
    pub name: String,
    /// Parts per million.
    pub rate_ppm: u32,
}

/// A percentage of the subtotal.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicServiceCharge {
    /// Its name on the bill.
    pub name: String,
    /// Parts per million of the subtotal.
    pub rate_ppm: u32,
    /// The taxes the charge itself bears.
    pub tax_category: Option<TaxCategory>,
}

/// No points: the field says nothing then, and menus without points read as before.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
pub(crate) fn is_none(points: &u32) -> bool {
    *points == 0
}

/// A section.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicCategory {
    /// Its id.
    pub id: CategoryId,
    /// Its heading.
    pub name: String,
    /// The language of the heading, where it is not the menu's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_lang: Option<Lang>,
    /// Its headings in the menu's other languages, for a search; never shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<String>,
    /// A few words beside it; may be empty.
    pub note: String,
    /// Its dishes.
    pub items: Vec<PublicItem>,
}

/// A dish or drink.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicItem {
    /// Its id.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// The language of the name, where it is not the menu's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_lang: Option<Lang>,
    /// Its names in the menu's other languages, for a search; never shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<String>,
    /// What is in it; may be empty.
    pub description: String,
    /// The language of the description, where it is not the menu's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description_lang: Option<Lang>,
    /// Without options, in minor units.
    pub price_minor: Minor,
    /// Loyalty points a guest earns with each of it; left out where it earns none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub points: u32,
    /// Whether it can be ordered now.
    pub available: bool,
    /// Path of its picture in the format that every browser knows, if it has one; see [`crate::picture`].
    pub image: Option<String>,
    /// What a serving holds: `energy_kcal`, `fat_mg` and so on; left out where nothing is declared.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nutrition: BTreeMap<String, u32>,
    /// Ids of dishes to suggest with it, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goes_with: Vec<ItemId>,
    /// What can hurt an allergic guest.
    pub allergens: Vec<Allergen>,
    /// Ways of eating it fits.
    pub diets: Vec<Diet>,
    /// Short marks.
    pub tags: Vec<String>,
    /// The taxes it bears.
    pub tax_category: TaxCategory,
    /// What it asks.
    pub option_groups: Vec<PublicGroup>,
}

/// A question.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicGroup {
    /// Its id.
    pub id: GroupId,
    /// Its text.
    pub name: String,
    /// The language of the text, where it is not the menu's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_lang: Option<Lang>,
    /// Fewest options, counted with their quantities.
    pub min: u32,
    /// Most options.
    pub max: u32,
    /// The answers.
    pub options: Vec<PublicOption>,
}

/// An answer.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicOption {
    /// Its id.
    pub id: OptionId,
    /// Its text.
    pub name: String,
    /// The language of the text, where it is not the menu's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_lang: Option<Lang>,
    /// Added for each of it, in minor units.
    pub price_minor: Minor,
    /// Loyalty points a guest earns with each of it; left out where it earns none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub points: u32,
    /// How many of it one dish may have.
    pub max_quantity: u32,
    /// Whether it can be chosen now.
    pub available: bool,
    /// Chosen when the page opens the dish.
    pub default: bool,
    /// It leaves something out.
    pub removal: bool,
    /// Its text as a guest reads it alone, in a cart, where that is not its text: a removal called `Egg` is `No Egg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads_as: Option<String>,
    /// What it adds for an allergic guest.
    pub allergens: Vec<Allergen>,
    /// What it asks in turn.
    pub option_groups: Vec<PublicGroup>,
}
