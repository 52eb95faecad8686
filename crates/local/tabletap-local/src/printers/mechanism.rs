//! The inside of a printer: receive buffer, paper sensor, cover, cutter and print head, without sockets or clock.
//!
//! Real-time status is answered on arrival and overtakes the buffer; everything else waits its turn. Without
//! paper or with the cover open nothing is executed and nothing is lost; without power the buffer is lost and
//! the paper already printed is not. Status bytes as in Epson's "ESC/POS Command Reference", `DLE EOT` and `GS r`.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use tabletap_paper::{Event, Interpreter, Paper, RealTimeRequest, RealTimeWatcher};

/// What common network printers hold; more waits in the network.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// `GS r n`: paper is there, or it would not be executed; the drawer is closed.
const SENSOR_FINE: u8 = 0;

/// What a printer needs to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// Switched on.
    pub power: bool,
    /// Paper is loaded.
    pub paper: bool,
    /// The cover is open.
    pub cover_open: bool,
    /// The blade is stuck.
    pub cutter_jammed: bool,
    /// What its network board does wrong.
    pub line: Line,
}

/// What a network board may do wrong. None of it keeps the printer from printing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    /// Before it takes a client's first bytes behind an answer, it sends a byte nobody asked for, in the shape of an answer to `GS r 1`.
    pub stray_byte: bool,
    /// It sends back what it receives.
    pub echo: bool,
    /// It sends other bytes for those it receives.
    pub garbage: bool,
    /// What a client was to be answered in line goes to the next client, once that has sent something.
    pub late_answers: bool,
}

impl Default for Condition {
    fn default() -> Self {
        Self {
            power: true,
            paper: true,
            cover_open: false,
            cutter_jammed: false,
            line: Line::default(),
        }
    }
}

impl Condition {
    /// Whether paper comes out.
    #[must_use]
    pub fn is_ready(self) -> bool {
        Self {
            line: Line::default(),
            ..self
        } == Self::default()
    }
}

/// What the next bytes in the buffer led to.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing to do, or nothing can be done now.
    Idle,
    /// The paper moved by so many dots.
    Moved(usize),
    /// A paper was cut off, printed from these bytes.
    Cut(Vec<u8>, Paper),
    /// A client asked and everything it sent before is on the paper, of which these bytes are not cut off yet.
    Answer {
        client: u64,
        answer: Vec<u8>,
        strip: Vec<u8>,
    },
}

#[derive(Debug, Default)]
pub(super) struct Mechanism {
    condition: Condition,
    /// What came out cannot be kept for the moment.
    out_of_order: bool,
    /// Received and not yet executed, with the client that sent it.
    buffer: VecDeque<(u64, u8)>,
    real_time: RealTimeWatcher,
    interpreter: Interpreter,
    /// Executed since the last cut; up to `whole`, it consists of complete commands.
    executed: Vec<u8>,
    whole: usize,
    /// Whether the client has sent nothing yet since it was last answered in line.
    is_answered: bool,
    /// Answers in line that their clients did not get, each with its client.
    late: Vec<(u64, Vec<u8>)>,
    /// Changes with each byte of garbage.
    garbage: u8,
}

impl Mechanism {
    /// A printer in which a paper printed from these bytes still hangs.
    pub(super) fn with_strip(strip: &[u8]) -> Self {
        let mut mechanism = Self::default();
        for byte in strip {
            mechanism.execute(*byte);
        }
        mechanism.lose_power();
        mechanism
    }

    pub(super) fn condition(&self) -> Condition {
        self.condition
    }

    pub(super) fn is_out_of_order(&self) -> bool {
        self.out_of_order
    }

    pub(super) fn set_out_of_order(&mut self, out_of_order: bool) {
        self.out_of_order = out_of_order;
    }

    pub(super) fn strip_dots(&self) -> usize {
        self.interpreter.strip().height
    }

    /// The bytes of the paper that is printed and not cut off; none where nothing hangs out.
    fn strip(&self) -> &[u8] {
        if self.strip_dots() == 0 {
            &[]
        } else {
            &self.executed[..self.whole]
        }
    }

    /// How many bytes more it takes now.
    pub(super) fn room(&self) -> usize {
        BUFFER_BYTES_MAX.saturating_sub(self.buffer.len())
    }

    pub(super) fn set_condition(&mut self, condition: Condition) {
        if !condition.power {
            self.lose_power();
        }
        self.condition = condition;
    }

    /// Takes bytes into the buffer and answers what is asked in real time.
    pub(super) fn receive(&mut self, client: u64, bytes: &[u8]) -> Vec<u8> {
        let mut answers = self.disturb(client, bytes);
        for byte in bytes {
            self.buffer.push_back((client, *byte));
            match self.real_time.push(*byte) {
                Some(RealTimeRequest::Status(n)) => answers.push(self.status(n)),
                Some(RealTimeRequest::Recover(2)) => self.buffer.clear(),
                Some(RealTimeRequest::Recover(_) | RealTimeRequest::Control(_)) | None => {}
            }
        }
        answers
    }

    /// What the network board says by itself when these bytes come in.
    fn disturb(&mut self, client: u64, bytes: &[u8]) -> Vec<u8> {
        let line = self.condition.line;
        let mut said = Vec::new();
        // Only questions in line are answered late: a client that asks for the status has sent nothing yet.
        let is_in_line = bytes.first().is_some_and(|first| *first != 0x10);
        if is_in_line && std::mem::take(&mut self.is_answered) && line.stray_byte {
            said.push(SENSOR_FINE);
        }
        if is_in_line {
            let of_others = self.late.extract_if(.., |(asked, _)| *asked != client);
            said.extend(of_others.flat_map(|(_, answer)| answer));
        }
        if line.echo {
            said.extend(bytes);
        }
        if line.garbage {
            said.extend(bytes.iter().map(|byte| {
                self.garbage = self.garbage.wrapping_mul(5).wrapping_add(byte ^ 0x35);
                self.garbage
            }));
        }
        said
    }

    /// Executes until something happens.
    pub(super) fn step(&mut self) -> Step {
        if !self.condition.is_ready() {
            return Step::Idle;
        }
        while let Some((client, byte)) = self.buffer.pop_front() {
            let before = self.strip_dots();
            match self.execute(byte) {
                Some(Event::Cut(paper)) => {
                    self.whole = 0;
                    return Step::Cut(std::mem::take(&mut self.executed), paper);
                }
                Some(Event::AskStatus(_)) => return self.answer(client, vec![SENSOR_FINE]),
                Some(Event::AskProcessId(id)) => {
                    return self.answer(client, [&[0x37, 0x22], &id[..], &[0]].concat());
                }
                None if self.strip_dots() > before => {
                    return Step::Moved(self.strip_dots() - before);
                }
                None => {}
            }
        }
        Step::Idle
    }

    fn execute(&mut self, byte: u8) -> Option<Event> {
        self.executed.push(byte);
        let event = self.interpreter.push(byte);
        if self.interpreter.pending_len() == 0 {
            self.whole = self.executed.len();
        }
        event
    }

    fn answer(&mut self, client: u64, answer: Vec<u8>) -> Step {
        self.is_answered = true;
        if self.condition.line.late_answers {
            self.late.push((client, answer));
            return Step::Answer {
                client,
                answer: Vec::new(),
                strip: self.strip().to_vec(),
            };
        }
        Step::Answer {
            client,
            answer,
            strip: self.strip().to_vec(),
        }
    }

    /// The buffer, half a command, half a line and all modes are gone. `ESC @` stands for that in the bytes kept, so
    /// that they still read as what is on the paper.
    fn lose_power(&mut self) {
        self.buffer.clear();
        self.late.clear();
        self.real_time = RealTimeWatcher::default();
        self.interpreter.power_cycle();
        self.executed.truncate(self.whole);
        if !self.executed.is_empty() {
            self.executed.extend(b"\x1b@");
            self.whole = self.executed.len();
        }
    }

    /// `DLE EOT n`: bits 1 and 4 are always set.
    fn status(&self, n: u8) -> u8 {
        let Condition {
            paper,
            cover_open,
            cutter_jammed,
            ..
        } = self.condition;
        let has_fault = cutter_jammed || self.out_of_order;
        let bit = |is_set: bool, bits: u8| if is_set { bits } else { 0 };
        0x12 | match n {
            1 => bit(!self.condition.is_ready() || has_fault, 0x08),
            2 => bit(cover_open, 0x04) | bit(!paper, 0x20) | bit(has_fault, 0x40),
            3 => bit(has_fault, 0x08),
            _ => bit(!paper, 0x6c),
        }
    }
}
