//! `nutrition:` of a dish: what a serving holds, in grams, read exactly into milligrams.

use super::{
    decimal,
    fields::{Field, Fields},
    mistake::Report,
};
use std::collections::BTreeMap;
use tabletap_domain::menu::Nutrient;

/// As the file names them, by their units there.
const KEYS: [(&str, Nutrient); 8] = [
    ("energy_kcal", Nutrient::Energy),
    ("fat_g", Nutrient::Fat),
    ("saturated_fat_g", Nutrient::SaturatedFat),
    ("carbohydrate_g", Nutrient::Carbohydrate),
    ("sugars_g", Nutrient::Sugars),
    ("fibre_g", Nutrient::Fibre),
    ("protein_g", Nutrient::Protein),
    ("salt_g", Nutrient::Salt),
];
/// Each of the second holds the first.
const PARTS: [(Nutrient, Nutrient); 2] = [
    (Nutrient::SaturatedFat, Nutrient::Fat),
    (Nutrient::Sugars, Nutrient::Carbohydrate),
];
/// More than a platter for a table holds.
const ENERGY_KCAL_MAX: u32 = 20_000;
const GRAMS_MAX: u32 = 5_000;

/// The declaration; empty where the dish has none.
pub(crate) fn read(fields: &mut Fields<'_>, report: &mut Report) -> BTreeMap<Nutrient, u32> {
    let mut nutrition = BTreeMap::new();
    let Some(block) = fields.optional("nutrition") else {
        return nutrition;
    };
    let mut fields = block.open(report);
    for (key, nutrient) in KEYS {
        let field = fields.optional(key);
        let amount = field.and_then(|field| match nutrient {
            Nutrient::Energy => field.count(report, 0, ENERGY_KCAL_MAX),
            _ => milligrams(&field, report),
        });
        nutrition.extend(amount.map(|amount| (nutrient, amount)));
    }
    fields.close(report);
    for (part, whole) in PARTS {
        let (held, holds) = (nutrition.get(&part), nutrition.get(&whole));
        if held.zip(holds).is_some_and(|(held, holds)| held > holds) {
            let name = |nutrient| KEYS.iter().find(|(_, known)| *known == nutrient);
            let names = name(part).zip(name(whole));
            let message =
                names.map(|((part, _), (whole, _))| format!("`{part}` is more than `{whole}`"));
            block.error(report, message.unwrap_or_default());
        }
    }
    nutrition
}

fn milligrams(field: &Field<'_>, report: &mut Report) -> Option<u32> {
    let word = field.word(report)?;
    let milligrams = thousandths(word).filter(|milligrams| *milligrams <= GRAMS_MAX * 1000);
    if milligrams.is_none() {
        let hint = decimal::guess(word, 3, &["g"])
            .filter(|plain| thousandths(plain).is_some())
            .map(|plain| format!("write `{plain}`"));
        let message = format!(
            "`{word}` is not a number of grams from 0 to {GRAMS_MAX} with at most three decimals"
        );
        field.error_with_hint(report, message, hint);
    }
    milligrams
}

fn thousandths(word: &str) -> Option<u32> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let is_shaped = !whole.is_empty() && plain(whole) && plain(fraction) && !word.ends_with('.');
    if !is_shaped || fraction.len() > 3 {
        return None;
    }
    format!("{whole}{fraction:0<3}").parse().ok()
}
