//! What is published of a picture, by its file's name in the menu. A drawing is published as it is. Of a photograph there are four files
//! beside each other, a square one for the list and a wide one for the dish, each as AVIF and as JPEG: `ramen.jpg.list.avif` and so on.

const LIST_AVIF: &str = ".list.avif";
const LIST_JPEG: &str = ".list.jpg";
const WIDE_AVIF: &str = ".wide.avif";
const WIDE_JPEG: &str = ".wide.jpg";

/// Whether a file is drawn by lines, and so fits every use.
#[must_use]
pub fn is_drawing(file: &str) -> bool {
    file.ends_with(".svg")
}

/// The files that are published of a menu's file: `[list, list, wide, wide]`, AVIF before JPEG, for a photograph.
#[must_use]
pub fn published(file: &str) -> Vec<String> {
    match is_drawing(file) {
        true => vec![file.to_owned()],
        false => [LIST_AVIF, LIST_JPEG, WIDE_AVIF, WIDE_JPEG]
            .map(|form| format!("{file}{form}"))
            .into(),
    }
}

/// The file for the dish that every browser knows. A browser that knows AVIF finds it beside, under `.avif` for `.jpg`.
#[must_use]
pub fn wide(file: &str) -> String {
    match is_drawing(file) {
        true => file.to_owned(),
        false => format!("{file}{WIDE_JPEG}"),
    }
}

/// For the list: the path that every browser knows, and that of the AVIF beside it, from the path of [`wide`].
#[must_use]
pub fn list(wide: &str) -> (String, Option<String>) {
    match wide.strip_suffix(WIDE_JPEG) {
        None => (wide.to_owned(), None),
        Some(file) => (
            format!("{file}{LIST_JPEG}"),
            Some(format!("{file}{LIST_AVIF}")),
        ),
    }
}
