//! What is printed can be scanned: the files are read back as pictures, by a reader that knows nothing of how they were written.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::float_arithmetic, reason = "a picture, not money")]

mod raster;

use raster::Picture;
use std::{path::PathBuf, str::FromStr};
use tabletap_domain::store::{DiningTable, HouseRule, StoreConfig};
use tabletap_sheet::{Drawing, Fonts, SheetError, Size, pdf, sheets, svg};

/// Those that the frontend brings, and no others: a machine may have a font for any script.
fn fonts() -> Fonts {
    let brought = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../frontend/node_modules/@expo-google-fonts"
    );
    Fonts::from_folders(&[brought.into()]).unwrap()
}

fn store(name: &str, languages: &[&str]) -> StoreConfig {
    StoreConfig {
        key: tabletap_domain::StoreKey {
            tenant: "kumo-hospitality".parse().unwrap(),
            store: "kumo-sushi".parse().unwrap(),
        },
        slug: "kumo-sushi".parse().unwrap(),
        name: name.to_owned(),
        time_zone: "America/New_York".to_owned(),
        languages: languages.iter().map(|lang| lang.parse().unwrap()).collect(),
        accent: "#b3261e".to_owned(),
        house_rule: HouseRule::Open,
        stations: Vec::new(),
        front_station: None,
        tables: Vec::<DiningTable>::new(),
        dine_in: Default::default(),
        takeout: None,
        payment_account: None,
        contact: Default::default(),
        names: Default::default(),
    }
}

fn tables(base: &str, count: usize) -> Vec<(String, String)> {
    let table = |number| {
        (
            format!("Table {number}"),
            format!("{base}/t/{}{number:02}", "x7Qa_-9".repeat(3)),
        )
    };
    (1..=count).map(table).collect()
}

fn drawn(base: &str, count: usize, size: Size) -> Vec<Drawing> {
    sheets(
        &store("Kumo Sushi", &["en", "es"]),
        &tables(base, count),
        size,
        &mut fonts(),
    )
    .unwrap()
}

/// The links in a picture, sorted; looked for on the whole and on its quarters, for no phone sees four cards at once.
fn scanned(picture: &Picture) -> Vec<String> {
    let (width, height) = picture.size();
    let mut found = scanned_part(picture, (0, 0), (width, height));
    for corner in [
        (0, 0),
        (width / 2, 0),
        (0, height / 2),
        (width / 2, height / 2),
    ] {
        found.extend(scanned_part(picture, corner, (width / 2, height / 2)));
    }
    found.sort();
    found.dedup();
    found
}

fn scanned_part(picture: &Picture, from: (usize, usize), size: (usize, usize)) -> Vec<String> {
    let grey = |x, y| picture.grey(from.0 + x, from.1 + y);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size.0, size.1, grey);
    let grids = image.detect_grids();
    grids
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect()
}

fn links(base: &str, count: usize) -> Vec<String> {
    tables(base, count)
        .into_iter()
        .map(|(_, link)| link)
        .collect()
}

#[test]
fn every_code_of_a_sheet_scans_at_every_size_from_svg_and_pdf() {
    for size in Size::ALL {
        let base = "https://menu.kumo.example";
        let drawn = drawn(base, 5, size);
        let text: Vec<String> = drawn.iter().map(svg).collect();
        let mut found: Vec<String> = text
            .iter()
            .flat_map(|text| scanned(&Picture::of_svg(text)))
            .collect();
        found.sort();
        assert_eq!(found, links(base, 5), "{} as SVG", size.as_str());
        let pages = Picture::of_pdf(&pdf(&drawn, "Kumo Sushi"));
        assert_eq!(pages.len(), drawn.len(), "a page for each sheet");
        let mut found: Vec<String> = pages.iter().flat_map(scanned).collect();
        found.sort();
        assert_eq!(found, links(base, 5), "{} as PDF", size.as_str());
    }
}

#[test]
fn a_code_is_as_large_as_asked_dark_and_in_white() {
    let drawn = drawn("https://menu.kumo.example", 1, Size::Cm4);
    let picture = Picture::of_svg(&svg(&drawn[0]));
    let (width, height) = picture.size();
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| picture.grey(x, y));
    let grid = &image.detect_grids()[0];
    let [a, b, c, _] = grid.bounds;
    let side = (b.x - a.x) / raster::DOTS_PER_MM;
    // The reader's box ends a module late.
    assert!((39..=42).contains(&side), "{side} mm");
    let modules = i32::try_from(grid.decode().unwrap().0.version.0 * 4 + 17).unwrap();
    let at = |x: i32, y: i32| picture.grey(x.try_into().unwrap(), y.try_into().unwrap());
    let is_white = |y: i32| (a.x..b.x).all(|x| at(x, y) > 250);
    // From inside the code outwards: rows with ink, then the quiet zone.
    let quiet = |from: i32, step: i32| {
        let rows = (0..500).map(|row| from + row * step);
        rows.skip_while(|y| !is_white(*y))
            .take_while(|y| is_white(*y))
            .count()
    };
    let wanted = usize::try_from(4 * 40 * raster::DOTS_PER_MM / modules).unwrap();
    let (above, below) = (quiet(a.y + 20, -1), quiet(c.y - 20, 1));
    assert!(
        above >= wanted && below >= wanted,
        "{above} and {below} of {wanted} dots"
    );
    assert!(at(a.x + 8, a.y + 8) < 60, "dark");
}

#[test]
fn a_card_holds_its_sticker_with_and_without_the_word_trial() {
    for base in ["https://menu.kumo.example", "http://localhost:8080"] {
        let drawn = drawn(base, 4, Size::A6);
        let picture = Picture::of_svg(&svg(&drawn[0]));
        assert_eq!(scanned(&picture), links(base, 4));
        let (width, height) = picture.size();
        let white = |y: usize| (width / 8..width * 3 / 8).all(|x| picture.grey(x, y) > 250);
        let edges = [4, height / 2 - 8, height / 2 + 8, height - 4];
        assert!(edges.into_iter().all(white), "cards do not touch: {base}");
    }
}

#[test]
fn a_host_that_is_not_the_restaurants_says_trial() {
    let own = drawn("https://menu.kumo.example", 1, Size::Cm6);
    let hosted = drawn("https://d111abcdef8.cloudfront.net", 1, Size::Cm6);
    let ink = |drawn: &[Drawing]| Picture::of_svg(&svg(&drawn[0])).solid_rows();
    assert_eq!(ink(&own), 0, "no dark strip");
    assert!(ink(&hosted) > 40, "a strip of a centimetre says it");
}

#[test]
fn names_in_any_script_are_drawn_or_refused_in_one_sentence() {
    let arabic = store("بيت السدرة", &["ar", "en"]);
    let table = [(
        "طاولة 1".to_owned(),
        "https://menu.sidra.example/t/x7Qa_-9x7Qa_-9x7Qa_-9".to_owned(),
    )];
    let sheet = sheets(&arabic, &table, Size::Cm6, &mut fonts()).unwrap();
    assert_eq!(
        scanned(&Picture::of_svg(&svg(&sheet[0]))),
        [table[0].1.clone()]
    );
    let nobody = store("\u{10a00}", &["en"]);
    let refused = sheets(&nobody, &table, Size::Cm4, &mut fonts());
    assert!(
        matches!(refused, Err(SheetError::NotDrawable(_))),
        "{refused:?}"
    );
    let none = Fonts::from_folders(&[PathBuf::from("/nowhere")]);
    assert!(matches!(none, Err(SheetError::NoFonts)));
}

#[test]
fn a_sign_that_no_font_has_is_left_out_and_stops_no_other_sticker() {
    let drawn = |names: &[&str], house: &str| {
        let links = links("https://menu.kumo.example", names.len());
        let tables: Vec<(String, String)> = names
            .iter()
            .map(|name| (*name).to_owned())
            .zip(links)
            .collect();
        let drawn = sheets(&store(house, &["en"]), &tables, Size::Cm4, &mut fonts());
        drawn.unwrap().iter().map(svg).collect::<String>()
    };
    let plain = drawn(&["Table 1", "Terrace", "2"], "Kumo Sushi");
    let signs = drawn(
        &["Table 1", "🌴 Terrace", "2\u{fe0f}\u{20e3}"],
        "Kumo 🍣 Sushi",
    );
    assert!(signs == plain, "the same stickers without their signs");
    for names in [
        ["Table 1 👨\u{200d}👩\u{200d}👧", "Terrace", "2"],
        ["Table 1", "Terrace 🇯🇵", "2"],
        ["Table 1", "Terrace", "2 \u{1f44d}\u{1f3fd}"],
    ] {
        assert!(drawn(&names, "🍣 Kumo Sushi") == plain, "{names:?}");
    }
    let only = drawn(&["🌴"], "Kumo Sushi");
    assert_eq!(
        scanned(&Picture::of_svg(&only)).len(),
        1,
        "a code without a name"
    );
}

#[test]
fn a_size_is_one_of_four() {
    assert_eq!(Size::from_str("6cm"), Ok(Size::Cm6));
    assert!(Size::from_str("2cm").is_err(), "too small for a phone");
}
