//! Draws text that a printer has no characters for.
//!
//! Shaped and laid out by `cosmic-text`: scripts are joined and right-to-left lines start at the right.
//! Only fonts in the given folders are used, so a ticket looks the same on every machine.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use cosmic_text::{
    Attrs, Buffer, Color, Family, FontSystem, LayoutGlyph, Metrics, Shaping, SwashCache,
    SwashContent, Weight, Wrap, fontdb,
};

use crate::{bitmap::Bitmap, clean::is_blank};

/// The fonts a ticket may be drawn with; loaded once and shared.
#[derive(Default)]
pub struct Fonts {
    typesetter: Option<Mutex<Typesetter>>,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fonts")
            .field("empty", &self.is_empty())
            .finish()
    }
}

struct Typesetter {
    system: FontSystem,
    cache: SwashCache,
}

/// Where and how large a text is drawn, in dots.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextBox {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: u16,
    pub(crate) em: u16,
    pub(crate) line: u16,
    pub(crate) bold: bool,
}

impl Fonts {
    /// No fonts: text that needs one is printed with a note.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Every font file below these folders.
    #[must_use]
    pub fn from_folder(paths: &[PathBuf]) -> Self {
        let mut db = fontdb::Database::new();
        for path in paths {
            db.load_fonts_dir(path);
        }
        if db.is_empty() {
            return Self::none();
        }
        let system = FontSystem::new_with_locale_and_db("en".to_owned(), db);
        Self {
            typesetter: Some(Mutex::new(Typesetter {
                system,
                cache: SwashCache::new(),
            })),
        }
    }

    /// Whether there is nothing to draw with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.typesetter.is_none()
    }

    /// Draws text. Returns how many rows of dots it took, or `None` without fonts.
    pub(crate) fn draw(&self, text: &str, place: TextBox, onto: &mut Bitmap) -> Option<usize> {
        let typesetter = self.typesetter.as_ref()?;
        let mut typesetter = typesetter.lock().unwrap_or_else(PoisonError::into_inner);
        Some(typesetter.draw(text, place, onto))
    }

    /// Whether every character of the text has ink.
    pub(crate) fn can_draw(&self, text: &str) -> bool {
        !self.is_empty() && !self.drawable(text).1
    }

    /// The text with what no font can draw replaced by words, and whether anything was.
    pub(crate) fn drawable(&self, text: &str) -> (String, bool) {
        let Some(typesetter) = &self.typesetter else {
            return (text.to_owned(), false);
        };
        typesetter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drawable(text)
    }
}

impl Typesetter {
    fn buffer(&mut self, text: &str, place: TextBox) -> Buffer {
        let metrics = Metrics::new(f32::from(place.em), f32::from(place.line));
        let mut buffer = Buffer::new(&mut self.system, metrics);
        buffer.set_wrap(Wrap::WordOrGlyph);
        buffer.set_size(Some(f32::from(place.width)), None);
        let weight = if place.bold {
            Weight::BOLD
        } else {
            Weight::NORMAL
        };
        let attrs = Attrs::new()
            .family(Family::Name("Noto Sans Mono"))
            .weight(weight);
        buffer.set_text(text, &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);
        buffer
    }

    fn draw(&mut self, text: &str, place: TextBox, onto: &mut Bitmap) -> usize {
        let mut buffer = self.buffer(text, place);
        // Arabic letters reach below their line.
        let rows =
            buffer.layout_runs().count() * usize::from(place.line) + usize::from(place.em / 8);
        onto.extend_to(place.y + rows);
        let black = Color::rgb(0, 0, 0);
        buffer.draw(
            &mut self.system,
            &mut self.cache,
            black,
            |x, y, _, _, color| {
                if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
                    && is_dark(color)
                {
                    onto.blacken(place.x + x, place.y + y);
                }
            },
        );
        rows
    }

    /// Whether a glyph is visible: fonts have empty ones, and some colours are white on paper.
    fn has_ink(&mut self, glyph: &LayoutGlyph) -> bool {
        let key = glyph.physical((0.0, 0.0), 1.0).cache_key;
        let image = self.cache.get_image(&mut self.system, key);
        image.as_ref().is_some_and(|image| match image.content {
            SwashContent::Mask => image.data.iter().any(|coverage| *coverage > 0),
            SwashContent::SubpixelMask | SwashContent::Color => image
                .data
                .chunks_exact(4)
                .any(|dot| is_dark(Color::rgba(dot[0], dot[1], dot[2], dot[3]))),
        })
    }

    fn drawable(&mut self, text: &str) -> (String, bool) {
        let place = TextBox {
            x: 0,
            y: 0,
            width: u16::MAX,
            em: 20,
            line: 24,
            bold: false,
        };
        let buffer = self.buffer(text, place);
        // By cluster: a character may take several glyphs, some of them empty, but none of them may be missing.
        let mut seen: BTreeMap<(usize, usize), (bool, bool)> = BTreeMap::new();
        for glyph in buffer.layout_runs().flat_map(|run| run.glyphs.iter()) {
            let (has_ink, lacks_one) = seen.entry((glyph.start, glyph.end)).or_default();
            *has_ink |= self.has_ink(glyph);
            *lacks_one |= glyph.glyph_id == 0;
        }
        let is_gap = |cluster: &(usize, usize)| {
            let mut signs = text[cluster.0..cluster.1].chars();
            signs.all(|sign| sign.is_whitespace() || is_blank(sign))
        };
        let mut missing: Vec<(usize, usize)> = seen
            .into_iter()
            .filter(|(cluster, (has_ink, lacks_one))| (!has_ink || *lacks_one) && !is_gap(cluster))
            .map(|(cluster, _)| cluster)
            .collect();
        missing.sort_unstable();
        missing.dedup();
        let mut drawable = String::new();
        let mut from = 0;
        for (start, end) in &missing {
            if *start < from {
                continue;
            }
            drawable.push_str(&text[from..*start]);
            if !drawable.ends_with(UNKNOWN) {
                drawable.push_str(UNKNOWN);
            }
            from = *end;
        }
        drawable.push_str(&text[from..]);
        (drawable, !missing.is_empty())
    }
}

/// Printed for a character that no font has.
const UNKNOWN: &str = "[?]";

/// Half a dot's ink or more; colours count by how dark they are.
fn is_dark(color: Color) -> bool {
    let light = (u32::from(color.r()) * 2 + u32::from(color.g()) * 5 + u32::from(color.b())) / 8;
    u32::from(color.a()) * (255 - light) >= 128 * 255
}
