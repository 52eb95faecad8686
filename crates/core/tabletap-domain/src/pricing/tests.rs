//! Carts that are priced, carts that are refused, and sums that must hold.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::{
    CategoryId, Currency, MenuVersion,
    cart::Choice,
    charge,
    menu::{Category, MenuOption, OptionGroup, PricingRules, ServiceCharge, TaxRate},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn lang(tag: &str) -> Lang {
    Lang::parse(tag).unwrap()
}

fn texts(text: &str) -> Texts {
    Texts(BTreeMap::from([(lang("en"), text.to_owned())]))
}

pub(super) fn option(id: &str, price_minor: i64) -> MenuOption {
    MenuOption {
        id: OptionId::parse(id).unwrap(),
        name: texts(id),
        price_minor: Minor(price_minor),
        cost_minor: None,
        points: 0,
        quantity_max: 3,
        available: true,
        default: false,
        removal: false,
        station: None,
        allergens: BTreeSet::new(),
        option_groups: Vec::new(),
    }
}

pub(super) fn group(id: &str, min: u32, max: u32, options: Vec<MenuOption>) -> OptionGroup {
    OptionGroup {
        id: GroupId::parse(id).unwrap(),
        name: texts(id),
        min,
        max,
        options,
    }
}

pub(super) fn item(id: &str, price_minor: i64, option_groups: Vec<OptionGroup>) -> Item {
    Item {
        id: ItemId::parse(id).unwrap(),
        name: texts(id),
        description: Texts::default(),
        price_minor: Minor(price_minor),
        cost_minor: Some(Minor(price_minor / 3)),
        points: 0,
        available: true,
        station: StationId::parse("hot").unwrap(),
        tax_category: TaxCategory::parse("food").unwrap(),
        allergens: BTreeSet::new(),
        diets: BTreeSet::new(),
        tags: Vec::new(),
        image: None,
        nutrition: BTreeMap::new(),
        goes_with: Vec::new(),
        option_groups,
    }
}

fn tax(name: &str, rate_ppm: u32) -> TaxRate {
    TaxRate {
        category: TaxCategory::parse("food").unwrap(),
        name: name.to_owned(),
        rate_ppm,
    }
}

pub(super) fn menu(items: Vec<Item>, pricing: PricingRules) -> Menu {
    Menu {
        version: MenuVersion::parse("m0123456789abcdef").unwrap(),
        currency: Currency::from_code("USD").unwrap(),
        languages: vec![lang("en")],
        pricing,
        categories: vec![Category {
            id: CategoryId::parse("all").unwrap(),
            name: texts("All"),
            note: Texts::default(),
            items,
        }],
        favourites: None,
    }
}

fn ramen_menu() -> Menu {
    let spice = group("spice", 0, 1, vec![option("mild", 0)]);
    let mut chilli = option("chilli", 100);
    chilli.option_groups = vec![spice];
    let sizes = vec![option("regular", 0), option("large", 300)];
    let size = group("size", 1, 1, sizes);
    let extras = group("extras", 0, 3, vec![chilli, option("egg", 150)]);
    let pricing = PricingRules {
        taxes: vec![tax("State", 45_000), tax("City", 43_750)],
        ..Default::default()
    };
    menu(vec![item("ramen", 1500, vec![size, extras])], pricing)
}

pub(super) fn choice(group: &str, option: &str, quantity: i64) -> Choice {
    Choice {
        group: GroupId::parse(group).unwrap(),
        option: OptionId::parse(option).unwrap(),
        quantity,
        choices: Vec::new(),
    }
}

pub(super) fn cart(quantity: i64, choices: Vec<Choice>) -> Cart {
    let line = CartLine {
        item: ItemId::parse("ramen").unwrap(),
        quantity,
        choices,
        note: String::new(),
        acknowledged: false,
    };
    Cart {
        lines: vec![line],
        ..Cart::default()
    }
}

/// The field, and the problem by its name.
fn refused(menu: &Menu, cart: &Cart) -> (String, String) {
    let error = price_cart(menu, cart, &lang("en")).unwrap_err();
    let problem = format!("{:?}", error.problem);
    let name = problem.split([' ', '(']).next().unwrap();
    (error.field, name.to_owned())
}

#[test]
fn options_and_their_quantities_add_to_the_price_and_taxes_are_rounded_once_each() {
    let cart = cart(
        2,
        vec![choice("size", "large", 1), choice("extras", "egg", 2)],
    );
    let priced = price_cart(&ramen_menu(), &cart, &lang("en")).unwrap();
    assert_eq!(priced.lines[0].unit_minor, 1500 + 300 + 2 * 150);
    assert_eq!(priced.totals.subtotal_minor, 4200);
    let taxes: Vec<Minor> = priced
        .totals
        .taxes
        .iter()
        .map(|tax| tax.tax_minor)
        .collect();
    assert_eq!(
        taxes,
        [189, 184],
        "4.5 % is 189.00; 4.375 % is 183.75, rounded once"
    );
    assert_eq!(priced.totals.total_minor, 4200 + 373);
}

#[test]
fn a_dish_with_what_the_guest_must_not_eat_goes_out_only_acknowledged() {
    let allergic = |menu: &Menu, choices: Vec<_>, acknowledged| {
        let mut cart = cart(1, choices);
        cart.allergies = BTreeSet::from([Allergen::Egg, Allergen::Peanut]);
        cart.lines[0].acknowledged = acknowledged;
        price_cart(menu, &cart, &lang("en"))
    };
    let large = || choice("size", "large", 1);
    let mut menu = ramen_menu();
    let priced = allergic(&menu, vec![large()], false).unwrap();
    assert_eq!(
        priced.allergies,
        BTreeSet::from([Allergen::Egg, Allergen::Peanut])
    );

    let ramen = &mut menu.categories[0].items[0];
    for option in ramen.option_groups.iter_mut().flat_map(|g| &mut g.options) {
        if option.id.as_str() == "egg" {
            option.allergens.insert(Allergen::Egg);
        }
    }
    let with_egg = || vec![large(), choice("extras", "egg", 1)];
    assert!(
        allergic(&menu, vec![large()], false).is_ok(),
        "the egg was not chosen"
    );
    let error = allergic(&menu, with_egg(), false).unwrap_err();
    let allergens = BTreeSet::from([Allergen::Egg]);
    let conflict = CartProblem::AllergenConflict {
        dish: "ramen".to_owned(),
        allergens,
        currency: menu.currency,
    };
    assert_eq!(
        (error.field.as_str(), error.problem),
        ("lines[0].acknowledged", conflict)
    );
    let accepted = allergic(&menu, with_egg(), true).unwrap();
    let line = &accepted.lines[0];
    assert_eq!(line.accepted, BTreeSet::from([Allergen::Egg]));
    assert_eq!(line.choices[1].allergens, line.accepted);
    let not_asked = allergic(&menu, vec![large()], true).unwrap();
    assert_eq!(
        not_asked.lines[0].accepted,
        BTreeSet::new(),
        "a tick where nothing was asked accepts nothing"
    );

    menu.categories[0].items[0]
        .allergens
        .insert(Allergen::Peanut);
    assert!(allergic(&menu, vec![large()], false).is_err());
}

#[test]
fn every_bad_cart_is_refused_with_its_field_and_problem() {
    let menu = ramen_menu();
    let large = || choice("size", "large", 1);
    let mut nested = choice("extras", "chilli", 1);
    nested.choices = vec![choice("spice", "hot", 1)];
    for (cart, field, problem) in [
        (Cart::default(), "lines", "Empty"),
        (
            cart(0, vec![large()]),
            "lines[0].quantity",
            "QuantityOutOfRange",
        ),
        (
            cart(-1, vec![large()]),
            "lines[0].quantity",
            "QuantityOutOfRange",
        ),
        (
            cart(9_990, vec![large()]),
            "lines[0].quantity",
            "QuantityOutOfRange",
        ),
        (
            cart(i64::MAX, vec![large()]),
            "lines[0].quantity",
            "QuantityOutOfRange",
        ),
        (cart(1, vec![]), "lines[0].choices", "TooFewChoices"),
        (
            cart(1, vec![large(), choice("size", "regular", 1)]),
            "lines[0].choices",
            "TooManyChoices",
        ),
        (
            cart(1, vec![large(), large()]),
            "lines[0].choices[1].option_id",
            "DuplicateChoice",
        ),
        (
            cart(1, vec![large(), choice("extras", "egg", 4)]),
            "lines[0].choices[1].quantity",
            "QuantityOutOfRange",
        ),
        (
            cart(1, vec![large(), choice("sauce", "egg", 1)]),
            "lines[0].choices[1].group_id",
            "UnknownGroup",
        ),
        (
            cart(1, vec![choice("size", "huge", 1)]),
            "lines[0].choices[0].option_id",
            "UnknownOption",
        ),
        (
            cart(1, vec![large(), nested]),
            "lines[0].choices[1].choices[0].option_id",
            "UnknownOption",
        ),
        (
            cart(1, vec![large(); 61]),
            "lines[0].choices",
            "ChoicesOutOfBounds",
        ),
    ] {
        assert_eq!(
            refused(&menu, &cart),
            (field.to_owned(), problem.to_owned())
        );
    }
}

#[test]
fn what_is_sold_out_cannot_be_ordered() {
    let mut menu = ramen_menu();
    let all = cart(1, vec![choice("size", "large", 1)]);
    menu.categories[0].items[0].option_groups[0].options[1].available = false;
    assert_eq!(refused(&menu, &all).1, "OptionUnavailable");
    menu.categories[0].items[0].available = false;
    assert_eq!(refused(&menu, &all).1, "ItemUnavailable");
}

#[test]
fn switching_a_dish_off_takes_it_out_of_combos_and_with_it_what_cannot_be_answered_any_more() {
    let off = BTreeSet::from([ItemId::parse("regular").unwrap()]);
    let left = ramen_menu().without(&off);
    let size = &left.categories[0].items[0].option_groups[0];
    assert_eq!(
        size.options.iter().map(|o| o.available).collect::<Vec<_>>(),
        [false, true]
    );
    assert!(
        left.categories[0].items[0].available,
        "large is still there"
    );
    let both = off
        .into_iter()
        .chain([ItemId::parse("large").unwrap()])
        .collect();
    assert!(!ramen_menu().without(&both).categories[0].items[0].available);
}

#[test]
fn inclusive_tax_is_inside_the_price_and_its_parts_sum() {
    let pricing = PricingRules {
        tax_inclusive: true,
        taxes: vec![tax("IGV", 160_000), tax("IPM", 20_000)],
        service_charge: Some(ServiceCharge {
            name: "Service".into(),
            rate_ppm: 100_000,
            tax_category: None,
        }),
    };
    let menu = menu(vec![item("ramen", 1180, vec![])], pricing);
    let totals = price_cart(&menu, &cart(1, vec![]), &lang("en"))
        .unwrap()
        .totals;
    assert_eq!(totals.tax_minor, 180);
    assert_eq!(totals.service_charge_minor, 118);
    assert_eq!(
        totals.taxes.iter().map(|t| t.tax_minor).collect::<Vec<_>>(),
        [160, 20]
    );
    assert_eq!(totals.total_minor, 1180 + 118);
}

mod sums;
