//! A limit on everything a stranger can send. They are far above an honest dinner and far below harm.

use crate::Minor;

/// Longest request body that is parsed, in bytes. Longer ones (up to the gateway's 10 MB) are read and refused.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Most lines on one order.
pub const LINES_MAX: usize = 60;
/// Most of one dish on one line.
pub const LINE_QUANTITY_MAX: u32 = 50;
/// Most dishes on one order.
pub const ORDER_QUANTITY_MAX: u32 = 200;
/// Most choices on one line, nested ones counted.
pub const CHOICES_MAX: usize = 60;
/// Most choices on one order, nested ones counted: keeps the stored order below a row's 400 KB.
pub const ORDER_CHOICES_MAX: usize = 240;
/// Deepest nesting of choices within choices; a menu's option groups nest no deeper.
pub const CHOICE_DEPTH_MAX: usize = 4;
/// Most bytes of a ticket as a message to its printer: a broker takes no more.
pub const TICKET_BYTES_MAX: usize = 128 * 1024;
/// Longest note, in characters after cleaning.
pub const NOTE_CHARS_MAX: usize = 280;
/// Longest name a guest gives, in characters after cleaning.
pub const GUEST_CHARS_MAX: usize = 60;
/// Largest total of one order, in minor units: keeps every sum far from overflow.
pub const TOTAL_MINOR_MAX: Minor = Minor(100_000_000_000);
/// Largest price on a menu, in minor units.
pub const PRICE_MINOR_MAX: Minor = Minor(1_000_000_000);
