//! The README's tables, and what of them the code alone can be held to.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};
use tabletap_store::schema;

fn at_crate(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(at_crate(path)).unwrap()
}

/// The README's table with this first heading, cell by cell, without code marks.
pub(crate) fn readme_table(first: &str) -> Vec<Vec<String>> {
    let readme = read("README.md");
    let lines = readme
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {first} |")));
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let inner = line.trim_matches('|').split('|');
        inner
            .map(|cell| cell.replace('`', "").trim().to_owned())
            .collect()
    };
    rows.map(cells).collect()
}

#[test]
fn every_method_of_the_store_is_an_access_pattern_and_the_other_way_round() {
    let mut methods = BTreeSet::new();
    for folder in ["src", "src/tickets", "src/payments"] {
        for entry in std::fs::read_dir(at_crate(folder)).unwrap() {
            let path = entry.unwrap().path();
            // The schema makes the table; it asks it nothing.
            if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("schema.rs")
            {
                let code = std::fs::read_to_string(path).unwrap();
                let names = code.split("\n    pub async fn ").skip(1);
                methods.extend(names.map(|rest| rest.split('(').next().unwrap().to_owned()));
            }
        }
    }
    let documented: BTreeSet<String> = readme_table("question")
        .into_iter()
        .map(|row| row[3].clone())
        .collect();
    assert_eq!(methods, documented);
}

#[test]
fn every_index_is_described_with_its_keys() {
    let described: Vec<[String; 3]> = readme_table("index")
        .into_iter()
        .map(|row| [0, 1, 2].map(|cell| row[cell].split(' ').next().unwrap().to_owned()))
        .collect();
    let indexes =
        schema::INDEXES.map(|index| [index.name, index.partition, index.sort].map(str::to_owned));
    assert_eq!(described, indexes);
}

/// Whether a key has the shape of a template: part by part, `{…}` stands for any.
pub(crate) fn fits(template: &str, key: &str) -> bool {
    let (template, key): (Vec<&str>, Vec<&str>) =
        (template.split('#').collect(), key.split('#').collect());
    template.len() == key.len()
        && template
            .iter()
            .zip(&key)
            .all(|(part, text)| part.starts_with('{') || part == text)
}
