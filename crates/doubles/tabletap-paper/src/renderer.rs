//! Draws single characters the way a printer's built-in fonts do: each in its own cell.
//!
//! The face is Noto Sans Mono, found by its file name in the given folders. No other font is used.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use cosmic_text::{
    Attrs, Buffer, Color, Family, FontSystem, Metrics, Shaping, SwashCache, Weight, fontdb,
};

use crate::paper::{Font, Style};

const FACES: [&str; 2] = ["NotoSansMono_400Regular.ttf", "NotoSansMono_700Bold.ttf"];

/// Folders are searched this deep.
const FOLDER_DEPTH_MAX: usize = 6;

/// How dark each dot of a cell is, row by row, 255 for black.
type Ink = Vec<u8>;

/// The printer face is not in the folders given.
#[derive(Debug, thiserror::Error)]
#[error("no Noto Sans Mono (regular and bold) below {folders:?}; run `make setup`")]
pub struct FontsMissing {
    folders: Vec<PathBuf>,
}

/// Draws papers. Keeps every character it has drawn.
pub struct PaperRenderer {
    fonts: FontSystem,
    cache: SwashCache,
    drawn: HashMap<(char, Style), Ink>,
}

impl fmt::Debug for PaperRenderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaperRenderer")
            .field("drawn", &self.drawn.len())
            .finish_non_exhaustive()
    }
}

impl PaperRenderer {
    /// Loads the printer face from the folders, which are searched recursively.
    ///
    /// # Errors
    /// [`FontsMissing`] when a weight of the face is in none of them.
    pub fn from_folders(folders: &[PathBuf]) -> Result<Self, FontsMissing> {
        let mut db = fontdb::Database::new();
        for name in FACES {
            let found = folders
                .iter()
                .find_map(|folder| find(folder, name, FOLDER_DEPTH_MAX));
            if found.is_none_or(|path| db.load_font_file(path).is_err()) {
                return Err(FontsMissing {
                    folders: folders.to_vec(),
                });
            }
        }
        Ok(Self {
            fonts: FontSystem::new_with_locale_and_db("en".to_owned(), db),
            cache: SwashCache::new(),
            drawn: HashMap::new(),
        })
    }

    /// The ink of a character in its printed cell.
    pub(crate) fn ink(&mut self, character: char, style: Style) -> &[u8] {
        let style = Style {
            reverse: false,
            underline: 0,
            ..style
        };
        if !self.drawn.contains_key(&(character, style)) {
            let ink = self.draw(character, style);
            self.drawn.insert((character, style), ink);
        }
        &self.drawn[&(character, style)]
    }

    /// Draws at the larger magnification and squeezes the other side, as a stretched cell looks.
    fn draw(&mut self, character: char, style: Style) -> Ink {
        let scale = style.width.max(style.height);
        let large = Style {
            width: scale,
            height: scale,
            ..style
        }
        .cell();
        let em = match style.font {
            Font::A => 20,
            Font::B => 15,
        } * u16::from(scale);
        let line = u16::try_from(large.1).unwrap_or(u16::MAX);
        let metrics = Metrics::new(f32::from(em), f32::from(line));
        let mut buffer = Buffer::new(&mut self.fonts, metrics);
        let weight = if style.bold {
            Weight::BOLD
        } else {
            Weight::NORMAL
        };
        let attrs = Attrs::new()
            .family(Family::Name("Noto Sans Mono"))
            .weight(weight);
        let mut text = [0; 4];
        buffer.set_text(
            character.encode_utf8(&mut text),
            &attrs,
            Shaping::Advanced,
            None,
        );
        let mut ink = vec![0; large.0 * large.1];
        buffer.draw(
            &mut self.fonts,
            &mut self.cache,
            Color::rgb(0, 0, 0),
            |x, y, _, _, color| {
                let at = (usize::try_from(x), usize::try_from(y));
                if let (Ok(x), Ok(y)) = at
                    && x < large.0
                    && y < large.1
                {
                    let dot: &mut u8 = &mut ink[y * large.0 + x];
                    *dot = (*dot).max(color.a());
                }
            },
        );
        squeeze(&ink, large, style.cell())
    }
}

/// Averages an image down to a smaller one.
fn squeeze(ink: &[u8], from: (usize, usize), to: (usize, usize)) -> Ink {
    if from == to {
        return ink.to_vec();
    }
    let mut small = Vec::with_capacity(to.0 * to.1);
    for y in 0..to.1 {
        let rows = y * from.1 / to.1..((y + 1) * from.1 / to.1);
        for x in 0..to.0 {
            let columns = x * from.0 / to.0..((x + 1) * from.0 / to.0);
            let dots = rows
                .clone()
                .flat_map(|row| columns.clone().map(move |col| (row, col)));
            let (sum, count) = dots.fold((0_usize, 0_usize), |(sum, count), (row, column)| {
                (sum + usize::from(ink[row * from.0 + column]), count + 1)
            });
            small.push(u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
        }
    }
    small
}

fn find(folder: &Path, name: &str, depth: usize) -> Option<PathBuf> {
    let direct = folder.join(name);
    if direct.is_file() {
        return Some(direct);
    }
    if depth == 0 {
        return None;
    }
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
        .iter()
        .find_map(|inner| find(inner, name, depth - 1))
}
