//! Lists of words from a fixed set: allergens, diets.

use super::{
    fields::{Field, Fields},
    hint,
    mistake::Report,
};
use std::collections::BTreeSet;
use tabletap_domain::menu::{Allergen, Diet};

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

/// What a dish cannot hold and still fit a diet.
const CONTRADICTIONS: &[(Diet, &[Allergen])] = &[
    (
        Diet::Vegan,
        &[
            Allergen::Egg,
            Allergen::Milk,
            Allergen::Fish,
            Allergen::Crustaceans,
            Allergen::Molluscs,
        ],
    ),
    (
        Diet::Vegetarian,
        &[Allergen::Fish, Allergen::Crustaceans, Allergen::Molluscs],
    ),
    (Diet::GlutenFree, &[Allergen::Gluten]),
];

/// What of `allergens` a dish of this diet cannot hold.
pub(crate) fn contradicted(diet: Diet, allergens: &BTreeSet<Allergen>) -> Option<Allergen> {
    let mut held = CONTRADICTIONS
        .iter()
        .filter(|(other, _)| *other == diet)
        .flat_map(|(_, held)| held.iter().copied());
    held.find(|allergen| allergens.contains(allergen))
}

/// The `allergens:` of an item or option.
pub(crate) fn allergens(fields: &mut Fields<'_>, report: &mut Report) -> BTreeSet<Allergen> {
    let field = fields.optional("allergens");
    read(
        field.as_ref(),
        report,
        "allergen",
        Allergen::ALL,
        Allergen::as_str,
    )
}

/// The `diets:` of an item; one that its allergens contradict is a mistake, for a guest would trust the wrong one.
pub(crate) fn diets(
    fields: &mut Fields<'_>,
    allergens: &BTreeSet<Allergen>,
    report: &mut Report,
) -> BTreeSet<Diet> {
    let field = fields.optional("diets");
    let diets = read(field.as_ref(), report, "diet", Diet::ALL, Diet::as_str);
    for (diet, holds) in CONTRADICTIONS
        .iter()
        .filter(|(diet, _)| diets.contains(diet))
    {
        for allergen in holds.iter().filter(|allergen| allergens.contains(allergen)) {
            let message = format!(
                "a {} dish cannot contain {}",
                diet.as_str(),
                allergen.as_str()
            );
            field
                .iter()
                .for_each(|field| field.error(report, message.clone()));
        }
    }
    diets
}

/// The words of an optional list, each known and each once.
fn read<T: Copy + Ord>(
    field: Option<&Field<'_>>,
    report: &mut Report,
    kind: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> BTreeSet<T> {
    let mut found = BTreeSet::new();
    let entries = field
        .map(|field| field.list(report, all.len()))
        .unwrap_or_default();
    for entry in entries {
        let Some(word) = entry.word(report) else {
            continue;
        };
        match all.iter().copied().find(|value| as_str(*value) == word) {
            Some(value) => {
                if !found.insert(value) {
                    entry.error(report, format!("`{word}` appears here twice"));
                }
            }
            None => {
                let known = || all.iter().map(|value| as_str(*value));
                let meant = SYNONYMS
                    .iter()
                    .find(|(said, _)| *said == word)
                    .map(|(_, known)| *known);
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
