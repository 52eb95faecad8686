//! The questions of a dish: radio buttons where one answer is wanted, boxes or numbers where several are, at any depth.

use super::{Speech, Text};
use crate::{
    fields::{Fields, counts},
    form_errors::{FormErrors, group_id},
    words::fill,
};
use askama::Template;
use tabletap_domain::Minor;
use tabletap_wire::menu::{PublicGroup, PublicItem, PublicOption};

#[derive(Template)]
#[template(path = "group.html")]
pub(super) struct Group<'a> {
    id: String,
    name: Text<'a>,
    asked: String,
    is_required: bool,
    error: Option<&'a str>,
    kind: &'static str,
    sold_out: &'static str,
    answers: Vec<Answer<'a>>,
}

struct Answer<'a> {
    /// Of the first one: where a link to the group leads.
    id: Option<String>,
    field: String,
    /// What is sent where it is ticked; how many stand chosen where it is counted.
    value: String,
    is_on: bool,
    is_counted: bool,
    is_available: bool,
    max: u32,
    name: Text<'a>,
    contains: Option<String>,
    cost: String,
    groups: Vec<Group<'a>>,
}

impl Answer<'_> {
    fn is_on(&self) -> bool {
        self.is_on && self.is_available
    }
}

/// What a form is made with.
struct Form<'a> {
    fields: &'a Fields,
    errors: &'a FormErrors,
    speech: &'a Speech,
    /// The dish's own price where its one size question shows whole prices.
    base_minor: Option<Minor>,
}

/// The questions of a dish, answered as `fields` say.
pub(super) fn groups<'a>(
    item: &'a PublicItem,
    fields: &'a Fields,
    errors: &'a FormErrors,
    speech: &'a Speech,
) -> Vec<Group<'a>> {
    let mut sizes = item.option_groups.iter().filter(|group| is_size(group));
    let is_sized = match (sizes.next(), sizes.next()) {
        (Some(size), None) => size.options.iter().any(|option| option.price_minor != 0),
        _ => false,
    };
    let form = Form {
        fields,
        errors,
        speech,
        base_minor: is_sized.then_some(item.price_minor),
    };
    form.groups(&item.option_groups, "")
}

fn is_size(group: &PublicGroup) -> bool {
    group.min == 1 && group.max == 1
}

impl<'a> Form<'a> {
    fn groups(&self, groups: &'a [PublicGroup], prefix: &str) -> Vec<Group<'a>> {
        groups
            .iter()
            .map(|group| self.group(group, prefix))
            .collect()
    }

    fn group(&self, group: &'a PublicGroup, prefix: &str) -> Group<'a> {
        let path = format!("{prefix}{}", group.id);
        let id = group_id(&path);
        let is_radio = group.max == 1 && (group.min == 1 || group.options.len() > 1);
        let mut answers: Vec<Answer<'a>> = Vec::new();
        if is_radio && group.min == 0 {
            answers.push(self.nothing(group, &path));
        }
        answers.extend(
            group
                .options
                .iter()
                .map(|option| self.answer(group, option, &path, prefix)),
        );
        if let Some(first) = answers.iter_mut().find(|answer| answer.is_available) {
            first.id = Some(id.clone());
        }
        Group {
            name: Text::new(&group.name, group.name_lang.as_ref()),
            asked: self.asked(group),
            is_required: group.min > 0,
            error: self.errors.at(&id),
            kind: if is_radio { "radio" } else { "checkbox" },
            sold_out: self.speech.words.sold_out,
            answers,
            id,
        }
    }

    /// A radio button cannot be let go of: a question that may stay unanswered has one for that.
    fn nothing(&self, group: &PublicGroup, path: &str) -> Answer<'a> {
        let field = format!("c.{path}");
        let chosen = |option: &PublicOption| self.fields.has(&field, option.id.as_str());
        Answer {
            id: None,
            value: String::new(),
            is_on: !group.options.iter().any(chosen),
            is_counted: false,
            is_available: true,
            max: 1,
            name: Text::new(self.speech.own.none, None),
            contains: None,
            cost: String::new(),
            groups: Vec::new(),
            field,
        }
    }

    fn answer(
        &self,
        group: &'a PublicGroup,
        option: &'a PublicOption,
        path: &str,
        prefix: &str,
    ) -> Answer<'a> {
        let is_counted = counts(group, option);
        let (field, value, is_on) = if is_counted {
            let field = format!("n.{path}/{}", option.id);
            let count = self.fields.get(&field);
            let count = if count.is_empty() { "0" } else { count }.to_owned();
            (field, count, false)
        } else {
            let field = format!("c.{path}");
            let is_on = self.fields.has(&field, option.id.as_str());
            (field, option.id.to_string(), is_on)
        };
        Answer {
            id: None,
            field,
            value,
            is_on,
            is_counted,
            is_available: option.available,
            max: option.max_quantity.min(group.max),
            name: Text::new(&option.name, option.name_lang.as_ref()),
            contains: self.speech.contains(&option.allergens),
            cost: self.cost(group, option, prefix),
            groups: self.groups(&option.option_groups, &format!("{path}/{}/", option.id)),
        }
    }

    /// A size shows what the dish costs in it; every other option what it adds.
    fn cost(&self, group: &PublicGroup, option: &PublicOption, prefix: &str) -> String {
        let added = option.price_minor;
        match self.base_minor {
            Some(base) if prefix.is_empty() && is_size(group) => {
                let whole = base.checked_add(added);
                whole.map_or_else(|_| String::new(), |whole| self.speech.price(whole))
            }
            _ if added == 0 => String::new(),
            _ => {
                let sign = if added > 0 { '+' } else { '−' };
                format!(
                    "{sign}\u{a0}{}",
                    self.speech.price(Minor(added.0.saturating_abs()))
                )
            }
        }
    }

    fn asked(&self, group: &PublicGroup) -> String {
        let words = self.speech.words;
        let number = |name, n| (name, self.speech.number(n));
        match (group.min, group.max) {
            (0, 1) => words.optional.to_owned(),
            (0, max) => fill(words.up_to, &[number("n", max)]),
            (min, max) if min == max => fill(words.choose, &[number("n", min)]),
            (min, max) => fill(
                words.choose_range,
                &[number("min", min), number("max", max)],
            ),
        }
    }
}
