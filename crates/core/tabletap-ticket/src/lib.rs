//! Turns a print job into the bytes a kitchen printer understands.
//!
//! Pure: a [`PrintJob`](tabletap_wire::print::PrintJob), a time and some [`Fonts`] go in, bytes come out. It opens no
//! socket and adds no status query or fence: those belong to the agent. [`layout`] decides what the paper looks like, and [`encode`] turns
//! that into ESC/POS.
//!
//! Text that is plain ASCII is sent as text; everything else is drawn, because printers differ in their code
//! pages and show garbage without saying so. The ticket's code and the banner are always plain text, so that
//! people and machines can read them from any paper. Fixed phrases are in the kitchen's language ([`words`]) and emoji in words ([`emoji`]),
//! whatever fonts there are.

mod bitmap;
mod clean;
mod emoji;
mod encode;
mod fonts;
mod layout;
mod words;
mod wrap;

pub use fonts::Fonts;
use words::Words;

use tabletap_domain::time::UnixMillis;
use tabletap_wire::print::PrintJob;

/// A ticket ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The whole ticket in one piece, from `ESC @` to the cut.
    pub bytes: Vec<u8>,
    /// Its length in millimetres, rounded up. How long printing may take depends on it.
    pub height_mm: u32,
    /// The texts that could not be printed exactly. Each is on paper in its nearest form with a visible note.
    pub undrawn: Vec<String>,
}

/// Renders the ticket for one attempt at a print job. `printed_at` is printed at its end.
///
/// An attempt above the first, or one with a reason to reprint, has the banner POSSIBLE DUPLICATE first and last.
#[must_use]
pub fn render(job: &PrintJob, printed_at: UnixMillis, fonts: &Fonts) -> Rendered {
    let words = Words::of(job.lang.as_ref(), fonts);
    encode::encode(&layout::lay_out(job, printed_at, words), words, fonts)
}

/// What to send before any attempt that follows an unfinished one.
///
/// The printer may still be waiting for the rest of an image and would take the beginning of the next ticket for it, banner included. One band
/// of NULs completes the image; outside a command they print nothing. Then the fragment is cut off.
#[must_use]
pub fn flush_prefix() -> Vec<u8> {
    let mut bytes = vec![0; bitmap::BAND_BYTES];
    bytes.extend(encode::CUT);
    bytes
}
