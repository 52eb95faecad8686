//! Virtual kitchen printers: they listen on TCP as network printers do, and keep the paper that comes out.
//!
//! A printer is three things apart from each other: [`mechanism`] is its inside as a plain state machine,
//! [`shelf`] the papers on disk, [`wire`] the socket and the tasks between them. Nothing here knows what a
//! ticket is or who sent it: all that is said of a paper is decoded from the bytes that arrived.
//!
//! A paper is on disk before a fence sent after it is answered, so whoever holds the answer can find the paper.

mod mechanism;
mod shelf;
#[cfg(test)]
mod tests;
mod wire;

pub use mechanism::{Condition, Line};
pub use shelf::{PaperError, PaperRecord};

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;
use tokio::task::JoinSet;

use shelf::Shelf;
use wire::Printer;

/// What to start.
#[derive(Clone, Debug)]
pub struct PrintersConfig {
    /// Folder of the papers, one folder for each printer below it.
    pub papers: PathBuf,
    /// Folders that are searched for the printers' own characters (Noto Sans Mono) when a picture is asked for.
    pub fonts: Vec<PathBuf>,
    pub printers: Vec<PrinterConfig>,
}

/// One printer.
#[derive(Clone, Debug)]
pub struct PrinterConfig {
    /// Its id, e.g. `bar-1`.
    pub id: String,
    /// Its port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// How fast paper comes out in millimetres a second; 0 is without mechanical delay.
    pub speed_mm_s: u32,
}

/// A printer with the tasks that end with it.
type Running = (Arc<Printer>, JoinSet<()>);

/// The running printers. They stop when this is dropped; what is on disk stays.
#[derive(Debug)]
pub struct VirtualPrinters {
    papers: PathBuf,
    pens: Arc<shelf::Pens>,
    running: RwLock<BTreeMap<String, Running>>,
    changes: watch::Sender<u64>,
}

impl VirtualPrinters {
    /// Reads the papers kept so far and switches all printers on.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or a port is taken.
    pub async fn start(config: PrintersConfig) -> io::Result<Self> {
        let printers = Self {
            papers: config.papers,
            pens: Arc::new(shelf::Pens::new(config.fonts)),
            running: RwLock::default(),
            changes: watch::Sender::new(0),
        };
        for printer in config.printers {
            printers.add(printer).await?;
        }
        Ok(printers)
    }

    /// Switches one more printer on.
    ///
    /// # Errors
    /// As [`VirtualPrinters::start`].
    pub async fn add(&self, printer: PrinterConfig) -> io::Result<()> {
        let folder = self.papers.join(&printer.id);
        let (id, pens) = (printer.id.clone(), Arc::clone(&self.pens));
        let shelf = tokio::task::spawn_blocking(move || Shelf::open(folder, id, pens));
        let shelf = shelf.await.map_err(io::Error::other)??;
        let mut tasks = JoinSet::new();
        let running = wire::start(&printer, shelf, self.changes.clone(), &mut tasks).await?;
        let mut all = self.running.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(printer.id, (running, tasks));
        Ok(())
    }

    fn printer(&self, id: &str) -> Option<Arc<Printer>> {
        let all = self.running.read().unwrap_or_else(PoisonError::into_inner);
        all.get(id).map(|(printer, _)| Arc::clone(printer))
    }

    /// Where a printer listens.
    #[must_use]
    pub fn address(&self, printer: &str) -> Option<SocketAddr> {
        Some(self.printer(printer)?.address())
    }

    /// What hinders a printer, if anything.
    #[must_use]
    pub fn condition(&self, printer: &str) -> Option<Condition> {
        Some(self.printer(printer)?.condition())
    }

    /// Whether a printer waits until what came out of it can be kept.
    #[must_use]
    pub fn is_out_of_order(&self, printer: &str) -> bool {
        self.printer(printer)
            .is_some_and(|printer| printer.is_out_of_order())
    }

    /// Takes away power or paper, opens the cover, jams the cutter, or puts things right; false for an unknown printer.
    #[must_use]
    pub fn set_condition(&self, printer: &str, condition: Condition) -> bool {
        let Some(printer) = self.printer(printer) else {
            return false;
        };
        printer.set_condition(condition);
        true
    }

    /// All papers of a printer, the newest last.
    #[must_use]
    pub fn papers(&self, printer: &str) -> Option<Vec<PaperRecord>> {
        Some(self.printer(printer)?.shelf.papers())
    }

    /// How much of the paper now coming out is printed, in millimetres.
    #[must_use]
    pub fn strip_mm(&self, printer: &str) -> Option<usize> {
        Some(self.printer(printer)?.strip_mm())
    }

    /// A paper as a PNG, drawn when first asked for.
    ///
    /// # Errors
    /// See [`PaperError`].
    pub async fn png(&self, printer: &str, paper_id: &str) -> Result<Vec<u8>, PaperError> {
        self.on_shelf(printer, paper_id, Shelf::png).await
    }

    /// The bytes that a paper was printed from.
    ///
    /// # Errors
    /// See [`PaperError`].
    pub async fn raw(&self, printer: &str, paper_id: &str) -> Result<Vec<u8>, PaperError> {
        self.on_shelf(printer, paper_id, Shelf::raw).await
    }

    /// Counts what has happened to any printer: its value changes with each paper and each change of condition.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    async fn on_shelf(
        &self,
        printer: &str,
        paper_id: &str,
        read: fn(&Shelf, &str) -> Result<Vec<u8>, PaperError>,
    ) -> Result<Vec<u8>, PaperError> {
        let printer = self.printer(printer).ok_or(PaperError::NotFound)?;
        let paper_id = paper_id.to_owned();
        tokio::task::spawn_blocking(move || read(&printer.shelf, &paper_id))
            .await
            .map_err(|failed| PaperError::Disk(io::Error::other(failed)))?
    }
}
