//! Text that strangers typed, made harmless before it is stored: one line, no control or direction-changing characters.

/// Removes what could act rather than be read: C0 and C1 controls (so also `ESC`), direction overrides and zero-width marks that
/// hide text. Line breaks and tabs become spaces, runs of spaces one. A character of private use becomes the replacement character: nobody
/// else knows what it shows, but that something was written must not be lost.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() {
            if !cleaned.is_empty() && !cleaned.ends_with(' ') {
                cleaned.push(' ');
            }
        } else if is_private(character) {
            cleaned.push(char::REPLACEMENT_CHARACTER);
        } else if !is_hidden(character) {
            cleaned.push(character);
        }
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

fn is_private(character: char) -> bool {
    matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}')
}

/// Controls, bidirectional overrides and isolates, byte-order mark. The joiners U+200C and U+200D stay: Persian and emoji need them; so do
/// the other parts of emoji, variation selectors and tags.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_is_removed_and_what_reads_stays() {
        for (dirty, clean_text, why) in [
            (
                "no\u{1b}@ onion",
                "no@ onion",
                "ESC would start a printer command",
            ),
            ("a\r\nb\tc", "a b c", "one line"),
            ("\u{202E}gnp", "gnp", "a direction override"),
            ("  Ada  ", "Ada", "edges"),
            (
                "تقدیم\u{200C}شده",
                "تقدیم\u{200C}شده",
                "Persian needs its non-joiner",
            ),
            (
                "👩\u{200D}🍳",
                "👩\u{200D}🍳",
                "so does an emoji its joiner",
            ),
            (
                "🏴\u{E0067}\u{E0062}\u{E007F} 2\u{FE0F}\u{20E3}",
                "🏴\u{E0067}\u{E0062}\u{E007F} 2\u{FE0F}\u{20E3}",
                "its tags, its selector and its keycap",
            ),
            (
                "no \u{F8FF}",
                "no \u{FFFD}",
                "private use says that something was there",
            ),
        ] {
            assert_eq!(clean(dirty), clean_text, "{why}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            let once = clean(&text);
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(clean(&once), once);
        }
    }
}
