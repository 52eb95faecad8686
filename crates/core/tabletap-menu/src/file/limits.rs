//! How large each part of a menu file may be: far above any real menu, far below harm.

pub(crate) const NAME_CHARS_MAX: usize = 120;
pub(crate) const DESCRIPTION_CHARS_MAX: usize = 500;
pub(crate) const LANGUAGES_MAX: usize = 12;
pub(crate) const LOCATIONS_MAX: usize = 50;
pub(crate) const STATIONS_MAX: usize = 20;
pub(crate) const TABLES_MAX: usize = 500;
pub(crate) const TAX_RATES_MAX: usize = 8;
/// Spans a store is open on one day.
pub(crate) const SPANS_MAX: usize = 6;
pub(crate) const HOLIDAYS_MAX: usize = 200;
pub(crate) const ADDRESS_LINES_MAX: usize = 6;
pub(crate) const CATEGORIES_MAX: usize = 60;
pub(crate) const ITEMS_MAX: usize = 500;
pub(crate) const TAGS_MAX: usize = 8;
/// Dishes that one dish suggests: a cart shows one of them.
pub(crate) const GOES_WITH_MAX: usize = 4;
pub(crate) const GROUPS_MAX: usize = 20;
pub(crate) const OPTIONS_MAX: usize = 40;
/// Options of one item, those of nested groups counted: shared groups that hold shared groups multiply.
pub(crate) const OPTIONS_OF_ITEM_MAX: usize = 400;
/// A group in a group in a group. Orders may nest choices a level deeper than any menu does.
pub(crate) const GROUP_DEPTH_MAX: usize = 3;
/// Most loyalty points one dish or option may earn.
pub(crate) const POINTS_MAX: u32 = 10_000;
/// Most of one option on one dish, and most answers to one group.
pub(crate) const OPTION_QUANTITY_MAX: u32 = 50;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn the_documentation_has_the_same_limits() {
        let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let document = above
            .map(|folder| folder.join("docs/menu-file.md"))
            .find_map(|path| fs::read_to_string(path).ok())
            .unwrap();
        let limits = document.split("## Limits").nth(1).unwrap();
        let limits = limits.split("\n## ").next().unwrap();
        let documented: Vec<&str> = limits
            .lines()
            .filter(|line| line.starts_with("| "))
            .skip(1)
            .collect();
        let points = usize::try_from(POINTS_MAX).unwrap();
        let quantity = usize::try_from(OPTION_QUANTITY_MAX).unwrap();
        let expected = [
            ("languages", LANGUAGES_MAX),
            ("locations", LOCATIONS_MAX),
            ("stations", STATIONS_MAX),
            ("tables", TABLES_MAX),
            ("taxes of a category", TAX_RATES_MAX),
            ("spans of a day", SPANS_MAX),
            ("holidays", HOLIDAYS_MAX),
            ("lines of an address", ADDRESS_LINES_MAX),
            ("categories", CATEGORIES_MAX),
            ("items", ITEMS_MAX),
            ("tags of a dish", TAGS_MAX),
            ("dishes that go with one", GOES_WITH_MAX),
            ("groups of a dish or option", GROUPS_MAX),
            ("options of a group", OPTIONS_MAX),
            (
                "options of a dish, nested ones included",
                OPTIONS_OF_ITEM_MAX,
            ),
            ("levels of groups", GROUP_DEPTH_MAX),
            ("quantity of an option", quantity),
            ("points", points),
            ("characters of a name", NAME_CHARS_MAX),
            ("characters of a description", DESCRIPTION_CHARS_MAX),
        ];
        let expected = expected.map(|(what, most)| format!("| {what} | {most} |"));
        assert_eq!(documented, expected);
    }
}
