//! One piece of paper: what is printed on it and where, in dots (203 dpi, 8 dots to the millimetre).

use std::fmt::Write as _;

/// The printable width of 80 mm paper in dots.
pub const PRINT_WIDTH: usize = 576;

/// The two built-in fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Font {
    /// 12 by 24 dots, 48 columns.
    #[default]
    A,
    /// 9 by 17 dots, 64 columns.
    B,
}

/// How a character is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Style {
    /// The built-in font.
    pub font: Font,
    /// Emphasised or double-struck.
    pub bold: bool,
    /// White on black.
    pub reverse: bool,
    /// Thickness of the underline in dots, 0 for none.
    pub underline: u8,
    /// Width magnification, 1 to 8.
    pub width: u8,
    /// Height magnification, 1 to 8.
    pub height: u8,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            font: Font::A,
            bold: false,
            reverse: false,
            underline: 0,
            width: 1,
            height: 1,
        }
    }
}

impl Style {
    /// Width and height in dots of one character at single size.
    #[must_use]
    pub fn face(self) -> (usize, usize) {
        match self.font {
            Font::A => (12, 24),
            Font::B => (9, 17),
        }
    }

    /// Width and height in dots of one character as printed.
    #[must_use]
    pub fn cell(self) -> (usize, usize) {
        let (width, height) = self.face();
        (
            width * usize::from(self.width),
            height * usize::from(self.height),
        )
    }
}

/// One printed character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Left edge in dots.
    pub x: usize,
    /// What is printed.
    pub character: char,
    /// How it is printed.
    pub style: Style,
}

/// Something on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// A line of characters that share a bottom edge; empty for a blank line.
    Line {
        /// Top edge in dots.
        y: usize,
        /// Height of the tallest character in dots.
        height: usize,
        /// The characters from left to right.
        cells: Vec<Cell>,
    },
    /// Dots sent as an image.
    Picture {
        /// Left edge in dots.
        x: usize,
        /// Top edge in dots.
        y: usize,
        /// Bytes in a row, eight dots each.
        row_bytes: usize,
        /// Rows of dots, most significant bit leftmost, 1 is black.
        bits: Vec<u8>,
    },
}

/// A piece of paper between two cuts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paper {
    /// What is printed, from the top.
    pub marks: Vec<Mark>,
    /// Length in dots.
    pub height: usize,
    /// What the printer was sent and could not understand, in words.
    pub problems: Vec<String>,
    /// How often the cash drawer was opened on the way.
    pub drawer_kicks: usize,
}

impl Paper {
    /// Whether nothing at all is printed on it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.marks.iter().all(|mark| match mark {
            Mark::Line { cells, .. } => cells.iter().all(|cell| cell.character == ' '),
            Mark::Picture { bits, .. } => bits.iter().all(|byte| *byte == 0),
        })
    }

    /// What a person reads, line by line; a picture stands as `[picture WxH]`, a blank one not at all.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for mark in &self.marks {
            match mark {
                Mark::Line { cells, .. } => {
                    let line: String = cells.iter().map(|cell| cell.character).collect();
                    text.push_str(line.trim_end());
                    text.push('\n');
                }
                Mark::Picture {
                    row_bytes, bits, ..
                } if bits.iter().any(|byte| *byte != 0) => {
                    let rows = bits.len().checked_div(*row_bytes).unwrap_or(0);
                    // Writing to a String cannot fail.
                    let _ = writeln!(text, "[picture {}x{rows}]", row_bytes * 8);
                }
                Mark::Picture { .. } => {}
            }
        }
        text.truncate(text.trim_end().len());
        text
    }
}
