//! A drawing as SVG.

use crate::{
    drawing::Drawing,
    path::{Point, Segment},
};
use std::fmt::Write;

/// The drawing as a file that browsers and print shops read, in millimetres.
#[must_use]
pub fn svg(drawing: &Drawing) -> String {
    let (width, height) = (number(drawing.width_mm), number(drawing.height_mm));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" viewBox=\"0 0 {width} {height}\">"
    );
    for shape in &drawing.shapes {
        let [red, green, blue] = shape.colour;
        let _ = write!(
            text,
            "\n<path fill=\"#{red:02x}{green:02x}{blue:02x}\" d=\""
        );
        for segment in &shape.path {
            match *segment {
                Segment::Move(to) => write!(text, "M{}", pair(to)),
                Segment::Line(to) => write!(text, "L{}", pair(to)),
                Segment::Curve(a, b, to) => write!(text, "C{} {} {}", pair(a), pair(b), pair(to)),
                Segment::Close => write!(text, "Z"),
            }
            .expect("writing text into memory does not fail");
        }
        text.push_str("\"/>");
    }
    text.push_str("\n</svg>\n");
    text
}

fn pair(point: Point) -> String {
    format!("{} {}", number(point.x), number(point.y))
}

/// Hundredths of a millimetre: 2540 dots an inch.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
