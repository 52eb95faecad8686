//! What an option takes over from the dish whose id it bears: a combo holds what its dishes hold, whether or not its author repeated it.

use super::{Allergen, Item, Menu, MenuOption, OptionGroup};
use crate::GroupId;
use std::collections::{BTreeMap, BTreeSet};

/// What each dish of a menu brings into an option that bears its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dishes {
    by_id: BTreeMap<String, Dish>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Dish {
    /// Its own allergens.
    own: BTreeSet<Allergen>,
    /// What each of its questions adds where nobody is asked.
    unasked: Vec<(GroupId, BTreeSet<Allergen>)>,
}

impl Dishes {
    /// The dishes of a menu. A dish may be a combo of others, and a file may turn in circles: it goes round until nothing is added any
    /// more, which ends because there are only so many allergens.
    #[must_use]
    pub fn of(menu: &Menu) -> Self {
        let mut known = Self::default();
        loop {
            let next = Self {
                by_id: menu.items().map(|item| known.dish(item)).collect(),
            };
            if next == known {
                return known;
            }
            known = next;
        }
    }

    fn dish(&self, item: &Item) -> (String, Dish) {
        let groups = item.option_groups.iter();
        let dish = Dish {
            own: item.allergens.clone(),
            unasked: groups
                .map(|group| (group.id.clone(), self.unasked(group)))
                .collect(),
        };
        (item.id.to_string(), dish)
    }

    /// What the kitchen puts in where nobody is asked: what stands chosen, else what any answer to a question that must be answered
    /// could put in.
    fn unasked(&self, group: &OptionGroup) -> BTreeSet<Allergen> {
        let has_default = group.options.iter().any(|option| option.default);
        let options = group.options.iter().filter(|option| {
            let is_taken = if has_default {
                option.default
            } else {
                group.min > 0
            };
            is_taken && !option.removal
        });
        let mut all = BTreeSet::new();
        for option in options {
            all.extend(self.contained_in(option));
            all.extend(option.option_groups.iter().flat_map(|g| self.unasked(g)));
        }
        all
    }

    /// What an option contains before its own questions are answered: what it lists, and what the dish contains whose id it bears, with
    /// that dish's usual answers to what the option does not ask. A removal contains what it lists: it names what is left out.
    #[must_use]
    pub fn contained_in(&self, option: &MenuOption) -> BTreeSet<Allergen> {
        let mut all = option.allergens.clone();
        let dish = self.by_id.get(option.id.as_str());
        if let Some(dish) = dish.filter(|_| !option.removal) {
            let asks = |group: &GroupId| option.option_groups.iter().any(|own| own.id == *group);
            all.extend(&dish.own);
            let unasked = dish.unasked.iter().filter(|(group, _)| !asks(group));
            all.extend(unasked.flat_map(|(_, allergens)| allergens));
        }
        all
    }

    fn fill(&self, groups: &mut [OptionGroup]) {
        for option in groups.iter_mut().flat_map(|group| &mut group.options) {
            option.allergens = self.contained_in(option);
            self.fill(&mut option.option_groups);
        }
    }
}

impl Menu {
    /// This menu with the allergens of dishes in every option that bears a dish's id, at any depth. Doing it twice changes nothing.
    ///
    /// Whoever makes a menu, of a file or of a row, passes here: page, pricing and kitchen then read the same list.
    #[must_use]
    pub fn inheriting(mut self) -> Self {
        let dishes = Dishes::of(&self);
        let categories = self.categories.iter_mut();
        for item in categories.flat_map(|category| &mut category.items) {
            dishes.fill(&mut item.option_groups);
        }
        self
    }
}

#[cfg(test)]
mod tests;
