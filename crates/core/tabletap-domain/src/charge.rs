//! What a payment can carry, by currency: the step that amounts move in, and the least that is charged.
//!
//! Whatever a guest may have to pay (service, taxes, a share of a bill) is rounded to that step, so that no order comes to a total that
//! nobody can pay. In most currencies the step is one unit, and nothing changes.

use crate::{
    Currency, Minor, Money,
    money::{MoneyError, scale_rounded, split_by_weight},
};

/// The least amounts, in minor units. Source: Stripe, "Supported currencies", "Minimum and maximum charge amounts".
#[rustfmt::skip]
const PUBLISHED: &[(&str, i64)] = &[
    ("AED", 200), ("AUD", 50), ("BRL", 50), ("CAD", 50), ("CHF", 50), ("CZK", 1_500), ("DKK", 250), ("EUR", 50),
    ("GBP", 30), ("HKD", 400), ("HUF", 17_500), ("INR", 50), ("JPY", 50), ("MXN", 1_000), ("MYR", 200), ("NOK", 300),
    ("NZD", 50), ("PLN", 200), ("RON", 200), ("SEK", 300), ("SGD", 50), ("THB", 1_000), ("USD", 50),
];

/// Currencies that Stripe converts first and publishes no amount for: half a US dollar by its rule, rounded up, because rates move and an
/// order that is refused too late is worse than a coffee that needs a biscuit beside it.
#[rustfmt::skip]
const CONVERTED: &[(&str, i64)] = &[
    ("ARS", 100_000), ("BHD", 200), ("CLP", 500), ("CNY", 400), ("COP", 250_000), ("EGP", 3_000), ("IDR", 1_000_000),
    ("ILS", 200), ("ISK", 80), ("JOD", 400), ("KRW", 800), ("KWD", 200), ("MAD", 600), ("OMR", 200), ("PEN", 200),
    ("PHP", 3_500), ("PYG", 4_500), ("QAR", 200), ("SAR", 200), ("TND", 2_000), ("TRY", 3_000), ("TWD", 2_000),
    ("UAH", 2_500), ("UYU", 2_500), ("VND", 15_000), ("ZAR", 1_000),
];

/// Why an amount cannot be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpayable {
    /// It is less than any payment, or nothing.
    #[error("payments start at {least}")]
    TooLittle {
        /// The least that can be paid.
        least: Money,
    },
    /// It lies between two steps.
    #[error("amounts in {} must be multiples of {step}", step.currency().code())]
    BetweenSteps {
        /// The step.
        step: Money,
    },
}

/// The step that amounts move in. Of currencies with three decimals, card networks take amounts that end with a zero.
///
/// Source: Stripe, "Supported currencies", "Three-decimal currencies".
#[must_use]
pub fn step_minor(currency: Currency) -> i64 {
    match currency.digits() {
        3 => 10,
        _ => 1,
    }
}

/// The least that can be paid.
#[must_use]
pub fn least_minor(currency: Currency) -> Minor {
    let known = PUBLISHED.iter().chain(CONVERTED);
    let mut least = known.filter(|(code, _)| *code == currency.code());
    let least = least.next().map(|(_, least)| *least);
    Minor(least.unwrap_or(step_minor(currency)))
}

/// Whether an amount lies on a step.
#[must_use]
pub fn is_on_step(minor: Minor, currency: Currency) -> bool {
    minor.0 % step_minor(currency) == 0
}

/// Checks that an amount can be paid.
///
/// # Errors
/// [`Unpayable`].
pub fn check(amount: Money) -> Result<(), Unpayable> {
    let currency = amount.currency();
    let least = least_minor(currency);
    if amount.minor() < least {
        let least = Money::new(least, currency);
        return Err(Unpayable::TooLittle { least });
    }
    if !is_on_step(amount.minor(), currency) {
        let step = Money::new(step_minor(currency), currency);
        return Err(Unpayable::BetweenSteps { step });
    }
    Ok(())
}

/// [`scale_rounded`] to the currency's step.
///
/// # Errors
/// [`MoneyError::Overflow`]; of a denominator of 0 or less too.
pub fn scale(
    amount: Minor,
    numerator: i64,
    denominator: i64,
    of: Currency,
) -> Result<Minor, MoneyError> {
    let step = step_minor(of);
    let denominator = denominator.checked_mul(step).ok_or(MoneyError::Overflow)?;
    let steps = scale_rounded(amount, numerator, denominator)?;
    let minor = steps.0.checked_mul(step);
    minor.map(Minor).ok_or(MoneyError::Overflow)
}

/// [`split_by_weight`] into parts that lie on the currency's step. A whole that does not, which no payment takes either, is split to the
/// unit.
#[must_use]
pub fn split(total: Minor, weights: &[i64], of: Currency) -> Vec<Minor> {
    let step = step_minor(of);
    if !is_on_step(total, of) {
        return split_by_weight(total, weights);
    }
    // No part is larger than the whole, so none of these products is.
    let parts = split_by_weight(Minor(total.0 / step), weights);
    parts.into_iter().map(|part| Minor(part.0 * step)).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).unwrap()
    }

    #[test]
    fn every_currency_has_one_least_amount_and_it_can_be_paid() {
        let named: BTreeSet<&str> = PUBLISHED.iter().chain(CONVERTED).map(|(c, _)| *c).collect();
        assert_eq!(named.len(), PUBLISHED.len() + CONVERTED.len(), "named once");
        for currency in Currency::all() {
            assert!(named.contains(currency.code()), "{}", currency.code());
            let least = Money::new(least_minor(currency), currency);
            assert_eq!(check(least), Ok(()), "{least}");
        }
    }

    #[test]
    fn nothing_too_little_and_amounts_between_two_steps_cannot_be_paid() {
        for (minor, code, refused) in [
            (0, "USD", Some("payments start at 0.50 USD")),
            (30, "USD", Some("payments start at 0.50 USD")),
            (49, "USD", Some("payments start at 0.50 USD")),
            (50, "USD", None),
            (51, "USD", None),
            (49, "JPY", Some("payments start at 50 JPY")),
            (50, "JPY", None),
            (
                1_412,
                "KWD",
                Some("amounts in KWD must be multiples of 0.010 KWD"),
            ),
            (1_410, "KWD", None),
            (190, "KWD", Some("payments start at 0.200 KWD")),
        ] {
            let checked = check(Money::new(minor, currency(code)));
            let said = checked.err().map(|error| error.to_string());
            assert_eq!(said.as_deref(), refused, "{minor} {code}");
        }
    }

    #[test]
    fn a_rounded_amount_of_three_decimals_ends_with_a_zero() {
        let kwd = currency("KWD");
        for (amount, ppm, rounded) in [
            (4_755, 125_000, 590),
            (4_750, 125_000, 590),
            (4_760, 125_000, 600),
            (-40, 125_000, -10),
        ] {
            assert_eq!(
                scale(Minor(amount), ppm, 1_000_000, kwd),
                Ok(Minor(rounded)),
                "{amount}"
            );
        }
        for (amount, numerator, denominator) in [(1, i64::MAX, i64::MAX), (i64::MAX, 1, 1)] {
            let scaled = scale(Minor(amount), numerator, denominator, kwd);
            assert_eq!(scaled, Err(MoneyError::Overflow), "too large");
        }
        assert_eq!(
            split(Minor(5_350), &[1_255, 2_500, 1_000], kwd),
            [1_410, 2_810, 1_130]
        );
        let odd = split(Minor(5_349), &[1_255, 2_500, 1_000], kwd);
        assert_eq!(Minor::sum(odd), Ok(Minor(5_349)), "as it was stored");
    }

    proptest! {
        #[test]
        fn parts_lie_on_the_step_and_sum_to_the_whole(
            steps in 0_i64..10_000_000,
            weights in prop::collection::vec(0_i64..100_000, 1..40),
            code in prop::sample::select(vec!["USD", "JPY", "KWD", "BHD"]),
        ) {
            let of = currency(code);
            let total = Minor(steps * step_minor(of));
            let parts = split(total, &weights, of);
            prop_assert!(parts.iter().all(|part| is_on_step(*part, of)));
            prop_assert_eq!(Minor::sum(parts), Ok(total));
        }

        #[test]
        fn where_the_step_is_one_unit_nothing_is_rounded_otherwise(
            amount in -1_000_000_000_i64..1_000_000_000,
            ppm in 0_i64..1_000_000,
            weights in prop::collection::vec(0_i64..100_000, 1..20),
            code in prop::sample::select(vec!["USD", "EUR", "JPY", "ISK"]),
        ) {
            let (of, amount) = (currency(code), Minor(amount));
            prop_assert_eq!(scale(amount, ppm, 1_000_000, of), scale_rounded(amount, ppm, 1_000_000));
            prop_assert_eq!(split(amount, &weights, of), split_by_weight(amount, &weights));
        }
    }
}
