//! Receipts as mails: a [`Receipt`] is rendered as HTML and as plain text in its guest's language, and a [`Mailer`] hands the mail to
//! SES.
//!
//! Rendering is pure and trusts no text: the HTML is escaped, and neither part holds a control character or an override of the
//! writing direction, whatever a guest or a restaurant has typed. Nothing is fetched from elsewhere when a mail is opened: no
//! picture, no font, no pixel that tells. Who gets a mail, and that they get it once, is for the caller.

mod address;
mod mailer;
mod receipt;
mod render;
mod when;
mod words;

pub use address::mailbox;
pub use mailer::{Envelope, Mailer, SendError, Tag};
pub use receipt::{
    Choice, Kind, Line, Method, Pickup, Place, Receipt, Refund, Restaurant, Sums, Tax,
};
pub use render::render;

/// A mail without its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// For mail programs that show HTML.
    pub html: String,
    /// The same for all others.
    pub text: String,
}
