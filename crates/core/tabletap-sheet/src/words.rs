//! The few words on a sticker, in the languages the product speaks.

/// What to do with the code, in `lang`; English for others.
pub(crate) fn scan(lang: &str) -> &'static str {
    match base(lang) {
        "ar" => "امسح الرمز للقائمة والطلب",
        "de" => "Scannen, wählen, bestellen",
        "es" => "Escanea, elige y pide",
        "ja" => "読み取って、メニューとご注文",
        _ => "Scan for the menu and to order",
    }
}

/// Whether `lang` reads from the right.
pub(crate) fn is_from_the_right(lang: &str) -> bool {
    ["ar", "fa", "he", "ur"].contains(&base(lang))
}

fn base(lang: &str) -> &str {
    lang.split('-').next().unwrap_or(lang)
}
