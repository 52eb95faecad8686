//! Turns a print job into the bytes a kitchen printer understands.
//!
//! Pure: a [`PrintJob`](tabletap_wire::print::PrintJob), a time and some [`Fonts`] go in, bytes come out. It opens no
//! socket and adds no status question or fence: those belong to the agent. What the paper looks like is decided
//! in [`layout`], how it is said in ESC/POS in [`encode`].
//!
//! Text that is plain ASCII is sent as text; everything else is drawn, because printers differ in their code
//! pages and show garbage without saying so. The ticket's code and the banner are always plain text, so that
//! people and machines can read them from any paper. What is fixed on paper is said in the kitchen's language
//! ([`words`]), and emoji in words ([`emoji`]), whatever fonts there are.

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
    /// How much paper it takes, in millimetres rounded up: how long printing may take follows from it.
    pub height_mm: u32,
    /// The texts that could not be shown exactly; each is on the paper in its nearest form with a visible note.
    pub undrawn: Vec<String>,
}

/// Makes the ticket for one attempt at a print job; `printed_at` is the clock's time for its foot.
///
/// An attempt above the first, or one with a reason to reprint, bears the banner POSSIBLE DUPLICATE first and last.
#[must_use]
pub fn render(job: &PrintJob, printed_at: UnixMillis, fonts: &Fonts) -> Rendered {
    let words = Words::of(job.lang.as_ref(), fonts);
    encode::encode(&layout::lay_out(job, printed_at, words), words, fonts)
}

/// What to send before any attempt that follows an unfinished one.
///
/// The printer may still wait for the rest of an image and would take the next ticket's head, banner and all, for
/// it. One band of NULs completes the image; outside a command they print nothing. Then what came out is cut off.
#[must_use]
pub fn flush_prefix() -> Vec<u8> {
    let mut bytes = vec![0; bitmap::BAND_BYTES];
    bytes.extend(encode::CUT);
    bytes
}
