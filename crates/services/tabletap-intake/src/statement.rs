//! What a guest confirmed who ordered a dish that contains what they are allergic to, in the words of the page.

use crate::page_words;
use std::collections::BTreeSet;
use tabletap_domain::{Lang, menu::Allergen, order::Order, statement::AllergyStatement};

/// The statement that belongs beside a new order, where any of its lines needs one.
pub(crate) fn statement(order: &Order) -> Option<AllergyStatement> {
    AllergyStatement::of(order, |allergens| words(allergens, &order.lang))
}

/// What the page and the form show beside such a dish, and what the tick says.
fn words(allergens: &BTreeSet<Allergen>, lang: &Lang) -> String {
    let file = page_words::file(lang.as_str());
    let say = |key| page_words::find(file, key);
    let names: Vec<&str> = allergens.iter().map(|word| say(word.as_str())).collect();
    let comma = match lang.as_str().split('-').next() {
        Some("ar") => "، ",
        Some("ja") => "、",
        _ => ", ",
    };
    let told = say("youToldUs").replace("{list}", &names.join(comma));
    format!("{told}. {} ☑ {}", say("conflictText"), say("acknowledge"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_statement_is_what_the_page_shows_in_every_language() {
        let both = BTreeSet::from([Allergen::Egg, Allergen::Milk]);
        for lang in ["ar", "de", "en", "es", "ja"] {
            let said = words(&both, &Lang::parse(lang).unwrap());
            assert!(
                !said.contains('{') && !said.contains("  "),
                "{lang}: {said}"
            );
            assert!(!said.ends_with("☑ "), "{lang}: {said}");
        }
        assert_eq!(
            words(
                &BTreeSet::from([Allergen::Egg]),
                &Lang::parse("en-GB").unwrap()
            ),
            "You told us: egg. As chosen, this dish contains it. Leaving something out does not make it safe. ☑ I know, and I want it all \
             the same"
        );
    }
}
