//! The menu on paper: HTML that prints as A4 pages, from the same data as the page and the JSON.
//!
//! What changes from day to day is left out: a dish that is sold out this evening stands on it, and options only where they
//! make a price.

mod words;

use super::{
    accent::Accent, common_diets, diets, footnotes, initial, price, said_once, words as page_words,
};
use askama::Template;
use std::collections::BTreeSet;
use tabletap_domain::{
    language::direction,
    locale::locale,
    menu::{Allergen, Diet},
};
use tabletap_wire::menu::{PublicGroup, PublicItem, PublicMenu, PublicOption};
use words::PaperWords;

/// The paper menu of `menu`, in its language: one HTML file without a script or a reference, to be printed by any browser.
#[must_use]
pub fn render(menu: &PublicMenu) -> String {
    Paper::new(menu)
        .render()
        .expect("writing text into memory does not fail")
}

#[derive(Template)]
#[template(path = "paper.html")]
struct Paper<'a> {
    menu: &'a PublicMenu,
    title: &'static str,
    ask: &'static str,
    direction: &'static str,
    accent: Accent,
    initial: String,
    sections: Vec<Section<'a>>,
    footnotes: Vec<String>,
}

struct Section<'a> {
    name: &'a str,
    note: &'a str,
    dishes: Vec<Dish<'a>>,
}

struct Dish<'a> {
    name: &'a str,
    description: &'a str,
    price: String,
    more: Option<String>,
    small: String,
}

impl<'a> Paper<'a> {
    fn new(menu: &'a PublicMenu) -> Self {
        let lang = menu.lang.as_str();
        let locale = locale(lang, &menu.currency);
        let (words, paper_words) = (page_words::of(lang), words::of(&locale));
        let common = common_diets(menu);
        let sections = menu.categories.iter().map(|category| Section {
            name: &category.name,
            note: &category.note,
            dishes: category
                .items
                .iter()
                .map(|item| dish(menu, item, &common, words, paper_words))
                .collect(),
        });
        Self {
            sections: sections.collect(),
            title: paper_words.menu,
            ask: paper_words.ask,
            direction: direction(lang),
            accent: Accent::new(&menu.accent),
            initial: initial(&menu.name),
            footnotes: said_once(&common, words)
                .into_iter()
                .chain(footnotes(&menu.pricing, words, &locale))
                .collect(),
            menu,
        }
    }
}

fn dish<'a>(
    menu: &PublicMenu,
    item: &'a PublicItem,
    common: &BTreeSet<Diet>,
    words: &page_words::Words,
    paper_words: &PaperWords,
) -> Dish<'a> {
    let (price, more) = price::of_dish(menu, item, words);
    let contains = paper_words.contains(&contained(item));
    let mut small: Vec<String> = diets(&item.diets, common, words)
        .into_iter()
        .map(ToString::to_string)
        .collect();
    small.extend(contains);
    Dish {
        name: &item.name,
        description: &item.description,
        price,
        more,
        small: small.join(" · "),
    }
}

/// What a dish contains as it is served, a combo with its dishes: who reads paper has ticked nothing.
fn contained(item: &PublicItem) -> Vec<Allergen> {
    let mut all: BTreeSet<Allergen> = item.allergens.iter().copied().collect();
    collect_unasked(&item.option_groups, &mut all);
    all.into_iter().collect()
}

/// What stands chosen, or may be what a question that must be answered brings.
fn collect_unasked(groups: &[PublicGroup], all: &mut BTreeSet<Allergen>) {
    for group in groups {
        let has_default = group.options.iter().any(|option| option.default);
        let is_taken = |option: &&PublicOption| {
            let is_taken = if has_default {
                option.default
            } else {
                group.min > 0
            };
            is_taken && !option.removal
        };
        for option in group.options.iter().filter(is_taken) {
            all.extend(&option.allergens);
            collect_unasked(&option.option_groups, all);
        }
    }
}
