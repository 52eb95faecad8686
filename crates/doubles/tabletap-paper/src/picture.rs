//! Draws a whole paper as a grey PNG, one pixel to the dot, with the margins of 80 mm paper.

use crate::paper::{Cell, Element, PRINT_WIDTH, Paper};
use crate::renderer::PaperRenderer;

/// 80 mm paper is 640 dots wide, of which the middle 576 are printed.
const MARGIN: usize = 32;
const WIDTH: usize = PRINT_WIDTH + 2 * MARGIN;

/// Blank paper above the first line, so that it does not stick to the edge.
const HEAD: usize = 28;

const WHITE: u8 = 255;

struct Canvas {
    rows: usize,
    grey: Vec<u8>,
}

impl PaperRenderer {
    /// The paper as an 8-bit grey PNG, 640 pixels wide.
    ///
    /// # Errors
    /// Only what the PNG encoder reports.
    pub fn png(&mut self, paper: &Paper) -> Result<Vec<u8>, png::EncodingError> {
        let rows = paper.height + HEAD;
        let mut canvas = Canvas {
            rows,
            grey: vec![WHITE; WIDTH * rows],
        };
        for element in &paper.elements {
            match element {
                Element::Line { y, height, cells } => {
                    for cell in cells {
                        let top = y + height - cell.style.cell().1;
                        canvas.print_cell(cell, top, self.ink(cell.character, cell.style));
                    }
                }
                Element::Picture {
                    x,
                    y,
                    row_bytes,
                    bits,
                } => {
                    canvas.print_bits(*x, *y, *row_bytes, bits);
                }
            }
        }
        canvas.encode()
    }
}

impl Canvas {
    fn dot(&mut self, x: usize, y: usize, grey: u8) {
        if x < PRINT_WIDTH && y + HEAD < self.rows {
            self.grey[(y + HEAD) * WIDTH + x + MARGIN] = grey;
        }
    }

    fn print_cell(&mut self, cell: &Cell, top: usize, ink: &[u8]) {
        let (width, height) = cell.style.cell();
        let underline_from = height - usize::from(cell.style.underline);
        for y in 0..height {
            for x in 0..width {
                let ink = if y >= underline_from {
                    255
                } else {
                    ink[y * width + x]
                };
                let grey = if cell.style.reverse { ink } else { WHITE - ink };
                self.dot(cell.x + x, top + y, grey);
            }
        }
    }

    fn print_bits(&mut self, left: usize, top: usize, row_bytes: usize, bits: &[u8]) {
        for (y, row) in bits.chunks_exact(row_bytes).enumerate() {
            for x in (0..row_bytes * 8).filter(|x| row[x / 8] >> (7 - x % 8) & 1 == 1) {
                self.dot(left + x, top + y, 0);
            }
        }
    }

    fn encode(&self) -> Result<Vec<u8>, png::EncodingError> {
        let (width, rows) = (u32::try_from(WIDTH), u32::try_from(self.rows));
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(
            &mut bytes,
            width.unwrap_or(u32::MAX),
            rows.unwrap_or(u32::MAX),
        );
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.grey)?;
        writer.finish()?;
        Ok(bytes)
    }
}
