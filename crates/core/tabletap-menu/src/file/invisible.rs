//! Characters that nobody sees: they come along with text from office programs and chats.
//!
//! Where one does nothing it is taken out; where it could act, or where something cannot be shown, it is told by its name and place.

use super::mistake::Place;
use std::fmt;
use tabletap_domain::text;

/// One that is not taken out.
#[derive(Debug)]
pub(crate) struct Invisible {
    pub(crate) character: char,
    /// The end of the text before it.
    before: String,
}

impl fmt::Display for Invisible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { character, before } = self;
        let (code, name) = (u32::from(*character), name(*character));
        write!(f, "there is an invisible character, U+{code:04X} {name}, ")?;
        match before.is_empty() {
            true => f.write_str("at the beginning of this text"),
            false => write!(f, "after `{before}`"),
        }
    }
}

/// `text` without invisible characters; the first that could act is told.
pub(crate) fn strip(text: &str, tell: impl FnOnce(&Invisible)) -> String {
    if !text.chars().any(is_invisible) {
        return text.to_owned();
    }
    let kept: String = text.chars().filter(|c| !is_filler(*c)).collect();
    let kept = kept.trim_matches(|c: char| c.is_whitespace() || is_direction(c));
    if let Some((index, character)) = kept.char_indices().find(|(_, c)| is_invisible(*c)) {
        let before: Vec<char> = kept[..index].chars().rev().take(20).collect();
        tell(&Invisible {
            character,
            before: before.into_iter().rev().collect(),
        });
        // What is left stands for the text, so that it is not told to be empty as well.
        return kept.replace(is_invisible, "\u{fffd}");
    }
    kept.chars().filter(|c| !is_invisible(*c)).collect()
}

/// Where `character` stands in the file between two places; `from` where it is written as an escape.
pub(crate) fn locate(lines: &[&str], character: char, from: Place, to: Place) -> Place {
    let numbered = (1..).zip(lines).take(to.line).skip(from.line - 1);
    for (line, text) in numbered {
        let first = if line == from.line { from.column } else { 1 };
        let mut columns = (1..).zip(text.chars()).skip(first - 1);
        if let Some((column, _)) = columns.find(|(_, found)| *found == character) {
            return Place { line, column };
        }
    }
    from
}

/// Shows nothing and does nothing between two letters.
fn is_filler(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Sets a direction, which around a whole text nobody needs: pages set it themselves. Overrides are not among them: they turn letters round.
fn is_direction(character: char) -> bool {
    matches!(character,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202C}' | '\u{2066}'..='\u{2069}')
}

/// What [`text::clean`] takes out or replaces, and letters without ink.
fn is_invisible(character: char) -> bool {
    let mut bytes = [0; 4];
    let alone: &str = character.encode_utf8(&mut bytes);
    let is_blank = matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180E}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FFA0}'
    );
    is_blank || (!character.is_whitespace() && text::clean(alone) != alone)
}

/// Its name in the Unicode Character Database, or its kind where it has none of its own.
fn name(character: char) -> &'static str {
    match character {
        '\u{1B}' => "ESCAPE",
        '\u{34F}' => "COMBINING GRAPHEME JOINER",
        '\u{61C}' => "ARABIC LETTER MARK",
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => "HANGUL FILLER",
        '\u{17B4}' | '\u{17B5}' => "KHMER VOWEL INHERENT",
        '\u{180E}' => "MONGOLIAN VOWEL SEPARATOR",
        '\u{200E}' => "LEFT-TO-RIGHT MARK",
        '\u{200F}' => "RIGHT-TO-LEFT MARK",
        '\u{202A}' => "LEFT-TO-RIGHT EMBEDDING",
        '\u{202B}' => "RIGHT-TO-LEFT EMBEDDING",
        '\u{202C}' => "POP DIRECTIONAL FORMATTING",
        '\u{202D}' => "LEFT-TO-RIGHT OVERRIDE",
        '\u{202E}' => "RIGHT-TO-LEFT OVERRIDE",
        '\u{2066}' => "LEFT-TO-RIGHT ISOLATE",
        '\u{2067}' => "RIGHT-TO-LEFT ISOLATE",
        '\u{2068}' => "FIRST STRONG ISOLATE",
        '\u{2069}' => "POP DIRECTIONAL ISOLATE",
        '\u{2800}' => "BRAILLE PATTERN BLANK",
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}' => {
            "(private use, an icon of one font)"
        }
        _ if character.is_control() => "(a control character)",
        _ => "(a formatting character)",
    }
}
