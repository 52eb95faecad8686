//! Reads what a kitchen printer was sent and says what came out on paper.
//!
//! An independent check on the ticket encoder: it knows ESC/POS, and nothing of how our tickets are
//! made. Bytes go into an [`Interpreter`], which gives a [`Paper`] at each cut; a paper can be read
//! as text ([`Paper::text`]) or looked at ([`Pen::png`]). It never opens a socket and keeps no clock.
//!
//! The commands are those of Epson's "ESC/POS Command Reference", with the clone's buzzer.

mod codepage;
mod command;
mod facts;
mod interpreter;
mod paper;
mod pen;
mod picture;
mod realtime;

pub use facts::TicketCode;
pub use interpreter::{Event, Interpreter};
pub use paper::{Cell, Font, Mark, PRINT_WIDTH, Paper, Style};
pub use pen::{FontsMissing, Pen};
pub use realtime::{RealTime, RealTimeRequest};
