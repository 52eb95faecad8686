//! `dine_in:` of a menu file: read as it is written, usual where it is left out, each mistake with its line.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;
use tabletap_domain::store::DineIn;
use tabletap_menu::file::{self, Images, Mistake, StoreFile};

const SMALL: &str = include_str!("small.yaml");

fn read(block: &str) -> Result<StoreFile, Vec<Mistake>> {
    let ramen = ("ramen.svg".to_owned(), b"<svg/>".to_vec());
    let text = SMALL.replacen("  takeout:\n", &format!("{block}  takeout:\n"), 1);
    assert!(text.contains(block));
    file::read(&text, &Images::from([ramen]))
}

#[test]
fn a_store_without_it_takes_orders_at_any_time_and_closes_paid_tables_as_usual() {
    assert_eq!(read("").unwrap().store.dine_in, DineIn::default());
}

#[test]
fn hours_last_order_and_the_time_of_a_paid_table_are_those_that_are_written() {
    let block = "  dine_in:
    hours: {daily: [11:00-15:00, 18:00-01:00], monday: closed}
    holidays: {2026-12-24: closed}
    last_order_minutes: 30
    close_paid_after_minutes: 5\n";
    let dine_in = read(block).unwrap().store.dine_in;
    assert_eq!(dine_in.close_paid_after, Duration::from_mins(5));
    let hours = dine_in.hours.unwrap();
    assert_eq!(hours.last_order, Duration::from_mins(30));
    assert!(hours.week.0[0].is_empty(), "monday");
    let tuesday: Vec<_> = hours.week.0[1]
        .iter()
        .map(|span| (span.from_minute, span.to_minute))
        .collect();
    assert_eq!(tuesday, [(660, 900), (1080, 1500)], "until one at night");
    assert_eq!(hours.holidays.len(), 1);
}

#[test]
fn each_mistake_is_told() {
    for (block, says, why) in [
        (
            "{hours: {daily: closed}}",
            "to take orders at any time",
            "never open",
        ),
        (
            "{last_order_minutes: 30}",
            "this changes `hours:`",
            "a last order of no hours",
        ),
        (
            "{holidays: {2026-12-24: closed}}",
            "this changes `hours:`",
            "a holiday of no hours",
        ),
        (
            "{close_paid_after_minutes: 300}",
            "from 0 to 240",
            "longer than a table stays open",
        ),
        (
            "{hours: {daily: [11:00]}}",
            "is not a range of times",
            "only a beginning",
        ),
        (
            "{close_paid_minutes: 5}",
            "`close_paid_minutes` is not a known key",
            "a misspelt key",
        ),
    ] {
        let mistakes = read(&format!("  dine_in: {block}\n")).unwrap_err();
        let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert!(
            told.iter().any(|told| told.contains(says)),
            "{why}: {told:?}"
        );
    }
}
