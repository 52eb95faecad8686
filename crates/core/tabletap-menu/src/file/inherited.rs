//! Warnings about options that are dishes: allergens that the option does not list, and diets that a combo claims and its dishes do not
//! fulfil.
//!
//! Guests are warned of a dish's allergens in any case (`Menu::inheriting`). The warnings are for the person who writes the file.

use super::{
    mistake::{Place, Report},
    words::contradicted,
};
use std::collections::BTreeSet;
use tabletap_domain::{
    ItemId,
    menu::{Allergen, Diet, Dishes, Item, Menu, MenuOption, OptionGroup, Texts},
};

/// An option and its place in the file.
#[derive(Debug)]
pub(crate) struct ReadOption {
    pub(crate) at: Place,
    pub(crate) path: String,
    pub(crate) option: MenuOption,
    /// The allergens of the item it belongs to; `None` in a shared group, which may belong to several.
    pub(crate) listed_by_item: Option<BTreeSet<Allergen>>,
}

/// A dish that claims a diet, and its place in the file.
#[derive(Debug)]
pub(crate) struct DietClaim {
    pub(crate) at: Place,
    pub(crate) path: String,
    pub(crate) item: ItemId,
}

/// Reports allergens that options named after a dish do not list, and options that conflict with a diet claim.
pub(crate) fn check(
    menu: &Menu,
    options: &[ReadOption],
    claims: &[DietClaim],
    report: &mut Report,
) {
    let checker = Checker {
        menu,
        dishes: Dishes::of(menu),
    };
    for read in options.iter().filter(|read| !read.option.removal) {
        if let Some(message) = checker.missing_allergens(read) {
            report.warning(read.at, &read.path, message);
        }
    }
    for DietClaim { at, path, item } in claims {
        for message in menu
            .item(item)
            .map(|item| checker.diet_conflicts(item))
            .unwrap_or_default()
        {
            report.warning(*at, path, message);
        }
    }
}

struct Checker<'m> {
    menu: &'m Menu,
    dishes: Dishes,
}

impl Checker<'_> {
    fn dish(&self, option: &MenuOption) -> Option<&Item> {
        let named = |item: &&Item| item.id.as_str() == option.id.as_str();
        self.menu.items().find(named).filter(|_| !option.removal)
    }

    fn missing_allergens(&self, read: &ReadOption) -> Option<String> {
        let option = &read.option;
        if let Some(dish) = self.dish(option) {
            let missing = self.unlisted(read, &self.dishes.contained_in(option))?;
            return Some(format!(
                "this is the dish `{}`, which contains {missing}: guests are warned, but `allergens:` lists it neither here nor on \
                 the item",
                dish.id
            ));
        }
        let first = self.menu.first_language();
        let name = |texts: &Texts| texts.get(first, first).0.to_lowercase();
        let called = name(&option.name);
        let dish = self.menu.items().find(|item| name(&item.name) == called)?;
        let missing = self.unlisted(read, &dish.allergens)?;
        Some(format!(
            "this has the same name as the dish `{0}`, which contains {missing}: use `{0}` as its id, or list its allergens",
            dish.id
        ))
    }

    /// The allergens of `contained` that neither the option lists nor every item it belongs to.
    fn unlisted(&self, read: &ReadOption, contained: &BTreeSet<Allergen>) -> Option<String> {
        let is_listed = |allergen: &Allergen| {
            read.option.allergens.contains(allergen)
                || match &read.listed_by_item {
                    Some(listed) => listed.contains(allergen),
                    None => {
                        let mut holders = self
                            .menu
                            .items()
                            .filter(|item| contains(&item.option_groups, &read.option));
                        holders.all(|item| item.allergens.contains(allergen))
                    }
                }
        };
        let names: Vec<&str> = contained
            .iter()
            .filter(|allergen| !is_listed(allergen))
            .map(|allergen| allergen.as_str())
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// The diet claims of an item that its options conflict with, as served by default or whatever the guest chooses.
    fn diet_conflicts(&self, item: &Item) -> Vec<String> {
        let of_diet = |diet: &Diet| {
            let conflict = self.conflict_in_groups(&item.option_groups, *diet)?;
            Some(format!("`{}` is marked {diet}, but {conflict}", item.id))
        };
        item.diets.iter().filter_map(of_diet).collect()
    }

    fn conflict_in_groups(&self, groups: &[OptionGroup], diet: Diet) -> Option<String> {
        groups.iter().find_map(|group| {
            let options = group.options.iter().filter(|option| !option.removal);
            let (chosen, others): (Vec<_>, Vec<_>) = options.partition(|option| option.default);
            let mut chosen = chosen.into_iter();
            if let Some(conflict) = chosen.find_map(|option| self.conflict_in_option(option, diet))
            {
                return Some(conflict);
            }
            if group.min == 0 || group.options.iter().any(|option| option.default) {
                return None;
            }
            // One option that fulfils the claim is enough.
            let all: Option<Vec<String>> = others
                .into_iter()
                .map(|option| self.conflict_in_option(option, diet))
                .collect();
            all.and_then(|all| all.into_iter().next())
        })
    }

    fn conflict_in_option(&self, option: &MenuOption, diet: Diet) -> Option<String> {
        let contained = self.dishes.contained_in(option);
        if let Some(allergen) = contradicted(diet, &contained) {
            return Some(format!("its option `{}` contains {allergen}", option.id));
        }
        let fulfils = |dish: &&Item| {
            let is_vegan = diet == Diet::Vegetarian && dish.diets.contains(&Diet::Vegan);
            is_vegan || dish.diets.contains(&diet)
        };
        match self.dish(option) {
            Some(dish) if !fulfils(&dish) => Some(format!("the dish `{}` in it is not", dish.id)),
            _ => self.conflict_in_groups(&option.option_groups, diet),
        }
    }
}

fn contains(groups: &[OptionGroup], option: &MenuOption) -> bool {
    let mut options = groups.iter().flat_map(|group| &group.options);
    options.any(|other| other == option || contains(&other.option_groups, option))
}
