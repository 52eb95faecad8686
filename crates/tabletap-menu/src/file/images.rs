//! Pictures: named in the menu file, lying beside it in `images/`, published with the menu.

use super::{
    fields::Field,
    hint,
    mistake::{Mistake, Report},
};
use crate::file::mistake::Place;

/// Largest picture, in bytes: a phone on a slow network loads dozens of them.
const IMAGE_BYTES_MAX: usize = 256 * 1024;
const TYPES: &[(&str, &str)] = &[
    (".svg", "image/svg+xml"),
    (".webp", "image/webp"),
    (".jpg", "image/jpeg"),
    (".png", "image/png"),
];

/// Where a menu file names a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageUse {
    /// The file name under `images/`.
    pub file: String,
    at: Place,
    path: String,
}

/// The content type of a picture by its name.
pub(crate) fn content_type(file: &str) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(ending, _)| file.ends_with(ending))
        .map(|(_, content_type)| *content_type)
}

pub(crate) fn read(field: &Field<'_>, report: &mut Report) -> Option<ImageUse> {
    let word = field.word(report)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
    let safe = word.bytes().all(plain) && !word.starts_with('.') && word.len() <= 64;
    if !safe || content_type(word).is_none() {
        let hint = "a file name such as `tuna-roll.svg` (.svg, .webp, .jpg or .png)".to_owned();
        field.error_with_hint(
            report,
            format!("`{word}` is no picture's file name"),
            Some(hint),
        );
        return None;
    }
    Some(ImageUse {
        file: word.to_owned(),
        at: field.at,
        path: field.path.clone(),
    })
}

/// Checks the pictures a file names against those that are there: `load` gives a picture's bytes, `names` all names for hints.
#[must_use]
pub fn check_images(
    uses: &[ImageUse],
    names: &[String],
    load: impl Fn(&str) -> Option<Vec<u8>>,
) -> Vec<Mistake> {
    let mut report = Report::default();
    for image in uses {
        let message = match load(&image.file) {
            None => format!("there is no picture `images/{}`", image.file),
            Some(bytes) if bytes.len() > IMAGE_BYTES_MAX => {
                format!(
                    "the picture has {} bytes, at most {IMAGE_BYTES_MAX} fit",
                    bytes.len()
                )
            }
            Some(bytes) if image.file.ends_with(".svg") && !is_plain_svg(&bytes) => {
                "the picture holds scripts or outside references, or is no SVG".to_owned()
            }
            Some(_) => continue,
        };
        let hint = hint::did_you_mean(&image.file, names.iter().map(String::as_str));
        let hint = hint.filter(|_| !names.contains(&image.file));
        report.error_with_hint(image.at, &image.path, message, hint);
    }
    report.into_mistakes()
}

/// A drawing that only draws: pictures are served from the restaurant's own address, where a script could act as its page.
fn is_plain_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let lower = text.to_ascii_lowercase();
    let acts = [
        "<script",
        "<foreignobject",
        "href",
        "<!entity",
        " on",
        "\non",
        "\ton",
        "javascript:",
    ];
    lower.contains("<svg") && !acts.iter().any(|word| lower.contains(word))
}
