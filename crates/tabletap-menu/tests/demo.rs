//! The two restaurants that come with the project.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf};
use tabletap_menu::file::{self, StoreFile};

fn demo(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(name)
}

fn read(name: &str) -> StoreFile {
    let text = fs::read_to_string(demo(name)).unwrap();
    file::read(&text).unwrap_or_else(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{name} has mistakes:\n{}", lines.join("\n"))
    })
}

#[test]
fn both_demo_files_are_clean() {
    for name in ["kumo-sushi.yaml", "corner-bakery.yaml"] {
        assert_eq!(read(name).warnings, [], "{name}");
    }
}
