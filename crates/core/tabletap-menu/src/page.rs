//! The menu as a page: complete HTML for one restaurant, language and version, written when the menu is published.
//!
//! It reads without any script; `frontend/diner` adds ordering to it and never renders the list again. It is made of the published
//! JSON and nothing else, so page and JSON cannot disagree. Its address may hold a table's code, so every link to another of its kind
//! is relative and keeps the code. Style and script are the same for every store (their hashes stand in the Content-Security-Policy); a
//! store's accent travels in data attributes.

mod accent;
mod app;
pub mod paper;
mod price;
mod words;

pub use accent::Accent;
pub use app::{icon, manifest};
pub(crate) use price::symbol;
pub use price::{count, digits, format as money, of_dish, rate};
pub use tabletap_domain::locale::locale;
pub use words::{Words, direction, of as words};

use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use tabletap_domain::{Lang, menu::Diet};
use tabletap_wire::{
    menu::{PublicItem, PublicMenu, PublicPricing},
    picture,
};

/// The inline style of every page, and the base of what functions render beside it.
pub const STYLE: &str = include_str!("../../../../frontend/diner/diner.css");
/// The colour of light paper, as the style has it.
const PAPER: &str = "#fbf8f3";
/// The inline script of every page: it fetches the others once the menu has been painted, so that none stands in its way.
const BOOT: &str = include_str!("../../../../frontend/diner/boot.js");

/// The hashes of the inline style and script, as a Content-Security-Policy names them: the same for every store's pages.
#[must_use]
pub fn inline_hashes() -> [String; 2] {
    [STYLE, BOOT].map(|text| format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text))))
}

/// The page of `menu`, in its language: `m/{slug}/{lang}/index.html`.
#[must_use]
pub fn render(menu: &PublicMenu) -> String {
    Page::new(menu)
        .render()
        .expect("writing text into memory does not fail")
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    menu: &'a PublicMenu,
    words: &'static Words,
    code: String,
    locale: String,
    search: String,
    direction: &'static str,
    accent: Accent,
    initial: String,
    style: &'static str,
    boot: &'static str,
    languages: Vec<Language>,
    categories: Vec<Section<'a>>,
    footnotes: Vec<String>,
}

struct Language {
    code: String,
    name: String,
}

/// A text of the restaurant, and its language where that is not the page's.
struct Text<'a> {
    text: &'a str,
    lang: Option<Foreign>,
}

struct Foreign {
    code: String,
    direction: &'static str,
    name: String,
}

impl<'a> Text<'a> {
    fn new(text: &'a str, lang: Option<&Lang>) -> Self {
        let lang = lang.map(|lang| Foreign {
            code: lang.to_string(),
            direction: words::direction(lang.as_str()),
            name: words::name_of_language(lang.as_str()).to_owned(),
        });
        Self { text, lang }
    }
}

struct Section<'a> {
    id: String,
    name: Text<'a>,
    note: &'a str,
    dishes: Vec<Dish<'a>>,
}

struct Dish<'a> {
    id: String,
    name: Text<'a>,
    description: Text<'a>,
    price: String,
    more: Option<String>,
    tags: &'a [String],
    diets: Vec<&'static str>,
    points: Option<String>,
    available: bool,
    image: Option<Picture>,
}

/// A dish's picture in the list.
#[derive(Debug)]
struct Picture {
    src: String,
    avif: Option<String>,
}

impl Dish<'_> {
    /// The language of what is not in the page's, so that a mark says so.
    fn foreign(&self) -> Option<&Foreign> {
        self.name.lang.as_ref().or(self.description.lang.as_ref())
    }
}

impl<'a> Page<'a> {
    fn new(menu: &'a PublicMenu) -> Self {
        let code = menu.lang.to_string();
        let words = words::of(&code);
        let languages = menu.languages.iter().map(|lang| Language {
            code: lang.to_string(),
            name: words::name_of_language(lang.as_str()).to_owned(),
        });
        let locale = locale(&code, &menu.currency);
        let dishes = menu.categories.iter().map(|c| c.items.len()).sum();
        let categories = menu.categories.iter().map(|category| Section {
            id: category.id.to_string(),
            name: Text::new(&category.name, category.name_lang.as_ref()),
            note: &category.note,
            dishes: category
                .items
                .iter()
                .map(|item| dish(menu, item, words))
                .collect(),
        });
        Self {
            categories: categories.collect(),
            languages: languages.collect(),
            direction: words::direction(&code),
            accent: Accent::new(&menu.accent),
            initial: initial(&menu.name),
            footnotes: footnotes(&menu.pricing, words, &locale),
            search: words.search.replace("{n}", &price::count(dishes, &locale)),
            locale,
            style: STYLE,
            boot: BOOT,
            menu,
            words,
            code,
        }
    }
}

/// The letter of a restaurant's mark: its first, whatever sign stands before it.
#[must_use]
pub fn initial(name: &str) -> String {
    let letter = name.chars().find(|c| c.is_alphanumeric());
    letter.or(name.chars().next()).into_iter().collect()
}

fn dish<'a>(menu: &PublicMenu, item: &'a PublicItem, words: &Words) -> Dish<'a> {
    let (price, more) = price::of_dish(menu, item, words);
    let locale = locale(menu.lang.as_str(), &menu.currency);
    let points = usize::try_from(item.points).unwrap_or_default();
    Dish {
        id: item.id.to_string(),
        name: Text::new(&item.name, item.name_lang.as_ref()),
        description: Text::new(&item.description, item.description_lang.as_ref()),
        price,
        more,
        tags: &item.tags,
        diets: diets(&item.diets, words),
        points: (points > 0)
            .then(|| format!("{}: {}", words.points, price::count(points, &locale))),
        available: item.available,
        image: item
            .image
            .as_deref()
            .map(picture::list)
            .map(|(src, avif)| Picture { src, avif }),
    }
}

/// A vegan dish is vegetarian too: one word says both.
fn diets(diets: &[Diet], words: &Words) -> Vec<&'static str> {
    let is_vegan = diets.contains(&Diet::Vegan);
    let said = diets
        .iter()
        .filter(|diet| !(is_vegan && **diet == Diet::Vegetarian));
    said.map(|diet| words.diet(*diet)).collect()
}

/// Taxes and service as they apply, so that no total surprises.
fn footnotes(pricing: &PublicPricing, words: &Words, locale: &str) -> Vec<String> {
    let named = |name: &str, ppm: u32| format!("{name} {}", price::rate(ppm, locale));
    let taxes: BTreeSet<String> = pricing
        .taxes
        .iter()
        .map(|tax| named(&tax.name, tax.rate_ppm))
        .collect();
    let taxes = Vec::from_iter(taxes).join(", ");
    let tax_words = if pricing.tax_inclusive {
        words.tax_included
    } else {
        words.tax_added
    };
    let tax = (!taxes.is_empty()).then(|| tax_words.replace("{taxes}", &taxes));
    let service = pricing.service_charge.as_ref().map(|charge| {
        words
            .service_added
            .replace("{charge}", &named(&charge.name, charge.rate_ppm))
    });
    [tax, service].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
