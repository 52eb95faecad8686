//! The words that the page's script says to guests, read from its own files, so that no function says them otherwise.

use tabletap_domain::menu::Allergen;

/// What a page of `locale` says for `key`; empty where there is no such key.
#[must_use]
pub fn say(locale: &str, key: &str) -> &'static str {
    let file = file(locale);
    let (words, american) = file
        .split_once("export const american")
        .unwrap_or((file, ""));
    let spelled = if locale == "en-US" {
        find(american, key)
    } else {
        ""
    };
    if spelled.is_empty() {
        find(words, key)
    } else {
        spelled
    }
}

/// The file of a language, the English one where there is none.
fn file(lang: &str) -> &'static str {
    match lang.split('-').next().unwrap_or(lang) {
        "ar" => include_str!("../../../../frontend/shared/messages/ar.ts"),
        "de" => include_str!("../../../../frontend/shared/messages/de.ts"),
        "es" => include_str!("../../../../frontend/shared/messages/es.ts"),
        "ja" => include_str!("../../../../frontend/shared/messages/ja.ts"),
        _ => include_str!("../../../../frontend/shared/messages/en.ts"),
    }
}

/// The text of `  key: 'text',`; empty where there is none.
fn find(file: &'static str, key: &str) -> &'static str {
    let text = |line: &'static str| {
        let rest = line.trim().strip_prefix(key)?.strip_prefix(": '")?;
        rest.strip_suffix("',")
    };
    file.lines().find_map(text).unwrap_or_default()
}

/// The names of allergens in a page of `locale`, as a list.
#[must_use]
pub fn allergens<'a>(list: impl IntoIterator<Item = &'a Allergen>, locale: &str) -> String {
    let names = list
        .into_iter()
        .map(|allergen| say(locale, allergen.as_str()));
    let names: Vec<&str> = names.collect();
    names.join(match locale.split('-').next() {
        Some("ar") => "، ",
        Some("ja") => "、",
        _ => ", ",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_united_states_read_american_spelling() {
        for (locale, sulphites, egg) in [
            ("en-US", "sulfites", "egg"),
            ("en", "sulphites", "egg"),
            ("en-GB", "sulphites", "egg"),
            ("es-US", "sulfitos", "huevo"),
            ("fr", "sulphites", "egg"),
        ] {
            let said = (say(locale, "sulphites"), say(locale, "egg"));
            assert_eq!(said, (sulphites, egg), "{locale}");
        }
        assert_eq!(say("en-US", "no such key"), "");
    }
}
