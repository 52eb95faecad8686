//! Prices as a menu prints them, in the language's way: what `Intl.NumberFormat` in the guest's browser writes too. Both are held to
//! `frontend/shared/amounts.samples.json`.

use super::words::{self, Words};
use tabletap_domain::{Minor, locale::locale};
use tabletap_wire::menu::{PublicGroup, PublicItem, PublicMenu, PublicOption};

/// The lowest price of a dish, and the price of its dearest size: `or Large $18.00`, `to $22.00`.
#[must_use]
pub fn of_dish(menu: &PublicMenu, item: &PublicItem, words: &Words) -> (String, Option<String>) {
    let locale = locale(menu.lang.as_str(), &menu.currency);
    let money = |minor| format(minor, &menu.currency, menu.currency_digits, &locale);
    let required = || item.option_groups.iter().filter(|group| group.min > 0);
    let cheapest = |group: &PublicGroup| {
        let prices = offered(group).map(|option| option.price_minor);
        prices.min().unwrap_or_default()
    };
    let from = Minor::sum(required().map(cheapest).chain([item.price_minor]));
    // No menu file holds prices whose sum does not fit.
    let from = from.unwrap_or(item.price_minor);
    let sized = required().find(|group| group.max == 1 && has_prices(group));
    let more = sized.and_then(|group| {
        let dearest = offered(group).max_by_key(|option| option.price_minor)?;
        let others = from.checked_sub(cheapest(group)).ok()?;
        let minor = others.checked_add(dearest.price_minor).ok()?;
        let is_pair = offered(group).count() == 2;
        let pattern = if is_pair { words.or_size } else { words.up_to };
        Some(
            pattern
                .replace("{size}", &dearest.name)
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

/// How a locale writes numbers.
struct Style {
    zero: char,
    group: char,
    point: char,
    /// The fewest digits before the point that are grouped.
    grouped_from: usize,
    /// Where a currency stands beside its number.
    symbol: Symbol,
    /// What follows a percentage.
    percent: &'static str,
}

enum Symbol {
    /// `$1.25`, `KWD 1.250`
    First,
    /// `$ 1,25`
    Apart,
    /// `1,25 €`
    Last,
    /// The same, held together among words from right to left.
    LastMarked,
}

impl Style {
    fn of(locale: &str) -> Self {
        let latin = Self {
            zero: '0',
            group: ',',
            point: '.',
            grouped_from: 4,
            symbol: Symbol::First,
            percent: "%",
        };
        match (words::base(locale), locale) {
            ("es", "es-PE" | "es-MX" | "es-US") => latin,
            ("es", "es-AR" | "es-CL" | "es-CO" | "es-PY" | "es-UY") => Self {
                group: '.',
                point: ',',
                symbol: match locale {
                    "es-CL" => Symbol::First,
                    _ => Symbol::Apart,
                },
                ..latin
            },
            ("ar", "ar-u-nu-latn") => Self {
                symbol: Symbol::LastMarked,
                percent: "\u{200e}%\u{200e}",
                ..latin
            },
            ("ar", _) => Self {
                zero: '\u{660}',
                group: '\u{66c}',
                point: '\u{66b}',
                symbol: Symbol::LastMarked,
                percent: "\u{66a}\u{61c}",
                ..latin
            },
            (
                "da" | "de" | "el" | "es" | "fi" | "fr" | "it" | "nb" | "nl" | "pl" | "pt" | "ro"
                | "ru" | "sv" | "tr" | "uk",
                _,
            ) => Self {
                group: '.',
                point: ',',
                grouped_from: if words::base(locale) == "es" { 5 } else { 4 },
                symbol: Symbol::Last,
                percent: "\u{a0}%",
                ..latin
            },
            _ => latin,
        }
    }

    /// `whole` grouped, and `fraction` behind the point.
    fn number(&self, whole: &str, fraction: &str) -> String {
        let is_grouped = whole.len() >= self.grouped_from;
        let mut number = String::with_capacity(2 * (whole.len() + fraction.len() + 2));
        for (index, digit) in whole.chars().enumerate() {
            if is_grouped && index > 0 && (whole.len() - index).is_multiple_of(3) {
                number.push(self.group);
            }
            number.push(self.digit(digit));
        }
        if !fraction.is_empty() {
            number.push(self.point);
            number.extend(fraction.chars().map(|digit| self.digit(digit)));
        }
        number
    }

    /// The locale's own digit; anything else as it is.
    fn digit(&self, ascii: char) -> char {
        let own = ascii.to_digit(10).map(|value| u32::from(self.zero) + value);
        own.and_then(char::from_u32).unwrap_or(ascii)
    }
}

/// `minor` units of `currency`, which has `digits` decimals, as `locale` writes it.
#[must_use]
pub fn format(minor: Minor, currency: &str, digits: u32, locale: &str) -> String {
    let style = Style::of(locale);
    let scale = 10_u64.pow(digits);
    let (whole, fraction) = (
        minor.0.unsigned_abs() / scale,
        minor.0.unsigned_abs() % scale,
    );
    let fraction = match usize::try_from(digits) {
        Ok(width @ 1..) => format!("{fraction:0width$}"),
        _ => String::new(),
    };
    let number = style.number(&whole.to_string(), &fraction);
    let symbol = symbol(currency, locale);
    let sign = if minor < 0 { "-" } else { "" };
    match style.symbol {
        Symbol::Apart => format!("{sign}{symbol}\u{a0}{number}"),
        Symbol::First if symbol.ends_with(|last: char| last.is_alphabetic() || last == '/') => {
            format!("{sign}{symbol}\u{a0}{number}")
        }
        Symbol::First => format!("{sign}{symbol}{number}"),
        Symbol::Last => format!("{sign}{number}\u{a0}{symbol}"),
        Symbol::LastMarked => {
            let (before, after) = match (minor < 0, style.zero) {
                (false, _) => ("", ""),
                (true, '0') => ("", "\u{200e}-"),
                (true, _) => ("\u{61c}-", ""),
            };
            format!("{before}\u{200f}{after}{number}\u{a0}{symbol}")
        }
    }
}

/// How the currency's own country writes it, as a guest reads it on every other price there; in Arabic as Arabs do.
pub(crate) fn symbol<'a>(currency: &'a str, locale: &str) -> &'a str {
    match words::base(locale) {
        "ar" => arabic_symbol(currency),
        base => own_symbol(currency, base, locale),
    }
}

fn own_symbol<'a>(currency: &'a str, base: &str, locale: &str) -> &'a str {
    match (currency, base) {
        ("TWD", "de" | "es") => "NT$",
        ("ARS" | "AUD" | "CAD" | "CLP" | "COP" | "HKD" | "MXN" | "NZD", _)
        | ("SGD" | "TWD" | "USD" | "UYU", _) => "$",
        ("BRL", _) => "R$",
        ("CNY" | "JPY", "ja") => "￥",
        ("CNY" | "JPY", _) => "¥",
        ("CZK", _) => "Kč",
        ("DKK" | "ISK" | "NOK" | "SEK", _) => "kr",
        ("EGP", _) if locale != "es" => "E£",
        ("EUR", _) => "€",
        ("GBP", _) => "£",
        ("HUF", _) => "Ft",
        ("IDR", _) => "Rp",
        ("ILS", _) => "₪",
        ("INR", _) => "₹",
        ("KRW", _) => "₩",
        ("MYR", _) => "RM",
        ("PEN", _) => "S/",
        ("PHP", _) => "₱",
        ("PLN", _) => "zł",
        ("PYG", _) => "₲",
        ("RON", "en") => "lei",
        ("RON", "ja") => "レイ",
        ("RON", _) => "L",
        ("THB", _) => "฿",
        ("TRY", _) => "₺",
        ("UAH", _) => "₴",
        ("VND", _) => "₫",
        ("ZAR", _) => "R",
        _ => currency,
    }
}

fn arabic_symbol(currency: &str) -> &str {
    match currency {
        "AED" => "د.إ.\u{200f}",
        "AUD" => "AU$",
        "BHD" => "د.ب.\u{200f}",
        "BRL" => "R$",
        "CAD" => "CA$",
        "CNY" => "CN¥",
        "EGP" => "ج.م.\u{200f}",
        "EUR" => "€",
        "GBP" => "UK£",
        "HKD" => "HK$",
        "ILS" => "₪",
        "INR" => "₹",
        "JOD" => "د.أ.\u{200f}",
        "JPY" => "JP¥",
        "KRW" => "₩",
        "KWD" => "د.ك.\u{200f}",
        "MAD" => "د.م.\u{200f}",
        "MXN" => "MX$",
        "NZD" => "NZ$",
        "OMR" => "ر.ع.\u{200f}",
        "PEN" => "S/",
        "QAR" => "ر.ق.\u{200f}",
        "SAR" => "ر.س.\u{200f}",
        "THB" => "฿",
        "TND" => "د.ت.\u{200f}",
        "TWD" => "NT$",
        "USD" => "US$",
        "VND" => "₫",
        code => code,
    }
}

/// A rate in parts per million: `8.875%` is 88 750.
#[must_use]
pub fn rate(ppm: u32, locale: &str) -> String {
    let style = Style::of(locale);
    let decimals = format!("{:04}", ppm % 10_000);
    let number = style.number(&(ppm / 10_000).to_string(), decimals.trim_end_matches('0'));
    number + style.percent
}

/// A count.
#[must_use]
pub fn count(n: usize, locale: &str) -> String {
    Style::of(locale).number(&n.to_string(), "")
}

/// A text with the digits of `locale`: a year, a time.
#[must_use]
pub fn digits(text: &str, locale: &str) -> String {
    let style = Style::of(locale);
    text.chars()
        .map(|character| style.digit(character))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_guests_browser_writes_them() {
        let text = include_str!("../../../../../frontend/shared/amounts.samples.json");
        let samples: serde_json::Value = serde_json::from_str(text).expect("the samples are JSON");
        let samples = samples.as_array().expect("a list");
        assert!(samples.len() > 20, "{}", samples.len());
        for sample in samples {
            let part = |key: &str| sample[key].as_str().expect("a text").to_owned();
            let (lang, currency) = (part("lang"), part("currency"));
            let locale = locale(&lang, &currency);
            assert_eq!(locale, part("locale"), "{sample}");
            let minor = sample["minor"].as_i64().expect("a number");
            let digits = tabletap_domain::Currency::from_code(&currency).map(|c| c.digits());
            let digits = digits.expect("a currency that stores may have");
            assert_eq!(
                format(Minor(minor), &currency, digits, &locale),
                part("text"),
                "{sample}"
            );
        }
    }

    #[test]
    fn rates_keep_their_decimals_and_no_more() {
        assert_eq!(rate(88_750, "en"), "8.875%");
        assert_eq!(rate(70_000, "de"), "7\u{a0}%");
        assert_eq!(rate(88_750, "de"), "8,875\u{a0}%");
        assert_eq!(rate(180_000, "es-PE"), "18%");
        assert_eq!(rate(88_750, "ar-KW"), "٨٫٨٧٥٪\u{61c}");
        assert_eq!(rate(150_000, "ar-u-nu-latn"), "15\u{200e}%\u{200e}");
    }
}
