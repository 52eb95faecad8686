//! What every page of the form has: the restaurant's look, its language and its way of writing numbers.

pub(crate) mod dish;
mod groups;
mod no_table;
pub(crate) mod notice;
pub(crate) mod quote;
pub(crate) mod status;
mod sums;

use crate::{
    address::Address,
    words::{self, Own, Words, fill},
};
use askama::Template;
use lambda_http::{Body, Response};
use tabletap_domain::{Lang, Minor, menu::Allergen, store::StoreConfig};
use tabletap_menu::page::{self, Accent};
use tabletap_runtime::reply;
use tabletap_wire::menu::PublicMenu;

const STYLE: &str = include_str!("form.css");
/// Forms go back to where they came from, pictures come from there too.
const RULES: &str = "img-src 'self'; form-action 'self'";

/// How a page speaks: its words, and numbers as its readers write them.
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    pub(crate) words: &'static Words,
    pub(crate) own: &'static Own,
    locale: String,
    currency: String,
    digits: u32,
}

impl Speech {
    /// The speech of a menu in one language.
    pub(crate) fn new(menu: &PublicMenu) -> Self {
        let locale = page::locale(menu.lang.as_str(), &menu.currency);
        let (words, own) = words::of(&locale);
        Self {
            words,
            own,
            locale,
            currency: menu.currency.clone(),
            digits: menu.currency_digits,
        }
    }

    pub(crate) fn price(&self, minor: Minor) -> String {
        page::money(minor, &self.currency, self.digits, &self.locale)
    }

    pub(crate) fn number(&self, n: u32) -> String {
        page::count(usize::try_from(n).unwrap_or(usize::MAX), &self.locale)
    }

    /// That the kitchen is closed, and when it takes orders again.
    pub(crate) fn kitchen_closed(&self, opens: Option<Opens>) -> String {
        let Some(Opens { day, hour, minute }) = opens else {
            return self.words.kitchen_closed.to_owned();
        };
        let minute = format!("{minute:02}");
        let time = match (self.locale.as_str(), hour) {
            ("en-US", 0) => format!("12:{minute} AM"),
            ("en-US", 1..12) => format!("{hour}:{minute} AM"),
            ("en-US", 12) => format!("12:{minute} PM"),
            ("en-US", _) => format!("{}:{minute} PM", hour - 12),
            _ => format!("{hour:02}:{minute}"),
        };
        let time = ("time", time);
        match day {
            None => fill(self.words.kitchen_opens, &[time]),
            Some(day) => {
                let day = self.own.days.get(usize::from(day)).copied();
                let day = ("day", day.unwrap_or_default().to_owned());
                fill(self.words.kitchen_opens_day, &[day, time])
            }
        }
    }

    fn rate(&self, ppm: u32) -> String {
        page::rate(ppm, &self.locale)
    }

    pub(crate) fn allergens<'a>(&self, list: impl IntoIterator<Item = &'a Allergen>) -> String {
        let words: Vec<&str> = list.into_iter().map(|a| self.words.allergen(*a)).collect();
        words.join(self.own.comma)
    }

    /// `Contains milk, nuts.`; nothing where there is nothing to name.
    fn contains(&self, allergens: &[Allergen]) -> Option<String> {
        let list = self.allergens(allergens);
        (!list.is_empty()).then(|| fill(self.words.contains, &[("list", list)]))
    }
}

/// When a kitchen takes orders again, on its own clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opens {
    /// The day of the week, Monday is 0; none where it is today.
    pub(crate) day: Option<u8>,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
}

/// What stands around a page's own content.
#[derive(Clone, Debug)]
pub(crate) struct Frame<'a> {
    words: &'static Words,
    lang: String,
    direction: &'static str,
    title: String,
    style: String,
    house: Option<House<'a>>,
    menu_link: &'static str,
    table: Option<&'a str>,
    /// Why nothing can be ordered now, where the kitchen is closed.
    closed: Option<&'a str>,
    /// How a guest at no table orders all the same.
    ways: Vec<String>,
}

/// The restaurant.
#[derive(Clone, Debug)]
struct House<'a> {
    slug: &'a str,
    name: &'a str,
    accent: &'a str,
    on_mark: String,
    initial: String,
}

impl<'a> Frame<'a> {
    /// The frame of a restaurant's page, at one of its tables.
    pub(crate) fn new(
        address: &Address<'_>,
        menu: &PublicMenu,
        store: &'a StoreConfig,
        table: Option<&'a str>,
    ) -> Self {
        let speech = Speech::new(menu);
        let accent = Accent::new(&store.accent);
        let accents = format!(
            ":root{{--accent-light:{};--accent-light-ink:{};--accent-dark:{};--accent-dark-ink:{}}}",
            accent.light, accent.light_ink, accent.dark, accent.dark_ink
        );
        let house = House {
            slug: store.slug.as_str(),
            name: &store.name,
            accent: &store.accent,
            on_mark: accent.on_mark,
            initial: page::initial(&store.name),
        };
        Self {
            house: Some(house),
            menu_link: address.menu_link(),
            table,
            style: format!("{}{STYLE}{accents}", page::STYLE),
            words: speech.words,
            ways: no_table::ways(
                (speech.words, speech.own),
                menu.takeout,
                !store.tables.is_empty(),
                menu.phone.as_deref(),
            ),
            ..Self::of_nobody(menu.lang.as_str())
        }
    }

    /// The frame where no restaurant is known.
    pub(crate) fn of_nobody(lang: &str) -> Self {
        Self {
            words: words::of(lang).0,
            lang: lang.to_owned(),
            direction: page::direction(lang),
            title: String::new(),
            style: format!("{}{STYLE}", page::STYLE),
            house: None,
            ways: Vec::new(),
            menu_link: "./",
            table: None,
            closed: None,
        }
    }

    /// The same where the kitchen may be closed.
    pub(crate) fn closed(self, closed: Option<&'a str>) -> Self {
        Self { closed, ..self }
    }

    fn titled(self, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..self
        }
    }
}

/// A text of the restaurant, and its language where that is not the page's.
#[derive(Template)]
#[template(path = "text.html")]
struct Text<'a> {
    text: &'a str,
    lang: Option<(&'a str, &'static str)>,
}

impl<'a> Text<'a> {
    fn new(text: &'a str, lang: Option<&'a Lang>) -> Self {
        let lang = lang.map(|lang| (lang.as_str(), page::direction(lang.as_str())));
        Self { text, lang }
    }
}

/// A page as it is answered; its policy allows its own style and nothing else inline.
fn answer(status: u16, style: &str, page: &impl Template) -> Response<Body> {
    let html = page
        .render()
        .expect("writing text into memory does not fail");
    reply::page(status, style, RULES, html)
}
