//! Prices and percentages: decimal text, read exactly into integers. A float never touches them.

use super::{
    decimal,
    fields::{Field, Fields},
    known::Known,
    limits::POINTS_MAX,
    mistake::Report,
};
use crate::page;
use tabletap_domain::{Currency, Minor, Money, TaxCategory, charge, limits, pricing};

/// Decimals of a percentage that a rate in parts per million can hold.
const PERCENT_DECIMALS: usize = 4;
/// 100 % in parts per million.
const WHOLE_PPM: u32 = 1_000_000;

/// What a dish costs its guest: 0 or more, in minor units.
pub(crate) fn price(field: &Field<'_>, report: &mut Report, known: &Known) -> Option<Minor> {
    let price = signed_price(field, report, known.currency, false);
    payable(price, field, report, known)
}

/// What something costs the store: 0 or more, in minor units.
pub(crate) fn cost(
    field: &Field<'_>,
    report: &mut Report,
    currency: Option<Currency>,
) -> Option<Minor> {
    signed_price(field, report, currency, false)
}

/// What an option adds, which may be less than nothing: `+2.00`, `-1.50`.
pub(crate) fn surcharge(field: &Field<'_>, report: &mut Report, known: &Known) -> Option<Minor> {
    let surcharge = signed_price(field, report, known.currency, true);
    payable(surcharge, field, report, known)
}

/// Of currencies with three decimals, payments carry amounts that end with a zero. Where guests do not pay in the page, the owner is told
/// before they come to want it.
fn payable(
    minor: Option<Minor>,
    field: &Field<'_>,
    report: &mut Report,
    known: &Known,
) -> Option<Minor> {
    let (minor, currency) = (minor?, known.currency?);
    if charge::is_on_step(minor, currency) {
        return Some(minor);
    }
    let written = field.written().unwrap_or_default();
    let message = format!(
        "`{written}` cannot be paid by card: card payments in {} must end in zero",
        currency.code()
    );
    if !known.payments {
        report.warning(field.at, &field.path, message);
        return Some(minor);
    }
    let rounded = charge::scale(minor, 1, 1, currency).unwrap_or_default();
    let rounded = Money::new(rounded, currency).to_string();
    let plain = rounded.split(' ').next().unwrap_or_default();
    field.error_with_hint(report, message, Some(format!("write `{plain}`")));
    None
}

/// Takeout is paid before it is made, and no payment is smaller than the least: a dish that comes to less cannot be picked up by itself.
pub(crate) fn check_alone(
    price: Minor,
    tax: &TaxCategory,
    field: &Field<'_>,
    report: &mut Report,
    known: &Known,
) {
    let (true, Some(currency), Some(rules)) = (known.takeout, known.currency, &known.pricing)
    else {
        return;
    };
    let least = charge::least_minor(currency);
    let alone = pricing::total(&[(tax, price)], rules, currency);
    if alone.is_ok_and(|alone| alone.total_minor < least) {
        let least = Money::new(least, currency);
        let message =
            format!("takeout orders start at {least}, so this cannot be ordered on its own");
        report.warning(field.at, &field.path, message);
    }
}

/// The `points:` of a dish or option, none where it is left out.
pub(crate) fn points(fields: &mut Fields<'_>, report: &mut Report) -> Option<u32> {
    match fields.optional("points") {
        Some(field) => field.count(report, 0, POINTS_MAX),
        None => Some(0),
    }
}

fn signed_price(
    field: &Field<'_>,
    report: &mut Report,
    currency: Option<Currency>,
    may_be_negative: bool,
) -> Option<Minor> {
    let word = field.word(report)?;
    // Without a currency there is nothing to read a price by, and the missing currency is reported already.
    let currency = currency?;
    let (sign, digits) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
        (Some(digits), _) => (-1, digits),
        (None, Some(digits)) if may_be_negative => (1, digits),
        _ => (1, word),
    };
    let Some(money) = Money::parse(digits, currency) else {
        let (message, hint) = why_no_price(digits, word, currency);
        field.error_with_hint(report, message, hint);
        return None;
    };
    if sign < 0 && !may_be_negative {
        field.error(report, format!("`{word}` is below zero"));
        return None;
    }
    if money.minor() > limits::PRICE_MINOR_MAX {
        field.error(report, format!("`{word}` is too large for a price"));
        return None;
    }
    Some(Minor(sign * money.minor().0))
}

fn why_no_price(digits: &str, word: &str, currency: Currency) -> (String, Option<String>) {
    let (code, decimals) = (currency.code(), currency.digits());
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((whole, fraction)) = digits.split_once('.')
        && plain(whole)
        && plain(fraction)
        && fraction.len() > usize::try_from(decimals).unwrap_or(usize::MAX)
    {
        let message = format!(
            "`{word}` has {} decimals, {code} has {decimals}",
            fraction.len()
        );
        return (message, None);
    }
    let width = usize::try_from(decimals).unwrap_or_default();
    let marks = [code, page::symbol(code, "")];
    let sign = &word[..word.len() - digits.len()];
    let hint = decimal::guess(digits, width, &marks)
        .filter(|plain| Money::parse(plain, currency).is_some())
        .map(|plain| format!("write `{sign}{plain}`"))
        .or_else(|| Some(format!("write it like `{}`", example(currency))));
    (format!("`{word}` is not a valid {code} price"), hint)
}

/// An amount as the file takes it, with the decimals of its currency.
fn example(currency: Currency) -> &'static str {
    match currency.digits() {
        0 => "1250",
        3 => "1.250",
        _ => "12.50",
    }
}

/// A percentage from 0 to 100, in parts per million: `8.875` is 88 750.
pub(crate) fn percent(field: &Field<'_>, report: &mut Report) -> Option<u32> {
    let word = field.word(report)?;
    let rate = rate_ppm(word);
    if rate.is_none() {
        let bare = word.trim_end_matches(['%', '\u{66A}']).trim_end();
        let bare = bare.replace([',', '\u{66B}'], ".");
        let hint = rate_ppm(&bare).map(|_| format!("write `{bare}`"));
        let message = format!(
            "`{word}` is not a percentage from 0 to 100 with at most {PERCENT_DECIMALS} decimals"
        );
        field.error_with_hint(report, message, hint);
    }
    rate
}

fn rate_ppm(word: &str) -> Option<u32> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let shaped = !whole.is_empty() && plain(whole) && plain(fraction) && !word.ends_with('.');
    if !shaped || fraction.len() > PERCENT_DECIMALS {
        return None;
    }
    let rate: u32 = format!("{whole}{fraction:0<PERCENT_DECIMALS$}")
        .parse()
        .ok()?;
    (rate <= WHOLE_PPM).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::rate_ppm;

    #[test]
    fn a_percentage_is_read_exactly() {
        for (word, wanted, why) in [
            ("8.875", Some(88_750), "three decimals"),
            ("0.0001", Some(1), "the smallest"),
            ("19", Some(190_000), "whole"),
            ("100", Some(1_000_000), "all of it"),
            ("100.0001", None, "more than all"),
            ("1.00001", None, "finer than a millionth"),
            ("8.", None, "a bare point"),
            (".5", None, "nothing before the point"),
            ("-1", None, "negative"),
            ("8,875", None, "a comma"),
            ("1e2", None, "an exponent"),
        ] {
            assert_eq!(rate_ppm(word), wanted, "{why}");
        }
    }
}
