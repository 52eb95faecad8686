//! What a file says and what is read from it never differ silently: cut texts, unseen characters, clocks, hours, prices.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use tabletap_domain::menu::Item;
use tabletap_menu::file::{self, Images, Mistake, Severity, StoreFile};

const SMALL: &str = include_str!("small.yaml");
const BEER: &str = "{en: Beer, ja: ビール}";

fn read(text: &str) -> Result<StoreFile, Vec<Mistake>> {
    let ramen = ("ramen.svg".to_owned(), b"<svg/>".to_vec());
    file::read(text, &Images::from([ramen]))
}

/// The small menu with a block in place of the drinks' line.
fn with_drink(lines: &str) -> String {
    let start = SMALL.find("      - {id: beer").unwrap();
    format!("{}{lines}", &SMALL[..start])
}

/// The small menu with `beer` named as in `name: …`.
fn named(name: &str) -> String {
    with_drink(&format!(
        "      - id: beer\n        name: {name}\n        price: 8\n        station: bar\n        tax: alcohol\n"
    ))
}

fn beer(file: &StoreFile) -> &Item {
    file.menu
        .items()
        .find(|item| item.id.as_str() == "beer")
        .unwrap()
}

fn name(file: &StoreFile) -> &str {
    let first = file.menu.first_language();
    beer(file).name.get(first, first).0
}

fn told(mistakes: &[Mistake]) -> String {
    mistakes
        .iter()
        .map(|mistake| format!("{mistake}\n"))
        .collect()
}

/// What is told of a text besides its missing translation.
fn warned(file: &StoreFile) -> String {
    told(&file.warnings)
        .lines()
        .filter(|line| !line.contains("not translated"))
        .collect()
}

#[test]
fn a_comment_that_looks_like_a_part_of_a_text_is_told() {
    for (written, text, cut, why) in [
        ("Combo #2", "Combo", "`#2`", "a number"),
        ("Combo # 2", "Combo", "`# 2`", "with a space"),
        ("Combo   #2 large", "Combo", "`#2 large`", "far behind"),
        ("\"Combo\" #2", "Combo", "`#2`", "behind quotes"),
    ] {
        let file = read(&named(written)).unwrap();
        assert_eq!(name(&file), text, "{why}");
        let warned = warned(&file);
        let says =
            format!("categories[1].items[0].name: this text is only `{text}`: {cut} is a comment");
        assert!(
            warned.contains(&says) && warned.contains("in quotes"),
            "{why}: {warned}"
        );
    }
    for (written, text, why) in [
        (
            "Combo  # the big one",
            "Combo",
            "two spaces, as comments stand",
        ),
        ("Combo #", "Combo", "nothing behind it"),
        ("\"Combo #2\"", "Combo #2", "quotes"),
        ("Combo#2", "Combo#2", "no space before it"),
    ] {
        let file = read(&named(written)).unwrap();
        assert_eq!((name(&file), warned(&file).as_str()), (text, ""), "{why}");
    }
}

#[test]
fn a_text_that_is_a_comment_or_a_mark_of_yaml_as_a_whole_is_told() {
    for (written, says, why) in [
        (
            "#2",
            "`#2` is a comment: put the text in quotes",
            "a comment",
        ),
        ("&Co Fish", "begins with `&`", "an anchor"),
        ("!hot Fish", "begins with `!`", "a tag"),
    ] {
        let told = told(&read(&named(written)).unwrap_err());
        assert!(
            told.contains(says) && told.contains("line 84"),
            "{why}: {told}"
        );
    }
    let list = "      - {id: beer, name: Beer #2, price: 8, station: bar, tax: alcohol}\n";
    let told = told(
        &read(&with_drink(&format!(
            "{list}{}",
            list.replace("beer", "ale")
        )))
        .unwrap_err(),
    );
    assert!(
        told.contains("in line 83, everything after ` #` is a comment"),
        "{told}"
    );
}

#[test]
fn an_invisible_character_that_does_nothing_is_left_out() {
    for (written, text, why) in [
        ("\"شاي\u{200f}\"", "شاي", "a mark of direction at the end"),
        ("\u{200e}Tea", "Tea", "one at the beginning"),
        ("\u{202b}شاي\u{202c}", "شاي", "a direction around it all"),
        ("\u{feff}Tea", "Tea", "a byte order mark"),
        ("Green\u{200b} tea", "Green tea", "a space without width"),
        ("Dampf\u{ad}nudeln", "Dampfnudeln", "a soft hyphen"),
        (
            "نیم\u{200c}رو",
            "نیم\u{200c}رو",
            "Persian needs its non-joiner",
        ),
    ] {
        let file = read(&named(written)).unwrap();
        assert_eq!((name(&file), warned(&file).as_str()), (text, ""), "{why}");
    }
    let price = SMALL
        .replace("price: 15.00", "price: 15.00\u{200f}")
        .replace("id: hot,", "id: hot\u{200b},");
    assert_eq!(
        read(&price).unwrap(),
        read(SMALL).unwrap(),
        "not only in texts"
    );
}

#[test]
fn an_invisible_character_that_acts_is_told_by_name_letter_line_and_column() {
    for (written, says, why) in [
        (
            "Tea \u{202e}gnp",
            "line 84, column 19: error: there is an invisible character, U+202E RIGHT-TO-LEFT OVERRIDE, after `Tea `",
            "an override",
        ),
        (
            "شاي\u{200f} (2)",
            "line 84, column 18: error: there is an invisible character, U+200F RIGHT-TO-LEFT MARK, after `شاي`",
            "a mark inside",
        ),
        (
            "\"Te\\u202ea\"",
            "line 84, column 15: error: there is an invisible character, U+202E",
            "one that is escaped",
        ),
        (
            "\u{3164}",
            "U+3164 HANGUL FILLER, at the beginning",
            "a letter without ink",
        ),
        ("Tea \u{e001}", "U+E001 (private use", "an icon of one font"),
        ("\"Te\\x07a\"", "U+0007 (a control character)", "a bell"),
    ] {
        let mistakes = read(&named(written)).unwrap_err();
        let told = told(&mistakes);
        assert!(told.contains(says), "{why}: {told}");
        let errors = mistakes.iter().filter(|m| m.severity == Severity::Error);
        assert_eq!(errors.count(), 1, "{why}: {told}");
    }
}

#[test]
fn a_clock_that_never_changes_is_told_with_the_city_whose_does() {
    let file = read(&SMALL.replace("America/New_York", "EST")).unwrap();
    assert_eq!(
        told(&file.warnings),
        "line 7, column 14: warning: store.time_zone: `EST` never changes to summer time, so hours and slots would be an hour off for half of the \
         year (write the nearest large city, for example `America/New_York`)\n"
    );
}

#[test]
fn hours_of_a_holiday_run_into_no_other_day() {
    let holidays = |lines: &str| {
        SMALL.replace(
            "      2026-12-24: closed\n      2026-12-31: [17:00-01:00]\n",
            lines,
        )
    };
    // Open from 11:30 each day, on Saturdays from 18:00 to two at night; shut on Mondays.
    for (lines, says, why) in [
        (
            "      2026-11-24: [17:00-12:00]\n",
            "line 34, column 7: error: store.takeout.holidays.2026-11-24: 2026-11-24's hours overlap with those of the next day",
            "into a Wednesday",
        ),
        (
            "      2026-11-29: [01:00-05:00]\n",
            "the hours of the day before overlap with those of 2026-11-29",
            "a Saturday night into it",
        ),
        (
            "      2026-11-24: [17:00-12:00]\n      2026-11-25: [10:00-12:00]\n",
            "2026-11-24's hours overlap",
            "into a holiday",
        ),
        (
            "      2026-12-31: [17:00-12:00]\n",
            "2026-12-31's hours overlap",
            "over New Year",
        ),
    ] {
        let told = told(&read(&holidays(lines)).unwrap_err());
        assert!(told.contains(says), "{why}: {told}");
        assert_eq!(told.lines().count(), 1, "{why}: {told}");
    }
    for (lines, why) in [
        (
            "      2026-11-24: [17:00-12:00]\n      2026-11-25: closed\n",
            "the day after is closed",
        ),
        ("      2026-11-24: [17:00-11:30]\n", "they touch"),
        ("      2026-11-29: [17:00-12:00]\n", "Mondays are closed"),
    ] {
        assert_eq!(told(&read(&holidays(lines)).unwrap().warnings), "", "{why}");
    }
    let tables = SMALL.replace(
        "  takeout:\n",
        "  dine_in: {hours: {daily: [00:00-24:00]}, holidays: {2026-11-30: [17:00-05:00]}}\n  takeout:\n",
    );
    let told = told(&read(&tables).unwrap_err());
    assert!(
        told.contains("store.dine_in.holidays.2026-11-30: 2026-11-30's hours overlap"),
        "{told}"
    );
}

#[test]
fn a_hint_for_a_price_is_the_price_that_was_meant_or_none() {
    for (written, hint, why) in [
        ("12,50", "(write `12.50`)", "a decimal comma"),
        ("1.250,00", "(write `1250.00`)", "thousands"),
        (
            "12 50",
            "(write it like `12.50`)",
            "never a hundred times the price",
        ),
        ("-1,50", "(write `-1.50`)", "what takes off stays so"),
    ] {
        let text = SMALL.replace("price: -1.00", &format!("price: {written}"));
        let told = told(&read(&text).unwrap_err());
        let written_in_list = written.contains(',');
        let text = text.replace(
            &format!("price: {written}"),
            &format!("price: \"{written}\""),
        );
        let told = match written_in_list {
            true => self::told(&read(&text).unwrap_err()),
            false => told,
        };
        assert!(told.contains(hint), "{why}: {told}");
    }
}

#[test]
fn beer_is_beer() {
    assert_eq!(name(&read(&named(BEER)).unwrap()), "Beer");
}
