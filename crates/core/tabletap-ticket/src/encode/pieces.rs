//! Text in which the fonts lack a plain letter, as fonts of one script may: words they have are drawn, words they lack are printed as plain
//! text, each on lines of their own.

use escpos::errors::Result as EscposResult;

use super::Encoder;
use crate::clean::{is_plain, transliterate};
use crate::layout::Size;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// The fonts have all of it.
    Drawn(String),
    /// The printer has all of it.
    Plain(String),
}

impl Encoder<'_> {
    /// Whether the fonts lack some of a text's plain characters.
    pub(super) fn fonts_lack_plain(&self, text: &str) -> bool {
        let plain: String = text.chars().filter(char::is_ascii_graphic).collect();
        !plain.is_empty() && !self.fonts.can_draw(&plain)
    }

    /// The pieces of a text in order, and whether a character was changed: it lost its accent or became a mark.
    pub(super) fn pieces(&self, text: &str) -> (Vec<Piece>, bool) {
        let (mut pieces, mut is_lost) = (Vec::new(), false);
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let plain = transliterate(word);
            if self.fonts.can_draw(word) {
                add(&mut pieces, Piece::Drawn(word.to_owned()), " ");
            } else if is_plain(word) || !plain.contains('?') {
                is_lost |= !is_plain(word);
                add(&mut pieces, Piece::Plain(plain), " ");
            } else {
                for (number, run) in runs(word).into_iter().enumerate() {
                    let glue = if number == 0 { " " } else { "" };
                    is_lost |= self.add_run(&mut pieces, run, glue);
                }
            }
        }
        // Punctuation alone does not get its own line, unless there is nothing else.
        if pieces.iter().any(Piece::has_content) {
            pieces.retain(Piece::has_content);
        }
        (pieces, is_lost)
    }

    /// Adds characters of one kind. Whether one of them was changed.
    fn add_run(&self, pieces: &mut Vec<Piece>, run: &str, glue: &str) -> bool {
        if self.fonts.can_draw(run) {
            add(pieces, Piece::Drawn(run.to_owned()), glue);
            return false;
        }
        if is_plain(run) {
            add(pieces, Piece::Plain(run.to_owned()), glue);
            return false;
        }
        let (marked, _) = self.fonts.drawable(run);
        for (number, part) in runs(&marked).into_iter().enumerate() {
            let glue = if number == 0 { glue } else { "" };
            let piece = if is_plain(part) && !self.fonts.can_draw(part) {
                Piece::Plain(part.to_owned())
            } else {
                Piece::Drawn(part.to_owned())
            };
            add(pieces, piece, glue);
        }
        true
    }

    /// A paragraph with a plain character that the fonts lack.
    pub(super) fn mixed_paragraph(
        &mut self,
        lead: &str,
        text: &str,
        indent: usize,
        style: (Size, bool, bool),
        is_right_to_left: bool,
    ) -> EscposResult<()> {
        // A label that must be drawn has its own line and needs no colon.
        let (label, text) = if is_plain(lead) {
            ("", format!("{lead}{text}"))
        } else {
            (lead.trim_end_matches([' ', ':']), text.to_owned())
        };
        let (label, _) = self.pieces(label);
        let (pieces, is_lost) = self.pieces(&text);
        if is_lost {
            self.undrawn.push(text);
        }
        for piece in label.into_iter().chain(pieces) {
            match piece {
                Piece::Plain(text) if is_right_to_left => {
                    self.right_aligned_plain_text(&text, indent, style)?;
                }
                Piece::Plain(text) => self.plain_paragraph("", &text, indent, style)?,
                Piece::Drawn(text) if is_right_to_left => {
                    self.right_to_left_paragraph("", &text, indent, style)?;
                }
                Piece::Drawn(text) => self.drawn_paragraph("", &text, indent, style)?,
            }
        }
        Ok(())
    }
}

impl Piece {
    fn has_content(&self) -> bool {
        match self {
            Self::Drawn(_) => true,
            Self::Plain(text) => text.contains(|c: char| c.is_alphanumeric() || c == '?'),
        }
    }
}

/// Adds a piece, or appends it to the last one if that is of the same kind.
fn add(pieces: &mut Vec<Piece>, piece: Piece, glue: &str) {
    match (pieces.last_mut(), piece) {
        (Some(Piece::Drawn(last)), Piece::Drawn(text))
        | (Some(Piece::Plain(last)), Piece::Plain(text)) => {
            last.push_str(glue);
            last.push_str(&text);
        }
        (_, piece) => pieces.push(piece),
    }
}

/// A word split into runs of plain and of other characters.
fn runs(word: &str) -> Vec<&str> {
    let is_plain = |character: char| matches!(character, ' '..='~');
    let mut runs = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let of_other_kind = |character: char| is_plain(character) != is_plain(first);
        let (run, behind) = rest.split_at(rest.find(of_other_kind).unwrap_or(rest.len()));
        runs.push(run);
        rest = behind;
    }
    runs
}
