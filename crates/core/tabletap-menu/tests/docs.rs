//! The example in `docs/menu-file.md` is a menu file without mistakes.

use tabletap_menu::file::{self, Images};

const DOCS: &str = include_str!("../../../../docs/menu-file.md");

#[test]
fn the_whole_example_of_the_documentation_is_clean() {
    let example = DOCS
        .split("```yaml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let picture = ("shoyu-ramen.svg".to_owned(), b"<svg/>".to_vec());
    let read = file::read(example.unwrap_or_default(), &Images::from([picture]));
    assert!(
        read.as_ref().is_ok_and(|file| file.warnings.is_empty()),
        "{read:#?}"
    );
}
