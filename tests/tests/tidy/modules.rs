//! Inside a crate, files name each other in one direction: no cycle leads back to where it began.
//!
//! Read are the paths that begin with `crate::` or `super::`, outside tests. A module may name its own children besides; what the crate's
//! root re-exports counts as the root's.

use super::{root, sources};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

type Module = Vec<String>;
type Uses = BTreeMap<Module, BTreeSet<Module>>;

/// The module of a file, by its path below `src`.
fn module(file: &Path) -> Module {
    let parts = file.with_extension("");
    let mut parts: Module = parts
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    parts.pop_if(|last| ["lib", "main", "mod"].contains(&last.as_str()));
    parts
}

/// The paths at the beginning of `text`, several where it opens braces, and the text behind them.
fn paths<'t>(mut text: &'t str, mut path: Module, found: &mut Vec<Module>) -> &'t str {
    loop {
        text = text.trim_start();
        if let Some(mut inside) = text.strip_prefix('{') {
            while !inside.is_empty() && !inside.starts_with('}') {
                inside = paths(inside, path.clone(), found);
                let end = inside.find([',', '}']).unwrap_or(inside.len());
                inside = inside[end..].trim_start_matches(',').trim_start();
            }
            return inside.get(1..).unwrap_or_default();
        }
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        let (name, rest) = text.split_at(end.unwrap_or(text.len()));
        path.extend((!name.is_empty()).then(|| name.to_owned()));
        match rest.strip_prefix("::") {
            Some(rest) if !name.is_empty() => text = rest,
            _ => {
                found.push(path);
                return rest;
            }
        }
    }
}

/// Every path in a file's code that names a module by where it lies.
fn named(code: &str, of: &Module) -> Vec<Module> {
    let mut found = Vec::new();
    for (at, word) in code
        .match_indices("crate::")
        .chain(code.match_indices("super::"))
    {
        let before = code[..at].chars().next_back();
        if !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            let mut from = of.clone();
            let mut rest = &code[at + word.len()..];
            match word {
                "crate::" => from.clear(),
                _ => drop(from.pop()),
            }
            while let Some(further) = rest.strip_prefix("super::") {
                (rest, _) = (further, from.pop());
            }
            paths(rest, from, &mut found);
        }
    }
    found
}

fn uses(src: &Path, all: &[PathBuf]) -> Uses {
    let files = all.iter().filter_map(|file| {
        let below = file.strip_prefix(src).ok()?;
        let tests = below
            .iter()
            .any(|part| part == "tests" || part == "tests.rs");
        (!tests).then(|| (module(below), file))
    });
    let files: BTreeMap<Module, _> = files.collect();
    let mut uses = Uses::new();
    for (module, file) in &files {
        let text = fs::read_to_string(file).expect("text");
        let code = text.split("#[cfg(test)]\nmod tests {").next();
        let lines = code.unwrap_or_default().lines();
        let code: Vec<&str> = lines.filter_map(|line| line.split("//").next()).collect();
        let mut used = BTreeSet::new();
        for mut path in named(&code.join("\n"), module) {
            while !path.is_empty() && !files.contains_key(&path) {
                path.pop();
            }
            if path != *module && files.contains_key(&path) {
                used.insert(path);
            }
        }
        uses.insert(module.clone(), used);
    }
    uses
}

/// A way from a module back to itself, where there is one.
fn cycle(mut uses: Uses) -> Option<Vec<Module>> {
    loop {
        let before = uses.len();
        let ends =
            |used: &BTreeSet<Module>, left: &Uses| !used.iter().any(|m| left.contains_key(m));
        let left = uses.clone();
        uses.retain(|_, used| !ends(used, &left));
        if uses.len() == before {
            break;
        }
    }
    let mut way = vec![uses.keys().next()?.clone()];
    loop {
        let used = &uses[way.last()?];
        let next = used.iter().find(|module| uses.contains_key(*module))?;
        if let Some(begin) = way.iter().position(|module| module == next) {
            return Some(way.split_off(begin));
        }
        way.push(next.clone());
    }
}

#[test]
fn files_of_a_crate_name_each_other_in_one_direction() {
    let manifests = sources(&["Cargo.toml"]);
    let folders = manifests.iter().filter_map(|manifest| manifest.parent());
    let all = sources(&[".rs"]);
    let mut read = 0;
    for src in folders
        .map(|folder| folder.join("src"))
        .filter(|src| src.is_dir())
    {
        let uses = uses(&src, &all);
        read += uses.values().map(BTreeSet::len).sum::<usize>();
        if let Some(cycle) = cycle(uses) {
            let names: Vec<String> = cycle.iter().map(|module| module.join("::")).collect();
            let src = src.strip_prefix(root()).unwrap_or(&src).display();
            panic!("{src}: {} name each other in a circle", names.join(" → "));
        }
    }
    assert!(read > 500, "only {read} uses were found");
}

#[test]
fn a_circle_is_found_through_braces_and_inline_paths() {
    let module = |text: &str| -> Module { text.split("::").map(str::to_owned).collect() };
    let code = "use crate::{\n    a::{self, One},\n    b::c::Two,\n};\nfn f() -> super::d::Three { $crate::e::g() }";
    let found = named(code, &module("x::y"));
    let expected = ["a::self", "a::One", "b::c::Two", "x::d::Three"].map(module);
    assert_eq!(found, expected);
    let of = |name: &str, used: &[&str]| (module(name), used.iter().copied().map(module).collect());
    assert_eq!(cycle(Uses::from([of("a", &["b"]), of("b", &[])])), None);
    let round = Uses::from([of("a", &["b"]), of("b", &["c"]), of("c", &["b"])]);
    assert_eq!(cycle(round), Some(vec![module("b"), module("c")]));
}
