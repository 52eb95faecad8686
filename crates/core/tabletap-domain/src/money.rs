//! Money as integer minor units with its currency; checked arithmetic, one rounding rule, parts that sum to the whole.

use std::fmt;

/// An ISO 4217 currency with its number of decimals (0, 2 or 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    digits: u32,
}

/// Currencies we price in. Source: ISO 4217 list one, "minor unit" column.
#[rustfmt::skip]
const CURRENCIES: &[(&str, u32)] = &[
    ("AED", 2), ("ARS", 2), ("AUD", 2), ("BHD", 3), ("BRL", 2), ("CAD", 2), ("CHF", 2), ("CLP", 0),
    ("CNY", 2), ("COP", 2), ("CZK", 2), ("DKK", 2), ("EGP", 2), ("EUR", 2), ("GBP", 2), ("HKD", 2),
    ("HUF", 2), ("IDR", 2), ("ILS", 2), ("INR", 2), ("ISK", 0), ("JOD", 3), ("JPY", 0), ("KRW", 0),
    ("KWD", 3), ("MAD", 2), ("MXN", 2), ("MYR", 2), ("NOK", 2), ("NZD", 2), ("OMR", 3), ("PEN", 2),
    ("PHP", 2), ("PLN", 2), ("PYG", 0), ("QAR", 2), ("RON", 2), ("SAR", 2), ("SEK", 2), ("SGD", 2),
    ("THB", 2), ("TND", 3), ("TRY", 2), ("TWD", 2), ("UAH", 2), ("USD", 2), ("UYU", 2), ("VND", 0),
    ("ZAR", 2),
];

impl Currency {
    /// Looks a currency up by its three-letter code; `None` when we do not price in it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        CURRENCIES
            .iter()
            .find(|(known, _)| *known == code)
            .map(|&(code, digits)| Self { code, digits })
    }

    /// Every currency we price in.
    pub fn all() -> impl Iterator<Item = Self> {
        let known = CURRENCIES.iter();
        known.map(|&(code, digits)| Self { code, digits })
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.code
    }

    /// Decimals of one major unit: 0, 2 or 3.
    #[must_use]
    pub fn digits(self) -> u32 {
        self.digits
    }
}

/// Why a sum has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The amounts are in different currencies.
    #[error("amounts in {0} and {1} cannot be added")]
    CurrencyMismatch(&'static str, &'static str),
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
}

/// An amount in a currency's smallest unit: cents, yen, fils.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The amount in minor units.
    #[must_use]
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// Its currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(
                self.currency.code,
                other.currency.code,
            ));
        }
        let minor = self
            .minor
            .checked_add(other.minor)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount taken `count` times.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when it does not fit.
    pub fn checked_mul(self, count: u32) -> Result<Self, MoneyError> {
        let minor = self
            .minor
            .checked_mul(i64::from(count))
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Parses a decimal such as `12.50`, exactly: `None` when it has more decimals than the currency, or is no plain number.
    #[must_use]
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = usize::try_from(currency.digits).ok()?;
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let bare_point = text.ends_with('.');
        if whole.is_empty()
            || !plain(whole)
            || !plain(fraction)
            || fraction.len() > digits
            || bare_point
        {
            return None;
        }
        let minor = format!("{whole}{fraction:0<digits$}").parse().ok()?;
        Some(Self { minor, currency })
    }
}

/// The plain decimal and the code, `12.50 USD`: for logs, kitchen paper and messages to staff. Pages format for their language.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u64.pow(self.currency.digits);
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, fraction) = (
            self.minor.unsigned_abs() / scale,
            self.minor.unsigned_abs() % scale,
        );
        match usize::try_from(self.currency.digits) {
            Ok(width @ 1..) => write!(f, "{sign}{whole}.{fraction:0width$} {}", self.currency.code),
            _ => write!(f, "{sign}{whole} {}", self.currency.code),
        }
    }
}

/// `amount * numerator / denominator`, rounded half away from zero: **the** rounding rule, used for every tax, charge and share.
///
/// Source: "arithmetic" rounding as tax offices describe it (half a cent or more goes up). `None` on overflow or a denominator of 0.
#[must_use]
pub fn scale_rounded(amount_minor: i64, numerator: i64, denominator: i64) -> Option<i64> {
    if denominator <= 0 {
        return None;
    }
    let product = i128::from(amount_minor).checked_mul(i128::from(numerator))?;
    let (magnitude, divisor) = (
        product.unsigned_abs(),
        u128::from(denominator.unsigned_abs()),
    );
    let rounded = i128::try_from((magnitude + divisor / 2) / divisor).ok()?;
    i64::try_from(if product < 0 { -rounded } else { rounded }).ok()
}

/// Splits `total_minor` in proportion to `weights` by the largest remainder, so that the parts sum to the total exactly.
///
/// Equal remainders go to the earlier part. Weights that are all 0 count as equal; negative weights count as 0. No weights, no parts.
#[must_use]
pub fn split_by_weight(total_minor: i64, weights: &[i64]) -> Vec<i64> {
    let mut weights: Vec<i128> = weights.iter().map(|w| i128::from((*w).max(0))).collect();
    if weights.is_empty() {
        return Vec::new();
    }
    if weights.iter().all(|w| *w == 0) {
        weights.fill(1);
    }
    let (total, sum) = (
        i128::from(total_minor.unsigned_abs()),
        weights.iter().sum::<i128>(),
    );
    let mut parts: Vec<i128> = weights.iter().map(|w| total * w / sum).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(total * weights[i] % sum));
    let mut left = total - parts.iter().sum::<i128>();
    for index in by_remainder {
        if left == 0 {
            break;
        }
        parts[index] += 1;
        left -= 1;
    }
    let sign = i128::from(total_minor.signum());
    parts
        .iter()
        .map(|part| i64::try_from(part * sign).unwrap_or(i64::MAX))
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).unwrap()
    }

    #[test]
    fn prices_are_read_exactly_in_currencies_with_0_2_and_3_decimals() {
        for (text, code, minor) in [
            ("12.50", "USD", Some(1250)),
            ("12.5", "USD", Some(1250)),
            ("12", "USD", Some(1200)),
            ("1200", "JPY", Some(1200)),
            ("1.250", "KWD", Some(1250)),
            ("12.505", "USD", None),
            ("12.0", "JPY", None),
            ("-1", "USD", None),
            ("1e3", "USD", None),
            ("12.", "USD", None),
            (".5", "USD", None),
            ("99999999999999999999", "USD", None),
        ] {
            assert_eq!(
                Money::parse(text, currency(code)).map(Money::minor),
                minor,
                "{text} {code}"
            );
        }
    }

    #[test]
    fn amounts_are_written_with_the_currencys_decimals() {
        for (minor, code, text) in [
            (1205, "USD", "12.05 USD"),
            (-5, "USD", "-0.05 USD"),
            (1205, "JPY", "1205 JPY"),
            (1205, "KWD", "1.205 KWD"),
        ] {
            assert_eq!(Money::new(minor, currency(code)).to_string(), text);
        }
    }

    #[test]
    fn different_currencies_do_not_add() {
        let sum = Money::new(1, currency("USD")).checked_add(Money::new(1, currency("EUR")));
        assert_eq!(sum, Err(MoneyError::CurrencyMismatch("USD", "EUR")));
    }

    #[test]
    fn half_a_cent_rounds_away_from_zero() {
        assert_eq!(scale_rounded(1, 1, 2), Some(1));
        assert_eq!(scale_rounded(-1, 1, 2), Some(-1));
        assert_eq!(scale_rounded(1, 49, 100), Some(0));
        assert_eq!(scale_rounded(i64::MAX, 2, 1), None);
    }

    proptest! {
        #[test]
        fn parts_always_sum_to_the_whole(total in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(-5_i64..100_000, 1..40)) {
            let parts = split_by_weight(total, &weights);
            prop_assert_eq!(parts.len(), weights.len());
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
        }

        #[test]
        fn a_written_amount_reads_back(minor in 0_i64..i64::MAX, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            let money = Money::new(minor, currency(code));
            let text = money.to_string();
            prop_assert_eq!(Money::parse(text.split(' ').next().unwrap(), currency(code)), Some(money));
        }
    }
}
