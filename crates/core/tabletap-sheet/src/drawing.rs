//! The drawing model: filled paths in millimetres, the origin at the top left. SVG and PDF are written from it and nothing else.

use crate::{
    path::{Point, Segment},
    text::Line,
};

/// A page.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Its width.
    pub(crate) width_mm: f32,
    /// Its height.
    pub(crate) height_mm: f32,
    /// What is filled, in this order.
    pub(crate) shapes: Vec<Shape>,
}

#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) colour: Colour,
    pub(crate) path: Vec<Segment>,
}

pub(crate) type Colour = [u8; 3];
pub(crate) const WHITE: Colour = [0xff; 3];
pub(crate) const INK: Colour = [0x1d, 0x1a, 0x16];
pub(crate) const GREY: Colour = [0x5b, 0x55, 0x4c];

/// A width and a height in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measure {
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// A box on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// How far a control point stands from its corner for a quarter of a circle.
const CIRCLE: f32 = 0.447_715;

impl Drawing {
    pub(crate) fn new(width_mm: f32, height_mm: f32) -> Self {
        let mut drawing = Self {
            width_mm,
            height_mm,
            shapes: Vec::new(),
        };
        let page = Area {
            x: 0.0,
            y: 0.0,
            width: width_mm,
            height: height_mm,
        };
        drawing.fill(WHITE, rectangle(page));
        drawing
    }

    pub(crate) fn fill(&mut self, colour: Colour, path: Vec<Segment>) {
        self.shapes.push(Shape { colour, path });
    }

    /// Sets a line of text with its middle at `middle` and its baseline at `baseline`, no wider than `width`.
    pub(crate) fn draw_centred(
        &mut self,
        line: &Line,
        em: f32,
        middle: f32,
        baseline: f32,
        width: f32,
        colour: Colour,
    ) {
        let em = em.min(width / line.width);
        let left = middle - line.width * em / 2.0;
        self.fill(colour, line.path(em, left, baseline));
    }

    /// Sets a line of text from `left`.
    pub(crate) fn draw_line(
        &mut self,
        line: &Line,
        em: f32,
        left: f32,
        baseline: f32,
        width: f32,
        colour: Colour,
    ) {
        let em = em.min(width / line.width);
        self.fill(colour, line.path(em, left, baseline));
    }
}

pub(crate) fn rectangle(
    Area {
        x,
        y,
        width,
        height,
    }: Area,
) -> Vec<Segment> {
    let (right, bottom) = (x + width, y + height);
    vec![
        Segment::Move(Point { x, y }),
        Segment::Line(Point { x: right, y }),
        Segment::Line(Point {
            x: right,
            y: bottom,
        }),
        Segment::Line(Point { x, y: bottom }),
        Segment::Close,
    ]
}

pub(crate) fn rounded(
    Area {
        x,
        y,
        width,
        height,
    }: Area,
    radius: f32,
) -> Vec<Segment> {
    let (right, bottom) = (x + width, y + height);
    let (far, near) = (radius, radius * CIRCLE);
    let at = |x, y| Point { x, y };
    vec![
        Segment::Move(at(x + far, y)),
        Segment::Line(at(right - far, y)),
        Segment::Curve(at(right - near, y), at(right, y + near), at(right, y + far)),
        Segment::Line(at(right, bottom - far)),
        Segment::Curve(
            at(right, bottom - near),
            at(right - near, bottom),
            at(right - far, bottom),
        ),
        Segment::Line(at(x + far, bottom)),
        Segment::Curve(
            at(x + near, bottom),
            at(x, bottom - near),
            at(x, bottom - far),
        ),
        Segment::Line(at(x, y + far)),
        Segment::Curve(at(x, y + near), at(x + near, y), at(x + far, y)),
        Segment::Close,
    ]
}

/// `#rrggbb`; what is none counts as ink.
pub(crate) fn colour(text: &str) -> Colour {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    value.map_or(INK, |value| {
        let [_, red, green, blue] = value.to_be_bytes();
        [red, green, blue]
    })
}

/// A small number as a length.
pub(crate) fn length(count: usize) -> f32 {
    u16::try_from(count).map_or(f32::MAX, f32::from)
}
