//! One sticker: the restaurant's band, the code in its quiet zone, the table's name, what to do, where it leads.

use crate::{
    SheetError,
    code::Code,
    drawing::{Area, Drawing, GREY, INK, Measure, WHITE, colour, rectangle, rounded},
    path::{Point, Segment},
    text::{Face, Fonts, Line},
    trial::is_trial,
    words,
};
use tabletap_domain::store::StoreConfig;

/// A sticker ready to be placed.
#[derive(Debug)]
pub(crate) struct Sticker {
    code: Code,
    mark: Line,
    store: Line,
    /// None where the name is made of signs only.
    table: Option<Line>,
    scan: Vec<Line>,
    link: Line,
    trial: Option<Line>,
    accent: [u8; 3],
    is_right_to_left: bool,
}

/// Width of the frame's line.
const FRAME: f32 = 0.35;

impl Sticker {
    pub(crate) fn new(
        store: &StoreConfig,
        table: &str,
        link: &str,
        fonts: &mut Fonts,
    ) -> Result<Self, SheetError> {
        let first = store
            .languages
            .first()
            .map(|lang| lang.as_str())
            .unwrap_or_default();
        let said = store
            .languages
            .iter()
            .take(2)
            .map(|lang| words::scan(lang.as_str()));
        let mut said: Vec<&str> = said.collect();
        said.dedup();
        let has_letters = |text: &str| text.contains(char::is_alphanumeric);
        let letter = store.name.chars().find(|c| c.is_alphanumeric());
        let initial: String = letter.or(store.name.chars().next()).into_iter().collect();
        let shown = link.split_once("://").map_or(link, |(_, rest)| rest);
        Ok(Self {
            code: Code::new(link)?,
            mark: fonts.line(&initial, Face::Serif)?,
            store: fonts.line(&store.name, Face::Serif)?,
            table: match fonts.line(table, Face::Serif) {
                Err(_) if !has_letters(table) => None,
                line => Some(line?),
            },
            // Without a font for a language its table is still named and its code still leads there.
            scan: said
                .into_iter()
                .filter_map(|text| fonts.line(text, Face::Sans).ok())
                .collect(),
            link: fonts.line(shown, Face::Sans)?,
            trial: is_trial(link)
                .then(|| fonts.line("TRIAL", Face::Bold))
                .transpose()?,
            accent: colour(&store.accent),
            is_right_to_left: words::is_right_to_left(first),
        })
    }

    /// How large it is where its code is `side` wide.
    pub(crate) fn measure(&self, side: f32) -> Measure {
        let quiet = self.code.quiet(side);
        Measure {
            width: side + 2.0 * quiet,
            height: band(side) + quiet + side + quiet + self.foot(side),
        }
    }

    /// What stands below the code's quiet zone.
    fn foot(&self, side: f32) -> f32 {
        let lines = if self.scan.len() > 1 { 0.525 } else { 0.45 };
        let trial = if self.trial.is_some() { 0.26 } else { 0.0 };
        side * (lines + trial)
    }

    /// Draws it into `cut`, which is at least as large as it is; the frame stands there only where it fills `cut`.
    pub(crate) fn draw(&self, side: f32, cut: Area, onto: &mut Drawing) {
        let own = self.measure(side);
        let area = Area {
            x: cut.x + (cut.width - own.width) / 2.0,
            y: cut.y + (cut.height - own.height) / 2.0,
            width: own.width,
            height: own.height,
        };
        let radius = side * 0.06;
        onto.fill(self.accent, rounded(area, radius));
        onto.fill(WHITE, below(area, band(side), radius));
        self.draw_band(side, area, onto);
        let quiet = self.code.quiet(side);
        let (x, y) = (area.x + quiet, area.y + band(side) + quiet);
        onto.fill(INK, self.code.path(x, y, side));
        self.draw_foot(side, area, y + side + quiet, onto);
    }

    fn draw_band(&self, side: f32, area: Area, onto: &mut Drawing) {
        let height = band(side);
        let mark = height * 0.62;
        let (pad, gap) = (height * 0.19, height * 0.2);
        let room = area.width - 2.0 * pad - mark - gap;
        let em = (height * 0.42).min(room / self.store.width);
        let (mark_x, name_x) = if self.is_right_to_left {
            let mark_x = area.x + area.width - pad - mark;
            (mark_x, mark_x - gap - self.store.width * em)
        } else {
            (area.x + pad, area.x + pad + mark + gap)
        };
        let square = Area {
            x: mark_x,
            y: area.y + pad,
            width: mark,
            height: mark,
        };
        onto.fill(WHITE, rounded(square, mark * 0.22));
        // By its ink: letters sit on, below or above their baseline.
        let (top, bottom) = self.mark.ink;
        let mark_em = (mark * 0.5 / (bottom - top)).min(mark * 0.7 / self.mark.width);
        let (middle, centre) = (mark_x + mark / 2.0, area.y + pad + mark / 2.0);
        let baseline = centre - (top + bottom) / 2.0 * mark_em;
        onto.draw_centred(&self.mark, mark_em, middle, baseline, mark, self.accent);
        onto.draw_line(
            &self.store,
            em,
            name_x,
            area.y + height / 2.0 + em * 0.33,
            room,
            WHITE,
        );
    }

    fn draw_foot(&self, side: f32, area: Area, top: f32, onto: &mut Drawing) {
        let middle = area.x + area.width / 2.0;
        let width = area.width - side * 0.16;
        let mut y = top;
        if let Some(trial) = &self.trial {
            let strip = Area {
                x: area.x + FRAME,
                y,
                width: area.width - 2.0 * FRAME,
                height: side * 0.2,
            };
            onto.fill(INK, rectangle(strip));
            onto.draw_centred(trial, side * 0.2, middle, y + side * 0.172, width, WHITE);
            y += side * 0.26;
        }
        if let Some(table) = &self.table {
            onto.draw_centred(table, side * 0.185, middle, y + side * 0.15, width, INK);
        }
        y += side * 0.245;
        for line in &self.scan {
            onto.draw_centred(line, side * 0.068, middle, y + side * 0.045, width, INK);
            y += side * 0.085;
        }
        onto.draw_centred(
            &self.link,
            side * 0.05,
            middle,
            y + side * 0.055,
            width,
            GREY,
        );
    }
}

fn band(side: f32) -> f32 {
    side * 0.26
}

/// The white part of a frame: straight at the top, round at the foot.
fn below(area: Area, band: f32, radius: f32) -> Vec<Segment> {
    let inner = Area {
        x: area.x + FRAME,
        y: area.y + band,
        width: area.width - 2.0 * FRAME,
        height: area.height - band - FRAME,
    };
    let round = rounded(inner, radius - FRAME);
    let corner = |x| Point { x, y: inner.y };
    // Its sides and feet stay, its head becomes a straight line.
    let mut path = vec![
        Segment::Move(corner(inner.x)),
        Segment::Line(corner(inner.x + inner.width)),
    ];
    path.extend_from_slice(&round[3..7]);
    path.push(Segment::Close);
    path
}
