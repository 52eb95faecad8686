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

#[test]
fn a_drawing_that_only_draws_is_accepted() {
    let none: [String; 0] = [];
    assert_eq!(
        told(Some(
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>"
        )),
        none
    );
}

#[test]
fn a_picture_that_is_not_there_is_told_where_the_menu_names_it() {
    let wanted = "line 67, column 16: error: categories[0].items[0].image: there is no picture `images/ramen.svg` (did you mean `ramen-2.svg`?)";
    assert_eq!(told(None), [wanted]);
}

#[test]
fn a_picture_that_acts_or_weighs_too_much_is_refused() {
    for (bytes, why) in [
        (&b"<svg><script>alert(1)</script></svg>"[..], "a script"),
        (b"<svg onload=\"x()\"/>", "an event handler"),
        (
            b"<svg\nonload=\"x()\"/>",
            "an event handler in the next line",
        ),
        (
            b"<svg><image href=\"https://elsewhere\"/></svg>",
            "a picture from elsewhere",
        ),
        (b"not a drawing", "no SVG"),
        (b"\xff\xfe", "no text"),
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
