//! The papers of one printer on disk: `<paper_id>.bin` with the bytes, `.json` with what they say, `.png` once drawn.
//!
//! The `.bin` is synced before a save returns; the rest can be made again from it. A paper's id is the microsecond it
//! was cut and a running number, so ids sort in the order of the papers, also after a restart or a clock that
//! was put back.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tabletap_domain::time::UnixMillis;
use tabletap_paper::{Event, FontsMissing, Interpreter, Paper, PaperRenderer};

/// The paper that is printed and not yet cut off.
const STRIP: &str = "strip";

/// A paper as the console and scripts see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperRecord {
    /// Sorts in the order the papers came out.
    pub paper_id: String,
    /// When it was cut off, RFC 3339.
    pub printed_at: String,
    /// The order it belongs to, from the ticket's code on it.
    pub order_id: Option<String>,
    /// The ticket, from the same code.
    pub ticket_id: Option<String>,
    /// The attempt, from the same code.
    pub attempt: Option<u32>,
    /// Whether it says first of all that it may be a second copy.
    pub banner: bool,
    /// What a person reads on it.
    pub text: String,
    /// Path of its picture.
    pub png_url: String,
    /// Path of its bytes.
    pub raw_url: String,
}

/// Why a paper cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// There is no such printer or paper: 404.
    #[error("no such paper")]
    NotFound,
    /// The picture needs fonts that are not there; the rest works without.
    #[error("the paper cannot be drawn")]
    Fonts(#[from] FontsMissing),
    /// The disk failed.
    #[error("the paper cannot be read")]
    Disk(#[from] io::Error),
    /// The picture cannot be encoded.
    #[error("the picture cannot be encoded: {0}")]
    Picture(String),
}

/// Draws for all shelves; fonts are loaded when the first picture is asked for.
#[derive(Debug)]
pub(super) struct Pens {
    folders: Vec<PathBuf>,
    pen: Mutex<Option<PaperRenderer>>,
}

impl Pens {
    pub(super) fn new(folders: Vec<PathBuf>) -> Self {
        Self {
            folders,
            pen: Mutex::new(None),
        }
    }

    fn png(&self, paper: &Paper) -> Result<Vec<u8>, PaperError> {
        let mut pen = self.pen.lock().unwrap_or_else(PoisonError::into_inner);
        let pen = match &mut *pen {
            Some(pen) => pen,
            none => none.insert(PaperRenderer::from_folders(&self.folders)?),
        };
        pen.png(paper)
            .map_err(|problem| PaperError::Picture(problem.to_string()))
    }
}

/// The papers of one printer.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    printer: String,
    pens: Arc<Pens>,
    records: Mutex<Vec<PaperRecord>>,
}

impl Shelf {
    /// Opens the folder and reads what is in it.
    pub(super) fn open(folder: PathBuf, printer: String, pens: Arc<Pens>) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut ids = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let name = entry?.file_name().into_string().unwrap_or_default();
            ids.extend(
                name.strip_suffix(".bin")
                    .filter(|id| is_id(id))
                    .map(str::to_owned),
            );
        }
        ids.sort_unstable();
        let shelf = Self {
            folder,
            printer,
            pens,
            records: Mutex::default(),
        };
        let records = ids
            .iter()
            .map(|id| shelf.read_record(id))
            .collect::<io::Result<_>>()?;
        *shelf.lock() = records;
        Ok(shelf)
    }

    pub(super) fn papers(&self) -> Vec<PaperRecord> {
        self.lock().clone()
    }

    /// Keeps a paper under its id. When this returns, it is on disk; where it fails, it can be called again. Blocks.
    pub(super) fn save(&self, id: &str, bytes: &[u8], paper: &Paper) -> io::Result<()> {
        self.write_durably(&format!("{id}.bin"), bytes)?;
        let record = self.record(id, paper);
        self.write_record(&record);
        self.lock().push(record);
        Ok(())
    }

    /// Nothing hangs in the printer any more. Blocks.
    pub(super) fn forget_strip(&self) -> io::Result<()> {
        match fs::remove_file(self.folder.join(STRIP)) {
            Err(problem) if problem.kind() != io::ErrorKind::NotFound => Err(problem),
            _ => Ok(()),
        }
    }

    /// Keeps a paper that is not cut off yet. Blocks.
    pub(super) fn save_strip(&self, bytes: &[u8]) -> io::Result<()> {
        self.write_durably(STRIP, bytes)
    }

    /// The paper that hung in the printer when the program ended.
    pub(super) fn strip(&self) -> io::Result<Vec<u8>> {
        match fs::read(self.folder.join(STRIP)) {
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }

    /// The bytes of a paper. Blocks.
    pub(super) fn raw(&self, id: &str) -> Result<Vec<u8>, PaperError> {
        Ok(fs::read(self.file(id, "bin")?)?)
    }

    /// The picture of a paper. Blocks.
    pub(super) fn png(&self, id: &str) -> Result<Vec<u8>, PaperError> {
        let file = self.file(id, "png")?;
        if let Ok(png) = fs::read(&file) {
            return Ok(png);
        }
        let png = self.pens.png(&decode(&self.raw(id)?))?;
        let draft = file.with_extension("png.tmp");
        fs::write(&draft, &png)?;
        fs::rename(&draft, &file)?;
        Ok(png)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<PaperRecord>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, id: &str, extension: &str) -> Result<PathBuf, PaperError> {
        // Also keeps names with slashes or dots away from the disk.
        let known = self
            .lock()
            .binary_search_by(|record| record.paper_id.as_str().cmp(id))
            .is_ok();
        if known {
            Ok(self.folder.join(format!("{id}.{extension}")))
        } else {
            Err(PaperError::NotFound)
        }
    }

    /// An id for a paper that is cut off now.
    pub(super) fn next_id(&self, at_us: i64) -> String {
        let records = self.lock();
        let last = records.last().and_then(|record| parse_id(&record.paper_id));
        let (last_us, last_number) = last.unwrap_or((0, 0));
        format!("{:016}-{:06}", at_us.max(last_us), last_number + 1)
    }

    fn write_durably(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (draft, path) = (
            self.folder.join(format!("{name}.tmp")),
            self.folder.join(name),
        );
        let mut file = fs::File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        fs::File::open(&self.folder)?.sync_all()
    }

    fn read_record(&self, id: &str) -> io::Result<PaperRecord> {
        let kept = fs::read(self.folder.join(format!("{id}.json"))).ok();
        if let Some(record) = kept.and_then(|json| serde_json::from_slice(&json).ok()) {
            return Ok(record);
        }
        let record = self.record(
            id,
            &decode(&fs::read(self.folder.join(format!("{id}.bin")))?),
        );
        self.write_record(&record);
        Ok(record)
    }

    /// Can be made again from the bytes, so it is neither synced nor worth failing for.
    fn write_record(&self, record: &PaperRecord) {
        let path = self.folder.join(format!("{}.json", record.paper_id));
        let json = serde_json::to_vec_pretty(record).unwrap_or_default();
        if let Err(problem) = fs::write(&path, json) {
            tracing::warn!(%problem, path = %path.display(), "a paper's record is not kept");
        }
    }

    fn record(&self, id: &str, paper: &Paper) -> PaperRecord {
        let at = UnixMillis(parse_id(id).map_or(0, |(us, _)| us / 1000));
        let (code, url) = (
            paper.ticket_code(),
            format!("/local/printers/{}/papers/{id}", self.printer),
        );
        PaperRecord {
            paper_id: id.to_owned(),
            printed_at: tabletap_wire::time::rfc3339(at),
            attempt: code.as_ref().map(|code| code.attempt),
            ticket_id: code.as_ref().map(|code| code.ticket_id.clone()),
            order_id: code.map(|code| code.order_id),
            banner: paper.starts_with_banner(),
            text: paper.text(),
            png_url: format!("{url}.png"),
            raw_url: format!("{url}.bin"),
        }
    }
}

/// The one paper that these bytes make.
fn decode(bytes: &[u8]) -> Paper {
    let mut printer = Interpreter::default();
    let cut = printer
        .feed(bytes)
        .into_iter()
        .find_map(|event| match event {
            Event::Cut(paper) => Some(paper),
            Event::AskStatus(_) | Event::AskProcessId(_) => None,
        });
    cut.unwrap_or_else(|| printer.strip().clone())
}

fn is_id(text: &str) -> bool {
    parse_id(text).is_some()
}

fn parse_id(id: &str) -> Option<(i64, u64)> {
    let (us, number) = id.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if us.len() != 16 || !digits(us) || !digits(number) {
        return None;
    }
    Some((us.parse().ok()?, number.parse().ok()?))
}
