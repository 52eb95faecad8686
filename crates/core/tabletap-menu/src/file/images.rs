//! Pictures: named in the menu file, lying beside it in `images/`, published with the menu.

use super::{drawing, fields::Field, hint, mistake::Report};
use std::collections::BTreeMap;
use tabletap_wire::picture::is_drawing;

/// Largest drawing, in bytes, which compress to a quarter: a phone on a slow network loads dozens of them.
const DRAWING_BYTES_MAX: usize = 32 * 1024;
/// Largest photograph, in bytes, as a camera makes it: it is made small when it is published.
const PHOTOGRAPH_BYTES_MAX: usize = 20 * 1024 * 1024;
/// What a menu may name.
const SOURCES: [&str; 5] = [".svg", ".webp", ".jpg", ".jpeg", ".png"];
/// What is published.
const TYPES: [(&str, &str); 3] = [
    (".svg", "image/svg+xml"),
    (".avif", "image/avif"),
    (".jpg", "image/jpeg"),
];

/// The pictures that lie beside a menu file, by file name.
pub type Images = BTreeMap<String, Vec<u8>>;

/// The content type of a published picture by its name.
pub(crate) fn content_type(file: &str) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(ending, _)| file.ends_with(ending))
        .map(|(_, content_type)| *content_type)
}

/// The file name a field holds, where that picture is there and fit to be published.
pub(crate) fn read(field: &Field<'_>, images: &Images, report: &mut Report) -> Option<String> {
    let word = field.word(report)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
    let safe = word.bytes().all(plain) && !word.starts_with('.') && word.len() <= 64;
    if !safe || !SOURCES.iter().any(|ending| word.ends_with(ending)) {
        let hint =
            "a file name such as `tuna-roll.jpg` (.svg, .webp, .jpg, .jpeg or .png)".to_owned();
        field.error_with_hint(
            report,
            format!("`{word}` is not the file name of a picture"),
            Some(hint),
        );
        return None;
    }
    let Some(bytes) = images.get(word) else {
        let message = format!("there is no picture `images/{word}`");
        let hint = hint::did_you_mean(word, images.keys().map(String::as_str));
        field.error_with_hint(report, message, hint);
        return None;
    };
    let most = match is_drawing(word) {
        true => DRAWING_BYTES_MAX,
        false => PHOTOGRAPH_BYTES_MAX,
    };
    if bytes.len() > most {
        let message = format!(
            "the picture has {} bytes; at most {most} are allowed",
            bytes.len()
        );
        let hint = "a photograph 2000 pixels wide, saved as .jpg, is large enough".to_owned();
        field.error_with_hint(report, message, Some(hint));
        return None;
    }
    if is_drawing(word)
        && let Err(drawing::Fault { line, problem }) = drawing::check(bytes)
    {
        let message = format!("`images/{word}`, line {line}: {problem}");
        let hint = "save it as plain SVG, or as .png".to_owned();
        field.error_with_hint(report, message, Some(hint));
        return None;
    }
    Some(word.to_owned())
}
