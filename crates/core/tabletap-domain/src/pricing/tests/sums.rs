//! That parts sum to their total, and that a total which does not fit is refused.

use super::*;
use crate::money::MoneyError;

#[test]
fn prices_that_do_not_fit_are_refused_whatever_a_menu_says() {
    let with = |price, extra| {
        let extras = group("extras", 0, 3, vec![option("egg", extra)]);
        menu(
            vec![item("ramen", price, vec![extras])],
            PricingRules::default(),
        )
    };
    let egg = |quantity| vec![choice("extras", "egg", quantity)];
    for (menu, cart, field) in [
        (with(i64::MAX, 0), cart(1, vec![]), "choices"),
        (with(i64::MAX, i64::MAX), cart(1, egg(1)), "choices"),
        (with(0, i64::MAX), cart(1, egg(3)), "choices"),
        (with(i64::MIN, i64::MIN), cart(1, egg(3)), "choices"),
        (with(1, -2), cart(1, egg(1)), "choices"),
        (
            with(limits::TOTAL_MINOR_MAX.0, 0),
            cart(2, vec![]),
            "quantity",
        ),
    ] {
        let problem = "TotalOutOfRange".to_owned();
        assert_eq!(
            refused(&menu, &cart),
            (format!("lines[0].{field}"), problem)
        );
    }
    let dearest = with(limits::TOTAL_MINOR_MAX.0, 0);
    assert!(price_cart(&dearest, &cart(1, vec![]), &lang("en")).is_ok());
}

#[test]
fn a_total_that_does_not_fit_is_an_error() {
    let food = TaxCategory::parse("food").unwrap();
    let usd = Currency::from_code("USD").unwrap();
    let rules = |tax_inclusive, rate| PricingRules {
        tax_inclusive,
        taxes: vec![tax("Tax", rate)],
        ..PricingRules::default()
    };
    for (amounts, rules, why) in [
        (vec![i64::MAX, 1], rules(true, 0), "the lines"),
        (vec![i64::MAX], rules(true, u32::MAX), "the limit"),
        (vec![i64::MAX], rules(false, u32::MAX), "the tax"),
        (
            vec![limits::TOTAL_MINOR_MAX.0],
            rules(false, 1),
            "with its tax",
        ),
    ] {
        let lines: Vec<TaxedAmount<'_>> = amounts.iter().map(|a| (&food, Minor(*a))).collect();
        assert_eq!(
            total(&lines, &rules, usd),
            Err(MoneyError::Overflow),
            "{why}"
        );
    }
}

/// Whether the taxes sum to the tax, and the parts to the total.
fn sums_up(totals: &Totals) -> bool {
    let on_top = (!totals.tax_inclusive).then_some(totals.tax_minor);
    let parts = [totals.subtotal_minor, totals.service_charge_minor];
    Minor::sum(totals.taxes.iter().map(|tax| tax.tax_minor)) == Ok(totals.tax_minor)
        && Minor::sum(parts.into_iter().chain(on_top)) == Ok(totals.total_minor)
}

proptest! {
    #[test]
    fn whatever_is_ordered_comes_to_a_total_that_a_payment_carries_and_its_shares_too(
        steps in prop::collection::vec(0_i64..100_000, 1..20),
        rates in prop::collection::vec(0_u32..300_000, 0..4),
        service in prop::option::of(0_u32..300_000),
        tax_inclusive in any::<bool>(),
        code in prop::sample::select(vec!["JPY", "USD", "KWD"]),
    ) {
        let currency = Currency::from_code(code).unwrap();
        let food = TaxCategory::parse("food").unwrap();
        let charge = |rate_ppm| ServiceCharge { name: "Service".to_owned(), rate_ppm, tax_category: Some(food.clone()) };
        let rules = PricingRules {
            tax_inclusive,
            taxes: rates.iter().map(|rate| tax(&rate.to_string(), *rate)).collect(),
            service_charge: service.map(charge),
        };
        let amounts: Vec<i64> = steps.iter().map(|n| n * charge::step_minor(currency)).collect();
        let lines: Vec<TaxedAmount<'_>> = amounts.iter().map(|minor| (&food, Minor(*minor))).collect();
        let totals = total(&lines, &rules, currency).unwrap();
        prop_assert!(sums_up(&totals));
        let shares = charge::split(totals.total_minor, &amounts, currency);
        prop_assert_eq!(Minor::sum(shares.iter().copied()), Ok(totals.total_minor));
        let carried = |minor: &Minor| charge::is_on_step(*minor, currency);
        prop_assert!(shares.iter().chain([&totals.total_minor, &totals.service_charge_minor]).all(carried));
    }
}

proptest! {
    #[test]
    fn the_parts_of_every_total_sum_to_it(
        prices in prop::collection::vec((0_i64..1_000_000, 1_i64..=50), 1..4),
        rates in prop::collection::vec(0_u32..300_000, 0..4),
        service in prop::option::of(0_u32..200_000),
        tax_inclusive in any::<bool>(),
    ) {
        let items = prices.iter().enumerate().map(|(i, (price, _))| item(&format!("dish-{i}"), *price, vec![]));
        let service_charge = service.map(|rate_ppm| ServiceCharge {
            name: "Service".into(), rate_ppm, tax_category: Some(TaxCategory::parse("food").unwrap()),
        });
        let taxes = rates.iter().enumerate().map(|(i, rate)| tax(&format!("Tax {i}"), *rate)).collect();
        let menu = menu(items.collect(), PricingRules { tax_inclusive, taxes, service_charge });
        let lines = prices.iter().enumerate().map(|(i, (_, quantity))| CartLine {
            item: ItemId::parse(&format!("dish-{i}")).unwrap(), quantity: *quantity, choices: vec![], note: String::new(), acknowledged: false,
        });
        let priced = price_cart(&menu, &Cart { lines: lines.collect(), ..Cart::default() }, &lang("en")).unwrap();
        let totals = priced.totals;
        prop_assert_eq!(Minor::sum(priced.lines.iter().map(|line| line.total_minor)), Ok(totals.subtotal_minor));
        prop_assert!(sums_up(&totals));
        prop_assert!(totals.tax_minor >= 0 && totals.tax_minor <= totals.total_minor);
    }
}
