//! Combos hold what their dishes hold, whatever way a dish is included.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::Minor;
use crate::{
    CategoryId, Currency, GroupId, ItemId, Lang, MenuVersion, OptionId, StationId, TaxCategory,
    menu::{Category, PricingRules, Texts},
};
use Allergen::{Egg, Fish, Gluten, Milk, Nuts, Sesame, Soy};

fn option(id: &str) -> MenuOption {
    MenuOption {
        id: OptionId::parse(id).unwrap(),
        name: Texts::default(),
        price_minor: Minor(0),
        cost_minor: None,
        points: 0,
        quantity_max: 1,
        available: true,
        default: false,
        removal: false,
        station: None,
        allergens: BTreeSet::new(),
        option_groups: Vec::new(),
    }
}

fn preset(id: &str, allergens: &[Allergen]) -> MenuOption {
    MenuOption {
        default: true,
        ..with(id, allergens)
    }
}

fn with(id: &str, allergens: &[Allergen]) -> MenuOption {
    MenuOption {
        allergens: allergens.iter().copied().collect(),
        ..option(id)
    }
}

fn asking(id: &str, option_groups: Vec<OptionGroup>) -> MenuOption {
    MenuOption {
        option_groups,
        ..option(id)
    }
}

fn group(id: &str, min: u32, options: Vec<MenuOption>) -> OptionGroup {
    OptionGroup {
        id: GroupId::parse(id).unwrap(),
        name: Texts::default(),
        min,
        max: 1,
        options,
    }
}

fn dish(id: &str, allergens: &[Allergen], option_groups: Vec<OptionGroup>) -> Item {
    Item {
        id: ItemId::parse(id).unwrap(),
        name: Texts::default(),
        description: Texts::default(),
        price_minor: Minor(100),
        cost_minor: None,
        points: 0,
        available: true,
        station: StationId::parse("hot").unwrap(),
        tax_category: TaxCategory::parse("food").unwrap(),
        allergens: allergens.iter().copied().collect(),
        diets: BTreeSet::new(),
        tags: Vec::new(),
        image: None,
        nutrition: BTreeMap::new(),
        goes_with: Vec::new(),
        option_groups,
    }
}

fn menu(items: Vec<Item>) -> Menu {
    Menu {
        version: MenuVersion::parse("m0000000000000000").unwrap(),
        currency: Currency::from_code("USD").unwrap(),
        languages: vec![Lang::parse("en").unwrap()],
        pricing: PricingRules::default(),
        categories: vec![Category {
            id: CategoryId::parse("all").unwrap(),
            name: Texts::default(),
            note: Texts::default(),
            items,
        }],
        favourites: None,
    }
}

/// What the first option of the last dish contains after inheriting.
fn first_of_last(items: Vec<Item>) -> Vec<Allergen> {
    let menu = menu(items).inheriting();
    let last = menu.items().last().unwrap();
    let option = &last.option_groups[0].options[0];
    option.allergens.iter().copied().collect()
}

fn ramen() -> Item {
    let noodles = vec![preset("egg-noodles", &[Gluten]), option("rice-noodles")];
    let extras = vec![with("butter", &[Milk])];
    let groups = vec![group("noodles", 1, noodles), group("extras", 0, extras)];
    dish("ramen", &[Egg, Soy], groups)
}

#[test]
fn a_combo_contains_its_dishes_with_their_usual_answers_and_no_extras() {
    let set = dish("set", &[], vec![group("main", 1, vec![option("ramen")])]);
    assert_eq!(first_of_last(vec![ramen(), set]), [Gluten, Egg, Soy]);
}

#[test]
fn a_question_that_the_option_asks_itself_is_the_guests_to_answer() {
    let noodles = group("noodles", 1, vec![with("egg-noodles", &[Gluten])]);
    let main = group("main", 1, vec![asking("ramen", vec![noodles])]);
    let set = dish("set", &[], vec![main]);
    assert_eq!(first_of_last(vec![ramen(), set]), [Egg, Soy]);
}

#[test]
fn an_unasked_question_that_must_be_answered_may_bring_any_of_its_answers() {
    let dips = vec![with("satay", &[Nuts]), with("tahini", &[Sesame])];
    let rolls = dish("rolls", &[], vec![group("dip", 1, dips)]);
    let set = dish("set", &[], vec![group("main", 1, vec![option("rolls")])]);
    assert_eq!(first_of_last(vec![rolls, set]), [Nuts, Sesame]);
}

#[test]
fn a_combo_in_a_combo_contains_what_the_inner_one_does_wherever_it_stands_in_the_file() {
    let feast = dish("feast", &[], vec![group("first", 1, vec![option("set")])]);
    let side = preset("fish-cake", &[Fish]);
    let mains = vec![MenuOption {
        default: true,
        ..option("ramen")
    }];
    let set = dish(
        "set",
        &[Milk],
        vec![group("main", 1, mains), group("side", 0, vec![side])],
    );
    let menu = menu(vec![feast, set, ramen()]).inheriting();
    let feast = menu.items().next().unwrap();
    let all: Vec<Allergen> = feast.option_groups[0].options[0]
        .allergens
        .iter()
        .copied()
        .collect();
    assert_eq!(all, [Gluten, Egg, Fish, Soy, Milk]);
}

#[test]
fn an_option_below_an_option_inherits_too() {
    let inner = group("bowl", 1, vec![option("ramen")]);
    let outer = group("menu", 1, vec![asking("lunch", vec![inner])]);
    let menu = menu(vec![ramen(), dish("deal", &[], vec![outer])]).inheriting();
    let deal = menu.items().last().unwrap();
    let bowl = &deal.option_groups[0].options[0].option_groups[0].options[0];
    assert!(
        bowl.allergens
            .is_superset(&BTreeSet::from([Egg, Soy, Gluten]))
    );
}

#[test]
fn dishes_that_name_each_other_end_and_share_what_they_contain() {
    let one = dish("one", &[Egg], vec![group("with", 1, vec![option("two")])]);
    let two = dish("two", &[Fish], vec![group("with", 1, vec![option("one")])]);
    assert_eq!(first_of_last(vec![one, two]), [Egg, Fish]);
}

#[test]
fn a_removal_takes_nothing_over_and_nothing_away() {
    let without = MenuOption {
        removal: true,
        ..option("ramen")
    };
    let set = dish("set", &[], vec![group("without", 0, vec![without])]);
    assert_eq!(first_of_last(vec![ramen(), set]), []);
}

#[test]
fn inheriting_twice_changes_nothing() {
    let set = dish("set", &[], vec![group("main", 1, vec![option("ramen")])]);
    let once = menu(vec![ramen(), set]).inheriting();
    assert_eq!(once.clone().inheriting(), once);
}
