//! The socket of a printer and the tasks around its mechanism.
//!
//! One client at a time; another waits until the first has gone. Power off closes the connection and refuses new
//! ones, with the port kept. An answer goes to the client that asked, or to nobody.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

use super::PrinterConfig;
use super::mechanism::{Condition, Mechanism, Step};
use super::shelf::Shelf;

/// At most this is read from the network at once.
const READ_BYTES: usize = 4096;

/// Answers that wait for a client who does not read.
const ANSWERS_MAX: usize = 64;

/// Wait before a paper is kept that could not be.
const KEEP_AGAIN_AFTER: Duration = Duration::from_millis(20);
/// Longest such wait.
const KEEP_AGAIN_AT_MOST: Duration = Duration::from_secs(1);
/// Wait after a connection could not be accepted: out of descriptors, most likely.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Printer {
    address: SocketAddr,
    speed_mm_s: u32,
    pub(super) shelf: Shelf,
    mechanism: Mutex<Mechanism>,
    power: watch::Sender<bool>,
    client: Mutex<(u64, Option<mpsc::Sender<Vec<u8>>>)>,
    work: Notify,
    space: Notify,
    changes: watch::Sender<u64>,
}

/// Switches a printer on.
pub(super) async fn start(
    config: &PrinterConfig,
    shelf: Shelf,
    changes: watch::Sender<u64>,
    tasks: &mut JoinSet<()>,
) -> io::Result<Arc<Printer>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
    let printer = Arc::new(Printer {
        address: listener.local_addr()?,
        speed_mm_s: config.speed_mm_s,
        mechanism: Mutex::new(Mechanism::with_strip(&shelf.strip()?)),
        shelf,
        power: watch::Sender::new(true),
        client: Mutex::default(),
        work: Notify::new(),
        space: Notify::new(),
        changes,
    });
    tasks.spawn(Arc::clone(&printer).listen(listener));
    tasks.spawn(Arc::clone(&printer).print());
    Ok(printer)
}

impl Printer {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn condition(&self) -> Condition {
        self.mechanism().condition()
    }

    /// Whether a paper waits to be kept.
    pub(super) fn is_out_of_order(&self) -> bool {
        self.mechanism().is_out_of_order()
    }

    pub(super) fn strip_mm(&self) -> usize {
        self.mechanism().strip_dots() / 8
    }

    pub(super) fn set_condition(&self, condition: Condition) {
        self.mechanism().set_condition(condition);
        self.power.send_replace(condition.power);
        self.work.notify_one();
        self.notify();
    }

    fn mechanism(&self) -> MutexGuard<'_, Mechanism> {
        self.mechanism
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn notify(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Serves one client after the other while there is power.
    async fn listen(self: Arc<Self>, listener: TcpListener) {
        let mut power = self.power.subscribe();
        let mut listener = Some(listener);
        loop {
            let Some(open) = &listener else {
                listener = self.wait_for_power(&mut power).await;
                continue;
            };
            tokio::select! {
                biased;
                () = switched(&mut power, false) => listener = None,
                accepted = open.accept() => match accepted {
                    Ok((stream, _)) => self.serve(stream, &mut power).await,
                    Err(problem) => {
                        tracing::warn!(%problem, "a printer's connection failed");
                        tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                    }
                },
            }
        }
    }

    /// Keeps the port without listening, so that clients are refused and nobody else takes it.
    async fn wait_for_power(&self, power: &mut watch::Receiver<bool>) -> Option<TcpListener> {
        let reserved = self.reserve();
        switched(power, true).await;
        match reserved.and_then(|socket| socket.listen(16)) {
            Ok(listener) => Some(listener),
            Err(problem) => {
                tracing::error!(%problem, address = %self.address, "a printer cannot listen again");
                tokio::time::sleep(Duration::from_millis(200)).await;
                None
            }
        }
    }

    fn reserve(&self) -> io::Result<TcpSocket> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        Ok(socket)
    }

    async fn serve(&self, mut stream: TcpStream, power: &mut watch::Receiver<bool>) {
        let (answers, mut to_client) = mpsc::channel(ANSWERS_MAX);
        let client = self.attach(answers);
        let mut bytes = vec![0; READ_BYTES];
        let (mut from, mut to) = stream.split();
        let mut is_first = true;
        loop {
            let room = self.mechanism().room().min(READ_BYTES);
            let answer = tokio::select! {
                biased;
                () = switched(power, false) => break,
                Some(answer) = to_client.recv() => answer,
                read = from.read(&mut bytes[..room]), if room > 0 => match read {
                    Ok(0) | Err(_) => break,
                    // A page open in a browser of this machine can send forms to any port.
                    Ok(count) if is_first && is_of_a_browser(&bytes[..count]) => {
                        tracing::warn!(address = %self.address, "a printer prints no web requests");
                        break;
                    }
                    Ok(count) => {
                        is_first = false;
                        let answers = self.mechanism().receive(client, &bytes[..count]);
                        self.work.notify_one();
                        answers
                    }
                },
                () = self.space.notified(), if room == 0 => continue,
            };
            if !answer.is_empty() && to.write_all(&answer).await.is_err() {
                break;
            }
        }
    }

    /// Makes this the client that answers go to.
    fn attach(&self, answers: mpsc::Sender<Vec<u8>>) -> u64 {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        *client = (client.0 + 1, Some(answers));
        client.0
    }

    fn answer(&self, to: u64, answer: Vec<u8>) {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let (number, Some(answers)) = &*client
            && *number == to
        {
            // A client that does not read its answers loses them, as on a real printer.
            let _ = answers.try_send(answer);
        }
    }

    /// Works off the buffer for ever.
    async fn print(self: Arc<Self>) {
        loop {
            let step = self.mechanism().step();
            match step {
                Step::Idle => self.work.notified().await,
                Step::Moved(dots) => self.feed(dots).await,
                Step::Cut(bytes, paper) => {
                    let id = self.shelf.next_id(now_us());
                    self.keep(move |shelf| shelf.save(&id, &bytes, &paper))
                        .await;
                    // The paper that hung in the printer is this one.
                    self.keep(Shelf::forget_strip).await;
                    self.notify();
                }
                Step::Answer {
                    client,
                    answer,
                    strip,
                } => {
                    // Nearly always the paper before has just been cut off and nothing hangs out.
                    if !strip.is_empty() {
                        self.keep(move |shelf| shelf.save_strip(&strip)).await;
                    }
                    self.answer(client, answer);
                }
            }
            self.space.notify_one();
        }
    }

    /// Paper takes its time to come out.
    async fn feed(&self, dots: usize) {
        if self.speed_mm_s > 0 {
            let ms = dots * 125 / usize::try_from(self.speed_mm_s).unwrap_or(usize::MAX);
            tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(u64::MAX))).await;
        }
    }

    /// Brings something to disk, however often it must be tried: no fence is answered for a paper that is not there, and a disk that is full,
    /// or a program with too many files open, is so for a moment. Meanwhile the printer says that it has a fault, so that nobody sends it more.
    async fn keep(
        self: &Arc<Self>,
        write: impl Fn(&Shelf) -> io::Result<()> + Clone + Send + 'static,
    ) {
        let mut wait = KEEP_AGAIN_AFTER;
        loop {
            let (printer, write) = (Arc::clone(self), write.clone());
            let written = tokio::task::spawn_blocking(move || write(&printer.shelf)).await;
            if matches!(written, Ok(Ok(()))) {
                break;
            }
            tracing::error!(?written, address = %self.address, "a paper cannot be kept; it is tried again");
            self.mechanism().set_out_of_order(true);
            self.notify();
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(KEEP_AGAIN_AT_MOST);
        }
        self.mechanism().set_out_of_order(false);
    }
}

/// How an HTTP request begins, whatever its address.
const METHODS: [&[u8]; 7] = [
    b"GET ",
    b"POST ",
    b"PUT ",
    b"HEAD ",
    b"DELETE ",
    b"PATCH ",
    b"OPTIONS ",
];

/// Whether a connection that begins with these bytes is a browser's. No print job begins with a word.
fn is_of_a_browser(bytes: &[u8]) -> bool {
    METHODS.iter().any(|method| bytes.starts_with(method))
}

/// Waits until the power is on or off.
async fn switched(power: &mut watch::Receiver<bool>, on: bool) {
    // The sender lives in the printer, which outlives its tasks' waiting.
    let _ = power.wait_for(|is_on| *is_on == on).await;
}

/// Microseconds since 1970: the benchmark reads them from the paper's id.
#[expect(
    clippy::disallowed_methods,
    reason = "the shared clock has no microseconds"
)]
fn now_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
