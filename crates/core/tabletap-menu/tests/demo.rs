//! The restaurants that come with the project: a sushi bar, a burger chain of two locations, a grill house and a bakery.
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
        .join("../../../demo")
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

fn brasa() -> Vec<StoreFile> {
    let text = fs::read_to_string(demo("brasa.yaml")).unwrap();
    file::read_stores(&text, &images()).unwrap()
}

fn sidra() -> StoreFile {
    read("bait-sidra.yaml")
}

fn all() -> Vec<StoreFile> {
    let mut stores = vec![sushi(), sidra(), bakery()];
    stores.extend(brasa());
    stores
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
fn all_files_are_clean_and_fully_translated() {
    for file in all() {
        assert_eq!(file.warnings, [], "{}", file.store.slug);
    }
}

#[test]
fn every_picture_is_small_and_used() {
    let images = images();
    let mut used = BTreeSet::new();
    for file in all() {
        used.extend(file.menu.items().filter_map(|item| item.image.clone()));
    }
    assert!(used.len() >= 100);
    assert_eq!(
        used,
        images.keys().cloned().collect(),
        "no picture lies there for nothing"
    );
    assert!(
        images.values().all(|bytes| bytes.len() < 3000),
        "drawings stay under 3 KB"
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

#[test]
fn two_locations_of_one_chain_sell_one_menu_under_their_own_names() {
    let stores = brasa();
    let [miraflores, barranco] = stores.as_slice() else {
        panic!("two locations");
    };
    assert_eq!(miraflores.menu, barranco.menu);
    assert_eq!(miraflores.store.key.tenant, barranco.store.key.tenant);
    assert_ne!(miraflores.store.key.store, barranco.store.key.store);
    assert_eq!(barranco.store.slug.as_str(), "brasa-barranco");
    assert_eq!(barranco.store.house_rule, HouseRule::StaffTap);
    assert_eq!(
        (miraflores.store.tables.len(), barranco.store.tables.len()),
        (8, 6)
    );
    let agents = |file: &StoreFile| file.store.stations[0].agent.clone();
    assert_ne!(agents(miraflores), agents(barranco), "each has its own PC");
    let earned: u32 = miraflores.menu.items().map(|item| item.points).sum();
    assert!(earned > 500, "dishes earn points");
}

#[test]
fn the_grill_house_counts_in_thousandths_and_reads_from_the_right() {
    let StoreFile { store, menu, .. } = sidra();
    assert_eq!(store.languages[0].as_str(), "ar");
    assert_eq!(menu.currency.digits(), 3);
    let coffee = menu.item(&ItemId::parse("arabic-coffee").unwrap()).unwrap();
    assert_eq!(coffee.price_minor, 1250);
    assert_eq!(coffee.points, 12);
    let dinner = price_cart(
        &menu,
        &cart(
            "zubaidi",
            answers(
                &menu
                    .item(&ItemId::parse("zubaidi").unwrap())
                    .unwrap()
                    .option_groups,
            ),
        ),
        menu.first_language(),
    );
    assert_eq!(
        dinner.unwrap().totals.total_minor,
        6500,
        "food bears no tax"
    );
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
    for StoreFile { menu, .. } in all() {
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
        [soup.total_minor, soup.tax_minor],
        [400 + 18 + 18, 36],
        "4.375 % and 4.5 % of $4.00"
    );
    let pretzel = price(bakery(), "pretzel");
    assert_eq!(
        [pretzel.total_minor, pretzel.tax_minor],
        [190, 12],
        "7 % lie in 1.90 EUR"
    );
}

#[test]
fn every_store_publishes_within_a_phones_patience() {
    for file in all() {
        let files = publish::current(&file.store, &file.menu, &BTreeSet::new());
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

#[test]
fn a_paper_menu_holds_every_dish_with_its_price_and_allergens_in_each_language() {
    for StoreFile { store, menu, .. } in all() {
        for lang in &store.languages {
            let menu = tabletap_wire::menu::PublicMenu::new(&store, &menu, lang);
            let html = tabletap_menu::page::paper::render(&menu);
            assert_eq!(
                html.matches("<article>").count(),
                menu.categories.iter().map(|c| c.items.len()).sum::<usize>(),
                "{} in {lang}",
                store.slug
            );
            assert!(
                !html.contains("<script") && !html.contains("http"),
                "it needs nothing else"
            );
        }
    }
    let StoreFile { store, menu, .. } = sidra();
    let html = tabletap_menu::page::paper::render(&tabletap_wire::menu::PublicMenu::new(
        &store,
        &menu,
        &store.languages[0],
    ));
    assert!(
        html.contains("dir=\"rtl\"") && html.contains("يحتوي على غلوتين، سمسم"),
        "{html}"
    );
}
