//! The printer's side of the conversation: status bytes and fence answers on one stream. Pure.
//!
//! See Epson, "ESC/POS Command Reference": `DLE EOT n` answers `0xx1xx10`, `GS r 1` answers 00, 03, 0C or 0F, an automatic status
//! (ASB) starts with `0xx1xx00` and is followed by three more bytes. Facts from real printers: `findings/printing.md` of the design.

use std::fmt;

/// Queries printer, offline cause, error cause and paper in one write.
pub(crate) const STATUS_QUERY: [u8; 12] = [
    0x10, 0x04, 0x01, 0x10, 0x04, 0x02, 0x10, 0x04, 0x03, 0x10, 0x04, 0x04,
];
/// The fence (`GS r 1`): the printer answers it once everything before it is printed.
pub(crate) const FENCE_QUERY: [u8; 3] = [0x1D, 0x72, 0x01];

/// A printer's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It prints.
    Ready,
    /// It prints; the roll is nearly used up.
    PaperLow,
    /// No paper.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// A cutter or head error; a person must look.
    Error,
    /// It is off, unreachable, held by another program, or says it is offline.
    Offline,
}

impl Condition {
    /// Whether it can take a ticket.
    #[must_use]
    pub(crate) fn prints(self) -> bool {
        matches!(self, Self::Ready | Self::PaperLow)
    }

    /// The condition, from the answers to `DLE EOT` 1 to 4.
    #[must_use]
    pub(crate) fn from_answers([printer, offline, error, paper]: [u8; 4]) -> Self {
        // With the cover open the paper sensor may lie, so the cover comes first.
        if offline & 0x04 != 0 {
            Self::CoverOpen
        } else if offline & 0x20 != 0 || paper & 0x60 != 0 {
            Self::PaperOut
        } else if offline & 0x40 != 0 || error & 0x68 != 0 {
            Self::Error
        } else if printer & 0x08 != 0 {
            Self::Offline
        } else if paper & 0x0C != 0 {
            Self::PaperLow
        } else {
            Self::Ready
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready => "ready",
            Self::PaperLow => "paper_low",
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::Error => "error",
            Self::Offline => "offline",
        })
    }
}

/// One answer of a printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// An answer to `DLE EOT`.
    Status(u8),
    /// An answer to `GS r 1`.
    Fence(u8),
    /// A byte that is no answer: an echo, a disturbed line, another device.
    Noise,
}

/// XON and XOFF: some network boards forward their printer's flow control.
const FLOW_CONTROL: [u8; 2] = [0x11, 0x13];
/// The legal answers to `GS r 1`: paper enough, near its end (bits 0 and 1), at its end (bits 2 and 3).
const FENCE_ANSWERS: [u8; 4] = [0x00, 0x03, 0x0C, 0x0F];

/// Recognises answers as bytes arrive.
#[derive(Debug, Default)]
pub(crate) struct AnswerParser {
    asb_bytes_left: u8,
}

impl AnswerParser {
    /// The answer that this byte completes, if any.
    pub(crate) fn push(&mut self, byte: u8) -> Option<Answer> {
        if self.asb_bytes_left > 0 {
            self.asb_bytes_left -= 1;
            return None;
        }
        match byte {
            _ if byte & 0x93 == 0x12 => Some(Answer::Status(byte)),
            _ if byte & 0x93 == 0x10 => {
                self.asb_bytes_left = 3;
                None
            }
            _ if FENCE_ANSWERS.contains(&byte) => Some(Answer::Fence(byte)),
            _ if FLOW_CONTROL.contains(&byte) => None,
            _ => Some(Answer::Noise),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_follow_from_the_four_status_bytes() {
        for (answers, expected, why) in [
            ([0x12, 0x12, 0x12, 0x12], Condition::Ready, "all well"),
            (
                [0x1A, 0x32, 0x12, 0x7E],
                Condition::PaperOut,
                "paper out, as seen",
            ),
            (
                [0x1A, 0x36, 0x12, 0x7E],
                Condition::CoverOpen,
                "the cover hides the paper sensor",
            ),
            (
                [0x12, 0x12, 0x12, 0x1E],
                Condition::PaperLow,
                "near its end, it still prints",
            ),
            ([0x1A, 0x52, 0x1A, 0x12], Condition::Error, "cutter"),
            (
                [0x1A, 0x12, 0x12, 0x12],
                Condition::Offline,
                "offline without a cause",
            ),
        ] {
            assert_eq!(Condition::from_answers(answers), expected, "{why}");
        }
    }

    #[test]
    fn answers_are_recognised_around_an_automatic_status() {
        let mut parser = AnswerParser::default();
        let found: Vec<_> = [0x12, 0x14, 0x00, 0x00, 0x0F, 0x16, 0x0F]
            .into_iter()
            .filter_map(|byte| parser.push(byte))
            .collect();
        // 0x14 starts an automatic status, whose next three bytes are no fence.
        assert_eq!(found[..2], [Answer::Status(0x12), Answer::Status(0x16)]);
        assert_eq!(found[2..], [Answer::Fence(0x0F)]);
    }

    #[test]
    fn only_legal_answers_to_gs_r_count_as_fence_answers() {
        let legal = (0..=u8::MAX)
            .filter(|byte| matches!(AnswerParser::default().push(*byte), Some(Answer::Fence(_))));
        assert!(legal.eq([0x00, 0x03, 0x0C, 0x0F]));
        let push = |byte| AnswerParser::default().push(byte);
        assert_eq!(push(b' '), Some(Answer::Noise), "a space");
        assert_eq!(push(0x1D), Some(Answer::Noise), "an echo");
        assert_eq!(push(0x13), None, "flow control is ignored");
    }
}
