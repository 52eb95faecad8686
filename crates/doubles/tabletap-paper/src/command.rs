//! Cuts the byte stream into ESC/POS commands, by length alone; it executes nothing.
//!
//! Lengths are those of Epson's "ESC/POS Command Reference". What is not in it is a [`Command::Unknown`],
//! never a guess. Commands that change nothing a kitchen ticket shows are known and ignored.

/// Images beyond this many bytes exceed every real printer's memory and count as unknown.
const IMAGE_BYTES_MAX: usize = 1 << 20;

/// Lists that end with NUL (tab stops, old barcodes) are at most this long.
const LIST_BYTES_MAX: usize = 256;

/// One command, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Character(u8),
    LineFeed,
    Tab,
    Initialise,
    /// `ESC !`: font, bold, double sizes and underline at once.
    Mode(u8),
    Bold(bool),
    DoubleStrike(bool),
    Underline(u8),
    Font(u8),
    Align(u8),
    /// `GS !`: width in the high nibble, height in the low one.
    Size(u8),
    Reverse(bool),
    LineSpacing(Option<u8>),
    FeedLines(u8),
    FeedDots(u8),
    /// Any cut, with the dots fed before it beyond the distance to the blade.
    Cut {
        to_blade: bool,
        dots: u8,
    },
    Raster {
        scale_x: usize,
        scale_y: usize,
        row_bytes: usize,
        bits: Vec<u8>,
    },
    /// `GS r n`.
    AskStatus(u8),
    /// `GS ( H` function 48.
    AskProcessId([u8; 4]),
    DrawerKick,
    Ignored,
    Unknown(Vec<u8>),
}

/// The command that `bytes` are, or `None` while its last byte has not come.
pub(crate) fn parse(bytes: &[u8]) -> Option<Command> {
    match bytes[0] {
        0x0a => Some(Command::LineFeed),
        0x09 => Some(Command::Tab),
        // NUL prints nothing; CR does nothing with automatic line feed off; FF and CAN are page mode's.
        0x00 | 0x0c | 0x0d | 0x18 => Some(Command::Ignored),
        0x10 => parse_real_time(bytes),
        0x1b => parse_esc(bytes),
        0x1c => parse_fs(bytes),
        0x1d => parse_gs(bytes),
        0x20..=0x7e | 0x80.. => Some(Command::Character(bytes[0])),
        _ => Some(Command::Unknown(bytes.to_vec())),
    }
}

/// `command` once `bytes` has reached its length.
fn once(bytes: &[u8], length: usize, command: impl FnOnce(&[u8]) -> Command) -> Option<Command> {
    (bytes.len() >= length).then(|| command(bytes))
}

fn ignored(bytes: &[u8], length: usize) -> Option<Command> {
    once(bytes, length, |_| Command::Ignored)
}

fn unknown(bytes: &[u8]) -> Option<Command> {
    Some(Command::Unknown(bytes.to_vec()))
}

/// Real-time commands that stand between others have been executed on arrival and print nothing.
fn parse_real_time(bytes: &[u8]) -> Option<Command> {
    match *bytes.get(1)? {
        0x04 => match *bytes.get(2)? {
            1..=4 => Some(Command::Ignored),
            7 | 8 | 18 => ignored(bytes, 4),
            _ => unknown(bytes),
        },
        0x05 => ignored(bytes, 3),
        0x14 => match *bytes.get(2)? {
            1 => once(bytes, 5, |_| Command::DrawerKick),
            2 => ignored(bytes, 5),
            8 => ignored(bytes, 10),
            _ => unknown(bytes),
        },
        _ => unknown(bytes),
    }
}

fn parse_esc(bytes: &[u8]) -> Option<Command> {
    match *bytes.get(1)? {
        b'@' => Some(Command::Initialise),
        b'2' => Some(Command::LineSpacing(None)),
        b'3' => once(bytes, 3, |b| Command::LineSpacing(Some(b[2]))),
        b'!' => once(bytes, 3, |b| Command::Mode(b[2])),
        b'E' => once(bytes, 3, |b| Command::Bold(b[2] & 1 == 1)),
        b'G' => once(bytes, 3, |b| Command::DoubleStrike(b[2] & 1 == 1)),
        b'-' => once(bytes, 3, |b| Command::Underline(b[2] & 3)),
        b'M' => once(bytes, 3, |b| Command::Font(b[2] & 1)),
        b'a' => once(bytes, 3, |b| Command::Align(b[2] & 3)),
        b'd' => once(bytes, 3, |b| Command::FeedLines(b[2])),
        b'J' => once(bytes, 3, |b| Command::FeedDots(b[2])),
        b'p' => once(bytes, 5, |_| Command::DrawerKick),
        b'i' | b'm' => Some(Command::Cut {
            to_blade: false,
            dots: 0,
        }),
        // Code page, character set, spacing, colour, smoothing, peripherals: nothing to see here.
        b't' | b'R' | b' ' | b'=' | b'r' | b'{' | b'V' | b'%' | b'?' | b'U' => ignored(bytes, 3),
        // Buzzer (clones), sensors and keys, positions.
        b'B' | b'c' | b'$' | b'\\' => ignored(bytes, 4),
        b'D' => parse_list(bytes, 2),
        b'(' => parse_sized(bytes).map(|_| Command::Ignored),
        b'*' => parse_columns(bytes),
        _ => unknown(bytes),
    }
}

fn parse_fs(bytes: &[u8]) -> Option<Command> {
    match *bytes.get(1)? {
        b'.' | b'&' => Some(Command::Ignored),
        b'!' | b'-' | b'C' | b'W' => ignored(bytes, 3),
        b'S' => ignored(bytes, 4),
        b'(' => parse_sized(bytes).map(|_| Command::Ignored),
        _ => unknown(bytes),
    }
}

fn parse_gs(bytes: &[u8]) -> Option<Command> {
    match *bytes.get(1)? {
        b'!' => once(bytes, 3, |b| Command::Size(b[2])),
        b'B' => once(bytes, 3, |b| Command::Reverse(b[2] & 1 == 1)),
        b'r' => once(bytes, 3, |b| Command::AskStatus(b[2])),
        b'V' => match *bytes.get(2)? {
            0 | 1 | 48 | 49 => Some(Command::Cut {
                to_blade: false,
                dots: 0,
            }),
            65 | 66 | 97 | 98 | 103 | 104 => once(bytes, 4, |b| Command::Cut {
                to_blade: true,
                dots: b[3],
            }),
            _ => unknown(bytes),
        },
        b'v' => parse_raster(bytes),
        b'(' => parse_gs_sized(bytes),
        b'k' => parse_barcode(bytes),
        b'a' | b'b' | b'f' | b'h' | b'w' | b'H' | b'I' => ignored(bytes, 3),
        b'L' | b'W' | b'P' => ignored(bytes, 4),
        _ => unknown(bytes),
    }
}

/// `GS v 0 m xL xH yL yH d1…dk`.
fn parse_raster(bytes: &[u8]) -> Option<Command> {
    if *bytes.get(2)? != b'0' {
        return unknown(bytes);
    }
    let mode = *bytes.get(3)? & 3;
    let row_bytes = number(bytes, 4)?;
    let rows = number(bytes, 6)?;
    if row_bytes == 0 || rows == 0 || row_bytes * rows > IMAGE_BYTES_MAX {
        return unknown(bytes);
    }
    once(bytes, 8 + row_bytes * rows, |b| Command::Raster {
        scale_x: if mode & 1 == 1 { 2 } else { 1 },
        scale_y: if mode & 2 == 2 { 2 } else { 1 },
        row_bytes,
        bits: b[8..].to_vec(),
    })
}

/// `ESC * m nL nH d1…dk`: images by columns, which nothing of ours sends; skipped at their true length.
fn parse_columns(bytes: &[u8]) -> Option<Command> {
    let bytes_a_column = match *bytes.get(2)? {
        0 | 1 => 1,
        32 | 33 => 3,
        _ => return unknown(bytes),
    };
    let columns = number(bytes, 3)?;
    once(bytes, 5 + columns * bytes_a_column, |b| {
        Command::Unknown(b[..5].to_vec())
    })
}

/// `GS ( X pL pH …`: of these only the process id is answered; QR codes and the rest are known by length.
fn parse_gs_sized(bytes: &[u8]) -> Option<Command> {
    let data = parse_sized(bytes)?;
    match (bytes[2], data) {
        (b'H', [48, 48, a, b, c, d]) => Some(Command::AskProcessId([*a, *b, *c, *d])),
        _ => Some(Command::Ignored),
    }
}

/// The data of a command that tells its own length after its third byte.
fn parse_sized(bytes: &[u8]) -> Option<&[u8]> {
    let length = number(bytes, 3)?;
    bytes.get(5..5 + length)
}

/// `GS k m …`, old form ended by NUL, new form with its length.
fn parse_barcode(bytes: &[u8]) -> Option<Command> {
    match *bytes.get(2)? {
        0..=6 => parse_list(bytes, 3),
        65.. => {
            let length = usize::from(*bytes.get(3)?);
            ignored(bytes, 4 + length)
        }
        _ => unknown(bytes),
    }
}

fn parse_list(bytes: &[u8], start: usize) -> Option<Command> {
    if bytes.len() > LIST_BYTES_MAX {
        return unknown(&bytes[..2]);
    }
    bytes
        .get(start..)?
        .last()
        .filter(|byte| **byte == 0)
        .map(|_| Command::Ignored)
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes([
        *bytes.get(at)?,
        *bytes.get(at + 1)?,
    ])))
}
