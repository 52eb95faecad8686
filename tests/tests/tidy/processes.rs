//! The table *Processes* in ARCHITECTURE.md: a row for each function, with what its crate says of itself.

use std::{collections::BTreeSet, fs};

/// The facts of a row, as the doc of a function's `lib.rs` lists them.
const FACTS: [&str; 5] = ["Started by", "Reads", "Writes", "Emits", "When it fails"];

/// What follows the functions in the table; it is written by hand.
const AGENT: &str = "| `printer-agent` |";

/// A function's row; the list in its doc may go on over several lines.
fn row(name: &str, source: &str) -> String {
    let doc = source.lines().map_while(|line| line.strip_prefix("//!"));
    let mut entries: Vec<String> = Vec::new();
    for line in doc {
        match (line.strip_prefix(" - "), line.strip_prefix("   ")) {
            (Some(entry), _) => entries.push(entry.to_owned()),
            (None, Some(more)) => {
                if let Some(entry) = entries.last_mut() {
                    entry.push(' ');
                    entry.push_str(more.trim());
                }
            }
            (None, None) => {}
        }
    }
    let mut row = format!("| `{name}` |");
    for fact in FACTS {
        let of_fact =
            |entry: &String| Some(entry.strip_prefix(fact)?.strip_prefix(": ")?.to_owned());
        let told = entries.iter().find_map(of_fact);
        let told = told.unwrap_or_else(|| {
            panic!("the doc of crates/functions/{name}/src/lib.rs has no entry `- {fact}: …`")
        });
        row += &format!(" {told} |");
    }
    row
}

/// The page with the row of each function: in the order of the page, and new ones after the others.
fn with_rows(page: &str, functions: &BTreeSet<String>, row: impl Fn(&str) -> String) -> String {
    let (before, rest) = page.split_once("## Processes\n").expect("the heading");
    let (table, after) = rest.split_once(AGENT).expect("the row of the agent");
    let mut left = functions.clone();
    let mut lines = Vec::new();
    for line in table.lines() {
        match line
            .strip_prefix("| `")
            .and_then(|rest| rest.split_once('`'))
        {
            Some((name, _)) if left.remove(name) => lines.push(row(name)),
            // A function that is gone.
            Some(_) => {}
            None => lines.push(line.to_owned()),
        }
    }
    lines.extend(left.iter().map(|name| row(name)));
    let table = lines.join("\n");
    format!("{before}## Processes\n{table}\n{AGENT}{after}")
}

#[test]
fn the_table_of_processes_says_what_each_function_says_of_itself() {
    let file = super::root().join("ARCHITECTURE.md");
    let page = fs::read_to_string(&file).expect("ARCHITECTURE.md");
    let of_crate = |name: &str| {
        let source = super::root()
            .join("crates/functions")
            .join(name)
            .join("src/lib.rs");
        row(name, &fs::read_to_string(&source).expect("lib.rs"))
    };
    let right = with_rows(&page, &super::functions(), of_crate);
    if page != right {
        fs::write(&file, right).expect("ARCHITECTURE.md is written");
        panic!(
            "ARCHITECTURE.md was behind the functions' own words. Its rows are written anew: read and commit them"
        );
    }
}

#[test]
fn a_new_functions_row_comes_after_the_others_and_that_of_one_that_is_gone_goes() {
    let page = "a\n## Processes\n\n| process |\n|---|\n| `b` | old |\n| `gone` | x |\n| `printer-agent` | y |\nrest";
    let functions = BTreeSet::from(["a-new".to_owned(), "b".to_owned()]);
    let written = with_rows(page, &functions, |name| format!("| `{name}` | its words |"));
    assert_eq!(
        written,
        "a\n## Processes\n\n| process |\n|---|\n| `b` | its words |\n| `a-new` | its words |\n| `printer-agent` | y |\nrest"
    );
    let source = "//! What it does.\n//!\n//! - Started by: a\n//!   queue\n//! - Reads: b\n//! - Writes: c\n//! - Emits: d\n//! - When it fails: e\n\nmod x;";
    assert_eq!(
        row("a-new", source),
        "| `a-new` | a queue | b | c | d | e |"
    );
}
