//! Real-time commands: a printer acts on them as they arrive, wherever they are in the stream.
//!
//! They overtake everything in the receive buffer, and printers execute them even inside image data
//! (Epson TM-L90 and TM-T88III specifications). So this looks at the raw stream, not at commands.

/// A real-time command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RealTimeRequest {
    /// `DLE EOT n`: transmit status byte `n` (1 printer, 2 offline cause, 3 error, 4 paper).
    Status(u8),
    /// `DLE ENQ n`: recover from an error (1 resume, 2 clear the buffers).
    Recover(u8),
    /// `DLE DC4 fn`: pulse the drawer, power off or clear the buffer.
    Control(u8),
}

/// Watches a byte stream for real-time commands, whatever else the bytes belong to.
#[derive(Debug, Default)]
pub struct RealTimeWatcher {
    before: [u8; 2],
}

impl RealTimeWatcher {
    /// The request that the next byte of the stream completes, if any.
    pub fn push(&mut self, byte: u8) -> Option<RealTimeRequest> {
        let request = match (self.before, byte) {
            ([0x10, 0x04], 1..=4) => Some(RealTimeRequest::Status(byte)),
            ([0x10, 0x05], 0..=2) => Some(RealTimeRequest::Recover(byte)),
            ([0x10, 0x14], 1 | 2 | 8) => Some(RealTimeRequest::Control(byte)),
            _ => None,
        };
        self.before = [self.before[1], byte];
        request
    }

    /// The requests in a whole block of bytes, in order.
    #[must_use]
    pub fn scan(bytes: &[u8]) -> Vec<RealTimeRequest> {
        let mut watcher = Self::default();
        bytes
            .iter()
            .filter_map(|byte| watcher.push(*byte))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_recognised_even_inside_image_data() {
        let image = [0x1d, b'v', b'0', 0, 4, 0, 1, 0, 0xff, 0x10, 0x04, 0x02];
        assert_eq!(RealTimeWatcher::scan(&image), [RealTimeRequest::Status(2)]);
        assert_eq!(RealTimeWatcher::scan(&[0x10, 0x04, 0x7f]), []);
    }
}
