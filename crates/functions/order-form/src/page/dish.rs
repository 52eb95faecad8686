//! A dish with all it asks, as one form; or without the form, where no table is known.

use super::{
    Frame, Speech, Text, answer,
    groups::{Group, groups},
};
use crate::{fields::Fields, form_errors::FormErrors, words::Own, words::fill};
use askama::Template;
use lambda_http::{Body, Response};
use tabletap_domain::{
    limits::{LINE_QUANTITY_MAX, NOTE_CHARS_MAX},
    menu::Allergen,
};
use tabletap_menu::page::{of_dish, words};
use tabletap_wire::menu::{PublicItem, PublicMenu};

#[derive(Template)]
#[template(path = "dish.html")]
struct DishPage<'a> {
    frame: Frame<'a>,
    own: &'static Own,
    errors: &'a FormErrors,
    item: &'a PublicItem,
    name: Text<'a>,
    description: Text<'a>,
    price: String,
    more: Option<String>,
    contains: Option<String>,
    session: Option<String>,
    conflict: Option<Conflict>,
    groups: Vec<Group<'a>>,
    note: &'a str,
    note_chars_max: usize,
    allergies: Vec<Tick>,
    has_allergies: bool,
    quantity: &'a str,
    quantity_max: u32,
}

/// A dish that holds what the guest must not eat.
struct Conflict {
    told: String,
    contains: String,
    value: String,
}

struct Tick {
    value: &'static str,
    name: &'static str,
    is_on: bool,
}

/// The page. Without a session it cannot be ordered from.
pub(crate) fn page(
    frame: Frame<'_>,
    speech: &Speech,
    (menu, item): (&PublicMenu, &PublicItem),
    fields: &Fields,
    errors: &FormErrors,
    session: Option<String>,
) -> Response<Body> {
    let (price, more) = of_dish(menu, item, words(menu.lang.as_str()));
    let stated = fields.allergies();
    let title = match errors.list.is_empty() {
        true => item.name.clone(),
        false => format!("{}: {}", speech.words.problem, item.name),
    };
    let page = DishPage {
        name: Text::new(&item.name, item.name_lang.as_ref()),
        description: Text::new(&item.description, item.description_lang.as_ref()),
        contains: speech.contains(&item.allergens),
        groups: groups(item, fields, errors, speech),
        conflict: (!errors.conflict.is_empty()).then(|| conflict(errors, speech)),
        note: fields.get("note"),
        note_chars_max: NOTE_CHARS_MAX,
        allergies: Allergen::ALL
            .iter()
            .map(|allergen| Tick {
                value: allergen.as_str(),
                name: speech.words.allergen(*allergen),
                is_on: stated.contains(allergen),
            })
            .collect(),
        has_allergies: !stated.is_empty(),
        quantity: fields.get("quantity"),
        quantity_max: LINE_QUANTITY_MAX,
        own: speech.own,
        frame: frame.titled(title),
        price,
        more,
        errors,
        item,
        session,
    };
    let status = if errors.list.is_empty() { 200 } else { 422 };
    answer(status, &page.frame.style, &page)
}

fn conflict(errors: &FormErrors, speech: &Speech) -> Conflict {
    let list = speech.allergens(&errors.conflict);
    let words: Vec<&str> = errors.conflict.iter().map(|a| a.as_str()).collect();
    let say = |sentence| fill(sentence, &[("list", list.clone())]);
    Conflict {
        told: say(speech.words.you_told_us),
        contains: say(speech.words.conflict_text),
        value: words.join(" "),
    }
}
