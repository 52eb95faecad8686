//! Money as integer minor units with its currency; checked arithmetic, one rounding rule, parts that sum to the whole.

use std::{fmt, num::ParseIntError, str::FromStr};

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

/// An amount in the smallest unit of a currency that is named beside it: cents, yen, fils.
///
/// It has no `+`, `-` or `*` on purpose: an amount can come from a request, a menu file or the payment provider, and a sum that does not fit
/// must be an error, neither a panic nor a wrong amount. It compares with whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor(pub i64);

impl Minor {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], as of every sum below.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(MoneyError::Overflow)
    }

    /// What is left after `other` is taken away.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or(MoneyError::Overflow)
    }

    /// The amount taken `count` times.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_mul(self, count: u32) -> Result<Self, MoneyError> {
        let product = self.0.checked_mul(i64::from(count));
        product.map(Self).ok_or(MoneyError::Overflow)
    }

    /// Adds `other`; what does not fit changes nothing.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn increase(&mut self, other: Self) -> Result<(), MoneyError> {
        *self = self.checked_add(other)?;
        Ok(())
    }

    /// The sum of all.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl From<i64> for Minor {
    fn from(minor: i64) -> Self {
        Self(minor)
    }
}

impl PartialEq<i64> for Minor {
    fn eq(&self, other: &i64) -> bool {
        self.0 == *other
    }
}

impl PartialOrd<i64> for Minor {
    fn partial_cmp(&self, other: &i64) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(other)
    }
}

/// The whole number.
impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Minor {
    type Err = ParseIntError;
    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// An amount with its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: Minor,
    currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    #[must_use]
    pub fn new(minor: impl Into<Minor>, currency: Currency) -> Self {
        let minor = minor.into();
        Self { minor, currency }
    }

    /// The amount in minor units.
    #[must_use]
    pub fn minor(self) -> Minor {
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
            let (one, another) = (self.currency.code, other.currency.code);
            return Err(MoneyError::CurrencyMismatch(one, another));
        }
        let minor = self.minor.checked_add(other.minor)?;
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
        let magnitude = self.minor.0.unsigned_abs();
        let (whole, fraction) = (magnitude / scale, magnitude % scale);
        match usize::try_from(self.currency.digits) {
            Ok(width @ 1..) => write!(f, "{sign}{whole}.{fraction:0width$} {}", self.currency.code),
            _ => write!(f, "{sign}{whole} {}", self.currency.code),
        }
    }
}

/// `amount * numerator / denominator`, rounded half away from zero: **the** rounding rule, used for every tax, charge and share.
///
/// Source: "arithmetic" rounding as tax offices describe it (half a cent or more goes up).
///
/// # Errors
/// [`MoneyError::Overflow`]; of a denominator of 0 or less too.
pub fn scale_rounded(amount: Minor, numerator: i64, denominator: i64) -> Result<Minor, MoneyError> {
    if denominator <= 0 {
        return Err(MoneyError::Overflow);
    }
    // Two factors of 63 bits fit into 127.
    let product = i128::from(amount.0) * i128::from(numerator);
    let (magnitude, divisor) = (
        product.unsigned_abs(),
        u128::from(denominator.unsigned_abs()),
    );
    let rounded = i64::try_from((magnitude + divisor / 2) / divisor);
    let rounded = rounded.map_err(|_| MoneyError::Overflow)?;
    Ok(Minor(if product < 0 { -rounded } else { rounded }))
}

/// Splits `total` in proportion to `weights` by the largest remainder, so that the parts sum to the total exactly.
///
/// Equal remainders go to the earlier part. Weights that are all 0 count as equal; negative weights count as 0. No weights, no parts.
#[must_use]
pub fn split_by_weight(total: Minor, weights: &[i64]) -> Vec<Minor> {
    let mut weights: Vec<i128> = weights.iter().map(|w| i128::from((*w).max(0))).collect();
    if weights.is_empty() {
        return Vec::new();
    }
    if weights.iter().all(|w| *w == 0) {
        weights.fill(1);
    }
    let sign = i128::from(total.0.signum());
    let total = i128::from(total.0.unsigned_abs());
    let sum: i128 = weights.iter().sum();
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
    let part = |part: i128| i64::try_from(part * sign).expect("no part is larger than the whole");
    parts.into_iter().map(part).map(Minor).collect()
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
                Money::parse(text, currency(code)).map(|money| money.minor().0),
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
        assert_eq!(scale_rounded(Minor(1), 1, 2), Ok(Minor(1)));
        assert_eq!(scale_rounded(Minor(-1), 1, 2), Ok(Minor(-1)));
        assert_eq!(scale_rounded(Minor(1), 49, 100), Ok(Minor(0)));
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_never_a_wrong_amount() {
        let (most, one, least) = (Minor(i64::MAX), Minor(1), Minor(i64::MIN));
        let usd = currency("USD");
        for (result, why) in [
            (most.checked_add(one), "a sum"),
            (least.checked_sub(one), "a difference"),
            (Minor::ZERO.checked_sub(least), "the least has no opposite"),
            (most.checked_mul(2), "a multiple"),
            (Minor::sum([most, most, least]), "a sum on its way"),
            (scale_rounded(most, 2, 1), "a share above the whole"),
            (scale_rounded(least, i64::MAX, 1), "the largest product"),
            (scale_rounded(one, 1, 0), "a part of nothing"),
        ] {
            assert_eq!(result, Err(MoneyError::Overflow), "{why}");
        }
        let sum = Money::new(most, usd).checked_add(Money::new(one, usd));
        assert_eq!(sum, Err(MoneyError::Overflow));
        let mut amount = most;
        assert_eq!(amount.increase(one), Err(MoneyError::Overflow));
        assert_eq!(amount, most, "nothing has changed");
        assert_eq!(Minor::sum([most, least, one]), Ok(Minor(0)));
        assert_eq!(scale_rounded(most, i64::MAX, i64::MAX), Ok(most));
        for total in [most, Minor(-i64::MAX)] {
            let parts = split_by_weight(total, &[i64::MAX, 1, i64::MAX]);
            assert_eq!(Minor::sum(parts), Ok(total));
        }
    }

    proptest! {
        #[test]
        fn parts_always_sum_to_the_whole(total in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(-5_i64..100_000, 1..40)) {
            let parts = split_by_weight(Minor(total), &weights);
            prop_assert_eq!(parts.len(), weights.len());
            prop_assert_eq!(Minor::sum(parts), Ok(Minor(total)));
        }

        #[test]
        fn a_written_amount_reads_back(minor in 0_i64..i64::MAX, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            let money = Money::new(minor, currency(code));
            let text = money.to_string();
            prop_assert_eq!(Money::parse(text.split(' ').next().unwrap(), currency(code)), Some(money));
        }
    }
}
