//! Dates and times as a language writes them.

use crate::words::{Words, fill};
use jiff::civil::DateTime;
use tabletap_menu::page;

/// `November 21, 2026 at 7:04 PM`
pub(crate) fn date_time(at: DateTime, words: &Words, locale: &str) -> String {
    let month = usize::try_from(at.month() - 1).ok();
    let month = month.and_then(|index| words.months.get(index));
    let values = [
        ("day", page::digits(&at.day().to_string(), locale)),
        ("month", (*month.unwrap_or(&"")).to_owned()),
        ("year", page::digits(&at.year().to_string(), locale)),
        ("time", time(at, words, locale)),
    ];
    fill(
        words.date_time,
        &values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str())),
    )
}

/// `7:04 PM`, `19:04`
pub(crate) fn time(at: DateTime, words: &Words, locale: &str) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    let Some([before_noon, after_noon]) = words.halves else {
        return page::digits(&format!("{hour:02}:{minute:02}"), locale);
    };
    let half = if hour < 12 { before_noon } else { after_noon };
    let twelfth = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    let digits = page::digits(&format!("{twelfth}:{minute:02}"), locale);
    format!("{digits}\u{a0}{half}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;
    use jiff::civil::datetime;

    #[test]
    fn each_language_writes_dates_its_own_way() {
        let evening = datetime(2026, 11, 21, 19, 4, 0, 0);
        for (lang, locale, expected) in [
            ("en", "en", "November 21, 2026 at 7:04\u{a0}PM"),
            ("es", "es-PE", "21 de noviembre de 2026, 19:04"),
            ("de", "de", "21. November 2026, 19:04 Uhr"),
            ("ja", "ja", "2026年11月21日 19:04"),
            ("ar", "ar-KW", "٢١ نوفمبر ٢٠٢٦ في ٧:٠٤\u{a0}م"),
            ("fr", "en", "November 21, 2026 at 7:04\u{a0}PM"),
        ] {
            assert_eq!(
                date_time(evening, words::of(lang), locale),
                expected,
                "{lang}"
            );
        }
    }

    #[test]
    fn clocks_of_twelve_hours_know_noon_and_midnight() {
        let at = |hour| time(datetime(2026, 1, 1, hour, 30, 0, 0), words::of("en"), "en");
        for (hour, expected) in [
            (0, "12:30\u{a0}AM"),
            (11, "11:30\u{a0}AM"),
            (12, "12:30\u{a0}PM"),
            (23, "11:30\u{a0}PM"),
        ] {
            assert_eq!(at(hour), expected);
        }
    }
}
