//! Jobs to print, and the printer that reads them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;
use tabletap_domain::time::UnixMillis;
use tabletap_paper::{Event, Interpreter, Paper};
use tabletap_ticket::Fonts;
use tabletap_wire::print::{JobChoice, JobLine, PrintJob};

pub(crate) const PRINTED_AT: UnixMillis = UnixMillis(1_795_287_841_250);

pub(crate) fn font_folder() -> PathBuf {
    let folder = "../../../frontend/node_modules/@expo-google-fonts";
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)
}

pub(crate) fn fonts() -> Fonts {
    let fonts = Fonts::from_folder(&[font_folder()]);
    assert!(
        !fonts.is_empty(),
        "no fonts in {:?}: run `make setup`",
        font_folder()
    );
    fonts
}

/// The same with a font whose emoji are empty, as the glyphs of a colour font are for a printer.
pub(crate) fn fonts_with_empty_emoji() -> Fonts {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fonts");
    Fonts::from_folder(&[font_folder(), own])
}

/// Fonts for Arabic without digits and Latin letters, and without the characters of the mark `[?]` unless it is asked for.
pub(crate) fn arabic_fonts(has_marks: bool) -> Fonts {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/arabic");
    let marks = has_marks.then(|| own.join("marks"));
    let folders: Vec<PathBuf> = [own.join("letters")].into_iter().chain(marks).collect();
    Fonts::from_folder(&folders)
}

pub(crate) fn choice(name: &str) -> JobChoice {
    JobChoice {
        quantity: 1,
        name: name.to_owned(),
        removal: false,
        question: None,
        depth: 0,
    }
}

pub(crate) fn removal(name: &str) -> JobChoice {
    JobChoice {
        removal: true,
        ..choice(name)
    }
}

pub(crate) fn dish(quantity: u32, name: &str, choices: Vec<JobChoice>) -> JobLine {
    JobLine {
        quantity,
        name: name.to_owned(),
        part_of: None,
        choices,
        note: String::new(),
        accepted_allergens: Vec::new(),
    }
}

/// The kitchen's ticket of the product's ticket mock.
pub(crate) fn kitchen_job() -> PrintJob {
    PrintJob {
        v: 1,
        ticket_id: "tkt_7f3a5b1c9d2e4f60718293a4b5c6d7e8_hot_1"
            .parse()
            .unwrap(),
        attempt: 1,
        reprint: None,
        seq: 27,
        printer: "hot-1".parse().unwrap(),
        station: "hot".parse().unwrap(),
        station_name: "Kitchen - hot".to_owned(),
        number: Some("K27".parse().unwrap()),
        call: None,
        order_type: "dine_in".parse().unwrap(),
        table_name: Some("7".to_owned()),
        index: 1,
        count: 2,
        placed_at: UnixMillis(1_795_287_840_000),
        ready_clock: None,
        utc_offset_s: 0,
        clock_change: None,
        lang: None,
        lines: vec![
            dish(
                2,
                "Agedashi tofu",
                vec![choice("extra dashi"), removal("sesame")],
            ),
            dish(
                1,
                "Shoyu ramen",
                vec![
                    choice("Large"),
                    choice("chashu pork, 2 slices"),
                    removal("egg"),
                ],
            ),
        ],
        note: "birthday, candle if you have one".to_owned(),
        guest: "Ada".to_owned(),
        customer: None,
        allergies: vec!["egg".parse().unwrap(), "sesame".parse().unwrap()],
        dishes: 3,
        paid: false,
    }
}

/// The one paper that these bytes make.
pub(crate) fn paper(bytes: &[u8]) -> Paper {
    let events = Interpreter::default().feed(bytes);
    match events.as_slice() {
        [Event::Cut(paper)] => paper.clone(),
        other => panic!("expected exactly one cut, got {}", other.len()),
    }
}
