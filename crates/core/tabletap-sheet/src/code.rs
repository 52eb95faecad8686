//! A link as a QR code. Level M restores 15 % of it: a scratch, a drop of soy sauce.

use crate::{
    SheetError,
    drawing::{Area, length, rectangle},
    path::Segment,
};
use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around a code: four, see ISO/IEC 18004, "quiet zone", and some for the frame and a crooked cut.
const QUIET_MODULES: f32 = 4.6;

/// A code without a size yet.
#[derive(Debug)]
pub(crate) struct Code {
    modules: Vec<Color>,
    across: usize,
}

impl Code {
    pub(crate) fn new(link: &str) -> Result<Self, SheetError> {
        let code = QrCode::with_error_correction_level(link, EcLevel::M)
            .map_err(|_| SheetError::LinkTooLong(link.to_owned()))?;
        Ok(Self {
            across: code.width(),
            modules: code.to_colors(),
        })
    }

    /// How wide the white around it must be where the code is `side` wide.
    pub(crate) fn quiet(&self, side: f32) -> f32 {
        side / length(self.across) * QUIET_MODULES
    }

    /// The dark modules: runs of a row are one rectangle, so that no hairline of white shows between two modules.
    pub(crate) fn path(&self, x: f32, y: f32, side: f32) -> Vec<Segment> {
        let module = side / length(self.across);
        let mut path = Vec::new();
        for (row, modules) in self.modules.chunks(self.across).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    path.extend(rectangle(Area {
                        x: x + length(column) * module,
                        y: y + length(row) * module,
                        width: length(run.len()) * module,
                        height: module,
                    }));
                }
                column += run.len();
            }
        }
        path
    }
}
