//! Makes any text harmless for a printer, whatever came and whoever checked it before.
//!
//! Guests can type control bytes, and `escpos` passes them on as commands (cut, reset, open drawer).

use unicode_normalization::UnicodeNormalization as _;

/// No text on a ticket is longer; what would take metres of paper is no order.
const CHARACTERS_MAX: usize = 2000;

/// The text in composed form on one line: no control bytes, no direction overrides, single spaces.
pub(crate) fn clean(text: &str) -> String {
    let visible = text
        .chars()
        .take(CHARACTERS_MAX)
        .filter_map(|character| match character {
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
            character if character.is_control() || is_invisible(character) => None,
            character => Some(character),
        });
    let composed: String = visible.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Format characters that could turn a line round or hide in it. Joiners stay: scripts need them.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Whether every printer shows the text as it is in its default page.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// The nearest plain text: accents dropped, punctuation simplified, `?` for the rest.
pub(crate) fn transliterate(text: &str) -> String {
    let mut plain = String::new();
    for character in text.nfkd() {
        match character {
            ' '..='~' => plain.push(character),
            '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => {}
            '‘' | '’' | '‚' | '′' => plain.push('\''),
            '“' | '”' | '„' | '«' | '»' | '″' => plain.push('"'),
            '‐'..='―' | '−' | '·' | '•' => plain.push('-'),
            '×' => plain.push('x'),
            'ß' => plain.push_str("ss"),
            'Æ' => plain.push_str("Ae"),
            'æ' => plain.push_str("ae"),
            'Œ' => plain.push_str("Oe"),
            'œ' => plain.push_str("oe"),
            'Ø' => plain.push('O'),
            'ø' => plain.push('o'),
            'đ' => plain.push('d'),
            'Đ' => plain.push('D'),
            'ł' => plain.push('l'),
            'Ł' => plain.push('L'),
            'ı' => plain.push('i'),
            '€' => plain.push_str("EUR"),
            '£' => plain.push_str("GBP"),
            '¥' => plain.push_str("JPY"),
            _ if plain.ends_with('?') => {}
            _ => plain.push('?'),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_in_a_note_become_harmless_text() {
        let note = "hot\u{1b}@\u{1d}V\u{0}\u{10}\u{4}\u{1} please\u{9b}\u{202e}\r\n now";
        assert_eq!(clean(note), "hot@V please now");
    }

    #[test]
    fn joined_scripts_keep_their_joiners() {
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
    }

    #[test]
    fn what_has_a_plain_form_gets_it() {
        assert_eq!(transliterate("Crème brûlée – 5 €"), "Creme brulee - 5 EUR");
        assert_eq!(transliterate("牛肉面 (大)"), "? (?)");
    }
}
