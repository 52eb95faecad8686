//! The errors of a form, each in the guest's language and for the field it concerns.

use crate::{page::Speech, words::fill};
use std::collections::BTreeSet;
use tabletap_domain::{
    cart::{CartError, CartProblem},
    menu::Allergen,
};
use tabletap_wire::{
    menu::{PublicGroup, PublicItem},
    order_request::{ChoiceRequest, LineRequest},
};

/// One entry of the error summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormError {
    /// The id of the field to mend; none where no field can.
    pub(crate) target: Option<String>,
    pub(crate) text: String,
}

/// All errors of a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormErrors {
    /// In the order of the form.
    pub(crate) list: Vec<FormError>,
    /// What the guest must not eat and the dish holds; it is ordered only by a tick of its own.
    pub(crate) conflict: BTreeSet<Allergen>,
}

impl FormErrors {
    /// What the pricing refused, and every question that still lacks answers: it stops at the first.
    pub(crate) fn new(
        error: &CartError,
        line: &LineRequest,
        item: &PublicItem,
        speech: &Speech,
    ) -> Self {
        let mut problems = Vec::new();
        missing(
            &item.option_groups,
            &line.choices,
            "",
            speech,
            &mut problems,
        );
        let first = form_error(error, line, item, speech);
        if !problems.contains(&first) {
            problems.push(first);
        }
        let conflict = match &error.problem {
            CartProblem::AllergenConflict { allergens, .. } => allergens.clone(),
            _ => BTreeSet::new(),
        };
        Self {
            list: problems,
            conflict,
        }
    }

    /// The sentence that stands beside a field.
    pub(crate) fn at(&self, id: &str) -> Option<&str> {
        let problem = self.list.iter().find(|p| p.target.as_deref() == Some(id));
        problem.map(|problem| problem.text.as_str())
    }
}

/// The id of the first answer to a group, where a link to the group leads.
pub(crate) fn group_id(path: &str) -> String {
    format!("g.{}", path.replace('/', "."))
}

fn missing(
    groups: &[PublicGroup],
    chosen: &[ChoiceRequest],
    prefix: &str,
    speech: &Speech,
    problems: &mut Vec<FormError>,
) {
    for group in groups {
        let path = format!("{prefix}{}", group.id);
        let answers = || chosen.iter().filter(|c| c.group_id == group.id.as_str());
        let count: i64 = answers().map(|choice| choice.quantity).sum();
        if count < i64::from(group.min) {
            problems.push(too_few(&path, &group.name, group.min, speech));
        }
        for choice in answers() {
            let options = &group.options;
            if let Some(option) = options.iter().find(|o| choice.option_id == o.id.as_str()) {
                let inner = format!("{path}/{}/", option.id);
                missing(
                    &option.option_groups,
                    &choice.choices,
                    &inner,
                    speech,
                    problems,
                );
            }
        }
    }
}

fn too_few(path: &str, group: &str, min: u32, speech: &Speech) -> FormError {
    let values = [("n", speech.number(min)), ("group", group.to_owned())];
    FormError {
        target: Some(group_id(path)),
        text: fill(speech.words.pick_for, &values),
    }
}

fn form_error(
    error: &CartError,
    line: &LineRequest,
    item: &PublicItem,
    speech: &Speech,
) -> FormError {
    let (words, own) = (speech.words, speech.own);
    let (prefix, asked) = place(&error.field, line);
    let here = || asked.as_deref().map(group_id);
    let named = |name: &str| format!("{name}: {}", words.gone_from_menu);
    let (target, text) = match &error.problem {
        CartProblem::QuantityOutOfRange(max) => {
            let target = here().or_else(|| Some("quantity".to_owned()));
            (target, fill(own.quantity, &[("n", speech.number(*max))]))
        }
        CartProblem::UnknownItem => (None, own.gone.to_owned()),
        CartProblem::ItemUnavailable(name) | CartProblem::OptionUnavailable(name) => {
            (here(), named(name))
        }
        CartProblem::UnknownGroup(name) | CartProblem::UnknownOption(name) => {
            (here(), named(name.as_deref().unwrap_or(words.problem)))
        }
        CartProblem::TooFewChoices { group, min } => {
            let path = group_named(item, &prefix, group);
            return too_few(&path, group, *min, speech);
        }
        CartProblem::TooManyChoices { group, max } => {
            let values = [("n", speech.number(*max)), ("group", group.clone())];
            let path = group_named(item, &prefix, group);
            (Some(group_id(&path)), fill(own.at_most, &values))
        }
        CartProblem::AllergenConflict {
            dish, allergens, ..
        } => {
            let values = [
                ("name", dish.clone()),
                ("list", speech.allergens(allergens)),
            ];
            let target = "acknowledged".to_owned();
            (Some(target), fill(words.confirm_first, &values))
        }
        CartProblem::TextTooLong(max) => {
            let max = u32::try_from(*max).unwrap_or(u32::MAX);
            let text = fill(own.too_long, &[("n", speech.number(max))]);
            (Some("note".to_owned()), text)
        }
        _ => (None, words.cannot_send.to_owned()),
    };
    FormError { target, text }
}

/// What a field like `lines[0].choices[2].choices[0].option_id` speaks of: the answers above it as the prefix of a path, and the
/// path of its own question, where it is in an answer.
fn place(field: &str, line: &LineRequest) -> (String, Option<String>) {
    let (mut prefix, mut choices, mut asked) = (String::new(), &line.choices, None);
    for part in field.split(".choices[").skip(1) {
        let index = part.split(']').next().and_then(|n| n.parse::<usize>().ok());
        let Some(choice) = index.and_then(|index| choices.get(index)) else {
            break;
        };
        asked = Some(format!("{prefix}{}", choice.group_id));
        prefix = format!("{prefix}{}/{}/", choice.group_id, choice.option_id);
        choices = &choice.choices;
    }
    (prefix, asked)
}

/// The path of the group of this name among those behind `prefix`.
fn group_named(item: &PublicItem, prefix: &str, name: &str) -> String {
    let mut groups = &item.option_groups;
    let mut steps = prefix.split('/');
    while let (Some(group), Some(option)) = (steps.next(), steps.next()) {
        let group = groups.iter().find(|g| g.id.as_str() == group);
        let option = group.and_then(|g| g.options.iter().find(|o| o.id.as_str() == option));
        let Some(option) = option else { break };
        groups = &option.option_groups;
    }
    let group = groups.iter().find(|group| group.name == name);
    group.map_or_else(
        || prefix.to_owned(),
        |group| format!("{prefix}{}", group.id),
    )
}
