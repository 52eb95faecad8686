//! The words that the page's script says to guests, read from its own files, so that no function says them otherwise.

/// The file of a language, the English one where there is none.
#[must_use]
pub fn file(lang: &str) -> &'static str {
    match lang.split('-').next().unwrap_or(lang) {
        "ar" => include_str!("../../../../frontend/shared/messages/ar.ts"),
        "de" => include_str!("../../../../frontend/shared/messages/de.ts"),
        "es" => include_str!("../../../../frontend/shared/messages/es.ts"),
        "ja" => include_str!("../../../../frontend/shared/messages/ja.ts"),
        _ => include_str!("../../../../frontend/shared/messages/en.ts"),
    }
}

/// The text of `  key: 'text',`; empty where there is none.
#[must_use]
pub fn find(file: &'static str, key: &str) -> &'static str {
    let text = |line: &'static str| {
        let rest = line.trim().strip_prefix(key)?.strip_prefix(": '")?;
        rest.strip_suffix("',")
    };
    file.lines().find_map(text).unwrap_or_default()
}
