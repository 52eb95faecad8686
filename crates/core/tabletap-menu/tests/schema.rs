//! `docs/menu.schema.json`: what editors accept and refuse while a menu file is written.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jsonschema::Validator;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Number, Value};
use std::{fs, path::Path};
use tabletap_menu::file::{self, Images};

const SMALL: &str = include_str!("small.yaml");
const DOCS: &str = include_str!("../../../../docs/menu-file.md");
const SCHEMA: &str = include_str!("../../../../docs/menu.schema.json");

fn validator() -> Validator {
    jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
}

/// A file as an editor sees it: YAML 1.2 with its numbers and switches.
fn seen(text: &str) -> Value {
    json(&Yaml::load_from_str(text).unwrap()[0])
}

fn json(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::Boolean(value)) => Value::from(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::FloatingPoint(value)) => {
            Number::from_f64(value.into_inner()).map_or(Value::Null, Value::Number)
        }
        Yaml::Value(Scalar::String(text)) => Value::from(text.as_ref()),
        Yaml::Sequence(nodes) => nodes.iter().map(json).collect(),
        Yaml::Mapping(pairs) => {
            let key = |key: &Yaml<'_>| match json(key) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| (key(name), json(value)))
                .collect()
        }
        _ => Value::Null,
    }
}

fn faults(text: &str) -> Vec<String> {
    let (validator, value) = (validator(), seen(text));
    let errors = validator.iter_errors(&value);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_files_of_the_demo_name_the_schema_and_keep_to_it() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../demo");
    let mut count = 0;
    for entry in fs::read_dir(&demo).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let first = text.lines().next();
        assert_eq!(
            first,
            Some("# yaml-language-server: $schema=../docs/menu.schema.json"),
            "{}",
            path.display()
        );
        assert_eq!(faults(&text), Vec::<String>::new(), "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn the_examples_of_the_documentation_keep_to_it() {
    let example = DOCS.split("```yaml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    assert_eq!(faults(example), Vec::<String>::new());
    assert_eq!(faults(SMALL), Vec::<String>::new());
}

/// What the reader refuses, and an editor can know.
#[rustfmt::skip]
const BROKEN: &[(&str, &str, &str)] = &[
    ("tenant: tests", "tenent: tests", "an unknown key"),
    ("slug: tiny", "slug: Tiny Place", "an id of another shape"),
    ("  name: Tiny\n", "  name: [Tiny]\n", "a list for a text"),
    ("currency: USD", "currency: usd", "a currency in small letters"),
    ("\"#b3261e\"", "red", "a colour by its name"),
    ("\"#b3261e\"", "#b3261e", "a colour that is a comment"),
    ("house_rule: open", "house_rule: opn", "a house rule misspelt"),
    ("prices: exclusive", "prices: net", "another word for exclusive"),
    ("percent: 18,", "percent: 18%,", "a percent sign"),
    ("percent: 18,", "percent: 180,", "more than all"),
    (", printer: bar-1", "", "a station without a printer"),
    ("id: hot, name", "id: a-station-of-length, name", "an id too long for paper"),
    ("[1 Tiny Street, New York]", "1 Tiny Street", "an address in one text"),
    ("hello@tiny.example", "hello at tiny", "a mail address in words"),
    ("account: tests", "acount: tests", "an unknown key of a block"),
    ("11:30-14:30, ", "11:30, ", "only a beginning"),
    ("monday: closed", "munday: closed", "a weekday misspelt"),
    ("2026-12-24: closed", "24.12.: closed", "a day without its year"),
    ("slot_minutes: 15", "slot_minutes: 1", "a slot of a minute"),
    ("capacity: 4", "capacity: none", "a word for a number"),
    ("late: ask", "late: refuse", "another word for refund"),
    ("    late: ask\n", "", "no rule for what is paid too late"),
    ("price: 15.00", "price: 15,00", "a decimal comma"),
    ("price: 15.00", "price: -15", "a negative price"),
    ("price: 15.00", "prize: 15.00", "a price misspelt"),
    ("[egg, soy]\n        diets", "[wheat, soy]\n        diets", "an allergen by another word"),
    ("[egg, soy]\n        diets", "[soy, soy]\n        diets", "an allergen twice"),
    ("diets: [halal]", "diets: halal", "no list"),
    ("image: ramen.svg", "image: ../ramen.svg", "a path out of the folder"),
    ("available: false", "available: no", "another word for false"),
    ("image: ramen.svg", "nutrition: {fat: 3}", "a nutrient without its unit"),
    ("image: ramen.svg", "goes_with: beer", "a dish that is no list"),
    ("removal: true", "remove: true", "an unknown key of an option"),
    ("max: 3", "max: 0", "a group without answers"),
    ("    name: {en: Size, ja: サイズ}\n", "", "a group without its question"),
    ("tags:\n  hot:", "tag:\n  hot:", "an unknown block"),
];

#[test]
fn what_an_editor_can_know_to_be_wrong_is_marked() {
    let read = |text: &str| {
        let ramen = ("ramen.svg".to_owned(), b"<svg/>".to_vec());
        file::read(text, &Images::from([ramen]))
    };
    for (find, replace, why) in BROKEN {
        assert!(SMALL.contains(find), "{why}: no {find:?} in the menu");
        let broken = SMALL.replacen(find, replace, 1);
        assert!(!faults(&broken).is_empty(), "{why}: an editor says nothing");
        assert!(read(&broken).is_err(), "{why}: the reader takes it");
    }
}

#[test]
fn a_location_needs_only_what_differs_and_a_store_alone_needs_all() {
    let chain = SMALL.replace("  slug: tiny\n", "").replace(
        "tags:\n",
        "locations: [{slug: one}, {slug: two, house_rule: staff_tap}]\ntags:\n",
    );
    assert_eq!(faults(&chain), Vec::<String>::new());
    assert!(!faults(&SMALL.replace("  slug: tiny\n", "")).is_empty());
    assert!(!faults(&chain.replace("{slug: one}", "{slag: one}")).is_empty());
}
