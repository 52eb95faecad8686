//! Lists of words from a fixed set: allergens, diets.

use super::{fields::Field, hint, mistake::Report};
use std::collections::BTreeSet;

/// What people write for the words of the allergen list (EU regulation 1169/2011, annex II).
const SYNONYMS: &[(&str, &str)] = &[
    ("wheat", "gluten"),
    ("barley", "gluten"),
    ("rye", "gluten"),
    ("shellfish", "crustaceans"),
    ("shrimp", "crustaceans"),
    ("crab", "crustaceans"),
    ("clams", "molluscs"),
    ("oysters", "molluscs"),
    ("squid", "molluscs"),
    ("dairy", "milk"),
    ("lactose", "milk"),
    ("tree-nuts", "nuts"),
    ("almonds", "nuts"),
    ("soya", "soy"),
];

/// The words of an optional list, each known and each once.
pub(crate) fn read<T: Copy + Ord>(
    field: Option<Field<'_>>,
    report: &mut Report,
    kind: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> BTreeSet<T> {
    let mut found = BTreeSet::new();
    let entries = field.map(|field| field.list(report, all.len())).unwrap_or_default();
    for entry in entries {
        let Some(word) = entry.word(report) else { continue };
        match all.iter().copied().find(|value| as_str(*value) == word) {
            Some(value) => {
                if !found.insert(value) {
                    entry.error(report, format!("`{word}` stands here twice"));
                }
            }
            None => {
                let known = || all.iter().map(|value| as_str(*value));
                let meant = SYNONYMS.iter().find(|(said, _)| *said == word).map(|(_, known)| *known);
                let hint = match meant.filter(|meant| known().any(|word| word == *meant)) {
                    Some(meant) => Some(format!("here it is called `{meant}`")),
                    None => hint::did_you_mean_or_list(word, known()),
                };
                entry.error_with_hint(report, format!("there is no {kind} `{word}`"), hint);
            }
        }
    }
    found
}
