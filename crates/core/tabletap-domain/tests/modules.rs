//! The domain's modules know each other in one direction: whoever reads one need not read the ones above it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Each module of the crate's root, with those its own code names. Comments and tests may name any.
fn knows() -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut code = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_file() && name != "lib" {
            let text = fs::read_to_string(path).unwrap();
            let own = text.split("#[cfg(test)]").next().unwrap().lines();
            let own: Vec<&str> = own.filter(|line| !line.trim().starts_with("//")).collect();
            code.insert(name, own.join("\n"));
        }
    }
    let modules: BTreeSet<String> = code.keys().cloned().collect();
    let named = |name: &String, code: &String| {
        let words = code.split("::").map(|before| {
            let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_');
            before[start.map_or(0, |start| start + 1)..].to_owned()
        });
        words
            .filter(|word| modules.contains(word) && word != name)
            .collect()
    };
    code.iter()
        .map(|(name, code)| (name.clone(), named(name, code)))
        .collect()
}

#[test]
fn no_two_modules_know_each_other_not_even_by_others() {
    let mut left = knows();
    assert!(left["ticket"].contains("order"), "{left:?}");
    // Again and again those go that know none of the rest; a circle never does.
    loop {
        let rest: BTreeSet<String> = left.keys().cloned().collect();
        left.retain(|_, known| known.intersection(&rest).next().is_some());
        if left.len() == rest.len() {
            break;
        }
    }
    assert_eq!(left, BTreeMap::new(), "these know each other in a circle");
}
