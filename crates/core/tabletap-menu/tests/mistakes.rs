//! Every kind of mistake in a menu file is told with its line and what to do, and one file's mistakes are told together.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use tabletap_menu::file::{self, Images, Mistake, Severity, StoreFile};

const SMALL: &str = include_str!("small.yaml");

fn read(text: &str) -> Result<StoreFile, Vec<Mistake>> {
    let ramen = ("ramen.svg".to_owned(), b"<svg/>".to_vec());
    file::read(text, &Images::from([ramen]))
}

/// A change to the small menu that makes one mistake.
struct Row {
    find: &'static str,
    replace: &'static str,
    /// Lines from the changed one to the one that is told.
    below: isize,
    /// Mistakes that are told altogether.
    count: usize,
    says: &'static str,
    why: &'static str,
}

#[rustfmt::skip]
const fn row(find: &'static str, replace: &'static str, says: &'static str, why: &'static str) -> Row {
    Row { find, replace, below: 0, count: 1, says, why }
}

impl Row {
    const fn below(self, below: isize) -> Self {
        Self { below, ..self }
    }

    /// The mistake has a consequence that is told as well.
    const fn with_others(self, count: usize) -> Self {
        Self { count, ..self }
    }
}

fn mistakes(text: &str) -> Vec<Mistake> {
    read(text).err().unwrap_or_default()
}

fn told(mistakes: &[Mistake]) -> String {
    mistakes
        .iter()
        .map(|mistake| format!("{mistake}\n"))
        .collect()
}

fn check(rows: &[Row]) {
    for Row {
        find,
        replace,
        below,
        count,
        says,
        why,
    } in rows
    {
        let before = SMALL.split(find).next().unwrap_or_default();
        assert_ne!(before, SMALL, "{why}: no {find:?} in the menu");
        let line = (1 + before.matches('\n').count())
            .checked_add_signed(*below)
            .unwrap();
        let found = mistakes(&SMALL.replacen(find, replace, 1));
        let told = told(&found);
        let hit = found
            .iter()
            .any(|m| m.line == line && m.to_string().contains(says));
        assert!(
            hit,
            "{why}: wanted line {line} saying {says:?}, was told:\n{told}"
        );
        assert_eq!(
            found.len(),
            *count,
            "{why}: a mistake is told once, was told:\n{told}"
        );
    }
}

#[test]
fn the_menu_these_tests_break_is_whole() {
    assert_eq!(read(SMALL).unwrap().warnings, []);
}

#[rustfmt::skip]
const STORE: &[Row] = &[
    row("slug: tiny", "slug: Tiny Place", "for example `tiny-place`", "an id of another shape"),
    row("tenant: tests", "tenent: tests\n  tenant: tests", "did you mean `tenant`?", "an unknown key"),
    row("  name: Tiny", "  name: Tiny\n  name: Tiny", "twice, first on line 4", "a key twice").below(1),
    row("  name: Tiny", "  name: \"\"", "this is empty", "a name without letters"),
    row("currency: USD", "currency: usd", "write `USD`", "a currency in small letters"),
    row("America/New_York", "America/New_Yrok", "did you mean `America/New_York`?", "a time zone misspelt"),
    row("\"#b3261e\"", "\"#ff8a75\"", "too light", "an accent that cannot be read on paper"),
    row("\"#b3261e\"", "#b3261e", "in quotes: a bare # begins a comment", "a colour without quotes"),
    row("\"#b3261e\"", "red", "is not a colour", "a colour by its name"),
    row("house_rule: open", "house_rule: opn", "did you mean `open`?", "a house rule misspelt"),
    row("prices: exclusive", "prices: net", "known are: inclusive, exclusive", "another word for exclusive"),
    row("percent: 4.375}, {", "percent: 4.37555}, {", "is not a percentage", "finer than a rate can be"),
    row("percent: 18,", "percent: 18%,", "write `18`", "a percent sign"),
    row("percent: 18, tax: food", "percent: 18, tax: fod", "did you mean `food`?", "an unknown tax category"),
    row("{id: hot, name: Kitchen", "{id: bar, name: Kitchen", "`bar` is already used", "a station twice").with_others(2),
    row("printer: bar-1, ", "", "`printer:` is missing", "a station without a printer"),
    row("name: Table 2", "name: Table 1", "`Table 1` is already used on line 20", "two tables of one name"),
    row("[en, ja]", "[en, ja, en]", "`en` is already used", "a language twice"),
];

#[rustfmt::skip]
const TAKEOUT: &[Row] = &[
    row("account: tests", "account: Tests!", "for example `tests`", "an account of another shape"),
    row("account: tests", "acount: tests", "`account:` is missing", "an unknown key in place of the account").with_others(2),
    row("  payments: {account: tests}\n", "", "takeout is paid in advance", "takeout without an account"),
    row("hello@tiny.example", "hello at tiny", "is not a valid email address", "a mail address in words"),
    row("+1 212 555 0100", "ask for Kim", "is not a valid phone number", "a phone number in words"),
    row("[1 Tiny Street, New York]", "1 Tiny Street", "expected a list", "an address in one text"),
    row("11:30-14:30, ", "11:30, ", "is not a range of times", "only a beginning"),
    row("11:30-14:30, ", "11.30-14.30, ", "is not a range of times", "points for colons"),
    row("11:30-14:30, ", "11:30-25:00, ", "is not a range of times", "an hour that no clock has"),
    row("11:30-14:30, ", "11:30-18:00, ", "starts before the previous one ends", "spans that overlap"),
    row("saturday: [18:00-02:00]", "saturday: [18:00-17:30]", "saturday's hours overlap", "a night into the next day's hours").below(-3),
    row("monday: closed", "munday: closed", "did you mean `monday`?", "a weekday misspelt"),
    row("2026-12-24: closed", "2026-12-32: closed", "a day of the calendar", "a day that is not"),
    row("2026-12-24: closed", "24.12.: closed", "a day of the calendar", "a day without its year"),
    row("slot_minutes: 15", "slot_minutes: 1", "from 5 to 720", "a slot of a minute"),
    row("capacity: 4", "capacity: 0", "from 1 to 1000", "no place at all"),
    row("preparation_minutes: 20", "preparation_minutes: 0:20", "a whole number", "a time for a number"),
    row("late: ask", "late: refuse", "did you mean `refund`?", "another word for refund"),
    row("    late: ask\n", "", "`late:` is missing", "no rule for what is paid too late").below(-13),
];

#[test]
fn mistakes_of_takeout_are_told_with_their_line() {
    check(TAKEOUT);
}

#[test]
fn a_store_that_is_never_open_sells_no_takeout() {
    let start = SMALL.find("    hours:").unwrap();
    let end = SMALL.find("    holidays:").unwrap();
    let shut = SMALL.replacen(&SMALL[start..end], "    hours: {daily: closed}\n", 1);
    assert!(told(&mistakes(&shut)).contains("these hours never open"));
}

#[test]
fn the_hours_are_those_that_are_written() {
    let rules = read(SMALL).unwrap().store.takeout.unwrap();
    let minutes = |day: usize| {
        let spans = rules.hours.0[day].iter();
        spans
            .map(|span| (span.from_minute, span.to_minute))
            .collect::<Vec<_>>()
    };
    assert_eq!(minutes(0), [], "monday");
    assert_eq!(minutes(1), [(690, 870), (1020, 1320)], "daily");
    assert_eq!(minutes(5), [(1080, 1560)], "saturday, until two at night");
    let holidays: Vec<(String, usize)> = rules
        .holidays
        .iter()
        .map(|(day, open)| (day.to_string(), open.len()))
        .collect();
    assert_eq!(
        holidays,
        [("2026-12-24".to_owned(), 0), ("2026-12-31".to_owned(), 1)]
    );
}

#[test]
fn mistakes_of_the_store_are_told_with_their_line() {
    check(STORE);
}

#[rustfmt::skip]
const DISHES: &[Row] = &[
    row("price: 15.00", "price: 15.005", "has 3 decimals, USD has 2", "finer than a cent"),
    row("price: 15.00", "price: 15,00", "write `15.00`", "a decimal comma"),
    row("price: 15.00", "price: $15", "write `15`", "a currency sign"),
    row("price: 15.00", "price: 1.5e1", "is not a valid USD price", "an exponent"),
    row("price: 15.00", "price: -15", "below zero", "a negative price"),
    row("price: 15.00", "price: 99999999999", "too large for a price", "a price beyond the limit"),
    row("price: 15.00", "price: 92233720368547758.07", "too large for a price", "the largest number of cents"),
    row("price: 15.00", "price: 92233720368547758.08", "is not a valid USD price", "one cent more"),
    row("price: 15.00", "price: 0.50", "below zero", "a reduction larger than the dish"),
    row("price: 15.00", "prize: 15.00\n        price: 15.00", "`prize` is not a known key", "an unknown key"),
    row("cost: 3.90", "cost: [3]", "expected text, found a list", "a list where a price is due"),
    row("[egg, soy]\n        diets", "[eggs, soy]\n        diets", "did you mean `egg`?", "a plural"),
    row("[egg, soy]\n        diets", "[wheat, soy]\n        diets", "here it is called `gluten`", "another word"),
    row("[egg, soy]\n        diets", "[soy, soy]\n        diets", "appears here twice", "an allergen twice"),
    row("diets: [halal]", "diets: [halaal]", "did you mean `halal`?", "a diet misspelt"),
    row("diets: [halal]", "diets: [vegan]", "a vegan dish cannot contain egg", "a diet that the allergens contradict"),
    row("tags: [hot]", "tags: [hott]", "did you mean `hot`?", "an unknown tag"),
    row("image: ramen.svg", "image: ../ramen.svg", "not the file name of a picture", "a path out of the folder"),
    row("station: bar, tax", "station: barr, tax", "did you mean `bar`?", "an unknown station"),
    row("tax: alcohol, ", "", "`tax:` is missing here and in the category", "no tax category"),
    row("available: false", "available: no", "expected true or false", "another word for false"),
    row("{id: beer, ", "{id: ramen, ", "`ramen` is already used on line 59", "an item id twice"),
    row("- id: drinks", "- id: noodles", "`noodles` is already used", "a category id twice"),
    row("{en: Beer, ja: ビール}", "{ja: ビール}", "the store's first language, is missing", "no text to fall back to"),
    row("{en: Beer, ja: ビール}", "{en: Beer, jp: ビール}", "did you mean `ja`?", "a language the store has not").with_others(2),
    row("{en: Beer, ja: ビール}", "{en: \"Be\\eer\", ja: ビール}", "an invisible character, U+001B ESCAPE, after `Be`", "an ESC in a name"),
];

#[test]
fn mistakes_of_the_dishes_are_told_with_their_line() {
    check(DISHES);
}

#[rustfmt::skip]
const GROUPS: &[Row] = &[
    row("- size\n", "- sise\n", "did you mean `size`?", "an unknown group"),
    row("    min: 1\n", "    min: 2\n", "`min: 2` is more than `max: 1`", "a group nobody can answer"),
    row("    max: 1\n", "    max: 0\n", "a whole number from 1 to 50", "a group without answers"),
    row("{id: large,", "{id: regular,", "`regular` is already used", "an option id twice"),
    row("price: -1.00", "price: -1.001", "has 3 decimals", "a reduction finer than a cent"),
    row("quantity_max: 2", "points: -3", "a whole number from 0 to 10000", "fewer points than none"),
        row("quantity_max: 2", "quantity_max: many", "a whole number from 1 to 50", "no number"),
    row("groups: [size]", "groups: [size, size]", "`size` is already used", "a group twice on one option"),
    row("removal: true", "remove: true", "did you mean `removal`?", "an unknown key of an option"),
    row("            max: 3\n", "            min: 9\n            max: 9\n", "at least 9, but its available options allow only 4", "too few to choose from").below(2),
];

#[test]
fn mistakes_of_the_option_groups_are_told_with_their_line() {
    check(GROUPS);
}

#[test]
fn a_required_group_whose_options_are_all_sold_out_is_a_mistake() {
    let text = SMALL
        .replace("default: true}", "available: false}")
        .replace("ja: 大}, price", "ja: 大}, available: false, price");
    let found = mistakes(&text);
    assert_eq!(found.len(), 1, "{}", told(&found));
    assert!(
        found[0]
            .message
            .contains("at least 1, but its available options allow only 0")
    );
    assert_eq!(found[0].line, 49);
}

#[test]
fn a_group_that_holds_itself_is_a_mistake_and_not_an_endless_loop() {
    let text = SMALL.replace("price: 3.00, cost: 0.70}", "groups: [size]}");
    let found = mistakes(&text);
    assert!(
        told(&found).contains("the group `size` would contain itself"),
        "{}",
        told(&found)
    );
}

#[test]
fn groups_nest_three_deep_and_no_deeper() {
    let nested = |depth: usize| {
        let mut groups = String::from("groups:\n");
        for level in 1..=depth {
            let inner = if level < depth {
                format!(", groups: [g{}]", level + 1)
            } else {
                String::new()
            };
            groups += &format!(
                "  g{level}: {{name: {{en: G, ja: G}}, options: [{{id: o, name: {{en: O, ja: O}}{inner}}}]}}\n"
            );
        }
        let item = "        groups:\n          - g1\n";
        SMALL
            .replacen("groups:\n", &groups, 1)
            .replacen("        groups:\n", item, 1)
    };
    assert!(read(&nested(3)).is_ok(), "{}", told(&mistakes(&nested(3))));
    assert!(told(&mistakes(&nested(4))).contains("groups nest at most 3 deep"));
}

#[test]
fn shared_groups_cannot_multiply_into_a_huge_menu() {
    let options = |inner: &str| {
        let option = |n: usize| format!("{{id: o{n}, name: {{en: O, ja: O}}{inner}}}");
        (0..40).map(option).collect::<Vec<_>>().join(", ")
    };
    let group = |id: &str, inner: &str| {
        format!(
            "  {id}: {{name: {{en: G, ja: G}}, options: [{}]}}\n",
            options(inner)
        )
    };
    let groups = format!(
        "groups:\n{}{}",
        group("big", ", groups: [small]"),
        group("small", "")
    );
    let text = SMALL.replacen("groups:\n", &groups, 1).replacen(
        "- size\n",
        "- size\n          - big\n",
        1,
    );
    assert!(told(&mistakes(&text)).contains("more than 400 options here"));
}

#[test]
fn one_reading_tells_all_mistakes_in_the_order_of_the_file() {
    let text = SMALL
        .replace("currency: USD", "currency: DOLLAR")
        .replace("house_rule: open", "house_rule: closed")
        .replace("[egg, soy]\n        diets", "[egs, soi]\n        diets")
        .replace("- size\n", "- sizes\n");
    let found = mistakes(&text);
    let lines: Vec<usize> = found.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [6, 9, 64, 64, 69], "{}", told(&found));
}

#[test]
fn a_missing_translation_warns_and_keeps_nothing_from_being_published() {
    let read = read(&SMALL.replace("{en: Beer, ja: ビール}", "Beer")).unwrap();
    assert_eq!(read.warnings.len(), 1);
    assert_eq!(read.warnings[0].severity, Severity::Warning);
    assert_eq!(
        read.warnings[0].to_string(),
        "line 83, column 26: warning: categories[1].items[0].name: not translated into ja"
    );
}

#[test]
fn limits_are_told_with_what_fits() {
    let long = format!("{{en: {}, ja: ビール}}", "b".repeat(121));
    let found = mistakes(&SMALL.replace("{en: Beer, ja: ビール}", &long));
    assert!(
        told(&found).contains("has 121 characters; at most 120 are allowed"),
        "{}",
        told(&found)
    );

    let item = |n: usize| {
        format!("      - {{id: b{n}, name: {{en: B, ja: B}}, price: 1, station: bar, tax: food}}\n")
    };
    let many: String = (0..500).map(item).collect();
    assert!(told(&mistakes(&format!("{SMALL}{many}"))).contains("at most 500 are allowed"));

    let option = |n: usize| format!("      - {{id: o{n}, name: {{en: O, ja: O}}}}\n");
    let options: String = (0..39).map(option).collect();
    let found = mistakes(&SMALL.replacen(
        "categories:\n  - id",
        &format!("{options}categories:\n  - id"),
        1,
    ));
    assert!(
        told(&found).contains("this list has 41 entries; at most 40 are allowed"),
        "{}",
        told(&found)
    );
}

#[test]
fn what_is_no_yaml_is_told_with_its_line() {
    for (text, line, says, why) in [
        ("", 1, "the file is empty", "nothing"),
        ("store", 1, "begins with `store:`", "a lone word"),
        ("store: {a: b\n", 2, "not valid YAML", "a brace left open"),
        (
            "store:\n\tslug: x\n",
            2,
            "not valid YAML",
            "a tab as indentation",
        ),
        ("a: &x {b: *x}\n", 1, "aliases", "an alias"),
        (
            "store: {}\n---\nstore: {}\n",
            2,
            "one document",
            "two documents",
        ),
    ] {
        let found = mistakes(text);
        let hit = found
            .iter()
            .any(|m| m.line == line && m.message.contains(says));
        assert!(hit, "{why}: was told:\n{}", told(&found));
    }
    let deep = |levels: usize| format!("store: {}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(
        told(&mistakes(&deep(60))).contains("nested too deeply"),
        "deeper than the format"
    );
    assert!(
        told(&mistakes(&deep(5000))).contains("not valid YAML"),
        "deeper than the parser goes"
    );
    assert!(told(&mistakes(&" ".repeat(2 << 20))).contains("larger than 1 MB"));
}

#[test]
fn a_categorys_wrong_station_is_told_once_and_not_for_each_of_its_dishes() {
    let found = mistakes(&SMALL.replace("    station: hot\n    tax", "    station: hut\n    tax"));
    assert_eq!(found.len(), 1, "{}", told(&found));
    assert!(told(&found).contains("did you mean `hot`?"));
}
