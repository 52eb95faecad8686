//! The README's caller column: which crates call each method, as their sources say.
//!
//! A call is found by its text: `store.method(`, `store().method(`, and `self.method(` within this crate. So a value of the type
//! [`tabletap_store::Store`] is named `store` everywhere.

use crate::readme::readme_table;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The folder `crates`, which this crate stands in.
fn crates() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let named = |folder: &&Path| folder.file_name().is_some_and(|name| name == "crates");
    above.into_iter().find(named).unwrap().to_owned()
}

/// Everything below `folder` that is not made for tests.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let for_tests = ["tests", "tests.rs"]
            .iter()
            .any(|name| path.ends_with(name));
        if path.is_dir() && !for_tests {
            found.extend(files(&path));
        } else if !for_tests {
            found.push(path);
        }
    }
    found
}

/// A source's code without its comments, its tests and its layout.
fn code(source: &Path) -> String {
    let text = fs::read_to_string(source).unwrap();
    let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = shipped
        .lines()
        .map(|line| line.split("//").next().unwrap().trim());
    lines.collect::<Vec<_>>().join(" ").replace(" .", ".")
}

/// Who calls `method` in `code`: the crate, or the method of the store that holds the call.
fn callers(method: &str, crate_name: &str, code: &str) -> BTreeSet<String> {
    if crate_name != "tabletap-store" {
        let calls = [
            format!("store.{method}("),
            format!("store().{method}("),
            format!("Store::{method}("),
        ];
        let is_called = calls.iter().any(|call| code.contains(call));
        return is_called
            .then(|| crate_name.to_owned())
            .into_iter()
            .collect();
    }
    let call = format!("self.{method}(");
    let before = code.match_indices(&call).map(|(at, _)| &code[..at]);
    let within = |before: &str| {
        let (_, function) = before.rsplit_once("fn ").unwrap();
        function.split(['(', '<']).next().unwrap().to_owned()
    };
    before.map(within).collect()
}

#[test]
fn the_readme_names_the_callers_of_every_method() {
    let documented: BTreeMap<String, BTreeSet<String>> = readme_table("question")
        .into_iter()
        .map(|row| {
            let callers = row[4].split(", ").filter(|caller| *caller != "–");
            (row[3].clone(), callers.map(str::to_owned).collect())
        })
        .collect();
    let mut found: BTreeMap<String, BTreeSet<String>> = documented
        .keys()
        .map(|method| (method.clone(), BTreeSet::new()))
        .collect();
    let all = files(&crates());
    let manifests = all.iter().filter(|path| path.ends_with("Cargo.toml"));
    for folder in manifests.map(|manifest| manifest.parent().unwrap()) {
        let crate_name = folder.file_name().unwrap().to_str().unwrap();
        // It fills tables for tests.
        if crate_name == "tabletap-testkit" {
            continue;
        }
        let sources = all
            .iter()
            .filter(|path| path.starts_with(folder.join("src")))
            .filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
        for code in sources.map(|path| code(path)) {
            for (method, callers_of_method) in &mut found {
                callers_of_method.extend(callers(method, crate_name, &code));
            }
        }
    }
    assert_eq!(documented, found);
}
