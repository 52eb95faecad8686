//! Prices that no payment carries, and dishes that cannot be picked up alone, are told with their line.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use tabletap_menu::file::{self, Images, Mistake, Severity, StoreFile};

fn read(text: &str) -> Result<StoreFile, Vec<Mistake>> {
    file::read(text, &Images::new())
}

fn told(mistakes: &[Mistake]) -> Vec<String> {
    mistakes.iter().map(ToString::to_string).collect()
}

/// A small house in Kuwait, with payments and takeout or without.
fn dinar(rest: &str, prices: [&str; 3]) -> String {
    let [tea, milk, cake] = prices;
    format!(
        "store:
  slug: kwd-fils
  tenant: tests
  name: Test House
  languages: [en]
  currency: KWD
  time_zone: Asia/Kuwait
  accent: \"#7a4a12\"
  house_rule: open
  tax: {{prices: inclusive, categories: {{food: []}}}}
  service_charge: {{name: Service, percent: 12.5}}
  stations: [{{id: hot, name: Kitchen, printer: hot-1, agent: pc}}]
  tables: [{{id: t1, name: Table 1}}]
{rest}
categories:
  - id: main
    name: Main
    items:
      - id: tea
        name: Tea
        price: {tea}
        groups:
          - id: milk
            name: Milk
            options: [{{id: milk, name: Milk, price: {milk}}}]
      - {{id: cake, name: Cake, price: {cake}, cost: 0.333}}
"
    )
}

const PAYMENTS: &str = "  payments: {account: sidra}";
const TAKEOUT: &str = "  payments: {account: sidra}
  takeout: {hours: {daily: [10:00-22:00]}, preparation_minutes: 10, slot_minutes: 15, capacity: 3, late: refund}";

#[test]
fn a_price_that_no_payment_carries_is_refused_where_guests_pay_and_told_where_they_do_not() {
    let prices = ["1.255", "-0.105", "2.500"];
    let says = told(&read(&dinar(PAYMENTS, prices)).unwrap_err());
    assert_eq!(says.len(), 2, "{says:#?}");
    assert!(says[0].contains("line 21") && says[0].contains("`1.255` cannot be paid by card"));
    assert!(says[0].ends_with("(write `1.260`)"), "{}", says[0]);
    assert!(says[1].contains("line 25") && says[1].ends_with("(write `-0.110`)"));
    let found = read(&dinar("", prices)).unwrap().warnings;
    assert_eq!(found.len(), 2, "{:?}", told(&found));
    assert!(found.iter().all(|m| m.severity == Severity::Warning));
    let whole = ["1.250", "-0.100", "2.500"];
    assert_eq!(read(&dinar(TAKEOUT, whole)).unwrap().warnings, []);
}

#[test]
fn a_dish_that_cannot_be_picked_up_alone_is_told_with_its_line() {
    // 0.180 with 12.5 % comes to 0.200, the least there is.
    for (cake, told_of) in [("0", true), ("0.150", true), ("0.180", false)] {
        let found = read(&dinar(TAKEOUT, ["1.250", "0.100", cake]))
            .unwrap()
            .warnings;
        assert_eq!(!found.is_empty(), told_of, "{cake}: {:?}", told(&found));
        for mistake in found {
            assert_eq!((mistake.line, mistake.severity), (27, Severity::Warning));
            let says = "takeout orders start at 0.200 KWD, so this cannot be ordered on its own";
            assert!(mistake.message.starts_with(says), "{mistake}");
        }
        let at_tables = read(&dinar(PAYMENTS, ["1.250", "0.100", cake])).unwrap();
        assert_eq!(
            at_tables.warnings,
            [],
            "only takeout is paid before it is made"
        );
    }
}

#[test]
fn a_dish_whose_price_is_its_size_is_no_free_dish() {
    let sized = dinar(TAKEOUT, ["0", "1.000", "2.500"])
        .replace("name: Milk\n", "name: Milk\n            min: 1\n");
    assert_eq!(read(&sized).unwrap().warnings, []);
}
