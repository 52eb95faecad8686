//! `docs/menu.schema.json`, which editors read, knows the keys that the reader knows, and no others.

use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

thread_local! {
    /// The keys that the reader asked for at each kind of place in this thread.
    static ASKED: RefCell<BTreeMap<String, BTreeSet<&'static str>>> = RefCell::default();
}

/// Notes what the reader asks for in the mapping at `path`.
pub(super) fn note(path: &str, asked: &[&'static str]) {
    let kind = kind_of(path);
    ASKED.with_borrow_mut(|known| known.entry(kind).or_default().extend(asked));
}

/// A path without what its file chose: `groups.size.options[0]` is `groups.*.options.[]`.
fn kind_of(path: &str) -> String {
    let parts = path.replace('[', ".[");
    let mut kinds: Vec<&str> = Vec::new();
    for part in parts.split('.').filter(|part| !part.is_empty()) {
        let is_chosen = matches!(
            kinds.as_slice(),
            ["groups"] | ["store", "tax", "categories"]
        );
        kinds.push(match part {
            index if index.starts_with('[') => "[]",
            _ if is_chosen => "*",
            key => key,
        });
    }
    kinds.join(".")
}

fn schema() -> Value {
    let text = include_str!("../../../../../docs/menu.schema.json");
    serde_json::from_str(text).expect("the schema is JSON")
}

/// The schema of a mapping at a kind of place, and where it stands in the document.
fn at<'s>(schema: &'s Value, kind: &str) -> Option<(&'s Value, String)> {
    let mut found = mapping(schema, (schema, String::new()))?;
    for part in kind.split('.').filter(|part| !part.is_empty()) {
        found = mapping(schema, step(schema, &found, part)?)?;
    }
    found.0.get("properties").is_some().then_some(found)
}

type Place<'s> = (&'s Value, String);

fn step<'s>(schema: &'s Value, (node, pointer): &Place<'s>, part: &str) -> Option<Place<'s>> {
    let (key, name) = match part {
        "[]" => (node.get("items")?, "items".to_owned()),
        "*" => (
            node.get("additionalProperties")?,
            "additionalProperties".to_owned(),
        ),
        key => (
            node.get("properties")?.get(key)?,
            format!("properties/{key}"),
        ),
    };
    mapping(schema, (key, format!("{pointer}/{name}")))
}

/// What a node refers to, or its branch that is a mapping or a list.
fn mapping<'s>(schema: &'s Value, (node, pointer): Place<'s>) -> Option<Place<'s>> {
    let reference = node.get("$ref").or_else(|| node.pointer("/allOf/0/$ref"));
    if let Some(reference) = reference.and_then(Value::as_str) {
        let pointer = reference.strip_prefix('#')?.to_owned();
        return mapping(schema, (schema.pointer(&pointer)?, pointer));
    }
    let Some(branches) = node.get("anyOf").and_then(Value::as_array) else {
        return Some((node, pointer));
    };
    let is_mapping = |branch: &&Value| branch["type"] == "object" || branch["type"] == "array";
    let branch = branches.iter().position(|branch| is_mapping(&branch))?;
    Some((&branches[branch], format!("{pointer}/anyOf/{branch}")))
}

/// Every mapping of the schema whose keys are listed.
fn listed(node: &Value, pointer: &str, found: &mut BTreeSet<String>) {
    let Some(object) = node.as_object() else {
        return;
    };
    if object.contains_key("properties") && object.contains_key("additionalProperties") {
        found.insert(pointer.to_owned());
    }
    for (key, child) in object {
        match child {
            Value::Array(children) => {
                for (index, child) in children.iter().enumerate() {
                    listed(child, &format!("{pointer}/{key}/{index}"), found);
                }
            }
            _ => listed(child, &format!("{pointer}/{key}"), found),
        }
    }
}

/// A file with every kind of mapping in it, if not with every key.
const WHOLE: &str = "
store:
  tax: {prices: inclusive, categories: {food: [{name: VAT, percent: 7}]}}
  service_charge: {name: Service}
  stations: [{id: bar}]
  tables: [{id: t1}]
  contact: {phone: '1'}
  payments: {account: x}
  dine_in: {hours: {daily: closed}, holidays: {}}
  takeout: {hours: {daily: closed}, holidays: {}}
  languages: [en]
groups: {size: {name: Size, options: [{id: a, name: A, groups: [{id: g, name: G, options: [{id: b, name: B}]}]}]}}
categories: [{id: c, name: C, items: [{id: i, name: I, nutrition: {}, groups: [size, {id: g, name: G, options: [{id: b, name: B}]}]}]}]
";

#[test]
fn editors_know_the_keys_that_the_reader_knows_and_no_others() {
    ASKED.take();
    let refused = super::read_stores(WHOLE, &super::Images::new());
    assert!(refused.is_err(), "half of it is missing");
    let (schema, asked) = (schema(), ASKED.take());
    let mut seen = BTreeSet::new();
    for (kind, keys) in &asked {
        let (mapping, pointer) = at(&schema, kind)
            .unwrap_or_else(|| panic!("the schema has no mapping at `{kind}`: {keys:?}"));
        let listed = mapping["properties"].as_object().expect("a mapping").keys();
        let listed: BTreeSet<&str> = listed.map(String::as_str).collect();
        assert_eq!(listed, *keys, "`{kind}`, which is {pointer}");
        assert_eq!(
            mapping["additionalProperties"], false,
            "`{kind}` takes no other"
        );
        seen.insert(pointer);
    }
    let mut all = BTreeSet::new();
    listed(&schema, "", &mut all);
    assert_eq!(all, seen, "every mapping of the schema is read");
    assert!(asked.len() > 15, "{asked:?}");
}
