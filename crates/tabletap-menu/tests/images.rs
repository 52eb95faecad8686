//! Pictures that a menu names are there, small, and only draw.

use tabletap_menu::file::{self, StoreFile};

const SMALL: &str = include_str!("small.yaml");

fn told(bytes: Option<&[u8]>) -> Vec<String> {
    let Ok(StoreFile { images, .. }) = file::read(SMALL) else {
        panic!("the small menu is whole")
    };
    let names = ["ramen-2.svg".to_owned()];
    let mistakes = file::check_images(&images, &names, |_| bytes.map(<[u8]>::to_vec));
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
    let wanted = "line 47, column 16: error: categories[0].items[0].image: there is no picture `images/ramen.svg` (did you mean `ramen-2.svg`?)";
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
