//! Several stores in one file: what they share, what is their own, and mistakes that are told once and where they stand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use tabletap_menu::file::{self, Images, Mistake, StoreFile};

const SMALL: &str = include_str!("small.yaml");

fn images() -> Images {
    Images::from([("ramen.svg".to_owned(), b"<svg/>".to_vec())])
}

fn read(text: &str) -> Result<StoreFile, Vec<Mistake>> {
    file::read(text, &images())
}

fn read_stores(text: &str) -> Result<Vec<StoreFile>, Vec<Mistake>> {
    file::read_stores(text, &images())
}

fn with_locations(locations: &str) -> String {
    format!("{SMALL}\nlocations:\n{locations}")
}

fn told(mistakes: &[Mistake]) -> Vec<String> {
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_location_is_the_store_with_its_own_keys() {
    let text = with_locations(
        "  - {slug: north, name: North, house_rule: staff_tap}\n  - {slug: south, name: South, tables: [{id: s1, name: South 1}]}\n",
    );
    let stores = read_stores(&text).unwrap();
    let plain = read(SMALL).unwrap();
    let said: Vec<(&str, &str, usize)> = stores
        .iter()
        .map(|file| {
            (
                file.store.slug.as_str(),
                file.store.house_rule.as_str(),
                file.store.tables.len(),
            )
        })
        .collect();
    let (rule, tables) = (plain.store.house_rule.as_str(), plain.store.tables.len());
    assert_eq!(said, [("north", "staff_tap", tables), ("south", rule, 1)]);
    assert!(
        stores
            .iter()
            .all(|file| file.menu == plain.menu && file.warnings.is_empty())
    );
}

#[test]
fn a_file_without_locations_is_one_store() {
    let stores = read_stores(SMALL).unwrap();
    assert_eq!(stores, [read(SMALL).unwrap()]);
}

#[test]
fn mistakes_of_locations_are_told_once_in_their_lines() {
    let first = SMALL.lines().count() + 3;
    for (locations, line, says, why) in [
        (
            "  - {slug: a, name: A}\n  - {slug: a, name: B}\n",
            first + 1,
            "already has the slug `a`",
            "one slug twice",
        ),
        (
            "  - {slug: a, name: A, house_rule: shut}\n",
            first,
            "locations[0].house_rule: there is no house rule `shut`",
            "an own key",
        ),
        (
            "  - {slug: a, name: A, colour: red}\n",
            first,
            "locations[0].colour: `colour` is not a known key",
            "an unknown key",
        ),
        (
            "  - {slug: a, name: A}\n  - North\n",
            first + 1,
            "locations[1]: expected lines",
            "no mapping",
        ),
        ("  []\n", first, "locations: at least one is needed", "none"),
    ] {
        let mistakes = read_stores(&with_locations(locations)).unwrap_err();
        let told = told(&mistakes);
        assert_eq!(told.len(), 1, "{why}: {told:#?}");
        assert!(
            told[0].contains(says) && mistakes[0].line == line,
            "{why}: line {line}: {told:#?}"
        );
    }
    let shared = with_locations("  - {slug: a, name: A}\n  - {slug: b, name: B}\n");
    let shared = shared.replacen("currency: ", "currency: X", 1);
    let mistakes = read_stores(&shared).unwrap_err();
    assert_eq!(
        told(&mistakes).len(),
        1,
        "what all share is wrong once: {mistakes:#?}"
    );
}

#[test]
fn a_chain_is_no_single_store() {
    let text = with_locations("  - {slug: a, name: A}\n  - {slug: b, name: B}\n");
    let mistakes = read(&text).unwrap_err();
    assert!(
        mistakes[0].to_string().contains("one store was expected"),
        "{mistakes:?}"
    );
}
