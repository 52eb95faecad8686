//! Answers to option groups: each known, available, within its counts, at any depth.

use super::{PricedChoice, label, quantity_within, served};
use crate::{
    Lang, Minor,
    cart::{CartError, CartProblem, Choice},
    limits,
    menu::{Allergen, Item, Menu, MenuOption, OptionGroup},
    money::MoneyError,
};
use std::collections::BTreeSet;

/// Reads choices against the option groups of one menu.
pub(super) struct Reader<'a> {
    pub(super) menu: &'a Menu,
    pub(super) lang: &'a Lang,
}

impl Reader<'_> {
    /// Checks `sent` against `groups` and prices it, in the menu's order.
    pub(super) fn read(
        &self,
        groups: &[OptionGroup],
        sent: &[Choice],
        owner: &str,
        field: &str,
        depth: usize,
    ) -> Result<Vec<PricedChoice>, CartError> {
        if depth > limits::CHOICE_DEPTH_MAX && !sent.is_empty() {
            return Err(CartError {
                field: format!("{field}.choices"),
                problem: CartProblem::ChoicesOutOfBounds,
            });
        }
        for (index, choice) in sent.iter().enumerate() {
            let known = groups.iter().any(|group| group.id == choice.group);
            if !known {
                return Err(CartError {
                    field: format!("{field}.choices[{index}].group_id"),
                    problem: CartProblem::UnknownGroup(Some(owner.to_owned())),
                });
            }
        }
        let mut read = Vec::with_capacity(sent.len());
        for group in groups {
            self.read_group(group, sent, field, depth, &mut read)?;
        }
        Ok(read)
    }

    fn read_group(
        &self,
        group: &OptionGroup,
        sent: &[Choice],
        field: &str,
        depth: usize,
        read: &mut Vec<PricedChoice>,
    ) -> Result<(), CartError> {
        let answers = || {
            sent.iter()
                .enumerate()
                .filter(|(_, choice)| choice.group == group.id)
        };
        let group_name = label(&group.name, self.menu, self.lang);
        let first = read.len();
        for (index, choice) in answers() {
            let at = format!("{field}.choices[{index}]");
            let answered = self.read_choice(group, choice, &at, depth)?;
            if read[first..]
                .iter()
                .any(|other| other.option == answered.option)
            {
                let problem = CartProblem::DuplicateChoice(answered.name.guest);
                return Err(CartError {
                    field: format!("{at}.option_id"),
                    problem,
                });
            }
            read.push(answered);
        }
        let count: u32 = read[first..].iter().map(|choice| choice.quantity).sum();
        let group = (group_name.guest, group.min, group.max);
        let problem = match group {
            (group, min, _) if count < min => CartProblem::TooFewChoices { group, min },
            (group, _, max) if count > max => CartProblem::TooManyChoices { group, max },
            _ => return Ok(()),
        };
        Err(CartError {
            field: format!("{field}.choices"),
            problem,
        })
    }

    fn read_choice(
        &self,
        group: &OptionGroup,
        choice: &Choice,
        field: &str,
        depth: usize,
    ) -> Result<PricedChoice, CartError> {
        let at = |part: &str, problem| CartError {
            field: format!("{field}.{part}"),
            problem,
        };
        let group_name = label(&group.name, self.menu, self.lang);
        let Some(option) = group
            .options
            .iter()
            .find(|option| option.id == choice.option)
        else {
            return Err(at(
                "option_id",
                CartProblem::UnknownOption(Some(group_name.guest)),
            ));
        };
        let name = label(&option.name, self.menu, self.lang);
        if !option.available {
            return Err(at("option_id", CartProblem::OptionUnavailable(name.guest)));
        }
        let quantity = quantity_within(choice.quantity, option.quantity_max).ok_or_else(|| {
            at(
                "quantity",
                CartProblem::QuantityOutOfRange(option.quantity_max),
            )
        })?;
        let choices = self.read(
            &option.option_groups,
            &choice.choices,
            &name.guest,
            field,
            depth + 1,
        )?;
        Ok(PricedChoice {
            group: group.id.clone(),
            option: option.id.clone(),
            group_name,
            name,
            quantity,
            price_minor: option.price_minor,
            removal: option.removal,
            station: option.station.clone(),
            as_served: served::is_as_served(self.menu, group, option, quantity),
            left_out: served::left_out(self.menu, &option.option_groups, &choices, self.lang),
            allergens: match option.removal {
                true => BTreeSet::new(),
                false => option.allergens.clone(),
            },
            choices,
        })
    }

    /// What one dish with `choices` costs the store; `None` when any part's cost is unknown.
    pub(super) fn cost(&self, item: &Item, choices: &[PricedChoice]) -> Option<Minor> {
        let options = cost_of(&item.option_groups, choices)?;
        options.checked_add(item.cost_minor?).ok()
    }
}

fn cost_of(groups: &[OptionGroup], choices: &[PricedChoice]) -> Option<Minor> {
    choices.iter().try_fold(Minor::ZERO, |sum, choice| {
        let option = find(groups, choice)?;
        // An option without a price or a cost of its own (a size, a removal) adds nothing to know.
        let own = option
            .cost_minor
            .or((option.price_minor == 0).then_some(Minor::ZERO))?;
        let nested = cost_of(&option.option_groups, &choice.choices)?;
        let each = own.checked_add(nested).ok()?;
        sum.checked_add(each.checked_mul(choice.quantity).ok()?)
            .ok()
    })
}

fn find<'a>(groups: &'a [OptionGroup], choice: &PricedChoice) -> Option<&'a MenuOption> {
    let group = groups.iter().find(|group| group.id == choice.group)?;
    group
        .options
        .iter()
        .find(|option| option.id == choice.option)
}

/// What options bring into a dish, at any depth.
pub(crate) fn allergens(choices: &[PricedChoice]) -> BTreeSet<Allergen> {
    let mut all = BTreeSet::new();
    for choice in choices {
        all.extend(&choice.allergens);
        all.extend(allergens(&choice.choices));
    }
    all
}

/// What the options add to one dish; an option's own options count once for each of it.
pub(super) fn price(choices: &[PricedChoice]) -> Result<Minor, MoneyError> {
    choices.iter().try_fold(Minor::ZERO, |sum, choice| {
        let each = choice.price_minor.checked_add(price(&choice.choices)?)?;
        sum.checked_add(each.checked_mul(choice.quantity)?)
    })
}

/// How many choices there are, nested ones counted.
pub(super) fn count(choices: &[Choice]) -> usize {
    choices
        .iter()
        .map(|choice| 1 + count(&choice.choices))
        .sum()
}
