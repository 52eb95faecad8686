//! Drawings as the pages of one PDF. See ISO 32000-1, 8.5 "Path construction and painting".

use crate::{
    drawing::Drawing,
    path::{Point, Segment},
};
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Content, Filter, Finish, Pdf, Rect, Ref, TextStr};
use std::io::Write;

/// PDF counts in points.
const POINTS_PER_MM: f32 = 72.0 / 25.4;

/// One PDF with a page for each drawing.
#[must_use]
pub fn pdf(drawings: &[Drawing], title: &str) -> Vec<u8> {
    let mut next = 0;
    let mut new = || {
        next += 1;
        Ref::new(next)
    };
    let (catalog, pages, info) = (new(), new(), new());
    let sheets: Vec<(Ref, Ref, &Drawing)> = drawings
        .iter()
        .map(|drawing| (new(), new(), drawing))
        .collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.document_info(info).title(TextStr(title));
    let count = i32::try_from(sheets.len()).unwrap_or(i32::MAX);
    pdf.pages(pages)
        .kids(sheets.iter().map(|(page, ..)| *page))
        .count(count);
    for (page_id, content_id, drawing) in sheets {
        let mut page = pdf.page(page_id);
        let (width, height) = (
            drawing.width_mm * POINTS_PER_MM,
            drawing.height_mm * POINTS_PER_MM,
        );
        page.media_box(Rect::new(0.0, 0.0, width, height));
        page.parent(pages);
        page.contents(content_id);
        page.resources();
        page.finish();
        pdf.stream(content_id, &compressed(&content(drawing)))
            .filter(Filter::FlateDecode);
    }
    pdf.finish()
}

fn content(drawing: &Drawing) -> Vec<u8> {
    let place = |point: Point| (points(point.x), points(drawing.height_mm - point.y));
    let mut content = Content::new();
    for shape in &drawing.shapes {
        let [red, green, blue] = shape.colour.map(|channel| f32::from(channel) / 255.0);
        content.set_fill_rgb(red, green, blue);
        for segment in &shape.path {
            match *segment {
                Segment::Move(to) => {
                    let (x, y) = place(to);
                    content.move_to(x, y);
                }
                Segment::Line(to) => {
                    let (x, y) = place(to);
                    content.line_to(x, y);
                }
                Segment::Curve(a, b, to) => {
                    let ((ax, ay), (bx, by), (x, y)) = (place(a), place(b), place(to));
                    content.cubic_to(ax, ay, bx, by, x, y);
                }
                Segment::Close => {
                    content.close_path();
                }
            }
        }
        content.fill_nonzero();
    }
    content.finish().to_vec()
}

/// Hundredths of a point are finer than any printer's dot, and shorter to write.
fn points(length_mm: f32) -> f32 {
    (length_mm * POINTS_PER_MM * 100.0).round() / 100.0
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory takes what is written")
}
