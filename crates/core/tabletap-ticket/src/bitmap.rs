//! Dots that are printed as an image, always as wide as the paper.

/// Dots across 80 mm paper.
pub(crate) const WIDTH: usize = 576;
const ROW_BYTES: usize = WIDTH / 8;

/// Rows in one `GS v 0`. After a crash inside an image, the printer takes at most one band of the following bytes for the rest of it, which
/// [`flush_prefix`](crate::flush_prefix) supplies.
pub(crate) const BAND_ROWS: usize = 24;

/// Bytes of one band with its command.
pub(crate) const BAND_BYTES: usize = 8 + ROW_BYTES * BAND_ROWS + 8;

/// Rows of dots, most significant bit leftmost, 1 is black.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bitmap {
    bits: Vec<u8>,
}

impl Bitmap {
    pub(crate) fn rows(&self) -> usize {
        self.bits.len() / ROW_BYTES
    }

    /// Makes it at least this high.
    pub(crate) fn extend_to(&mut self, rows: usize) {
        if rows > self.rows() {
            self.bits.resize(rows * ROW_BYTES, 0);
        }
    }

    /// Blackens a dot. Dots outside the paper are ignored.
    pub(crate) fn blacken(&mut self, x: usize, y: usize) {
        if x < WIDTH && y < self.rows() {
            self.bits[y * ROW_BYTES + x / 8] |= 0x80 >> (x % 8);
        }
    }

    /// Swaps black and white in a part.
    pub(crate) fn invert(&mut self, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) {
        for y in rows.start..rows.end.min(self.rows()) {
            for x in columns.start..columns.end.min(WIDTH) {
                self.bits[y * ROW_BYTES + x / 8] ^= 0x80 >> (x % 8);
            }
        }
    }

    /// The column after the rightmost black dot.
    pub(crate) fn right_edge(&self, rows: std::ops::Range<usize>) -> usize {
        let is_black = |x: usize| {
            rows.clone().any(|y| {
                self.bits
                    .get(y * ROW_BYTES + x / 8)
                    .is_some_and(|b| b & (0x80 >> (x % 8)) != 0)
            })
        };
        (0..WIDTH).rev().find(|x| is_black(*x)).map_or(0, |x| x + 1)
    }

    /// The columns with black dots; empty if there are none.
    pub(crate) fn ink(&self) -> std::ops::Range<usize> {
        let right = self.right_edge(0..self.rows());
        let is_black = |x: &usize| {
            self.bits
                .chunks_exact(ROW_BYTES)
                .any(|row| row[x / 8] & (0x80 >> (x % 8)) != 0)
        };
        let left = (0..right).find(is_black).unwrap_or(right);
        left..right
    }

    /// Copies the black dots of some columns of another bitmap, the first column to `x`.
    pub(crate) fn stamp(&mut self, from: &Self, columns: std::ops::Range<usize>, x: usize) {
        self.extend_to(from.rows());
        for (y, row) in from.bits.chunks_exact(ROW_BYTES).enumerate() {
            for (place, column) in columns.clone().enumerate() {
                if row[column / 8] & (0x80 >> (column % 8)) != 0 {
                    self.blacken(x + place, y);
                }
            }
        }
    }

    /// The `GS v 0` commands that print it, band by band.
    pub(crate) fn commands(&self) -> Vec<u8> {
        let mut commands = Vec::new();
        for band in self.bits.chunks(ROW_BYTES * BAND_ROWS) {
            let rows = u8::try_from(band.len() / ROW_BYTES).unwrap_or(u8::MAX);
            commands.extend([0x1d, b'v', b'0', 0, 72, 0, rows, 0]);
            let mut data = band.to_vec();
            break_real_time_commands(&mut data);
            commands.extend(data);
        }
        commands
    }
}

/// Printers execute `DLE EOT`, `DLE ENQ` and `DLE DC4` even inside an image (status bytes, buffer clear,
/// drawer pulse). One more black dot in the second byte makes it another byte.
fn break_real_time_commands(data: &mut [u8]) {
    for at in 1..data.len() {
        if data[at - 1] == 0x10 && matches!(data[at], 0x04 | 0x05 | 0x14) {
            data[at] |= 0x80;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_image_contains_a_real_time_command() {
        let mut data = vec![0x10, 0x04, 0x01, 0x10, 0x10, 0x05, 0x10, 0x14, 0x10, 0x04];
        break_real_time_commands(&mut data);
        assert_eq!(
            data,
            [0x10, 0x84, 0x01, 0x10, 0x10, 0x85, 0x10, 0x94, 0x10, 0x84]
        );
    }

    #[test]
    fn an_image_is_sent_in_bands_that_the_flush_covers() {
        let mut bitmap = Bitmap::default();
        bitmap.extend_to(50);
        bitmap.invert(0..WIDTH, 0..50);
        let commands = bitmap.commands();
        assert_eq!(commands.len(), 3 * 8 + 50 * 72);
        assert_eq!(commands[..8], [0x1d, b'v', b'0', 0, 72, 0, 24, 0]);
    }

    #[test]
    fn stamping_keeps_the_shape() {
        let (mut from, mut onto) = (Bitmap::default(), Bitmap::default());
        assert_eq!(from.ink(), 0..0);
        from.extend_to(3);
        from.blacken(100, 1);
        from.blacken(103, 2);
        assert_eq!(from.ink(), 100..104);
        onto.stamp(&from, from.ink(), 7);
        assert_eq!((onto.rows(), onto.ink()), (3, 7..11));
    }

    #[test]
    fn the_right_edge_is_after_the_last_black_dot() {
        let mut bitmap = Bitmap::default();
        bitmap.extend_to(4);
        assert_eq!(bitmap.right_edge(0..4), 0);
        bitmap.blacken(100, 2);
        assert_eq!(bitmap.right_edge(0..4), 101);
        assert_eq!(bitmap.right_edge(0..2), 0);
    }
}
