//! Text as outlines. Shaped by `cosmic-text`: scripts are joined, right-to-left runs in their order.

use crate::{
    SheetError,
    path::{Point, Segment},
};
use cosmic_text::{
    Attrs, Buffer, Command, Family, FontSystem, Metrics, Shaping, SwashCache, Weight, Wrap, fontdb,
};
use std::{fmt, ops::Range, path::PathBuf};

/// Text is set at this many units an em and scaled: finer than any printer's dot.
const UNITS: f32 = 1000.0;
/// Families for names of places, the first that is there.
const SERIFS: [&str; 4] = [
    "Noto Serif",
    "Liberation Serif",
    "DejaVu Serif",
    "Times New Roman",
];
const SANS: [&str; 4] = ["Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"];

/// The fonts of some folders.
pub struct Fonts {
    system: FontSystem,
    outlines: SwashCache,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fonts").finish_non_exhaustive()
    }
}

/// How a line is set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Face {
    /// A restaurant's or table's name.
    Serif,
    /// Everything else.
    Sans,
    Bold,
}

/// A line of text; lengths in ems, from its left edge on the baseline.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) width: f32,
    /// Where its ink begins and ends, from the baseline down.
    pub(crate) ink: (f32, f32),
    path: Vec<Segment>,
}

impl Fonts {
    /// Every font file below these folders.
    ///
    /// # Errors
    /// [`SheetError::NoFonts`]
    pub fn from_folders(folders: &[PathBuf]) -> Result<Self, SheetError> {
        let mut db = fontdb::Database::new();
        for folder in folders {
            db.load_fonts_dir(folder);
        }
        if db.is_empty() {
            return Err(SheetError::NoFonts);
        }
        let there = |wanted: &[&'static str]| {
            let has = |name: &str| {
                db.faces()
                    .any(|face| face.families.iter().any(|(family, _)| family == name))
            };
            wanted.iter().copied().find(|name| has(name))
        };
        let (serif, sans) = (there(&SERIFS), there(&SANS));
        if let Some(serif) = serif.or(sans) {
            db.set_serif_family(serif);
        }
        if let Some(sans) = sans {
            db.set_sans_serif_family(sans);
        }
        Ok(Self {
            system: FontSystem::new_with_locale_and_db("en".to_owned(), db),
            outlines: SwashCache::new(),
        })
    }

    /// A line of text. Signs that no font has, emoji above all, are left out; a letter that no font has is not.
    pub(crate) fn line(&mut self, text: &str, face: Face) -> Result<Line, SheetError> {
        let refused = || SheetError::NotDrawable(text.to_owned());
        match self.set(text, face) {
            Ok(line) => Ok(line),
            Err(rest) if rest == text || rest.is_empty() => Err(refused()),
            Err(rest) => self.set(&rest, face).map_err(|_| refused()),
        }
    }

    /// Sets a line; where something cannot be drawn, the text without those of its signs that cannot.
    fn set(&mut self, text: &str, face: Face) -> Result<Line, String> {
        let mut buffer = Buffer::new(&mut self.system, Metrics::new(UNITS, UNITS * 1.4));
        buffer.set_wrap(Wrap::None);
        let attrs = match face {
            Face::Serif => Attrs::new().family(Family::Serif).weight(Weight::BOLD),
            Face::Sans => Attrs::new().family(Family::SansSerif),
            Face::Bold => Attrs::new().family(Family::SansSerif).weight(Weight::BOLD),
        };
        buffer.set_text(text, &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);
        let (mut left, mut right, mut path) = (f32::MAX, f32::MIN, Vec::new());
        let mut missing: Vec<Range<usize>> = Vec::new();
        for glyph in buffer.layout_runs().flat_map(|run| run.glyphs) {
            let placed = glyph.physical((0.0, 0.0), 1.0);
            let outline = self
                .outlines
                .get_outline_commands(&mut self.system, placed.cache_key)
                .unwrap_or_default();
            let cluster = text.get(glyph.start..glyph.end).unwrap_or_default();
            // A font of coloured emoji has pictures where others have outlines.
            if glyph.glyph_id == 0 || (outline.is_empty() && cluster.contains(is_picture)) {
                missing.push(glyph.start..glyph.end);
                continue;
            }
            left = left.min(glyph.x);
            right = right.max(glyph.x + glyph.w);
            let (x, y) = (
                glyph.x + glyph.font_size * glyph.x_offset,
                glyph.font_size * glyph.y_offset,
            );
            path.extend(segments(outline, x, y));
        }
        if !missing.is_empty() || path.is_empty() {
            return Err(without_signs(text, &missing));
        }
        let path = moved(&path, |point| Point {
            x: (point.x - left) / UNITS,
            y: point.y / UNITS,
        });
        Ok(Line {
            width: (right - left) / UNITS,
            ink: ink(&path),
            path,
        })
    }
}

/// A sign that is more often a coloured picture than an outline.
fn is_picture(character: char) -> bool {
    matches!(character, '\u{2300}'..='\u{23FF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// A text without the signs in these places; letters and digits stay.
fn without_signs(text: &str, places: &[Range<usize>]) -> String {
    let is_letter = |c: char| c.is_alphanumeric() && !is_picture(c);
    let stays = |(at, c): &(usize, char)| {
        c.is_whitespace() || is_letter(*c) || !places.iter().any(|place| place.contains(at))
    };
    let rest: String = text.char_indices().filter(stays).map(|(_, c)| c).collect();
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ink(path: &[Segment]) -> (f32, f32) {
    let corners = path.iter().filter_map(|segment| match segment {
        Segment::Move(to) | Segment::Line(to) | Segment::Curve(_, _, to) => Some(to.y),
        Segment::Close => None,
    });
    corners.fold((f32::MAX, f32::MIN), |(top, bottom), y| {
        (top.min(y), bottom.max(y))
    })
}

impl Line {
    /// The outlines at a size and place.
    pub(crate) fn path(&self, em: f32, left: f32, baseline: f32) -> Vec<Segment> {
        moved(&self.path, |point| Point {
            x: left + point.x * em,
            y: baseline + point.y * em,
        })
    }
}

fn moved(path: &[Segment], place: impl Fn(Point) -> Point) -> Vec<Segment> {
    let moved = |segment: &Segment| match *segment {
        Segment::Move(to) => Segment::Move(place(to)),
        Segment::Line(to) => Segment::Line(place(to)),
        Segment::Curve(a, b, to) => Segment::Curve(place(a), place(b), place(to)),
        Segment::Close => Segment::Close,
    };
    path.iter().map(moved).collect()
}

/// A glyph's outline, whose y points up, at a place on the page, whose y points down.
fn segments(outline: &[Command], x: f32, y: f32) -> Vec<Segment> {
    let place = |px: f32, py: f32| Point {
        x: x + px,
        y: -(y + py),
    };
    let mut at = Point { x, y };
    let mut path = Vec::with_capacity(outline.len());
    for command in outline {
        let segment = match command {
            Command::MoveTo(to) => Segment::Move(place(to.x, to.y)),
            Command::LineTo(to) => Segment::Line(place(to.x, to.y)),
            Command::CurveTo(a, b, to) => {
                Segment::Curve(place(a.x, a.y), place(b.x, b.y), place(to.x, to.y))
            }
            Command::QuadTo(a, to) => quadratic(at, place(a.x, a.y), place(to.x, to.y)),
            Command::Close => Segment::Close,
        };
        match segment {
            Segment::Move(to) | Segment::Line(to) | Segment::Curve(_, _, to) => at = to,
            Segment::Close => {}
        }
        path.push(segment);
    }
    path
}

/// A quadratic curve as the cubic one that it is.
fn quadratic(from: Point, control: Point, to: Point) -> Segment {
    let towards = |end: Point| Point {
        x: end.x + (control.x - end.x) * 2.0 / 3.0,
        y: end.y + (control.y - end.y) * 2.0 / 3.0,
    };
    Segment::Curve(towards(from), towards(to), to)
}
