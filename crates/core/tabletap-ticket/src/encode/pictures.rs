//! Lines that must be drawn, because the printer has no characters for them.

use escpos::errors::Result as EscposResult;
use escpos::utils::JustifyMode;

use super::Encoder;
use crate::bitmap::{Bitmap, WIDTH};
use crate::clean::is_plain;
use crate::fonts::TextBox;
use crate::layout::Size;
use crate::wrap::wrap;

/// Reversed words have this much black beside them, in dots.
const REVERSE_PAD: usize = 6;

/// Makes a line right-to-left, whatever letters are in it.
const RIGHT_TO_LEFT_MARK: char = '\u{200f}';

impl Encoder<'_> {
    /// Draws a text on one line; `None` if it is plain, has no font or does not fit.
    pub(super) fn draw_if_needed(&self, text: &str, size: Size, bold: bool) -> Option<Bitmap> {
        if is_plain(text) || self.fonts.is_empty() {
            return None;
        }
        self.draw_line(text, size, bold)
    }

    /// Draws a text on one line, plain text too, so that it can stand beside drawn text.
    fn draw_line(&self, text: &str, size: Size, bold: bool) -> Option<Bitmap> {
        let (em, line) = size.em_and_line();
        let mut drawn = Bitmap::default();
        let (x, y, width) = (0, 0, u16::try_from(WIDTH).unwrap_or(u16::MAX));
        let place = TextBox {
            x,
            y,
            width,
            em,
            line,
            bold,
        };
        let rows = self.fonts.draw(text, place, &mut drawn)?;
        (rows < 2 * usize::from(line)).then_some(drawn)
    }

    /// Draws the parts from edge to edge on one line, from right to left on such paper; `None` if all are plain, the fonts lack one, or they
    /// do not fit.
    pub(super) fn drawn_columns(&self, parts: &[String], size: Size, bold: bool) -> Option<Bitmap> {
        let is_all_plain = parts.iter().all(|part| is_plain(part));
        if is_all_plain || !parts.iter().all(|part| self.fonts.can_draw(part)) {
            return None;
        }
        let drawn: Option<Vec<Bitmap>> = parts
            .iter()
            .map(|part| self.draw_line(part, size, bold))
            .collect();
        let mut drawn = drawn?;
        if self.words.is_right_to_left() {
            drawn.reverse();
        }
        let used: usize = drawn.iter().map(|part| part.ink().len()).sum();
        let gaps = drawn.len().saturating_sub(1);
        let free = WIDTH.checked_sub(used + gaps * size.cell().0)?;
        let mut line = Bitmap::default();
        let mut x = if gaps == 0 && !self.words.is_right_to_left() {
            free
        } else {
            0
        };
        for part in &drawn {
            let ink = part.ink();
            line.stamp(part, ink.clone(), x);
            x += ink.len() + size.cell().0 + free / gaps.max(1);
        }
        Some(line)
    }

    pub(super) fn drawn_paragraph(
        &mut self,
        lead: &str,
        text: &str,
        indent: usize,
        (size, bold, reverse): (Size, bool, bool),
    ) -> EscposResult<()> {
        let (em, line) = size.em_and_line();
        let pad = if reverse { REVERSE_PAD } else { 0 };
        let mut bitmap = Bitmap::default();
        let lead_width = match self.draw_if_needed(lead, size, bold) {
            Some(drawn) => drawn.ink().len() + size.cell().0,
            None => lead.len() * size.cell().0,
        };
        let left = indent + lead_width;
        let place = |x: usize| TextBox {
            x,
            y: 0,
            width: u16::try_from(WIDTH - x - pad).unwrap_or(0),
            em,
            line,
            bold,
        };
        if !lead.is_empty() {
            self.fonts.draw(lead, place(indent), &mut bitmap);
        }
        let rows = self
            .fonts
            .draw(text, place(left + pad), &mut bitmap)
            .unwrap_or(0);
        if reverse {
            let right = bitmap.right_edge(0..rows) + pad;
            bitmap.invert(left..right, 0..rows);
        }
        self.picture(&bitmap)
    }

    /// The same on right-to-left paper. A mark at the beginning sets the direction, whatever letters follow.
    pub(super) fn right_to_left_paragraph(
        &mut self,
        lead: &str,
        text: &str,
        indent: usize,
        (size, bold, reverse): (Size, bool, bool),
    ) -> EscposResult<()> {
        let (em, line) = size.em_and_line();
        let pad = if reverse { REVERSE_PAD } else { 0 };
        let width = u16::try_from(WIDTH - indent - 2 * pad).unwrap_or(0);
        let place = TextBox {
            x: pad,
            y: 0,
            width,
            em,
            line,
            bold,
        };
        let whole = format!("{RIGHT_TO_LEFT_MARK}{lead}{RIGHT_TO_LEFT_MARK}{text}");
        let mut bitmap = Bitmap::default();
        let rows = self.fonts.draw(&whole, place, &mut bitmap).unwrap_or(0);
        if reverse {
            let ink = bitmap.ink();
            bitmap.invert(ink.start.saturating_sub(pad)..ink.end + pad, 0..rows);
        }
        self.picture(&bitmap)
    }

    /// Plain text on right-to-left paper, for letters that no font has.
    pub(super) fn right_aligned_plain_text(
        &mut self,
        text: &str,
        indent: usize,
        (size, bold, reverse): (Size, bool, bool),
    ) -> EscposResult<()> {
        let margin = indent / size.cell().0;
        self.printer.justify(JustifyMode::RIGHT)?;
        for line in wrap(text, size.columns() - margin - 2 * usize::from(reverse)) {
            self.style(size, bold)?;
            if reverse {
                self.printer.reverse(true)?;
                self.printer.write(&format!(" {line} "))?.reverse(false)?;
            } else {
                self.printer.write(&line)?;
            }
            self.printer.write(&" ".repeat(margin))?;
            self.end_line(size.spacing())?;
        }
        self.printer.justify(JustifyMode::LEFT)?;
        Ok(())
    }

    pub(super) fn picture(&mut self, bitmap: &Bitmap) -> EscposResult<()> {
        self.dots += bitmap.rows();
        self.printer.custom(&bitmap.commands())?;
        Ok(())
    }

    /// Draws lines between the sides of a frame.
    pub(super) fn framed_picture(&mut self, text: &str) -> EscposResult<()> {
        let (em, line) = Size::Large.em_and_line();
        let post = Size::Tall.cell().0;
        let margin = post + Size::Large.cell().0;
        let place = TextBox {
            x: margin,
            y: 0,
            width: u16::try_from(WIDTH - 2 * margin).unwrap_or(0),
            em,
            line,
            bold: true,
        };
        let mut bitmap = Bitmap::default();
        let rows = self.fonts.draw(text, place, &mut bitmap).unwrap_or(0);
        bitmap.invert(0..post, 0..rows);
        bitmap.invert(WIDTH - post..WIDTH, 0..rows);
        self.picture(&bitmap)
    }
}
