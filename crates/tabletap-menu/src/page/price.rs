//! Prices as a menu prints them, in the language's way: what `Intl.NumberFormat` in the guest's browser writes too.

use super::words::Words;
use tabletap_wire::menu::{PublicGroup, PublicItem, PublicMenu, PublicOption};

/// Languages that write `1.234,50 €`.
const COMMA_LANGUAGES: &[&str] = &[
    "da", "de", "el", "es", "fi", "fr", "it", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "tr", "uk",
];

/// The price of a dish as it is first offered, and what else it can cost: `or large $18.00`, `to $22.00`.
pub(super) fn of_dish(
    menu: &PublicMenu,
    item: &PublicItem,
    words: &Words,
) -> (String, Option<String>) {
    let money = |minor| {
        format(
            minor,
            &menu.currency,
            menu.currency_digits,
            menu.lang.as_str(),
        )
    };
    let required = || item.option_groups.iter().filter(|group| group.min > 0);
    let cheapest = |group: &PublicGroup| offered(group).map(|o| o.price_minor).min().unwrap_or(0);
    let from = item.price_minor + required().map(cheapest).sum::<i64>();
    let sized = required().find(|group| group.max == 1 && has_prices(group));
    let more = sized.and_then(|group| {
        let dearest = offered(group).max_by_key(|option| option.price_minor)?;
        let minor = from - cheapest(group) + dearest.price_minor;
        let is_pair = offered(group).count() == 2;
        let pattern = if is_pair { words.or_size } else { words.up_to };
        let name = words.in_a_sentence(&dearest.name);
        Some(
            pattern
                .replace("{size}", &name)
                .replace("{price}", &money(minor)),
        )
    });
    (money(from), more)
}

fn offered(group: &PublicGroup) -> impl Iterator<Item = &PublicOption> {
    group.options.iter().filter(|option| option.available)
}

fn has_prices(group: &PublicGroup) -> bool {
    let first = offered(group).next().map(|option| option.price_minor);
    offered(group).any(|option| Some(option.price_minor) != first)
}

/// `minor` units of `currency`, which has `digits` decimals, as `lang` writes it.
pub(super) fn format(minor: i64, currency: &str, digits: u32, lang: &str) -> String {
    let scale = 10_u64.pow(digits);
    let (whole, fraction) = (minor.unsigned_abs() / scale, minor.unsigned_abs() % scale);
    let (group, point) = separators(lang);
    let mut number = grouped(whole, group);
    if let Ok(width @ 1..) = usize::try_from(digits) {
        number.push_str(&format!("{point}{fraction:0width$}"));
    }
    let sign = if minor < 0 { "-" } else { "" };
    let symbol = match (currency, lang) {
        ("USD", _) => "$",
        ("EUR", _) => "€",
        ("GBP", _) => "£",
        ("JPY", "ja") => "￥",
        ("JPY", _) => "¥",
        (code, _) => code,
    };
    match point {
        "," => format!("{sign}{number}\u{a0}{symbol}"),
        _ if symbol.len() == 3 && symbol == currency => format!("{sign}{symbol}\u{a0}{number}"),
        _ => format!("{sign}{symbol}{number}"),
    }
}

/// A rate in parts per million: `8.875%` is 88 750.
pub(super) fn rate(ppm: u32, lang: &str) -> String {
    let (_, point) = separators(lang);
    let (whole, fraction) = (ppm / 10_000, ppm % 10_000);
    let decimals = format!("{fraction:04}");
    let decimals = decimals.trim_end_matches('0');
    let number = if decimals.is_empty() {
        whole.to_string()
    } else {
        format!("{whole}{point}{decimals}")
    };
    if point == "," {
        format!("{number}\u{a0}%")
    } else {
        format!("{number}%")
    }
}

fn separators(lang: &str) -> (&'static str, &'static str) {
    if COMMA_LANGUAGES.contains(&lang) {
        (".", ",")
    } else {
        (",", ".")
    }
}

fn grouped(whole: u64, separator: &str) -> String {
    let digits = whole.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_written_as_the_guests_browser_writes_them() {
        for (minor, currency, digits, lang, text) in [
            (600, "USD", 2, "en", "$6.00"),
            (600, "USD", 2, "ja", "$6.00"),
            (123_456_789, "USD", 2, "en", "$1,234,567.89"),
            (650, "EUR", 2, "de", "6,50\u{a0}€"),
            (123_450, "EUR", 2, "de", "1.234,50\u{a0}€"),
            (650, "EUR", 2, "en", "€6.50"),
            (1200, "JPY", 0, "ja", "￥1,200"),
            (1200, "JPY", 0, "en", "¥1,200"),
            (1250, "KWD", 3, "en", "KWD\u{a0}1.250"),
            (-50, "USD", 2, "en", "-$0.50"),
        ] {
            assert_eq!(format(minor, currency, digits, lang), text);
        }
    }

    #[test]
    fn rates_keep_their_decimals_and_no_more() {
        assert_eq!(rate(88_750, "en"), "8.875%");
        assert_eq!(rate(70_000, "de"), "7\u{a0}%");
        assert_eq!(rate(88_750, "de"), "8,875\u{a0}%");
    }
}
