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

/// A line or a picture on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
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
    pub elements: Vec<Element>,
    /// Length in dots.
    pub height: usize,
    /// The commands that the printer did not understand, in words.
    pub problems: Vec<String>,
    /// How often the cash drawer was opened on the way.
    pub drawer_kicks: usize,
}

impl Paper {
    /// Whether nothing is printed on it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.elements.iter().all(|element| match element {
            Element::Line { cells, .. } => cells.iter().all(|cell| cell.character == ' '),
            Element::Picture { bits, .. } => bits.iter().all(|byte| *byte == 0),
        })
    }

    /// The text, line by line. A picture is `[picture WxH]`; a blank one is left out.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for element in &self.elements {
            match element {
                Element::Line { cells, .. } => {
                    let line: String = cells.iter().map(|cell| cell.character).collect();
                    text.push_str(line.trim_end());
                    text.push('\n');
                }
                Element::Picture {
                    row_bytes, bits, ..
                } if bits.iter().any(|byte| *byte != 0) => {
                    let rows = bits.len().checked_div(*row_bytes).unwrap_or(0);
                    // Writing to a String cannot fail.
                    let _ = writeln!(text, "[picture {}x{rows}]", row_bytes * 8);
                }
                Element::Picture { .. } => {}
            }
        }
        text.truncate(text.trim_end().len());
        text
    }
}
