//! The published menu in one language: `menus/{slug}/{lang}.json`, a static file that phones read.

use crate::{as_text, picture};
use serde::{Deserialize, Serialize};
use tabletap_domain::{
    CategoryId, GroupId, ItemId, Lang, MenuVersion, OptionId, Slug, StationId, TaxCategory, charge,
    menu::{Allergen, Category, Diet, Item, Menu, MenuOption, OptionGroup, PricingRules, Texts},
    removal,
    store::{Station, StoreConfig},
};

/// A menu in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicMenu {
    /// The store's name in addresses.
    #[serde(with = "as_text")]
    pub slug: Slug,
    /// The restaurant's name.
    pub name: String,
    /// The language of the texts; a text that is missing in it is in the first of `languages` and says so.
    #[serde(with = "as_text")]
    pub lang: Lang,
    /// All languages the menu is published in.
    #[serde(with = "as_text::list")]
    pub languages: Vec<Lang>,
    /// Derived from the content.
    #[serde(with = "as_text")]
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
    pub least_payment_minor: Option<i64>,
    /// Where the restaurant is, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub address: Vec<String>,
    /// Its telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// A place where food is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicStation {
    /// Its id.
    #[serde(with = "as_text")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicTax {
    /// The items it applies to.
    #[serde(with = "as_text")]
    pub category: TaxCategory,
    /// Its name on the bill.
    pub name: String,
    /// Parts per million.
    pub rate_ppm: u32,
}

/// A percentage of the subtotal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicServiceCharge {
    /// Its name on the bill.
    pub name: String,
    /// Parts per million of the subtotal.
    pub rate_ppm: u32,
    /// The taxes the charge itself bears.
    #[serde(with = "as_text::option")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicCategory {
    /// Its id.
    #[serde(with = "as_text")]
    pub id: CategoryId,
    /// Its heading.
    pub name: String,
    /// The language of the heading, where it is not the menu's.
    #[serde(
        with = "as_text::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub name_lang: Option<Lang>,
    /// A few words beside it; may be empty.
    pub note: String,
    /// Its dishes.
    pub items: Vec<PublicItem>,
}

/// A dish or drink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicItem {
    /// Its id.
    #[serde(with = "as_text")]
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// The language of the name, where it is not the menu's.
    #[serde(
        with = "as_text::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub name_lang: Option<Lang>,
    /// What is in it; may be empty.
    pub description: String,
    /// The language of the description, where it is not the menu's.
    #[serde(
        with = "as_text::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub description_lang: Option<Lang>,
    /// Without options, in minor units.
    pub price_minor: i64,
    /// Loyalty points a guest earns with each of it; left out where it earns none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub points: u32,
    /// Whether it can be ordered now.
    pub available: bool,
    /// Path of its picture in the format that every browser knows, if it has one; see [`crate::picture`].
    pub image: Option<String>,
    /// What can hurt an allergic guest.
    #[serde(with = "as_text::list")]
    pub allergens: Vec<Allergen>,
    /// Ways of eating it fits.
    #[serde(with = "as_text::list")]
    pub diets: Vec<Diet>,
    /// Short marks.
    pub tags: Vec<String>,
    /// The taxes it bears.
    #[serde(with = "as_text")]
    pub tax_category: TaxCategory,
    /// What it asks.
    pub option_groups: Vec<PublicGroup>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicGroup {
    /// Its id.
    #[serde(with = "as_text")]
    pub id: GroupId,
    /// Its text.
    pub name: String,
    /// The language of the text, where it is not the menu's.
    #[serde(
        with = "as_text::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub name_lang: Option<Lang>,
    /// Fewest options, counted with their quantities.
    pub min: u32,
    /// Most options.
    pub max: u32,
    /// The answers.
    pub options: Vec<PublicOption>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicOption {
    /// Its id.
    #[serde(with = "as_text")]
    pub id: OptionId,
    /// Its text.
    pub name: String,
    /// The language of the text, where it is not the menu's.
    #[serde(
        with = "as_text::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub name_lang: Option<Lang>,
    /// Added for each of it, in minor units.
    pub price_minor: i64,
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
    #[serde(with = "as_text::list")]
    pub allergens: Vec<Allergen>,
    /// What it asks in turn.
    pub option_groups: Vec<PublicGroup>,
}

impl PublicMenu {
    /// A store's menu in `lang`.
    #[must_use]
    pub fn new(store: &StoreConfig, menu: &Menu, lang: &Lang) -> Self {
        let reader = Reader {
            lang,
            fallback: menu.first_language(),
            slug: &store.slug,
        };
        Self {
            slug: store.slug.clone(),
            name: store.name.clone(),
            lang: lang.clone(),
            languages: menu.languages.clone(),
            version: menu.version.clone(),
            currency: menu.currency.code().to_owned(),
            currency_digits: menu.currency.digits(),
            accent: store.accent.clone(),
            stations: store.stations.iter().map(station).collect(),
            pricing: (&menu.pricing).into(),
            categories: menu.categories.iter().map(|c| reader.category(c)).collect(),
            takeout: store.takeout.is_some() && store.payment_account.is_some(),
            payments: store.payment_account.is_some(),
            least_payment_minor: store
                .payment_account
                .as_ref()
                .map(|_| charge::least_minor(menu.currency)),
            address: store.contact.address.clone(),
            phone: store.contact.phone.clone(),
        }
    }
}

fn station(station: &Station) -> PublicStation {
    PublicStation {
        id: station.id.clone(),
        name: station.name.clone(),
    }
}

impl From<&PricingRules> for PublicPricing {
    fn from(rules: &PricingRules) -> Self {
        let tax = |tax: &tabletap_domain::menu::TaxRate| PublicTax {
            category: tax.category.clone(),
            name: tax.name.clone(),
            rate_ppm: tax.rate_ppm,
        };
        Self {
            tax_inclusive: rules.tax_inclusive,
            taxes: rules.taxes.iter().map(tax).collect(),
            service_charge: rules
                .service_charge
                .as_ref()
                .map(|charge| PublicServiceCharge {
                    name: charge.name.clone(),
                    rate_ppm: charge.rate_ppm,
                    tax_category: charge.tax_category.clone(),
                }),
        }
    }
}

struct Reader<'a> {
    lang: &'a Lang,
    fallback: &'a Lang,
    slug: &'a Slug,
}

impl Reader<'_> {
    fn text(&self, texts: &Texts) -> String {
        texts.get(self.lang, self.fallback).0.to_owned()
    }

    /// The language of a text that is missing in the menu's.
    fn foreign(&self, texts: &Texts) -> Option<Lang> {
        let (text, lang) = texts.get(self.lang, self.fallback);
        (!text.is_empty() && lang != self.lang).then(|| lang.clone())
    }

    fn category(&self, category: &Category) -> PublicCategory {
        PublicCategory {
            id: category.id.clone(),
            name: self.text(&category.name),
            name_lang: self.foreign(&category.name),
            note: self.text(&category.note),
            items: category.items.iter().map(|item| self.item(item)).collect(),
        }
    }

    fn item(&self, item: &Item) -> PublicItem {
        let image = item.image.as_ref();
        PublicItem {
            id: item.id.clone(),
            name: self.text(&item.name),
            name_lang: self.foreign(&item.name),
            description: self.text(&item.description),
            description_lang: self.foreign(&item.description),
            price_minor: item.price_minor,
            points: item.points,
            available: item.available,
            image: image.map(|file| format!("/menus/{}/images/{}", self.slug, picture::wide(file))),
            allergens: item.allergens.iter().copied().collect(),
            diets: item.diets.iter().copied().collect(),
            tags: item.tags.iter().map(|tag| self.text(tag)).collect(),
            tax_category: item.tax_category.clone(),
            option_groups: item
                .option_groups
                .iter()
                .map(|group| self.group(group))
                .collect(),
        }
    }

    fn group(&self, group: &OptionGroup) -> PublicGroup {
        PublicGroup {
            id: group.id.clone(),
            name: self.text(&group.name),
            name_lang: self.foreign(&group.name),
            min: group.min,
            max: group.max,
            options: group
                .options
                .iter()
                .map(|option| self.option(group, option))
                .collect(),
        }
    }

    fn reads_as(&self, group: &OptionGroup, option: &MenuOption) -> Option<String> {
        let (name, lang) = option.name.get(self.lang, self.fallback);
        let text = removal::reads_as(&self.text(&group.name), name, lang);
        (option.removal && text != name).then_some(text)
    }

    fn option(&self, group: &OptionGroup, option: &MenuOption) -> PublicOption {
        PublicOption {
            id: option.id.clone(),
            name: self.text(&option.name),
            name_lang: self.foreign(&option.name),
            price_minor: option.price_minor,
            points: option.points,
            max_quantity: option.quantity_max,
            available: option.available,
            default: option.default,
            removal: option.removal,
            reads_as: self.reads_as(group, option),
            // A removal names what it leaves out: it brings nothing.
            allergens: match option.removal {
                true => Vec::new(),
                false => option.allergens.iter().copied().collect(),
            },
            option_groups: option
                .option_groups
                .iter()
                .map(|group| self.group(group))
                .collect(),
        }
    }
}
