//! A scripted printer: a buffer, a mechanism that can stop, status answers in real time, and a fence in its place in line.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::Notify,
};

/// What befalls the printer once, in the middle of the next ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    PaperOut,
    /// It loses its buffer and its connections.
    PowerCut,
}

#[derive(Default)]
pub(crate) struct Inside {
    /// All that came onto paper.
    pub(crate) paper: Vec<u8>,
    /// Came in, not printed yet.
    buffer: Vec<u8>,
    pub(crate) paper_out: bool,
    /// It serves its first connection only; others are accepted and hear nothing, as with many network boards.
    pub(crate) serves_one: bool,
    /// It answers no fence.
    pub(crate) mute_fence: bool,
    /// The answers that it does not give come over the next connection, once that brings a ticket.
    pub(crate) answers_late: bool,
    /// What it says by itself when the next ticket begins.
    pub(crate) stray: Vec<u8>,
    /// What it says by itself when a ticket begins, each time.
    pub(crate) strays: Vec<u8>,
    /// It gives an answer when the next one is there, or the next ticket begins.
    pub(crate) holds_last_back: bool,
    held_back: usize,
    /// How long it takes for each answer.
    pub(crate) answers_after: Duration,
    /// It sends back what belongs to tickets.
    pub(crate) echoes: bool,
    /// It sends any bytes for those of tickets.
    pub(crate) garbles: bool,
    late: usize,
    late_now: usize,
    mishap: Option<Mishap>,
    ticket_bytes: usize,
    /// Connections that were accepted, and how often the power was cut.
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
                let is_deaf = {
                    let mut inside = serving.inside.lock().unwrap();
                    inside.connections += 1;
                    inside.late_now = std::mem::take(&mut inside.late);
                    inside.serves_one && inside.connections > 1
                };
                let printer = serving.clone();
                tokio::spawn(async move { printer.serve(stream, is_deaf).await });
            }
        });
        printer
    }

    pub(crate) fn will_suffer(&self, mishap: Option<Mishap>) {
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

    async fn serve(&self, mut stream: tokio::net::TcpStream, is_deaf: bool) -> Option<()> {
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
            if is_deaf {
                continue;
            }
            let came = input.get(..count).unwrap_or_default();
            let (answers, after) = {
                let mut inside = self.inside.lock().unwrap();
                let answers = inside.take_in(came);
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
    fn take_in(&mut self, came: &[u8]) -> Vec<u8> {
        let mut answers = Vec::new();
        let mut rest = came;
        while let Some((first, behind)) = rest.split_first() {
            if let [0x10, 0x04, which @ 1..=4, behind @ ..] = rest {
                answers.push(self.status(*which));
                rest = behind;
                continue;
            }
            self.buffer.push(*first);
            rest = behind;
            self.disturb(*first, &mut answers);
            // The mishap comes inside a ticket, whatever the size of the pieces it arrives in.
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
            self.let_go(answers);
        }
        answers.resize(answers.len() + std::mem::take(&mut self.late_now), 0);
        if self.echoes {
            answers.push(byte);
        }
        if self.garbles {
            answers.push(byte.wrapping_mul(61).wrapping_add(7));
        }
    }

    fn let_go(&mut self, answers: &mut Vec<u8>) {
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
                self.let_go(answers);
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
