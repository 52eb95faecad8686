//! Pictures that a menu names are there, small, and only draw.

use tabletap_menu::file::{self, Images};

const SMALL: &str = include_str!("small.yaml");

fn told(bytes: Option<&[u8]>) -> Vec<String> {
    told_of(SMALL, bytes)
}

fn told_of(menu: &str, ramen: Option<&[u8]>) -> Vec<String> {
    let mut images = Images::from([("ramen-2.svg".to_owned(), b"<svg/>".to_vec())]);
    images.extend(ramen.map(|bytes| ("ramen.svg".to_owned(), bytes.to_vec())));
    let mistakes = file::read(menu, &images).err().unwrap_or_default();
    mistakes.iter().map(ToString::to_string).collect()
}

/// What editors write when they save a drawing.
const DRAWN: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<!-- Drawn by hand -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 96 96" role="img" aria-label="Curly noodles">
  <title>Ramen</title>
  <defs>
    <style>.cls-1{fill:#fff;stroke:#000}</style>
    <linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient>
    <linearGradient id="b" xlink:href="#a"/>
    <clipPath id="c"><rect width="96" height="96"/></clipPath>
  </defs>
  <g clip-path="url(#c)" data-name="bowl"><path id="p" class="cls-1" style="fill:url(#b)" d="M0 0"/><use href="#p" x="4"/></g>
</svg>"##;

#[test]
fn a_drawing_that_only_draws_is_accepted() {
    let none: [String; 0] = [];
    assert_eq!(
        told(Some(
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>"
        )),
        none
    );
    assert_eq!(told(Some(DRAWN.as_bytes())), none);
}

#[test]
fn a_picture_that_is_not_there_is_told_where_the_menu_names_it() {
    let wanted = "line 67, column 16: error: categories[0].items[0].image: there is no picture `images/ramen.svg` (did you mean `ramen-2.svg`?)";
    assert_eq!(told(None), [wanted]);
}

/// The drawing with `inside` it.
fn with(inside: &str) -> String {
    DRAWN.replace("</svg>", &format!("{inside}\n</svg>"))
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[test]
fn a_drawing_that_acts_fetches_or_never_ends_is_refused_in_its_line() {
    let twice = |n: usize| {
        let (next, this) = (n + 1, n);
        format!("<g id=\"n{this}\"><use href=\"#n{next}\"/><use href=\"#n{next}\"/></g>")
    };
    let exploding: String =
        (0..16).map(twice).collect::<String>() + "<path id=\"n16\" d=\"M0 0\"/>";
    let (deep, ends) = ("<g>".repeat(40), "</g>".repeat(40));
    for (inside, line, why) in [
        ("<script>alert(1)</script>", 12, "a script"),
        (
            "<path\n  onload=\"x()\"/>",
            12,
            "an event handler in the next line",
        ),
        (
            "<path\ronload=\"x()\"/>",
            12,
            "an event handler after a carriage return",
        ),
        (
            "<path/\u{c}onload=\"x()\"/>",
            12,
            "an event handler that only a lenient reader sees",
        ),
        ("<PATH ONLOAD=\"x()\"/>", 12, "in capitals"),
        (
            "<s:script xmlns:s=\"http://www.w3.org/2000/svg\">alert(1)</s:script>",
            12,
            "a script by another name",
        ),
        (
            "<p xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            12,
            "a page inside",
        ),
        (
            "<foreignObject><p>Hi</p></foreignObject>",
            12,
            "a page inside",
        ),
        (
            "<image href=\"https://elsewhere.example/x.png\"/>",
            12,
            "a picture from elsewhere",
        ),
        (
            "<a href=\"https://elsewhere.example\"><path d=\"M0 0\"/></a>",
            12,
            "a link",
        ),
        (
            "<use href=\"https://elsewhere.example/x.svg#a\"/>",
            12,
            "a drawing from elsewhere",
        ),
        (
            "<use href=\"data:image/svg+xml,x#a\"/>",
            12,
            "a drawing in an address",
        ),
        (
            "<use xlink:href=\"&#106;avascript:alert(1)\"/>",
            12,
            "a script in an address, its first letter a reference",
        ),
        (
            "<path style=\"fill:url(https://elsewhere.example/x)\"/>",
            12,
            "an address in a style",
        ),
        (
            "<path style=\"fill:u\\72l(https://elsewhere.example/x)\"/>",
            12,
            "the same, escaped",
        ),
        (
            "<path fill=\"url( 'https://elsewhere.example/x' )\"/>",
            12,
            "an address in a colour",
        ),
        (
            "<style>@import 'https://elsewhere.example/x.css';</style>",
            12,
            "a sheet from elsewhere",
        ),
        (
            "<style>.a{background:url(//elsewhere.example)}</style>",
            12,
            "an address in a sheet",
        ),
        (
            "<animate attributeName=\"href\" to=\"javascript:x()\"/>",
            12,
            "what changes another element",
        ),
        (
            "<set attributeName=\"onclick\" to=\"x()\"/>",
            12,
            "the same",
        ),
        (
            "<filter id=\"f\"><feImage href=\"#p\"/></filter>",
            12,
            "what costs time without end",
        ),
        (
            "<?xml-stylesheet href=\"https://elsewhere.example/x.css\"?>",
            12,
            "an instruction",
        ),
        (
            "<g id=\"loop\"><use href=\"#loop\"/></g>",
            3,
            "itself in itself",
        ),
        (exploding.as_str(), 3, "two of two of two, sixteen times"),
        (
            &format!("{deep}{ends}"),
            12,
            "elements in elements without end",
        ),
        (&"<g/>".repeat(4_500), 1, "elements without end"),
    ] {
        let told = told(Some(with(inside).as_bytes()));
        assert_eq!(told.len(), 1, "{why}: {told:?}");
        let place = format!("`images/ramen.svg`, line {line}: ");
        assert!(told[0].contains(&place), "{why}: {told:?}");
    }
}

#[test]
fn of_an_id_that_stands_twice_the_first_counts_as_in_browsers() {
    let none: [String; 0] = [];
    let circle = "<g id=\"x\"><use href=\"#x\"/></g>";
    let path = "<path id=\"x\" d=\"M0 0\"/>";
    let drawn = with(&format!("{path}{circle}"));
    assert_eq!(told(Some(drawn.as_bytes())), none, "it draws the path");
    let told = told(Some(with(&format!("{circle}{path}")).as_bytes()));
    assert_eq!(told.len(), 1, "it draws itself: {told:?}");
}

#[test]
fn what_is_no_drawing_or_is_read_otherwise_by_browsers_is_refused() {
    let entity = format!(
        "<!DOCTYPE svg [<!ENTITY a \"x\">]>{}",
        DRAWN.split_once("?>").unwrap_or_default().1
    );
    let bomb = "<!DOCTYPE svg [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><svg>&b;</svg>";
    let other = DRAWN.replace("UTF-8", "ISO-2022-JP");
    for (bytes, why) in [
        (entity.as_bytes(), "entities"),
        (bomb.as_bytes(), "entities in entities"),
        (
            other.as_bytes(),
            "an encoding in which other characters stand there",
        ),
        (b"not a drawing", "not an SVG"),
        (b"<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "a page"),
        (b"<svg><path></svg>", "no XML"),
        (b"\xff\xfe", "no text"),
        (b"", "nothing"),
        (&[b' '; 300 * 1024], "too large"),
    ] {
        assert_eq!(told(Some(bytes)).len(), 1, "{why}");
    }
}

#[test]
fn a_missing_picture_is_told_among_all_other_mistakes_in_the_order_of_the_file() {
    let menu = SMALL
        .replace("house_rule: open", "house_rule: closed")
        .replace("price: 8,", "price: 8.005,");
    let told = told_of(&menu, None);
    let lines: Vec<&str> = told.iter().filter_map(|m| m.split(',').next()).collect();
    assert_eq!(lines, ["line 9", "line 67", "line 83"], "{told:#?}");
    assert!(
        told[1].ends_with("(did you mean `ramen-2.svg`?)"),
        "{told:#?}"
    );
}
