//! `locations:`: the stores of one chain in one file. Each is what `store:` says, but for the keys it gives itself.
//!
//! The tree is split before it is read, so nothing else knows of locations; a mistake is told under the path where it stands.

use super::{
    fields::Field,
    limits::LOCATIONS_MAX,
    mistake::{Mistake, Place, Report},
    tree::{Key, Node, Value},
};
use std::collections::BTreeMap;
use tabletap_domain::Slug;

/// A file as if it were of one store only.
#[derive(Debug)]
pub(crate) struct Location {
    pub(crate) root: Node,
    own: Option<Own>,
}

/// What a location says itself.
#[derive(Debug)]
struct Own {
    at: Place,
    path: String,
    keys: Vec<String>,
}

/// One tree for each location, or the tree itself where there are none.
pub(crate) fn split(root: Node, report: &mut Report) -> Vec<Location> {
    let Value::Map(mut entries) = root.value else {
        return vec![Location { root, own: None }];
    };
    let Some(index) = entries.iter().position(|(key, _)| key.text == "locations") else {
        let value = Value::Map(entries);
        return vec![Location {
            root: Node::new(root.at, value),
            own: None,
        }];
    };
    let (_, list) = entries.remove(index);
    let count = Field::new(&list, "locations".to_owned()).list(report, LOCATIONS_MAX);
    if count.is_empty() {
        report.error(list.at, "locations", "at least one is needed");
    }
    let Value::List(nodes) = list.value else {
        return Vec::new();
    };
    let mut locations = Vec::new();
    for (index, node) in nodes.into_iter().take(LOCATIONS_MAX).enumerate() {
        let path = format!("locations[{index}]");
        match node.value {
            Value::Map(own) => locations.push(merge(root.at, &entries, node.at, own, path)),
            _ => report.error(node.at, &path, "expected lines of the form `key: value`"),
        }
    }
    locations
}

/// The file's entries, with a store that is the location's own keys and then those of `store:`.
fn merge(
    root: Place,
    shared: &[(Key, Node)],
    at: Place,
    mut store: Vec<(Key, Node)>,
    path: String,
) -> Location {
    let keys: Vec<String> = store.iter().map(|(key, _)| key.text.clone()).collect();
    let mut entries = Vec::new();
    for (key, node) in shared {
        match &node.value {
            Value::Map(common) if key.text == "store" => {
                let inherited = common.iter().filter(|(key, _)| !keys.contains(&key.text));
                store.extend(inherited.cloned());
            }
            _ => entries.push((key.clone(), node.clone())),
        }
    }
    let key = Key {
        at,
        text: "store".to_owned(),
    };
    let value = Value::Map(store);
    entries.insert(0, (key, Node::new(at, value)));
    let value = Value::Map(entries);
    Location {
        root: Node::new(root, value),
        own: Some(Own { at, path, keys }),
    }
}

impl Location {
    /// Reports a slug that another location has.
    pub(crate) fn check_new(
        &self,
        slug: &Slug,
        seen: &mut BTreeMap<Slug, usize>,
        report: &mut Report,
    ) {
        let Some(own) = &self.own else { return };
        if let Some(line) = seen.insert(slug.clone(), own.at.line) {
            let message = format!("the location on line {line} already has the slug `{slug}`");
            report.error(own.at, "store.slug", message);
        }
    }

    /// The mistakes under the paths of the file itself.
    pub(crate) fn rename(&self, mut mistakes: Vec<Mistake>) -> Vec<Mistake> {
        let Some(Own { path, keys, .. }) = &self.own else {
            return mistakes;
        };
        for mistake in &mut mistakes {
            let rest = mistake.path.strip_prefix("store");
            let rest = rest.filter(|rest| {
                let key = rest.trim_start_matches('.').split(['.', '[']).next();
                rest.is_empty() || key.is_some_and(|key| keys.iter().any(|own| own == key))
            });
            if let Some(renamed) = rest.map(|rest| format!("{path}{rest}")) {
                mistake.path = renamed;
            }
        }
        mistakes
    }
}
