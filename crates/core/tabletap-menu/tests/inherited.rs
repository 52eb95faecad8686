//! Options that are dishes: what they contain, and what a file is told where it does not say so.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use tabletap_domain::menu::{Allergen, Menu};
use tabletap_menu::file::{Images, StoreFile, read};
use tabletap_wire::menu_record::MenuRecord;

const HOUSE: &str = r##"store:
  slug: house
  tenant: tests
  name: House
  languages: [en]
  currency: EUR
  time_zone: Europe/Berlin
  accent: "#7a4a12"
  house_rule: open
  tax: {prices: inclusive, categories: {food: []}}
  stations: [{id: hot, name: Kitchen, printer: hot-1, agent: pc}]
  tables: [{id: t1, name: Table 1}]
groups:
  soups:
    name: Soup
    options:
      - {id: miso, name: Miso soup}
categories:
  - id: all
    name: All
    items:
      - {id: ramen, name: Ramen, price: 9, allergens: [egg, soy]}
      - {id: miso, name: Miso soup, price: 4, allergens: [soy]}
      - {id: salad, name: Salad, price: 5, diets: [vegan]}
      - id: set
        name: Set
        price: 12
        diets: [vegetarian]
        groups:
          - {id: main, name: Main, min: 1, options: [{id: ramen, name: Ramen, default: true}, {id: noodles, name: Ramen}]}
          - soups
      - id: listed
        name: Listed
        price: 12
        allergens: [egg, soy]
        groups:
          - id: main
            name: Main
            min: 1
            options:
              - {id: ramen, name: Ramen}
              - {id: salad, name: Salad}
      - id: choice
        name: Choice
        price: 12
        diets: [vegan]
        groups:
          - {id: main, name: Main, min: 1, options: [{id: salad, name: Salad}, {id: tofu, name: Tofu, allergens: [soy]}]}
"##;

fn house() -> StoreFile {
    read(HOUSE, &Images::new()).unwrap()
}

fn contained(menu: &Menu, item: &str, group: usize) -> Vec<Allergen> {
    let item = menu
        .items()
        .find(|other| other.id.as_str() == item)
        .unwrap();
    let option = &item.option_groups[group].options[0];
    option.allergens.iter().copied().collect()
}

#[test]
fn a_file_is_told_of_each_gap_with_its_line_and_is_published_all_the_same() {
    let told: Vec<String> = house().warnings.iter().map(ToString::to_string).collect();
    let wanted = [
        ("line 17,", "this is the dish `miso`, which contains soy"),
        (
            "line 25,",
            "`set` is marked vegetarian, but the dish `ramen` in it is not",
        ),
        (
            "line 30,",
            "this is the dish `ramen`, which contains egg, soy",
        ),
        (
            "line 30,",
            "has the same name as the dish `ramen`, which contains egg, soy",
        ),
    ];
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (told, (line, says)) in told.iter().zip(wanted) {
        assert!(
            told.starts_with(line) && told.contains(says),
            "{line} {says}: {told}"
        );
    }
}

#[test]
fn a_menu_of_a_file_inherits_and_so_does_one_that_lay_in_the_table_before_menus_did() {
    let mut menu = house().menu;
    assert_eq!(contained(&menu, "set", 0), [Allergen::Egg, Allergen::Soy]);
    assert_eq!(contained(&menu, "set", 1), [Allergen::Soy]);
    let options = menu
        .categories
        .iter_mut()
        .flat_map(|category| &mut category.items)
        .flat_map(|item| &mut item.option_groups)
        .flat_map(|group| &mut group.options)
        .filter(|option| ["ramen", "miso"].contains(&option.id.as_str()));
    options.for_each(|option| option.allergens.clear());
    assert_eq!(contained(&menu, "set", 0), []);
    let read = MenuRecord::read(&MenuRecord::write(&menu)).unwrap();
    assert_eq!(read, house().menu);
}
