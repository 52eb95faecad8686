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
pub use tabletap_domain::{language::direction, locale::locale};
pub use words::{Words, of as words};

use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use tabletap_domain::{
    Lang, language,
    menu::{Diet, Nutrient},
};
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
    all_fit: Option<String>,
    favourites: Option<Favourites<'a>>,
    nutrients: Vec<(&'static str, String)>,
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
            direction: direction(lang.as_str()),
            name: language::own_name(lang.as_str()).to_owned(),
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

/// The dishes that guests like most, once more before the sections.
struct Favourites<'a> {
    name: &'a str,
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
            name: name_among(lang, &menu.languages),
        });
        let locale = locale(&code, &menu.currency);
        let common = common_diets(menu);
        let dishes = menu.categories.iter().map(|c| c.items.len()).sum();
        let categories = menu.categories.iter().map(|category| Section {
            id: category.id.to_string(),
            name: Text::new(&category.name, category.name_lang.as_ref()),
            note: &category.note,
            dishes: category
                .items
                .iter()
                .map(|item| dish(menu, item, &common, words))
                .collect(),
        });
        Self {
            categories: categories.collect(),
            languages: languages.collect(),
            direction: direction(&code),
            accent: Accent::new(&menu.accent),
            initial: initial(&menu.name),
            footnotes: footnotes(&menu.pricing, words, &locale),
            all_fit: said_once(&common, words),
            favourites: favourites(menu, &common, words),
            nutrients: nutrients(menu, words, &locale),
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

/// A language's own name, with its tag where another of the menu's has the same: `English (en-GB)`.
fn name_among(lang: &Lang, all: &[Lang]) -> String {
    let name = language::own_name(lang.as_str());
    let is_only = |other: &&Lang| language::own_name(other.as_str()) == name;
    if all.iter().filter(is_only).count() > 1 {
        format!("{name} ({lang})")
    } else {
        name.to_owned()
    }
}

/// The letter of a restaurant's mark: its first, whatever sign stands before it.
#[must_use]
pub fn initial(name: &str) -> String {
    let letter = name.chars().find(|c| c.is_alphanumeric());
    letter.or(name.chars().next()).into_iter().collect()
}

fn dish<'a>(
    menu: &PublicMenu,
    item: &'a PublicItem,
    common: &BTreeSet<Diet>,
    words: &Words,
) -> Dish<'a> {
    let (price, more) = price::of_dish(menu, item, words);
    Dish {
        id: item.id.to_string(),
        name: Text::new(&item.name, item.name_lang.as_ref()),
        description: Text::new(&item.description, item.description_lang.as_ref()),
        price,
        more,
        tags: &item.tags,
        diets: diets(&item.diets, common, words),
        available: item.available,
        image: item
            .image
            .as_deref()
            .map(picture::list)
            .map(|(src, avif)| Picture { src, avif }),
    }
}

/// What a dish fits: a vegan one is vegetarian too.
fn fitting(item: &PublicItem) -> BTreeSet<Diet> {
    let mut fits: BTreeSet<Diet> = item.diets.iter().copied().collect();
    if fits.contains(&Diet::Vegan) {
        fits.insert(Diet::Vegetarian);
    }
    fits
}

/// What everything on the menu fits: it is said once, and not on each dish.
fn common_diets(menu: &PublicMenu) -> BTreeSet<Diet> {
    let items = menu.categories.iter().flat_map(|category| &category.items);
    let common = items.map(fitting).reduce(|common, fits| &common & &fits);
    common.unwrap_or_default()
}

/// The diets of one dish that are not those of all; one word says vegan and vegetarian.
fn diets(diets: &[Diet], common: &BTreeSet<Diet>, words: &Words) -> Vec<&'static str> {
    let is_vegan = diets.contains(&Diet::Vegan);
    let said = diets
        .iter()
        .filter(|diet| !(common.contains(diet) || is_vegan && **diet == Diet::Vegetarian));
    said.map(|diet| words.diet(*diet)).collect()
}

/// That everything on the menu fits a diet; nothing where no diet is common to all.
fn said_once(common: &BTreeSet<Diet>, words: &Words) -> Option<String> {
    let all = Vec::from_iter(common.iter().copied());
    let said = diets(&all, &BTreeSet::new(), words).join(words.comma);
    (!said.is_empty()).then(|| words.all_fit.replace("{diets}", &said.to_lowercase()))
}

/// The dishes with the tag that the restaurant named; one alone makes no section.
fn favourites<'a>(
    menu: &'a PublicMenu,
    common: &BTreeSet<Diet>,
    words: &Words,
) -> Option<Favourites<'a>> {
    let name = menu.favourites.as_ref()?;
    let items = menu.categories.iter().flat_map(|category| &category.items);
    let dishes: Vec<Dish<'a>> = items
        .filter(|item| item.tags.contains(name))
        .map(|item| dish(menu, item, common, words))
        .collect();
    (dishes.len() > 1).then_some(Favourites { name, dishes })
}

/// The words for what servings hold, for the script; none where no dish declares any.
fn nutrients(menu: &PublicMenu, words: &Words, locale: &str) -> Vec<(&'static str, String)> {
    let mut items = menu.categories.iter().flat_map(|category| &category.items);
    if items.all(|item| item.nutrition.is_empty()) {
        return Vec::new();
    }
    let american = |word: &str| match locale {
        "en-US" => word
            .replace("fibre", "fiber")
            .replace("saturates", "saturated fat"),
        _ => word.to_owned(),
    };
    let named = Nutrient::ALL.iter().zip(words.nutrients);
    let named = named.map(|(nutrient, word)| (nutrient.as_str(), american(word)));
    std::iter::once(("serving", words.serving.to_owned()))
        .chain(named)
        .collect()
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
