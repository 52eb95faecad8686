//! Warnings about options that are dishes: allergens that the option leaves out, and diets that a combo promises and its dishes break.
//!
//! Guests are warned of a dish's allergens in any case (`Menu::inheriting`). The warnings are for whoever reads the file.

use super::{
    mistake::{Place, Report},
    words::contradicted,
};
use std::collections::BTreeSet;
use tabletap_domain::{
    ItemId,
    menu::{Allergen, Diet, Dishes, Item, Menu, MenuOption, OptionGroup, Texts},
};

/// An option as it was read, and where it stands.
#[derive(Debug)]
pub(crate) struct ReadOption {
    pub(crate) at: Place,
    pub(crate) path: String,
    pub(crate) option: MenuOption,
    /// The allergens of the item that it stands in; none in a shared group, which may stand in several.
    pub(crate) listed_by_item: Option<BTreeSet<Allergen>>,
}

/// A dish that promises a diet, and where it stands.
#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) at: Place,
    pub(crate) path: String,
    pub(crate) item: ItemId,
}

/// Reports what options leave out of the dishes whose ids or names they bear, and what breaks a promise.
pub(crate) fn check(
    menu: &Menu,
    options: &[ReadOption],
    promises: &[Promise],
    report: &mut Report,
) {
    let book = Book {
        menu,
        dishes: Dishes::of(menu),
    };
    for read in options.iter().filter(|read| !read.option.removal) {
        if let Some(message) = book.gap(read) {
            report.warning(read.at, &read.path, message);
        }
    }
    for Promise { at, path, item } in promises {
        for message in menu
            .item(item)
            .map(|item| book.broken(item))
            .unwrap_or_default()
        {
            report.warning(*at, path, message);
        }
    }
}

struct Book<'m> {
    menu: &'m Menu,
    dishes: Dishes,
}

impl Book<'_> {
    fn dish(&self, option: &MenuOption) -> Option<&Item> {
        let named = |item: &&Item| item.id.as_str() == option.id.as_str();
        self.menu.items().find(named).filter(|_| !option.removal)
    }

    fn gap(&self, read: &ReadOption) -> Option<String> {
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

    /// What of `contained` neither the option lists nor every item that it stands in.
    fn unlisted(&self, read: &ReadOption, contained: &BTreeSet<Allergen>) -> Option<String> {
        let is_listed = |allergen: &Allergen| {
            read.option.allergens.contains(allergen)
                || match &read.listed_by_item {
                    Some(listed) => listed.contains(allergen),
                    None => {
                        let mut holders = self
                            .menu
                            .items()
                            .filter(|item| holds(&item.option_groups, &read.option));
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

    /// What of an item's promises its options break, as it is served or however it is answered.
    fn broken(&self, item: &Item) -> Vec<String> {
        let of_diet = |diet: &Diet| {
            let broken = self.breaks_of(&item.option_groups, *diet)?;
            Some(format!("`{}` is marked {diet}, but {broken}", item.id))
        };
        item.diets.iter().filter_map(of_diet).collect()
    }

    fn breaks_of(&self, groups: &[OptionGroup], diet: Diet) -> Option<String> {
        groups.iter().find_map(|group| {
            let options = group.options.iter().filter(|option| !option.removal);
            let (chosen, others): (Vec<_>, Vec<_>) = options.partition(|option| option.default);
            let mut chosen = chosen.into_iter();
            if let Some(broken) = chosen.find_map(|option| self.break_of(option, diet)) {
                return Some(broken);
            }
            if group.min == 0 || group.options.iter().any(|option| option.default) {
                return None;
            }
            // One answer that keeps the promise is enough.
            let all: Option<Vec<String>> = others
                .into_iter()
                .map(|option| self.break_of(option, diet))
                .collect();
            all.and_then(|all| all.into_iter().next())
        })
    }

    fn break_of(&self, option: &MenuOption, diet: Diet) -> Option<String> {
        let contained = self.dishes.contained_in(option);
        if let Some(allergen) = contradicted(diet, &contained) {
            return Some(format!("its option `{}` contains {allergen}", option.id));
        }
        let keeps = |dish: &&Item| {
            let is_vegan = diet == Diet::Vegetarian && dish.diets.contains(&Diet::Vegan);
            is_vegan || dish.diets.contains(&diet)
        };
        match self.dish(option) {
            Some(dish) if !keeps(&dish) => Some(format!("the dish `{}` in it is not", dish.id)),
            _ => self.breaks_of(&option.option_groups, diet),
        }
    }
}

fn holds(groups: &[OptionGroup], option: &MenuOption) -> bool {
    let mut options = groups.iter().flat_map(|group| &group.options);
    options.any(|other| other == option || holds(&other.option_groups, option))
}
