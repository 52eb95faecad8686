//! The locale of a page: its language, as the restaurant's country writes it.

/// Whose way of writing numbers a page follows, and in English whose spelling: the language as the currency's country writes it, where
/// countries differ.
///
/// Plain Arabic names its digits, because browsers of different age disagree about them.
#[must_use]
pub fn locale(lang: &str, currency: &str) -> String {
    match (lang, currency) {
        ("en", "USD")
        | ("es", "ARS" | "CLP" | "COP" | "MXN" | "PEN" | "PYG" | "USD" | "UYU")
        | ("ar", "BHD" | "EGP" | "JOD" | "KWD" | "OMR" | "QAR" | "SAR") => {
            format!("{lang}-{}", &currency[..2])
        }
        ("ar", _) => "ar-u-nu-latn".to_owned(),
        _ => lang.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_written_as_its_restaurants_country_writes() {
        for (lang, currency, expected) in [
            ("en", "USD", "en-US"),
            ("en", "GBP", "en"),
            ("en-GB", "USD", "en-GB"),
            ("es", "PEN", "es-PE"),
            ("es", "CLP", "es-CL"),
            ("es", "EUR", "es"),
            ("ar", "KWD", "ar-KW"),
            ("ar", "USD", "ar-u-nu-latn"),
            ("ja", "USD", "ja"),
        ] {
            assert_eq!(locale(lang, currency), expected, "{lang} {currency}");
        }
    }
}
