//! Executes commands as a printer does: one byte at a time, in order, in its current modes.
//!
//! Bytes may arrive in any pieces: a command waits for its last byte. What the caller must do (answer a query, keep a paper) is returned as
//! an [`Event`]. Real-time commands are handled separately, see
//! [`RealTimeWatcher`](crate::RealTimeWatcher).

use crate::codepage::character;
use crate::command::{Command, parse};
use crate::paper::{Cell, Element, Font, PRINT_WIDTH, Paper, Style};

/// 1/6 inch, the spacing after power-on.
const LINE_SPACING: usize = 30;

/// What a cut to the blade feeds before it cuts, so that the last line lies outside.
const BLADE_DOTS: usize = 40;

/// A paper longer than this (2.5 m) is torn off, so that nobody can fill the memory.
const PAPER_DOTS_MAX: usize = 20_000;

/// At most this many problems are kept for one paper.
const PROBLEMS_MAX: usize = 50;

/// What the caller has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The paper was cut off.
    Cut(Paper),
    /// `GS r n`: transmit status `n`, now that everything before it is printed.
    AskStatus(u8),
    /// `GS ( H` function 48: transmit this process id, now that everything before it is printed.
    AskProcessId([u8; 4]),
}

/// A printer's modes, its unfinished line and the paper not yet cut.
#[derive(Debug, Default)]
pub struct Interpreter {
    pending: Vec<u8>,
    style: Style,
    double_strike: bool,
    align: u8,
    spacing: Option<u8>,
    line: Vec<Cell>,
    line_width: usize,
    strip: Paper,
}

impl Interpreter {
    /// Executes the command that the next byte completes, if any.
    pub fn push(&mut self, byte: u8) -> Option<Event> {
        self.pending.push(byte);
        let command = parse(&self.pending)?;
        self.pending.clear();
        self.execute(command)
    }

    /// Executes a block of bytes and collects the events.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        bytes.iter().filter_map(|byte| self.push(*byte)).collect()
    }

    /// The paper printed since the last cut, without an unfinished line.
    #[must_use]
    pub fn strip(&self) -> &Paper {
        &self.strip
    }

    /// How many bytes are waiting for the rest of their command.
    #[must_use]
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }

    /// Loses what a printer loses with its power: an unfinished command, an unfinished line and all modes, but not the paper.
    pub fn power_cycle(&mut self) {
        *self = Self {
            strip: std::mem::take(&mut self.strip),
            ..Self::default()
        };
    }

    fn execute(&mut self, command: Command) -> Option<Event> {
        match command {
            Command::Character(byte) => self.set_character(character(byte)),
            Command::LineFeed => self.print_line(self.spacing()),
            Command::Tab => self.set_tab(),
            Command::Initialise => self.power_cycle(),
            Command::FeedLines(lines) => self.feed_lines(usize::from(lines)),
            Command::FeedDots(dots) => self.feed_dots(usize::from(dots)),
            Command::Raster {
                scale_x,
                scale_y,
                row_bytes,
                bits,
            } => {
                self.print_raster(&bits, row_bytes, scale_x, scale_y);
            }
            Command::DrawerKick => self.strip.drawer_kicks += 1,
            Command::Unknown(bytes) => self.note(format!("unknown command {bytes:02x?}")),
            Command::Ignored => {}
            Command::Cut { to_blade, dots } => {
                if !self.line.is_empty() {
                    self.print_line(self.spacing());
                }
                self.strip.height += usize::from(dots) + if to_blade { BLADE_DOTS } else { 0 };
                return Some(Event::Cut(std::mem::take(&mut self.strip)));
            }
            Command::AskStatus(n) => return Some(Event::AskStatus(n)),
            Command::AskProcessId(id) => return Some(Event::AskProcessId(id)),
            style => self.set_style(&style),
        }
        self.tear_off_endless_paper()
    }

    fn set_style(&mut self, command: &Command) {
        match *command {
            Command::Mode(n) => {
                self.style.font = if n & 1 == 1 { Font::B } else { Font::A };
                self.style.bold = n & 0x08 != 0;
                self.style.height = if n & 0x10 == 0 { 1 } else { 2 };
                self.style.width = if n & 0x20 == 0 { 1 } else { 2 };
                self.style.underline = u8::from(n & 0x80 != 0);
            }
            Command::Bold(on) => self.style.bold = on,
            Command::DoubleStrike(on) => self.double_strike = on,
            Command::Underline(dots) => self.style.underline = dots,
            Command::Font(n) => self.style.font = if n == 1 { Font::B } else { Font::A },
            Command::Align(n) => self.align = n,
            Command::Size(n) => {
                self.style.width = (n >> 4 & 7) + 1;
                self.style.height = (n & 7) + 1;
            }
            Command::Reverse(on) => self.style.reverse = on,
            Command::LineSpacing(dots) => self.spacing = dots,
            _ => {}
        }
    }

    fn spacing(&self) -> usize {
        self.spacing.map_or(LINE_SPACING, usize::from)
    }

    /// Adds a character to the line; one that does not fit prints the line first.
    fn set_character(&mut self, character: char) {
        let style = Style {
            bold: self.style.bold || self.double_strike,
            ..self.style
        };
        let (width, _) = style.cell();
        if self.line_width + width > PRINT_WIDTH {
            self.print_line(self.spacing());
        }
        self.line.push(Cell {
            x: self.line_width,
            character,
            style,
        });
        self.line_width += width;
    }

    /// Tab stops are at every eighth column.
    fn set_tab(&mut self) {
        let columns = 8 - self.line.len() % 8;
        for _ in 0..columns {
            self.set_character(' ');
        }
    }

    fn feed_lines(&mut self, lines: usize) {
        if lines == 0 {
            self.feed_dots(0);
        }
        for _ in 0..lines {
            self.print_line(self.spacing());
        }
    }

    fn feed_dots(&mut self, dots: usize) {
        if self.line.is_empty() {
            self.strip.height += dots;
        } else {
            self.print_line(dots);
        }
    }

    /// Prints the line and feeds `feed` dots, or the line's own height where that is more.
    fn print_line(&mut self, feed: usize) {
        let mut cells = std::mem::take(&mut self.line);
        let indent = self.indent(self.line_width);
        for cell in &mut cells {
            cell.x += indent;
        }
        self.line_width = 0;
        let height = cells
            .iter()
            .map(|cell| cell.style.cell().1)
            .max()
            .unwrap_or(0);
        self.strip.elements.push(Element::Line {
            y: self.strip.height,
            height,
            cells,
        });
        self.strip.height += feed.max(height);
    }

    fn indent(&self, width: usize) -> usize {
        let free = PRINT_WIDTH.saturating_sub(width);
        match self.align {
            1 => free / 2,
            2 => free,
            _ => 0,
        }
    }

    /// Prints an image; bands that touch become one picture, as they do on paper.
    fn print_raster(&mut self, bits: &[u8], row_bytes: usize, scale_x: usize, scale_y: usize) {
        if !self.line.is_empty() {
            self.print_line(0);
        }
        let bits = enlarge(bits, row_bytes, scale_x, scale_y);
        let row_bytes = row_bytes * scale_x;
        let rows = bits.len() / row_bytes;
        let (x, y) = (self.indent(row_bytes * 8), self.strip.height);
        self.strip.height += rows;
        if let Some(Element::Picture {
            x: above_x,
            y: above_y,
            row_bytes: above,
            bits: above_bits,
        }) = self.strip.elements.last_mut()
            && (*above_x, *above) == (x, row_bytes)
            && *above_y + above_bits.len() / row_bytes == y
        {
            above_bits.extend(bits);
            return;
        }
        self.strip.elements.push(Element::Picture {
            x,
            y,
            row_bytes,
            bits,
        });
    }

    fn note(&mut self, problem: String) {
        if self.strip.problems.len() < PROBLEMS_MAX {
            self.strip.problems.push(problem);
        }
    }

    fn tear_off_endless_paper(&mut self) -> Option<Event> {
        if self.strip.height <= PAPER_DOTS_MAX {
            return None;
        }
        self.note("2.5 m of paper without a cut".to_owned());
        Some(Event::Cut(std::mem::take(&mut self.strip)))
    }
}

/// Doubles the dots of an image that asks for it (`GS v 0` modes 1 to 3).
fn enlarge(bits: &[u8], row_bytes: usize, scale_x: usize, scale_y: usize) -> Vec<u8> {
    let mut enlarged = Vec::with_capacity(bits.len() * scale_x * scale_y);
    for row in bits.chunks_exact(row_bytes) {
        let wide: Vec<u8> = if scale_x == 1 {
            row.to_vec()
        } else {
            row.iter()
                .flat_map(|byte| [double(byte >> 4), double(byte & 0x0f)])
                .collect()
        };
        for _ in 0..scale_y {
            enlarged.extend_from_slice(&wide);
        }
    }
    enlarged
}

/// Four dots as eight.
fn double(nibble: u8) -> u8 {
    (0..4)
        .filter(|bit| nibble >> bit & 1 == 1)
        .fold(0, |byte, bit| byte | 0b11 << (bit * 2))
}
