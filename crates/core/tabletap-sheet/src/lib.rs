//! Sheets of stickers: each table's code as a drawing to print, as SVG or PDF.
//!
//! Pure: a store, links and [`Fonts`] go in, bytes come out. Everything is a filled path, text too, so a sheet looks the same on every
//! machine and holds no font. The code itself is dark on white with a quiet zone of four modules, as ISO/IEC 18004 asks; the
//! restaurant's colour stands around it. On an address that the restaurant does not own each sticker says TRIAL, because stickers
//! outlive hosting.
#![expect(
    clippy::float_arithmetic,
    reason = "millimetres on paper; there is no money here"
)]

mod code;
mod drawing;
mod origin;
mod path;
mod pdf;
mod sheet;
mod sticker;
mod svg;
mod text;
mod trial;
mod words;

pub use drawing::Drawing;
pub use origin::{InvalidOrigin, Origin};
pub use pdf::pdf;
pub use sheet::{Size, sheets};
pub use svg::svg;
pub use text::Fonts;
pub use trial::is_trial;

/// Why no sheet can be drawn.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// Nothing to set text with.
    #[error(
        "no fonts were found: install some, for example the packages fonts-dejavu or fonts-noto"
    )]
    NoFonts,
    /// A text that would come out as boxes.
    #[error(
        "no installed font can write `{0}`: install one for its script, for example fonts-noto"
    )]
    NotDrawable(String),
    /// More than a code of these sizes holds.
    #[error("the link {0} is too long for a sticker")]
    LinkTooLong(String),
}
