//! Comments that nobody meant: YAML ends a text before ` #`, so `Combo #2` would be sold as `Combo`.
//!
//! A comment is meant where it stands two spaces or more behind the text and a space follows its `#`, as in every example of ours.

use super::mistake::Place;

/// Lines above a broken one that are searched: a list in brackets is rarely longer.
const LINES_BACK: usize = 40;

/// The comment after a scalar from `start` to `end`, where it may have been meant as a part of the text.
pub(crate) fn find_suspicious(lines: &[&str], start: Place, end: Place) -> Option<String> {
    let first: String = from(lines, start)?;
    let rest = match first.chars().next() {
        Some(quote @ ('"' | '\'')) => behind_quotes(&first, quote)?.to_owned(),
        // Nothing at all stands at the colon after its key.
        Some(':') => first.trim_start_matches(':').to_owned(),
        _ => from(lines, end)?,
    };
    let line = lines.get(end.line.checked_sub(1)?)?;
    let comment = rest.trim_start();
    let text = comment.strip_prefix('#')?;
    let before = line.strip_suffix(comment)?;
    let spaces = before
        .chars()
        .rev()
        .take_while(|c| c.is_whitespace())
        .count();
    let is_meant = text.trim().is_empty() || (spaces > 1 && text.starts_with([' ', '\t', '#']));
    (spaces > 0 && !is_meant).then(|| shortened(comment))
}

/// A line from a place on.
fn from(lines: &[&str], place: Place) -> Option<String> {
    let line = lines.get(place.line.checked_sub(1)?)?;
    Some(line.chars().skip(place.column - 1).collect())
}

/// What follows a text in quotes on its line; none where it goes on in the next.
fn behind_quotes(text: &str, quote: char) -> Option<&str> {
    let mut characters = text.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' if quote == '"' => drop(characters.next()),
            _ if character == quote => return text.get(index + 1..),
            _ => {}
        }
    }
    None
}

/// What to tell of a text that ends before `cut`.
pub(crate) fn describe_cut(text: &str, cut: &str) -> (String, String) {
    let message = format!("this text is only `{text}`: `{cut}` is a comment");
    let hint = "put the text in quotes if it goes on; if not, leave two spaces before `#` and one after it";
    (message, hint.to_owned())
}

/// What to tell of a text that is a comment as a whole.
pub(crate) fn hint_for_empty(cut: &str) -> String {
    format!("`{cut}` is a comment: put the text in quotes")
}

/// The line before `broken` with a comment that holds the bracket whose absence broke the file.
pub(crate) fn find_swallowed_bracket(lines: &[&str], broken: Place) -> Option<String> {
    let last = broken.line.min(lines.len());
    let near = (last.saturating_sub(LINES_BACK)..last).rev();
    let ate = |index: &usize| {
        let comment = lines[*index].split_once(" #");
        comment.is_some_and(|(before, text)| {
            let is_above = index + 1 < broken.line || before.chars().count() + 2 < broken.column;
            is_above && !text.starts_with(' ') && text.contains(['}', ']'])
        })
    };
    let line = near.into_iter().find(ate)? + 1;
    Some(format!(
        "in line {line}, everything after ` #` is a comment: put the text in quotes"
    ))
}

fn shortened(comment: &str) -> String {
    let mut text: String = comment.trim_end().chars().take(40).collect();
    if text.len() < comment.trim_end().len() {
        text.push('…');
    }
    text
}
