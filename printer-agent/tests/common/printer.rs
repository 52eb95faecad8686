//! A scripted printer: a buffer, a mechanism that can stop, status answers in real time, and fence answers in order with the printing.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::Notify,
};

/// What goes wrong once, in the middle of the next ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    PaperOut,
    /// It loses its buffer and its connections.
    PowerCut,
}

#[derive(Default)]
pub(crate) struct Inside {
    /// Everything printed.
    pub(crate) paper: Vec<u8>,
    /// Received and not printed yet.
    buffer: Vec<u8>,
    pub(crate) paper_out: bool,
    /// It serves its first connection only. Others are accepted and get no answer, as with many network boards.
    pub(crate) serves_one: bool,
    /// It does not answer the fence.
    pub(crate) mute_fence: bool,
    /// The answers it did not give arrive over the next connection, when a ticket does.
    pub(crate) answers_late: bool,
    /// Bytes it sends unasked when the next ticket begins.
    pub(crate) stray: Vec<u8>,
    /// Bytes it sends unasked whenever a ticket begins.
    pub(crate) strays: Vec<u8>,
    /// It holds each answer back until the next one, or until the next ticket begins.
    pub(crate) holds_last_back: bool,
    held_back: usize,
    /// The delay of each answer.
    pub(crate) answers_after: Duration,
    /// It sends back the bytes of tickets.
    pub(crate) echoes: bool,
    /// It sends garbage for each byte of a ticket.
    pub(crate) garbles: bool,
    late: usize,
    late_now: usize,
    mishap: Option<Mishap>,
    ticket_bytes: usize,
    /// Connections accepted so far.
    pub(crate) connections: usize,
    power_cuts: usize,
}

#[derive(Clone)]
pub(crate) struct Printer {
    pub(crate) address: String,
    pub(crate) inside: Arc<Mutex<Inside>>,
    changed: Arc<Notify>,
}

/// A ticket's bytes after which a mishap strikes.
const MISHAP_AFTER_BYTES: usize = 150;

impl Printer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let printer = Self {
            address,
            inside: Arc::default(),
            changed: Arc::default(),
        };
        let serving = printer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let is_ignored = {
                    let mut inside = serving.inside.lock().unwrap();
                    inside.connections += 1;
                    inside.late_now = std::mem::take(&mut inside.late);
                    inside.serves_one && inside.connections > 1
                };
                let printer = serving.clone();
                tokio::spawn(async move { printer.serve(stream, is_ignored).await });
            }
        });
        printer
    }

    pub(crate) fn schedule_mishap(&self, mishap: Option<Mishap>) {
        let mut inside = self.inside.lock().unwrap();
        (inside.mishap, inside.ticket_bytes) = (mishap, 0);
    }

    pub(crate) fn set_paper_out(&self, out: bool) {
        self.inside.lock().unwrap().paper_out = out;
        self.changed.notify_waiters();
    }

    pub(crate) fn cut_power(&self) {
        self.inside.lock().unwrap().lose_power();
        self.changed.notify_waiters();
    }

    pub(crate) fn paper(&self) -> String {
        String::from_utf8_lossy(&self.inside.lock().unwrap().paper).into_owned()
    }

    async fn serve(&self, mut stream: tokio::net::TcpStream, is_ignored: bool) -> Option<()> {
        let power_cuts = self.inside.lock().unwrap().power_cuts;
        let mut input = [0; 4096];
        loop {
            let changed = self.changed.notified();
            let count = tokio::select! {
                count = stream.read(&mut input) => count.ok()?,
                () = changed => 0x7FFF_FFFF,
            };
            if count == 0 {
                return None;
            }
            if is_ignored {
                continue;
            }
            let bytes = input.get(..count).unwrap_or_default();
            let (answers, after) = {
                let mut inside = self.inside.lock().unwrap();
                let answers = inside.receive(bytes);
                if inside.power_cuts != power_cuts {
                    return None;
                }
                (answers, inside.answers_after)
            };
            tokio::time::sleep(after).await;
            stream.write_all(&answers).await.ok()?;
        }
    }
}

impl Inside {
    fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut answers = Vec::new();
        let mut rest = bytes;
        while let Some((first, behind)) = rest.split_first() {
            if let [0x10, 0x04, which @ 1..=4, behind @ ..] = rest {
                answers.push(self.status(*which));
                rest = behind;
                continue;
            }
            self.buffer.push(*first);
            rest = behind;
            self.disturb(*first, &mut answers);
            // Counted by byte, so that the mishap strikes inside a ticket, whatever the size of the pieces.
            self.ticket_bytes += 1;
            if self.ticket_bytes > MISHAP_AFTER_BYTES {
                match self.mishap.take() {
                    Some(Mishap::PaperOut) => self.paper_out = true,
                    Some(Mishap::PowerCut) => {
                        self.lose_power();
                        return answers;
                    }
                    None => {}
                }
            }
        }
        if !self.paper_out {
            self.print(&mut answers);
        }
        answers
    }

    fn disturb(&mut self, byte: u8, answers: &mut Vec<u8>) {
        answers.append(&mut self.stray);
        if self.buffer.ends_with(b"\x1b@") {
            answers.extend(&self.strays);
            self.release_held_back(answers);
        }
        answers.resize(answers.len() + std::mem::take(&mut self.late_now), 0);
        if self.echoes {
            answers.push(byte);
        }
        if self.garbles {
            answers.push(byte.wrapping_mul(61).wrapping_add(7));
        }
    }

    fn release_held_back(&mut self, answers: &mut Vec<u8>) {
        answers.resize(answers.len() + std::mem::take(&mut self.held_back), 0);
    }

    fn print(&mut self, answers: &mut Vec<u8>) {
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some(at) = buffer
            .windows(3)
            .position(|bytes| bytes == [0x1D, 0x72, 0x01])
        {
            self.paper.extend(buffer.drain(..at));
            buffer.drain(..3);
            if self.holds_last_back {
                self.release_held_back(answers);
                self.held_back = 1;
            } else if !self.mute_fence {
                answers.push(0);
            } else if self.answers_late {
                self.late += 1;
            }
        }
        self.paper.extend(buffer);
    }

    fn lose_power(&mut self) {
        self.buffer.clear();
        self.power_cuts += 1;
    }

    fn status(&self, which: u8) -> u8 {
        match (self.paper_out, which) {
            (false, _) | (true, 3) => 0x12,
            (true, 1) => 0x1A,
            (true, 2) => 0x32,
            (true, _) => 0x7E,
        }
    }
}
