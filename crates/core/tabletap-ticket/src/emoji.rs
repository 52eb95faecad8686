//! Names emoji in words, because printers have none and fonts may draw them as nothing.
//!
//! The names are Unicode's, from CLDR: `data/emoji.tsv`, written by `scripts/emoji-names.mjs`. An emoji that is newer than the data is
//! named by its code point. See Unicode Technical Standard 51 for how sequences are built.

use std::{collections::HashMap, iter::Peekable, str::Chars, sync::LazyLock};

const DATA: &str = include_str!("../data/emoji.tsv");

/// Emoji without variation selectors, each with its names in the columns of the data.
static NAMES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let rows = DATA.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let mut columns = row.split('\t');
        Some((columns.next()?, columns.collect()))
    })
    .collect()
});

const JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';
const TEXT_STYLE: char = '\u{fe0e}';
const EMOJI_STYLE: char = '\u{fe0f}';
const TAG_END: char = '\u{e007f}';

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// Without variation selectors.
    Emoji(String),
}

/// The text with each emoji replaced by its name in brackets. `choose` takes a name in the language of `column` and in English, and returns
/// the one that can be printed.
pub(crate) fn replace_with_names(
    text: &str,
    column: usize,
    choose: impl Fn(&str, &str) -> String,
) -> String {
    let name = |emoji: &str| {
        let own = name_of(emoji, column);
        match (own, name_of(emoji, 0)) {
            (Some(own), Some(english)) => choose(&own, &english),
            _ => fallback_name(emoji),
        }
    };
    let mut output = String::new();
    let mut after_emoji = false;
    let mut pieces = split(text).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => {
                if after_emoji && text.starts_with(char::is_alphanumeric) {
                    output.push(' ');
                }
                output.push_str(&text);
                after_emoji = false;
            }
            Piece::Emoji(emoji) => {
                let mut times = 1;
                while pieces.next_if_eq(&Piece::Emoji(emoji.clone())).is_some() {
                    times += 1;
                }
                if after_emoji || output.ends_with(char::is_alphanumeric) {
                    output.push(' ');
                }
                output.push_str(&format!("[{}]", name(&emoji)));
                if times > 1 {
                    output.push_str(&format!(" x{times}"));
                }
                after_emoji = true;
            }
        }
    }
    output
}

/// Splits a text into emoji and the text between them. Spaces between two emoji are dropped.
fn split(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        if let Some(emoji) = sequence(first, &mut rest) {
            let blank =
                |piece: &Piece| matches!(piece, Piece::Text(text) if text.trim().is_empty());
            if pieces.len() > 1 && pieces.last().is_some_and(blank) {
                pieces.pop();
            }
            pieces.extend(split_unknown(emoji).into_iter().map(Piece::Emoji));
        } else if first != EMOJI_STYLE && first != TEXT_STYLE {
            match pieces.last_mut() {
                Some(Piece::Text(text)) => text.push(first),
                _ => pieces.push(Piece::Text(first.to_string())),
            }
        }
    }
    pieces
}

/// The emoji that begins with `first`, as long as it goes on.
fn sequence(first: char, rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut emoji = element(first, rest)?;
    while rest.peek() == Some(&JOINER) {
        let mut ahead = rest.clone();
        ahead.next();
        let joined = ahead.next().and_then(|next| element(next, &mut ahead));
        let Some(joined) = joined else { break };
        emoji.push(JOINER);
        emoji.push_str(&joined);
        *rest = ahead;
    }
    Some(emoji)
}

/// One part of a sequence: a sign, a flag or a key, with its skin tone and its tags.
fn element(first: char, rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut style = None;
    let mut ahead = rest.clone();
    if let Some(next) = ahead.next_if(|next| [EMOJI_STYLE, TEXT_STYLE].contains(next)) {
        style = Some(next);
    }
    if first.is_ascii_digit() || matches!(first, '#' | '*') {
        ahead.next_if_eq(&KEYCAP)?;
        *rest = ahead;
        return Some(format!("{first}{KEYCAP}"));
    }
    let is_plain_sign = matches!(first, '©' | '®' | '™') && style != Some(EMOJI_STYLE);
    if is_plain_sign || !is_emoji(first) {
        return None;
    }
    *rest = ahead;
    let mut emoji = String::from(first);
    if is_flag_letter(first) {
        emoji.extend(rest.next_if(|next| is_flag_letter(*next)));
        return Some(emoji);
    }
    emoji.extend(rest.next_if(|next| is_tone(*next)));
    rest.next_if(|next| [EMOJI_STYLE, TEXT_STYLE].contains(next));
    emoji.extend(rest.next_if_eq(&KEYCAP));
    while let Some(tag) = rest.next_if(|next| is_tag(*next)) {
        emoji.push(tag);
    }
    Some(emoji)
}

/// A sequence without a name is named part by part.
fn split_unknown(emoji: String) -> Vec<String> {
    if !emoji.contains(JOINER) || name_of(&emoji, 0).is_some() {
        return vec![emoji];
    }
    emoji.split(JOINER).map(str::to_owned).collect()
}

/// Whether a character is an emoji: it has a name in the data, or is in one of Unicode's emoji blocks.
fn is_emoji(character: char) -> bool {
    let own = character.encode_utf8(&mut [0; 4]).to_owned();
    NAMES.contains_key(own.as_str())
        || is_flag_letter(character)
        || matches!(character, '\u{1f000}'..='\u{1f0ff}' | '\u{1f300}'..='\u{1faff}')
}

fn is_flag_letter(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}

fn is_tone(character: char) -> bool {
    matches!(character, '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_tag(character: char) -> bool {
    matches!(character, '\u{e0020}'..=TAG_END)
}

/// The name, with skin tones added as CLDR adds them.
fn name_of(emoji: &str, column: usize) -> Option<String> {
    let known = |emoji: &str| {
        NAMES
            .get(emoji)
            .and_then(|names| names.get(column))
            .copied()
    };
    if let Some(name) = known(emoji) {
        return Some(name.to_owned());
    }
    let (tags, bare): (String, String) = emoji.chars().partition(|one| is_tag(*one));
    if !tags.is_empty() {
        let letters = tags.chars().filter(|tag| *tag != TAG_END);
        let region: String = letters
            .filter_map(|tag| char::from_u32(u32::from(tag) - 0xe0000))
            .collect();
        return Some(format!("{} {region}", name_of(&bare, column)?));
    }
    let (tones, bare): (String, String) = emoji.chars().partition(|one| is_tone(*one));
    if tones.is_empty() {
        return None;
    }
    let mut name = known(&bare)?.to_owned();
    let mut added = Vec::new();
    for tone in tones.chars() {
        let tone = known(tone.encode_utf8(&mut [0; 4]))?;
        if !added.contains(&tone) {
            name.push_str(if name.contains(": ") { ", " } else { ": " });
            name.push_str(tone);
            added.push(tone);
        }
    }
    Some(name)
}

/// The name of an emoji that is newer than the data, or of a flag without a country.
fn fallback_name(emoji: &str) -> String {
    let letter = |letter: char| {
        let place = u32::from(letter).checked_sub(0x1f1e6)?;
        char::from_u32(u32::from('A') + place).filter(char::is_ascii_uppercase)
    };
    let letters: Option<String> = emoji.chars().map(letter).collect();
    letters.map_or_else(
        || format!("emoji {}", code_points(emoji)),
        |letters| format!("emoji {letters}"),
    )
}

/// `U+1F95C`, or several with spaces between.
pub(crate) fn code_points(text: &str) -> String {
    let points = text.chars().map(|one| format!("U+{:04X}", u32::from(one)));
    points.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> String {
        replace_with_names(text, 0, |_, english| english.to_owned())
    }

    #[test]
    fn every_emoji_is_printed_in_words() {
        for (text, said, why) in [
            ("NO 🥜 PLEASE", "NO [peanuts] PLEASE", "one sign"),
            ("no🥜please", "no [peanuts] please", "between letters"),
            ("🥜🥜🥜!", "[peanuts] x3!", "repeats"),
            ("🥜 🥜 🥜 no", "[peanuts] x3 no", "repeats with spaces"),
            ("🥜🦐", "[peanuts] [shrimp]", "two of them"),
            ("thanks 👩\u{200d}🍳!", "thanks [woman cook]!", "a sequence"),
            ("👍🏽 ok", "[thumbs up: medium skin tone] ok", "a skin tone"),
            (
                "👩🏿\u{200d}🍳",
                "[woman cook: dark skin tone]",
                "a skin tone within a sequence",
            ),
            (
                "👨🏼\u{200d}🦰",
                "[man: medium-light skin tone, red hair]",
                "a skin tone and hair",
            ),
            (
                "🧑🏻\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}🧑🏿",
                "[kiss: person, person, light skin tone, dark skin tone]",
                "two skin tones",
            ),
            ("🇩🇪🇯🇵", "[flag: Germany] [flag: Japan]", "flags"),
            (
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
                "[flag: England]",
                "a flag made of tags",
            ),
            (
                "🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}",
                "[black flag ustx]",
                "a flag of a state, which has no name of its own",
            ),
            ("🇽🇽 🇩", "[emoji XX] [emoji D]", "flags of no country"),
            ("2\u{fe0f}\u{20e3} sugars", "[keycap: 2] sugars", "a key"),
            ("2\u{20e3}", "[keycap: 2]", "a key without its selector"),
            ("2 #1 *", "2 #1 *", "digits are digits"),
            (
                "❤ ❤\u{fe0f}",
                "[red heart] x2",
                "with and without its selector",
            ),
            ("☎\u{fe0e}", "[telephone]", "asked for as text"),
            ("© and ™\u{fe0f}", "© and [trade mark]", "a sign of writing"),
            (
                "🐱\u{200d}👓",
                "[cat face] [glasses]",
                "a sequence that nobody has named",
            ),
            ("🫪", "[emoji U+1FAEA]", "newer than the data"),
            ("🂡", "[emoji U+1F0A1]", "a picture that is no emoji"),
            ("\u{fe0f}", "", "nothing to see"),
            ("(🥜)", "([peanuts])", "in brackets"),
            ("Crème – 5 €", "Crème – 5 €", "no emoji"),
        ] {
            assert_eq!(english(text), said, "{why}");
        }
    }

    #[test]
    fn each_language_has_a_name_for_each_emoji() {
        assert!(NAMES.len() > 2300, "{}", NAMES.len());
        for (emoji, names) in NAMES.iter() {
            assert_eq!(names.len(), 5, "{emoji}");
            assert!(names.iter().all(|name| !name.trim().is_empty()), "{emoji}");
        }
        let in_column = |column| replace_with_names("🥜", column, |own, _| own.to_owned());
        let all: Vec<String> = (0..5).map(in_column).collect();
        assert_eq!(
            all,
            [
                "[peanuts]",
                "[cacahuetes]",
                "[ピーナッツ]",
                "[فول سوداني]",
                "[Erdnuss]"
            ]
        );
    }
}
