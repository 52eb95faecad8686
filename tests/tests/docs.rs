//! Every path in the documents exists: each one in code marks, and each link between files of the repository. The page and the contract
//! state the server's limits.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tabletap_domain::limits;

/// Folders with files that are built or installed, and not in the repository.
const GENERATED_FOLDERS: [&str; 3] = ["target", "node_modules", "dist"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests is in the root")
        .to_owned()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn is_in_repository(path: &Path) -> bool {
    let name = name(path);
    !name.starts_with('.') && !GENERATED_FOLDERS.contains(&name.as_str())
}

/// Every document of the repository.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in entries(&folder).filter(|path| is_in_repository(path)) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// What a path can begin with, and where that is: the folders of the repository and the names of its crates.
fn path_roots(root: &Path) -> BTreeMap<String, PathBuf> {
    let in_root = entries(root).filter(|path| path.is_dir() && is_in_repository(path));
    let mut all: BTreeMap<String, PathBuf> = in_root.map(|path| (name(&path), path)).collect();
    let mut folders = vec![root.join("crates")];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder).filter(|path| path.is_dir()) {
            if path.join("Cargo.toml").is_file() {
                all.insert(name(&path), path);
            } else {
                folders.push(path);
            }
        }
    }
    all
}

/// A text without its fenced blocks, which show commands and their output.
fn prose(text: &str) -> String {
    let outside = text.split("```").step_by(2);
    outside.collect()
}

/// The texts in code marks.
fn code_spans(prose: &str) -> Vec<&str> {
    let paragraphs = prose.split("\n\n");
    paragraphs
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .collect()
}

/// The targets of links without a host.
fn links(prose: &str) -> Vec<&str> {
    let targets = prose.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split([')', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}

/// The path that a code span names, up to a part that is a placeholder. `None` for spans that are not paths.
fn path_of(span: &str, path_roots: &BTreeMap<String, PathBuf>) -> Option<PathBuf> {
    let (first, rest) = span.split_once('/')?;
    let start = path_roots.get(first)?;
    if span.contains(char::is_whitespace) {
        return None;
    }
    let mut path = start.clone();
    for part in rest.split('/').filter(|part| !part.is_empty()) {
        if part.contains(['{', '<', '*', '…']) || GENERATED_FOLDERS.contains(&part) {
            break;
        }
        path.push(part);
    }
    Some(path)
}

/// The paths of a document that do not exist.
fn broken_paths(
    document: &Path,
    text: &str,
    path_roots: &BTreeMap<String, PathBuf>,
) -> Vec<String> {
    let folder = document.parent().expect("a document lies in a folder");
    let prose = prose(text);
    let spans = code_spans(&prose)
        .into_iter()
        .filter_map(|span| Some((span, path_of(span, path_roots)?)));
    let links = links(&prose)
        .into_iter()
        .map(|link| (link, folder.join(link)));
    spans
        .chain(links)
        .filter(|(_, path)| !path.exists())
        .map(|(named, _)| format!("{}: {named}", document.display()))
        .collect()
}

#[test]
fn every_path_in_the_documents_exists() {
    let root = root();
    let path_roots = path_roots(&root);
    let documents = documents(&root);
    let names: Vec<String> = documents.iter().map(|path| name(path)).collect();
    for expected in ["README.md", "ARCHITECTURE.md", "where-to-change.md"] {
        assert!(names.iter().any(|name| name == expected), "no {expected}");
    }
    let mut all = Vec::new();
    for document in &documents {
        let text = fs::read_to_string(document).expect("text");
        all.extend(broken_paths(document, &text, &path_roots));
    }
    assert!(all.is_empty(), "these do not exist:\n{}", all.join("\n"));
}

#[test]
fn a_path_that_does_not_exist_is_reported_and_other_text_is_ignored() {
    let root = root();
    let document = root.join("docs/x.md");
    let text = "`docs/no-such.md`, `docs/openapi.yaml`, [a](../no-such.md), [b](openapi.yaml#x), [c](https://example.com/d),
`tabletap-domain/src/no-such.rs`, `tabletap-domain/src/lib.rs`, `events/<function>/<fact>.json`, `frontend/dist/x`, `/v1/orders`,
`make run`, `no/such`.

```
`docs/shown.md`
```";
    let all = broken_paths(&document, text, &path_roots(&root));
    let named: Vec<&str> = all
        .iter()
        .filter_map(|line| line.split(": ").nth(1))
        .collect();
    let expected = [
        "docs/no-such.md",
        "tabletap-domain/src/no-such.rs",
        "../no-such.md",
    ];
    assert_eq!(named, expected);
}

#[test]
fn the_page_has_the_servers_limits() {
    let page = fs::read_to_string(root().join("frontend/shared/cart.ts")).expect("text");
    let expected = [
        format!("LINE_QUANTITY_MAX = {};", limits::LINE_QUANTITY_MAX),
        format!("NOTE_CHARS_MAX = {};", limits::NOTE_CHARS_MAX),
        format!("GUEST_CHARS_MAX = {};", limits::GUEST_CHARS_MAX),
    ];
    for limit in expected {
        let line = format!("export const {limit}\n");
        assert!(
            page.contains(&line),
            "frontend/shared/cart.ts lacks {limit}"
        );
    }
}

#[test]
fn the_contract_has_the_servers_limits() {
    let contract = fs::read_to_string(root().join("docs/openapi.yaml")).expect("text");
    for (field, limit) in [
        ("note", limits::NOTE_CHARS_MAX),
        ("guest", limits::GUEST_CHARS_MAX),
        ("name", limits::GUEST_CHARS_MAX),
    ] {
        let mut described = contract
            .lines()
            .filter(|line| line.trim_start().starts_with(&format!("{field}: {{")))
            .filter(|line| line.contains("characters after cleaning"))
            .peekable();
        assert!(described.peek().is_some(), "no limit for `{field}`");
        let sentence = format!("{limit} characters after cleaning");
        for line in described {
            assert!(line.contains(&sentence), "expected {sentence}: {line}");
        }
    }
}
