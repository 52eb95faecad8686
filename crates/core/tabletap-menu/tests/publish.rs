//! What a menu file becomes: a version, JSON and a page for each language, pictures.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::ItemId;
use tabletap_menu::{
    file::{self, Images, Mistake, StoreFile},
    publish::{self, PublishedFile},
};
use tabletap_wire::{menu::PublicMenu, menu_record::MenuRecord};

const SMALL: &str = include_str!("small.yaml");

fn read(text: &str) -> Result<StoreFile, Vec<Mistake>> {
    let ramen = ("ramen.svg".to_owned(), b"<svg/>".to_vec());
    file::read(text, &Images::from([ramen]))
}

fn published(file: &StoreFile, off: &[&str]) -> BTreeMap<String, PublishedFile> {
    let off: BTreeSet<ItemId> = off.iter().map(|id| ItemId::parse(id).unwrap()).collect();
    let images = BTreeMap::from([
        ("ramen.svg".to_owned(), b"<svg/>".to_vec()),
        ("nobody.svg".to_owned(), b"<svg/>".to_vec()),
    ]);
    let mut files = publish::pictures(&file.store, &file.menu, &images);
    files.extend(publish::version(&file.store, &file.menu));
    files.extend(publish::current(&file.store, &file.menu, &off));
    files
        .into_iter()
        .map(|file| (file.path.clone(), file))
        .collect()
}

#[test]
fn a_photograph_is_published_in_its_four_forms_and_not_as_it_came() {
    let small = SMALL.replace("ramen.svg", "ramen.jpg");
    let sources = Images::from([("ramen.jpg".to_owned(), Vec::new())]);
    let read = file::read(&small, &sources).unwrap();
    let forms = tabletap_wire::picture::published("ramen.jpg");
    let mut images: BTreeMap<String, Vec<u8>> = forms
        .iter()
        .map(|form| (form.clone(), Vec::new()))
        .collect();
    images.extend(sources);
    let pictures = publish::pictures(&read.store, &read.menu, &images);
    let found: Vec<(&str, &str)> = pictures
        .iter()
        .map(|file| (file.path.as_str(), file.content_type))
        .collect();
    assert_eq!(
        found,
        [
            ("menus/tiny/images/ramen.jpg.list.avif", "image/avif"),
            ("menus/tiny/images/ramen.jpg.list.jpg", "image/jpeg"),
            ("menus/tiny/images/ramen.jpg.wide.avif", "image/avif"),
            ("menus/tiny/images/ramen.jpg.wide.jpg", "image/jpeg"),
        ]
    );
    let files = published(&read, &[]);
    let shown = json(&files, "menus/tiny/en.json").to_string();
    assert!(
        shown.contains("/menus/tiny/images/ramen.jpg.wide.jpg"),
        "{shown}"
    );
}

fn json(files: &BTreeMap<String, PublishedFile>, path: &str) -> serde_json::Value {
    serde_json::from_slice(&files[path].bytes).unwrap()
}

#[test]
fn a_menu_is_published_as_data_page_and_pictures_for_each_language() {
    let read = read(SMALL).unwrap();
    let files = published(&read, &[]);
    let (html, json) = ("text/html; charset=utf-8", "application/json");
    let manifest = "application/manifest+json";
    let version = |file: &str| format!("menus/tiny/v/{}/{file}", read.menu.version);
    let types: Vec<(&str, &str)> = files
        .values()
        .map(|file| (file.path.as_str(), file.content_type))
        .collect();
    assert_eq!(
        types,
        [
            ("m/tiny/en/app.webmanifest", manifest),
            ("m/tiny/en/index.html", html),
            ("m/tiny/ja/app.webmanifest", manifest),
            ("m/tiny/ja/index.html", html),
            ("menus/tiny/en.json", json),
            ("menus/tiny/icon.svg", "image/svg+xml"),
            ("menus/tiny/images/ramen.svg", "image/svg+xml"),
            ("menus/tiny/ja.json", json),
            (&version("en.html"), html),
            (&version("en.json"), json),
            (&version("ja.html"), html),
            (&version("ja.json"), json),
        ]
    );
}

#[test]
fn a_versions_own_files_never_change_and_the_copies_are_soon_asked_for_again() {
    let read = read(SMALL).unwrap();
    let files = published(&read, &["ramen"]);
    for (path, file) in &files {
        let cache = file.cache_control;
        if path.contains("/v/") {
            assert!(cache.contains("immutable"), "{path}: {cache}");
        } else if file.content_type != "image/svg+xml" {
            assert_eq!(
                cache, "public, max-age=5, stale-while-revalidate=10",
                "{path}"
            );
        }
    }
    let own = format!("menus/tiny/v/{}/en.json", read.menu.version);
    assert_eq!(
        files[&own].bytes,
        published(&read, &[])["menus/tiny/en.json"].bytes,
        "a version's own file shows what was published, whatever is switched off since"
    );
}

#[test]
fn the_data_of_a_small_menu_reads_as_the_contract_says() {
    let files = published(&read(SMALL).unwrap(), &[]);
    let pretty = |path: &str| serde_json::to_string_pretty(&json(&files, path)).unwrap();
    insta::assert_snapshot!("small_menu_en", pretty("menus/tiny/en.json"));
    insta::assert_snapshot!("small_menu_ja", pretty("menus/tiny/ja.json"));
}

#[test]
fn the_data_says_how_the_restaurant_is_reached_and_that_one_can_pay_in_the_page() {
    let mut small = read(SMALL).unwrap();
    let data = json(&published(&small, &[]), "menus/tiny/en.json");
    assert_eq!(
        (&data["payments"], &data["takeout"]),
        (&true.into(), &true.into())
    );
    assert_eq!(data["address"][0], "1 Tiny Street");
    small.store.takeout = None;
    let data = json(&published(&small, &[]), "menus/tiny/en.json");
    assert_eq!(data["payments"], true);
    assert_eq!(data.get("takeout"), None, "left out where it is not so");
    small = read(SMALL).unwrap();
    small.store.payment_account = None;
    let data = json(&published(&small, &[]), "menus/tiny/en.json");
    assert_eq!(data.get("payments"), None, "nor can be paid");
    assert_eq!(data.get("takeout"), None, "takeout is paid first");
}

#[test]
fn a_page_can_be_kept_as_an_app_that_starts_at_no_table() {
    let files = published(&read(SMALL).unwrap(), &[]);
    let manifest = json(&files, "m/tiny/ja/app.webmanifest");
    assert_eq!(manifest["start_url"], "/m/tiny/ja/");
    assert_eq!(manifest["scope"], "/m/tiny/");
    assert_eq!(manifest["lang"], "ja");
    let icon = manifest["icons"][0]["src"].as_str().unwrap();
    assert!(files.contains_key(icon.trim_start_matches('/')), "{icon}");
    let pages = files
        .values()
        .filter(|file| file.content_type.contains("html"));
    for page in pages {
        let html = std::str::from_utf8(&page.bytes).unwrap();
        let (_, link) = html.split_once("<link rel=\"manifest\" href=\"/").unwrap();
        let named = link.split('"').next().unwrap();
        assert!(files.contains_key(named), "{}: {named}", page.path);
    }
}

#[test]
fn a_text_without_a_translation_stands_in_the_first_language_and_says_so() {
    let untranslated = SMALL.replace("{en: Ramen, ja: ラーメン}", "Ramen");
    assert_ne!(untranslated, SMALL);
    let files = published(&read(&untranslated).unwrap(), &[]);
    let item = |path| json(&files, path)["categories"][0]["items"][0].clone();
    assert_eq!(item("menus/tiny/ja.json")["name"], "Ramen");
    assert_eq!(item("menus/tiny/ja.json")["name_lang"], "en");
    assert_eq!(item("menus/tiny/en.json").get("name_lang"), None);
    let html = String::from_utf8(files["m/tiny/ja/index.html"].bytes.clone()).unwrap();
    for part in [
        r#"<a class="open" href="order?item=ramen"><bdi lang="en" dir="ltr">Ramen</bdi></a>"#,
        r#"<span class="tag" lang="en">English</span>"#,
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn published_data_reads_back_as_the_menu_it_was_made_of() {
    let read = read(SMALL).unwrap();
    let files = published(&read, &[]);
    let menu: PublicMenu = serde_json::from_slice(&files["menus/tiny/ja.json"].bytes).unwrap();
    assert_eq!(
        menu,
        PublicMenu::new(&read.store, &read.menu, &read.menu.languages[1])
    );
}

#[test]
fn a_dish_switched_off_is_published_as_not_available_and_nothing_else_changes() {
    let read = read(SMALL).unwrap();
    let mut on = json(&published(&read, &[]), "menus/tiny/en.json");
    let off = json(&published(&read, &["ramen"]), "menus/tiny/en.json");
    assert_eq!(off["categories"][0]["items"][0]["available"], false);
    on["categories"][0]["items"][0]["available"] = false.into();
    assert_eq!(on, off);
}

#[test]
fn the_same_content_has_the_same_version_and_other_content_another() {
    let menu_of = |text: &str| read(text).unwrap().menu;
    let menu = menu_of(SMALL);
    let reshaped = SMALL.replace("price: 8,", "price: \"8.00\",") + "# a comment\n";
    assert_eq!(
        menu_of(&reshaped).version,
        menu.version,
        "only the writing changed"
    );
    assert_ne!(
        menu_of(&SMALL.replace("price: 8,", "price: 8.01,")).version,
        menu.version,
        "a price changed"
    );
    assert_ne!(
        menu_of(&SMALL.replace("小鉢", "小皿")).version,
        menu.version,
        "a translation changed"
    );
    assert_eq!(
        MenuRecord::read(&MenuRecord::write(&menu)).unwrap(),
        menu,
        "it survives the table"
    );
}

#[test]
fn prices_are_read_exactly_in_every_number_of_decimals() {
    for (currency, written, minor, why) in [
        ("JPY", "1500", Some(1500), "yen have no decimals"),
        ("JPY", "1500.0", None, "not even one"),
        ("USD", "12.5", Some(1250), "a missing last digit is a zero"),
        ("USD", "0.1", Some(10), "no float ever holds it"),
        ("USD", "12.505", None, "half a cent"),
        ("KWD", "1.250", Some(1250), "a thousand fils to the dinar"),
        ("KWD", "1.2505", None, "finer than a fils"),
        ("KWD", "8", Some(8000), "whole dinars"),
    ] {
        let text = SMALL
            .replace("currency: USD", &format!("currency: {currency}"))
            .replace("price: 15.00", "price: 15")
            .replace("cost: 3.90", "cost: 4")
            .replace("price: 3.00, cost: 0.70", "price: 3")
            .replace("price: 2.00", "price: 2")
            .replace("price: -1.00", "price: -1")
            .replace("price: 8,", &format!("price: {written},"));
        let read = read(&text);
        let found = read
            .as_ref()
            .ok()
            .map(|file| file.menu.categories[1].items[0].price_minor.0);
        assert_eq!(found, minor, "{currency} {written}: {why}");
        if let Err(mistakes) = read {
            assert!(
                mistakes
                    .iter()
                    .filter(|m| m.severity == file::Severity::Error)
                    .all(|m| m.line == 83 && m.message.contains("decimals")),
                "{why}"
            );
        }
    }
}
