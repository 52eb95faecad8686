//! The two restaurants that come with the project.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, fs, path::PathBuf};
use tabletap_domain::{
    ItemId,
    cart::{Cart, CartLine, Choice},
    menu::OptionGroup,
    pricing::price_cart,
    store::HouseRule,
};
use tabletap_menu::{
    file::{self, Images, StoreFile},
    publish,
};

fn demo(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo")
        .join(name)
}

fn read(name: &str) -> StoreFile {
    let text = fs::read_to_string(demo(name)).unwrap();
    file::read(&text, &images()).unwrap_or_else(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{name} has mistakes:\n{}", lines.join("\n"))
    })
}

fn sushi() -> StoreFile {
    read("kumo-sushi.yaml")
}

fn bakery() -> StoreFile {
    read("corner-bakery.yaml")
}

fn images() -> Images {
    let entries = fs::read_dir(demo("images"))
        .unwrap()
        .map(|entry| entry.unwrap());
    entries
        .map(|e| {
            (
                e.file_name().into_string().unwrap(),
                fs::read(e.path()).unwrap(),
            )
        })
        .collect()
}

#[test]
fn both_files_are_clean_and_fully_translated() {
    assert_eq!(sushi().warnings, []);
    assert_eq!(bakery().warnings, []);
}

#[test]
fn every_picture_is_small_and_used() {
    let images = images();
    let mut used = BTreeSet::new();
    for file in [sushi(), bakery()] {
        used.extend(file.menu.items().filter_map(|item| item.image.clone()));
    }
    assert!(used.len() >= 25);
    assert_eq!(
        used,
        images.keys().cloned().collect(),
        "no picture lies there for nothing"
    );
    assert!(
        images.values().all(|bytes| bytes.len() < 2048),
        "drawings stay under 2 KB"
    );
}

#[test]
fn the_sushi_bar_is_the_restaurant_the_project_speaks_of() {
    let StoreFile { store, menu, .. } = sushi();
    assert_eq!(store.key.tenant.as_str(), "kumo-hospitality");
    assert_eq!(store.house_rule, HouseRule::Open);
    assert_eq!(store.tables.len(), 12);
    let stations: Vec<(&str, &str)> = store
        .stations
        .iter()
        .map(|s| (s.id.as_str(), s.agent.as_str()))
        .collect();
    let agent = "kumo-hospitality:kumo-sushi:kitchen-pc";
    assert_eq!(stations, [("bar", agent), ("hot", agent)]);
    assert_eq!(
        menu.items().filter(|item| !item.available).count(),
        1,
        "one dish is sold out"
    );
    assert!((55..=70).contains(&menu.items().count()));
    let depth = menu
        .items()
        .flat_map(|item| &item.option_groups)
        .map(depth)
        .max();
    assert!(depth >= Some(2), "options hold groups");
}

fn depth(group: &OptionGroup) -> usize {
    1 + group
        .options
        .iter()
        .flat_map(|o| &o.option_groups)
        .map(depth)
        .max()
        .unwrap_or(0)
}

#[test]
fn the_bakery_shares_nothing_with_the_sushi_bar() {
    let StoreFile { store, menu, .. } = bakery();
    assert_ne!(store.key.tenant, sushi().store.key.tenant);
    assert_eq!(
        (menu.currency.code(), menu.pricing.tax_inclusive),
        ("EUR", true)
    );
    assert_eq!((store.stations.len(), store.tables.len()), (1, 3));
    assert_eq!(store.house_rule, HouseRule::StaffTap);
}

/// Answers that every required group accepts: the defaults first, then whatever is there.
fn answers(groups: &[OptionGroup]) -> Vec<Choice> {
    let mut choices = Vec::new();
    for group in groups {
        let mut missing = i64::from(group.min);
        let mut options: Vec<_> = group
            .options
            .iter()
            .filter(|option| option.available)
            .collect();
        options.sort_by_key(|option| !option.default);
        for option in options {
            let quantity = missing.min(i64::from(option.quantity_max));
            if quantity > 0 {
                let (group, option_id) = (group.id.clone(), option.id.clone());
                let choices_within = answers(&option.option_groups);
                choices.push(Choice {
                    group,
                    option: option_id,
                    quantity,
                    choices: choices_within,
                });
                missing -= quantity;
            }
        }
    }
    choices
}

fn cart(id: &str, choices: Vec<Choice>) -> Cart {
    let item = ItemId::parse(id).unwrap();
    let line = CartLine {
        item,
        quantity: 1,
        choices,
        note: String::new(),
        acknowledged: false,
    };
    Cart {
        lines: vec![line],
        ..Cart::default()
    }
}

#[test]
fn every_dish_that_is_not_sold_out_can_be_ordered() {
    for StoreFile { menu, .. } in [sushi(), bakery()] {
        for item in menu.items().filter(|item| item.available) {
            let cart = cart(item.id.as_str(), answers(&item.option_groups));
            let priced = price_cart(&menu, &cart, menu.first_language());
            assert!(priced.is_ok(), "{}: {priced:?}", item.id);
        }
    }
}

#[test]
fn new_york_and_berlin_tax_a_dish_as_their_offices_do() {
    let price = |StoreFile { menu, .. }: StoreFile, id: &str| {
        price_cart(&menu, &cart(id, Vec::new()), menu.first_language())
            .unwrap()
            .totals
    };
    let soup = price(sushi(), "miso-soup");
    assert_eq!(
        (soup.total_minor, soup.tax_minor),
        (400 + 18 + 18, 36),
        "4.375 % and 4.5 % of $4.00"
    );
    let pretzel = price(bakery(), "pretzel");
    assert_eq!(
        (pretzel.total_minor, pretzel.tax_minor),
        (190, 12),
        "7 % lie in 1.90 EUR"
    );
}

#[test]
fn both_stores_publish_within_a_phones_patience() {
    for file in [sushi(), bakery()] {
        let files = publish::files(&file.store, &file.menu, &BTreeSet::new(), &images());
        for language in &file.store.languages {
            let path = format!("menus/{}/{language}.json", file.store.slug);
            let data = files.iter().find(|file| file.path == path).unwrap();
            assert!(
                data.bytes.len() < 120_000,
                "{path} has {} bytes",
                data.bytes.len()
            );
        }
    }
}
