//! Makes any text harmless for a printer, whether or not it was checked before, and visible: no text that a guest wrote is printed as
//! nothing.
//!
//! Guests can type control bytes, and `escpos` passes them on as commands (cut, reset, open drawer).

use crate::emoji::code_points;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longer texts are cut: nobody orders with metres of paper.
const CHARACTERS_MAX: usize = 2000;

/// The text in composed form on one line: no control bytes, no direction overrides, single spaces. The parts of emoji stay.
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
    single_spaced(&composed)
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many code points are printed for an invisible text.
const SHOWN_CODE_POINTS_MAX: usize = 8;

/// A clean text, with a mark for each character that no font shows: private use, and accents without a letter.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::new();
    let mut carries = false;
    for character in text.chars() {
        let is_private = matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}');
        if is_private || (is_combining_mark(character) && !carries) {
            shown.push_str(&format!("[{}]", code_points(&character.to_string())));
        } else if !is_blank(character) || matches!(character, '\u{200c}' | '\u{200d}') {
            shown.push(character);
        }
        carries = !is_private && !character.is_whitespace() && !is_blank(character);
    }
    let shown = single_spaced(&shown);
    if shown.chars().all(is_blank) && !text.is_empty() {
        let unseen: String = text.chars().take(SHOWN_CODE_POINTS_MAX).collect();
        return format!("[{}]", code_points(&unseen));
    }
    shown
}

/// Characters without ink in any font, such as joiners and fillers. Spaces are not among them.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(
        character,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Format characters that could reverse a line or hide in it. Joiners stay, because scripts need them.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
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
            '©' => plain.push_str("(c)"),
            '®' => plain.push_str("(R)"),
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
    fn no_text_that_a_guest_wrote_is_printed_as_nothing() {
        for (text, shown, why) in [
            ("no \u{f8ff} please", "no [U+F8FF] please", "of private use"),
            ("\u{301}", "[U+0301]", "an accent without a letter"),
            (
                "a \u{301}\u{302}",
                "a [U+0301]\u{302}",
                "the same within a text",
            ),
            ("x\u{301}", "x\u{301}", "an accent on its letter"),
            ("\u{3164}\u{3164}", "[U+3164 U+3164]", "fillers alone"),
            ("\u{2800}", "[U+2800]", "a blank that is no space"),
            ("a\u{3164}b", "ab", "a filler between letters"),
            (
                "می\u{200c}خواهم",
                "می\u{200c}خواهم",
                "joiners within a word",
            ),
            ("\u{e0041}", "[U+E0041]", "a tag of no emoji"),
            ("", "", "nothing was written"),
        ] {
            assert_eq!(visible(&clean(text)), shown, "{why}");
        }
    }

    #[test]
    fn joined_scripts_keep_their_joiners() {
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
    }

    #[test]
    fn transliteration_finds_the_plain_form() {
        assert_eq!(transliterate("Crème brûlée – 5 €"), "Creme brulee - 5 EUR");
        assert_eq!(transliterate("牛肉面 (大)"), "? (?)");
    }
}
