//! What a file says besides dishes and prices: names in several languages, nutrition, favourites, what goes with what.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tabletap_menu::file::{self, Images, Mistake, StoreFile};
use tabletap_wire::{menu::PublicMenu, menu_record::MenuRecord, store_record::StoreRecord};

const SMALL: &str = include_str!("small.yaml");

fn read(text: &str) -> Result<StoreFile, Vec<Mistake>> {
    let ramen = ("ramen.svg".to_owned(), b"<svg/>".to_vec());
    file::read(text, &Images::from([ramen]))
}

/// The small menu with these changes, each of which must hit.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SMALL.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no {from:?} in the menu");
        text.replacen(from, to, 1)
    })
}

fn told(text: &str) -> String {
    let mistakes = match read(text) {
        Ok(file) => file.warnings,
        Err(mistakes) => mistakes,
    };
    mistakes
        .iter()
        .map(|mistake| format!("{mistake}\n"))
        .collect()
}

fn published(file: &StoreFile, lang: &str) -> Value {
    let menu = PublicMenu::new(&file.store, &file.menu, &lang.parse().unwrap());
    serde_json::to_value(menu).unwrap()
}

const NAMED: &[(&str, &str)] = &[
    ("  name: Tiny\n", "  name: {en: Tiny, ja: タイニー}\n"),
    (
        "{name: State tax, percent: 4.375}, {",
        "{name: {en: State tax, ja: 州税}, percent: 4.375}, {",
    ),
    ("{name: Service,", "{name: {en: Service, ja: サービス料},"),
    ("name: Kitchen,", "name: {en: Kitchen, ja: 厨房},"),
    ("name: Table 1}", "name: {en: Table 1, ja: テーブル1}}"),
];

#[test]
fn names_are_published_in_the_language_of_the_menu_and_kept_in_the_first() {
    let file = read(&changed(NAMED)).unwrap();
    assert_eq!(file.warnings, []);
    assert_eq!(file.store.name, "Tiny");
    assert_eq!(file.store.tables[0].name, "Table 1");
    let (en, ja) = (published(&file, "en"), published(&file, "ja"));
    assert_eq!([&en["name"], &ja["name"]], ["Tiny", "タイニー"]);
    assert_eq!(ja["stations"][1]["name"], "厨房");
    assert_eq!(
        ja["stations"][0]["name"], "Bar",
        "one name for every language"
    );
    assert_eq!(ja["pricing"]["service_charge"]["name"], "サービス料");
    let taxes = ja["pricing"]["taxes"].as_array().unwrap().iter();
    let taxes: Vec<&str> = taxes.map(|tax| tax["name"].as_str().unwrap()).collect();
    assert_eq!(
        taxes,
        ["州税", "City tax", "州税"],
        "also where only the name is the same"
    );
    assert_eq!(en.get("names"), None);
    let names = json!({"Tiny": "タイニー", "State tax": "州税", "Service": "サービス料", "Kitchen": "厨房", "Table 1": "テーブル1"});
    assert_eq!(
        ja["names"], names,
        "orders name things in the first language"
    );
    assert_eq!(
        StoreRecord::read(&StoreRecord::write(&file.store)).unwrap(),
        file.store
    );
}

#[test]
fn two_things_of_one_name_have_one_translation() {
    let text = changed(&[
        ("name: Bar,", "name: {en: Bar, ja: バー},"),
        ("name: Table 1}", "name: {en: Bar, ja: カウンター}}"),
    ]);
    assert!(
        told(&text).contains("store.tables[0].name: another `Bar` has other translations"),
        "{}",
        told(&text)
    );
    let text = changed(&[("name: Table 1}", "name: {ja: テーブル1}}")]);
    assert!(
        told(&text).contains("the store's first language, is missing"),
        "{}",
        told(&text)
    );
    let text = changed(&[("name: Table 1}", "name: \"🌴\"}")]);
    assert!(
        told(&text).contains("waiters must be able to say it"),
        "{}",
        told(&text)
    );
}

const DECLARED: &[(&str, &str)] = &[
    (
        "        image: ramen.svg\n",
        "        image: ramen.svg\n        nutrition: {energy_kcal: 640, fat_g: 22.5, saturated_fat_g: 7, salt_g: 0.125}\n        goes_with: [beer]\n",
    ),
    ("groups:\n", "favourites: hot\ngroups:\n"),
];

#[test]
fn nutrition_favourites_and_what_goes_with_a_dish_are_published_and_stored() {
    let file = read(&changed(DECLARED)).unwrap();
    assert_eq!(file.warnings, []);
    let ja = published(&file, "ja");
    let ramen = &ja["categories"][0]["items"][0];
    let wanted =
        json!({"energy_kcal": 640, "fat_mg": 22_500, "saturated_fat_mg": 7000, "salt_mg": 125});
    assert_eq!(ramen["nutrition"], wanted);
    assert_eq!(ramen["goes_with"], json!(["beer"]));
    assert_eq!(ja["favourites"], "辛口", "the tag as the dishes carry it");
    assert_eq!(ramen["tags"], json!(["辛口"]));
    assert_eq!(
        MenuRecord::read(&MenuRecord::write(&file.menu)).unwrap(),
        file.menu
    );

    let before = read(SMALL).unwrap();
    let (plain, record) = (
        published(&before, "en").to_string(),
        MenuRecord::write(&before.menu),
    );
    for key in ["nutrition", "goes_with", "favourites", "\"names\""] {
        assert!(
            !plain.contains(key) && !record.contains(key),
            "left out: {key}"
        );
    }
}

#[rustfmt::skip]
#[test]
fn mistakes_in_them_are_told() {
    let dish = |line: &str| changed(&[("        image: ramen.svg\n", &format!("        image: ramen.svg\n        {line}\n"))]);
    for (line, says, why) in [
        ("nutrition: {fat_g: \"22,5 g\"}", "write `22.5`", "a comma and a unit"),
        ("nutrition: {fat_g: 0.0001}", "at most three decimals", "finer than a milligram"),
        ("nutrition: {fat_g: 9000}", "from 0 to 5000", "more than a platter"),
        ("nutrition: {fat: 3}", "did you mean `fat_g`?", "no unit"),
        ("nutrition: {energy_kcal: 12.5}", "a whole number", "half a calorie"),
        ("nutrition: {fat_g: 3, saturated_fat_g: 4}", "`saturated_fat_g` is more than `fat_g`", "a part larger than the whole"),
        ("nutrition: {carbohydrate_g: 3, sugars_g: 3.001}", "`sugars_g` is more than `carbohydrate_g`", "the same"),
        ("goes_with: [bear]", "there is no dish `bear` (did you mean `beer`?)", "an unknown dish"),
        ("goes_with: [ramen]", "not suggested with itself", "itself"),
        ("goes_with: [beer, beer]", "`beer` is already used", "twice"),
        ("goes_with: beer", "expected a list", "no list"),
    ] {
        let told = told(&dish(line));
        assert!(told.contains(says) && told.contains("line 68"), "{why}: {told}");
    }
    for (line, says) in [
        ("favourites: hott\ngroups:\n", "there is no tag `hott` (did you mean `hot`?)"),
        ("  new: {en: New, ja: 新}\nfavourites: new\ngroups:\n", "warning: favourites: no dish has the tag `new`"),
    ] {
        let told = told(&changed(&[("groups:\n", line)]));
        assert!(told.contains(says), "{told}");
    }
}
