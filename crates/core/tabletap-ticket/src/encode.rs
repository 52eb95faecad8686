//! Encodes a layout as ESC/POS, through the `escpos` crate with a driver that writes to memory.
//!
//! Uses the crate's own commands where they are right, and `custom` for images and for the cut, because the crate sends function B's full cut
//! for a partial one.

mod pictures;
mod pieces;

use std::cell::RefCell;

use escpos::driver::Driver;
use escpos::errors::Result as EscposResult;
use escpos::printer::Printer;
use escpos::utils::{Font, JustifyMode, Protocol};

use crate::Rendered;
use crate::bitmap::{Bitmap, WIDTH};
use crate::clean::{is_plain, transliterate};
use crate::fonts::Fonts;
use crate::layout::{BANNER, Block, Size};
use crate::words::Words;
use crate::wrap::wrap;
use pieces::Piece;

/// `GS V 66 0`: feed the last line past the blade and cut, leaving one point.
pub(crate) const CUT: [u8; 4] = [0x1d, b'V', 66, 0];

/// How much paper the cut feeds, roughly; it differs by model.
const BLADE_DOTS: usize = 100;

impl Size {
    /// Width and height magnification.
    fn magnification(self) -> (u8, u8) {
        match self {
            Self::Small | Self::Body => (1, 1),
            Self::Tall => (1, 2),
            Self::Large => (2, 2),
            Self::Huge => (4, 4),
        }
    }

    /// Width and height of a character in dots.
    fn cell(self) -> (usize, usize) {
        let (width, height) = self.magnification();
        let face = if self == Self::Small {
            (9, 17)
        } else {
            (12, 24)
        };
        (face.0 * usize::from(width), face.1 * usize::from(height))
    }

    fn columns(self) -> usize {
        WIDTH / self.cell().0
    }

    /// The distance from one line to the next.
    fn spacing(self) -> u8 {
        match self {
            Self::Small => 22,
            Self::Body => 30,
            Self::Tall | Self::Large => 52,
            Self::Huge => 104,
        }
    }

    /// Font size and line height of drawn text, in dots. Tall text is drawn a little smaller than stretched
    /// characters are: drawn letters keep their shape.
    fn em_and_line(self) -> (u16, u16) {
        match self {
            Self::Small => (15, 20),
            Self::Body => (20, 28),
            Self::Tall => (30, 42),
            Self::Large => (40, 54),
            Self::Huge => (80, 106),
        }
    }
}

/// Keeps what was written.
#[derive(Default)]
struct MemoryDriver(RefCell<Vec<u8>>);

impl Driver for MemoryDriver {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> EscposResult<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buf: &mut [u8]) -> EscposResult<usize> {
        Ok(0)
    }

    fn flush(&self) -> EscposResult<()> {
        Ok(())
    }
}

/// The bytes of a ticket.
pub(crate) fn encode(blocks: &[Block], words: Words<'_>, fonts: &Fonts) -> Rendered {
    let mut encoder = Encoder::new(words, fonts);
    // The driver cannot fail and sizes are constants from 1 to 4: `escpos` has nothing to report.
    encoder
        .write(blocks)
        .expect("writing to memory, with constant sizes, cannot fail");
    encoder.finish()
}

struct Encoder<'a> {
    words: Words<'a>,
    fonts: &'a Fonts,
    printer: Printer<MemoryDriver>,
    dots: usize,
    undrawn: Vec<String>,
}

impl<'a> Encoder<'a> {
    fn new(words: Words<'a>, fonts: &'a Fonts) -> Self {
        let printer = Printer::new(MemoryDriver::default(), Protocol::default(), None);
        Self {
            words,
            fonts,
            printer,
            dots: 0,
            undrawn: Vec::new(),
        }
    }

    fn write(&mut self, blocks: &[Block]) -> EscposResult<()> {
        self.printer.init()?;
        for block in blocks {
            self.block(block)?;
        }
        self.gap(16)?;
        self.printer.custom(&CUT)?.print()?;
        Ok(())
    }

    fn finish(self) -> Rendered {
        let dots = self.dots + BLADE_DOTS;
        Rendered {
            bytes: self.printer.driver().0.into_inner(),
            height_mm: u32::try_from(dots.div_ceil(8)).unwrap_or(u32::MAX),
            undrawn: self.undrawn,
        }
    }

    fn block(&mut self, block: &Block) -> EscposResult<()> {
        match block {
            Block::Banner => self.banner(),
            Block::Centred(text) => self.centred(text),
            Block::Columns { parts, size, bold } => self.columns(parts, *size, *bold),
            Block::Paragraph { .. } => self.paragraph(block),
            Block::Framed(lines) => self.framed(lines),
            Block::Rule => self.line(&"-".repeat(48), Size::Body, true),
            Block::Gap(dots) => self.gap(*dots),
        }
    }

    /// Across the whole paper.
    fn banner(&mut self) -> EscposResult<()> {
        self.printer.reverse(true)?;
        self.line(&format!("{BANNER:^24}"), Size::Large, true)?;
        self.printer.reverse(false)?;
        Ok(())
    }

    fn gap(&mut self, dots: u8) -> EscposResult<()> {
        self.dots += usize::from(dots);
        self.printer.custom(&[0x1b, b'J', dots])?;
        Ok(())
    }

    fn style(&mut self, size: Size, bold: bool) -> EscposResult<()> {
        let (width, height) = size.magnification();
        let font = if size == Size::Small {
            Font::B
        } else {
            Font::A
        };
        self.printer.font(font)?.size(width, height)?.bold(bold)?;
        Ok(())
    }

    /// Ends the line with its own spacing.
    fn end_line(&mut self, spacing: u8) -> EscposResult<()> {
        self.dots += usize::from(spacing);
        self.printer.line_spacing(spacing)?.feed()?;
        Ok(())
    }

    fn line(&mut self, text: &str, size: Size, bold: bool) -> EscposResult<()> {
        self.style(size, bold)?;
        self.printer.write(text)?;
        self.end_line(size.spacing())
    }

    fn centred(&mut self, text: &str) -> EscposResult<()> {
        if self.fonts.can_draw(text)
            && let Some(drawn) = self.draw_if_needed(text, Size::Body, true)
        {
            let ink = drawn.ink();
            let mut line = Bitmap::default();
            line.stamp(&drawn, ink.clone(), (WIDTH - ink.len()) / 2);
            return self.picture(&line);
        }
        self.printer.justify(JustifyMode::CENTER)?;
        self.text(text, Size::Body, false)?;
        self.printer.justify(JustifyMode::LEFT)?;
        Ok(())
    }

    fn columns(&mut self, parts: &[String], size: Size, bold: bool) -> EscposResult<()> {
        if let Some(line) = self.drawn_columns(parts, size, bold) {
            return self.picture(&line);
        }
        // A part that must be drawn, or does not fit beside the others, gets its own line.
        let (mut beside, mut alone): (Vec<&String>, Vec<&String>) =
            parts.iter().partition(|part| is_plain(part));
        while beside.iter().map(|part| part.len() + 1).sum::<usize>() > size.columns() + 1
            && let Some(longest) = (0..beside.len()).max_by_key(|at| beside[*at].len())
        {
            alone.push(beside.remove(longest));
        }
        for part in alone {
            self.text(part, size, bold)?;
        }
        if beside.is_empty() {
            return Ok(());
        }
        let parts = beside;
        self.line(&spread(&parts, size.columns()), size, bold)
    }

    fn text(&mut self, text: &str, size: Size, bold: bool) -> EscposResult<()> {
        let (lead, text) = (String::new(), text.to_owned());
        self.paragraph(&Block::Paragraph {
            lead,
            text,
            indent: 0,
            size,
            bold,
            reverse: false,
        })
    }

    fn paragraph(&mut self, block: &Block) -> EscposResult<()> {
        let Block::Paragraph {
            lead,
            text,
            indent,
            size,
            bold,
            reverse,
        } = block
        else {
            return Ok(());
        };
        let style = (*size, *bold, *reverse);
        // On right-to-left paper, dishes in Latin letters are on the right too.
        let is_right_to_left = self.words.is_right_to_left() && (!lead.is_empty() || *indent > 0);
        if is_plain(text) && is_plain(lead) && !is_right_to_left {
            return self.plain_paragraph(lead, text, *indent, style);
        }
        let (drawable, missing) = self.fonts.drawable(text);
        if !self.fonts.is_empty() && self.fonts_lack_plain(&format!("{lead}{text}{drawable}")) {
            return self.mixed_paragraph(lead, text, *indent, style, is_right_to_left);
        }
        if !is_plain(text) && (missing || self.fonts.is_empty()) {
            self.undrawn.push(text.clone());
        }
        if self.fonts.is_empty() {
            let noted = self.words.without_font(text);
            return self.plain_paragraph(lead, &noted, *indent, style);
        }
        if is_right_to_left {
            return self.right_to_left_paragraph(lead, &drawable, *indent, style);
        }
        if is_plain(&drawable) && is_plain(lead) {
            return self.plain_paragraph(lead, &drawable, *indent, style);
        }
        self.drawn_paragraph(lead, &drawable, *indent, style)
    }

    fn plain_paragraph(
        &mut self,
        lead: &str,
        text: &str,
        indent: usize,
        (size, bold, reverse): (Size, bool, bool),
    ) -> EscposResult<()> {
        // A table's name that is too long for huge letters is printed large.
        let size = match size {
            Size::Huge if text.len() > size.columns() => Size::Large,
            size => size,
        };
        let margin = indent / size.cell().0;
        let hanging = margin + lead.len();
        let pad = usize::from(reverse);
        for (number, line) in wrap(text, size.columns() - hanging - 2 * pad)
            .iter()
            .enumerate()
        {
            self.style(size, bold)?;
            let before = if number == 0 { lead } else { "" };
            self.printer.write(&format!(
                "{}{before:width$}",
                " ".repeat(margin),
                width = lead.len()
            ))?;
            if reverse {
                self.printer
                    .reverse(true)?
                    .write(&format!(" {line} "))?
                    .reverse(false)?;
            } else {
                self.printer.write(line)?;
            }
            self.end_line(size.spacing())?;
        }
        Ok(())
    }

    /// A heavy frame made of reversed spaces, which every printer has; its text stays text.
    fn framed(&mut self, lines: &[String]) -> EscposResult<()> {
        let inside = Size::Large.columns() - 3;
        self.frame_edge()?;
        for text in lines {
            if !is_plain(text) && self.fonts.can_draw(text) {
                self.framed_picture(text)?;
            } else if !self.fonts.is_empty() && self.fonts_lack_plain(text) {
                for piece in self.pieces(text).0 {
                    match piece {
                        Piece::Drawn(text) => self.framed_picture(&text)?,
                        Piece::Plain(text) => self.framed_plain(&text, inside)?,
                    }
                }
            } else {
                self.framed_plain(&transliterate(text), inside)?;
            }
        }
        self.frame_edge()
    }

    fn framed_plain(&mut self, text: &str, inside: usize) -> EscposResult<()> {
        for line in wrap(text, inside) {
            self.frame_side()?;
            self.style(Size::Large, true)?;
            self.printer.write(&format!(" {line:inside$} "))?;
            self.frame_side()?;
            let (_, height) = Size::Large.cell();
            self.end_line(u8::try_from(height).unwrap_or(u8::MAX))?;
        }
        Ok(())
    }

    /// The upper or lower edge of a frame.
    fn frame_edge(&mut self) -> EscposResult<()> {
        self.style(Size::Small, false)?;
        self.printer
            .reverse(true)?
            .write(&" ".repeat(Size::Small.columns()))?
            .reverse(false)?;
        self.end_line(17)
    }

    /// The side of a frame beside one line of it.
    fn frame_side(&mut self) -> EscposResult<()> {
        self.style(Size::Tall, false)?;
        self.printer.reverse(true)?.write(" ")?.reverse(false)?;
        Ok(())
    }
}

/// The parts from edge to edge, with the free columns distributed between them.
fn spread(parts: &[&String], columns: usize) -> String {
    let used: usize = parts.iter().map(|part| part.len()).sum();
    let free = columns.saturating_sub(used);
    let gaps = parts.len().saturating_sub(1).max(1);
    let mut line = String::new();
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            let extra = usize::from(number <= free % gaps);
            line.push_str(&" ".repeat(free / gaps + extra));
        } else if parts.len() == 1 {
            line.push_str(&" ".repeat(free));
        }
        line.push_str(part);
    }
    line
}
