//! Stickers on A4, with crop marks.

use crate::{
    SheetError,
    drawing::{Area, Drawing, GREY, INK, Measure, length, rectangle},
    sticker::Sticker,
    text::{Face, Fonts},
    trial::{host_of, is_trial},
};
use std::str::FromStr;
use tabletap_domain::store::StoreConfig;

const A4: Measure = Measure {
    width: 210.0,
    height: 297.0,
};
/// What is printed on a card of a quarter of A4: the rest is its margin.
const CARD_INSIDE: Measure = Measure {
    width: 93.0,
    height: 137.0,
};
/// What printers leave white, and room for the sentence at the foot.
const MARGIN: f32 = 8.0;
const FOOT: f32 = 5.0;
/// Between two stickers, with the marks of both.
const GAP: f32 = 7.0;

/// How large a code is printed. Below 4 cm, phones have to come too close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A code of 4 cm: the edge of a table.
    Cm4,
    /// 6 cm: the middle of a table.
    Cm6,
    /// 8 cm: a wall, a counter.
    Cm8,
    /// A card of 105 × 148 mm to stand on a table.
    A6,
}

impl Size {
    /// Every size, the smallest first.
    pub const ALL: [Self; 4] = [Self::Cm4, Self::Cm6, Self::Cm8, Self::A6];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cm4 => "4cm",
            Self::Cm6 => "6cm",
            Self::Cm8 => "8cm",
            Self::A6 => "a6",
        }
    }

    /// How wide a code is; `whole` is what its sticker measures where the code is 1 mm wide.
    fn code_mm(self, whole: Measure) -> f32 {
        match self {
            Self::Cm4 => 40.0,
            Self::Cm6 => 60.0,
            Self::Cm8 => 80.0,
            Self::A6 => {
                let card = CARD_INSIDE;
                (card.width / whole.width).min(card.height / whole.height)
            }
        }
    }

    /// Room between stickers and at the sheet's edge: none where the cards themselves fill it.
    fn gap_and_margin(self) -> (f32, f32) {
        match self {
            Self::A6 => (0.0, 0.0),
            _ => (GAP, MARGIN),
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|size| size.as_str() == text);
        known.ok_or_else(|| format!("`{text}` is not a size: use 4cm, 6cm, 8cm or a6"))
    }
}

/// The sheets for these tables, each a name and the link its code holds.
///
/// # Errors
/// [`SheetError`]
pub fn sheets(
    store: &StoreConfig,
    tables: &[(String, String)],
    size: Size,
    fonts: &mut Fonts,
) -> Result<Vec<Drawing>, SheetError> {
    let stickers: Vec<Sticker> = tables
        .iter()
        .map(|(name, link)| Sticker::new(store, name, link, fonts))
        .collect::<Result<_, _>>()?;
    let measures = stickers.iter().map(|sticker| sticker.measure(1.0));
    let whole = measures.reduce(|a, b| Measure {
        width: a.width.max(b.width),
        height: a.height.max(b.height),
    });
    let Some(whole) = whole else {
        return Ok(Vec::new());
    };
    let side = size.code_mm(whole);
    let (gap, margin) = size.gap_and_margin();
    let cut = match size {
        Size::A6 => Measure {
            width: A4.width / 2.0,
            height: A4.height / 2.0,
        },
        _ => Measure {
            width: whole.width * side,
            height: whole.height * side,
        },
    };
    let grid = Grid::best(cut, gap, margin);
    let trial = tables
        .iter()
        .find(|(_, link)| is_trial(link))
        .map(|(_, link)| host_of(link));
    let note = trial.map(|host| {
        format!("TRIAL: {host} is not the restaurant's own address. Print the final stickers once the menu has its own domain.")
    });
    let note = note.map(|text| fonts.line(&text, Face::Sans)).transpose()?;
    let sheets = stickers.chunks(grid.columns * grid.rows).map(|stickers| {
        let mut drawing = Drawing::new(grid.page.width, grid.page.height);
        for (index, sticker) in stickers.iter().enumerate() {
            let area = grid.area(index);
            crop_marks(area, &mut drawing);
            sticker.draw(side, area, &mut drawing);
        }
        if let Some(note) = note.as_ref().filter(|_| margin > 0.0) {
            let (middle, width) = (grid.page.width / 2.0, grid.page.width - 2.0 * MARGIN);
            drawing.draw_centred(
                note,
                2.6,
                middle,
                grid.page.height - MARGIN + 2.0,
                width,
                GREY,
            );
        }
        drawing
    });
    Ok(sheets.collect())
}

#[derive(Debug)]
struct Grid {
    page: Measure,
    cut: Measure,
    gap: f32,
    columns: usize,
    rows: usize,
    left: f32,
    top: f32,
}

impl Grid {
    /// Upright or across, whichever takes more.
    fn best(cut: Measure, gap: f32, margin: f32) -> Self {
        let across = Measure {
            width: A4.height,
            height: A4.width,
        };
        let [upright, across] = [A4, across].map(|page| Self::new(page, cut, gap, margin));
        if across.columns * across.rows > upright.columns * upright.rows {
            across
        } else {
            upright
        }
    }

    fn new(page: Measure, cut: Measure, gap: f32, margin: f32) -> Self {
        let foot = if margin > 0.0 { FOOT } else { 0.0 };
        let columns = fitting(page.width - 2.0 * margin, cut.width, gap);
        let rows = fitting(page.height - 2.0 * margin - foot, cut.height, gap);
        let taken = |count: usize, size: f32| length(count) * (size + gap) - gap;
        Self {
            left: (page.width - taken(columns, cut.width)) / 2.0,
            top: (page.height - foot - taken(rows, cut.height)) / 2.0,
            page,
            cut,
            gap,
            columns,
            rows,
        }
    }

    fn area(&self, index: usize) -> Area {
        let (row, column) = (index / self.columns, index % self.columns);
        Area {
            x: self.left + length(column) * (self.cut.width + self.gap),
            y: self.top + length(row) * (self.cut.height + self.gap),
            width: self.cut.width,
            height: self.cut.height,
        }
    }
}

/// How many of `size` stand in `room`; one always does.
fn fitting(room: f32, size: f32, gap: f32) -> usize {
    (2..100)
        .take_while(|count| length(*count) * (size + gap) - gap <= room + 0.01)
        .last()
        .unwrap_or(1)
}

/// Short lines outside each corner, where to cut.
fn crop_marks(cut: Area, onto: &mut Drawing) {
    const DISTANCE: f32 = 0.8;
    const LENGTH: f32 = 2.4;
    const THICKNESS: f32 = 0.12;
    let (right, bottom) = (cut.x + cut.width, cut.y + cut.height);
    for x in [cut.x, right] {
        for y in [cut.y - DISTANCE - LENGTH, bottom + DISTANCE] {
            let mark = Area {
                x: x - THICKNESS / 2.0,
                y,
                width: THICKNESS,
                height: LENGTH,
            };
            onto.fill(INK, rectangle(mark));
        }
    }
    for y in [cut.y, bottom] {
        for x in [cut.x - DISTANCE - LENGTH, right + DISTANCE] {
            let mark = Area {
                x,
                y: y - THICKNESS / 2.0,
                width: LENGTH,
                height: THICKNESS,
            };
            onto.fill(INK, rectangle(mark));
        }
    }
}
