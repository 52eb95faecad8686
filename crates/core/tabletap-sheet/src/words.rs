//! The words on a sticker in each language.

/// What to do with the code, in `lang`; English for others.
pub(crate) fn scan(lang: &str) -> &'static str {
    match base(lang) {
        "ar" => "امسح الرمز لعرض القائمة والطلب",
        "de" => "Scannen, wählen, bestellen",
        "es" => "Escanee, elija y pida",
        "ja" => "読み取って、メニューからご注文",
        _ => "Scan to see the menu and order",
    }
}

/// Whether `lang` is written from right to left.
pub(crate) fn is_right_to_left(lang: &str) -> bool {
    ["ar", "fa", "he", "ur"].contains(&base(lang))
}

fn base(lang: &str) -> &str {
    lang.split('-').next().unwrap_or(lang)
}
