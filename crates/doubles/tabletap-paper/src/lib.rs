//! Decodes the bytes a kitchen printer was sent into what is on paper.
//!
//! An independent check on the ticket encoder: it knows ESC/POS, and nothing of how our tickets are
//! made. Bytes go into an [`Interpreter`], which returns a [`Paper`] at each cut. A paper can be read
//! as text ([`Paper::text`]) or rendered ([`PaperRenderer::png`]). It never opens a socket and keeps no clock.
//!
//! The commands are those of Epson's "ESC/POS Command Reference", with the clone's buzzer.

mod codepage;
mod command;
mod facts;
mod interpreter;
mod paper;
mod picture;
mod realtime;
mod renderer;

pub use facts::TicketCode;
pub use interpreter::{Event, Interpreter};
pub use paper::{Cell, Element, Font, PRINT_WIDTH, Paper, Style};
pub use realtime::{RealTimeRequest, RealTimeWatcher};
pub use renderer::{FontsMissing, PaperRenderer};
