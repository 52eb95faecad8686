//! What a guest confirmed who ordered a dish that contains what they are allergic to, in the words of the page.

use std::collections::BTreeSet;
use tabletap_domain::{locale::locale, menu::Allergen, order::Order, statement::AllergyStatement};
use tabletap_wire::page_words;

/// The statement that belongs beside a new order, where any of its lines needs one.
pub(crate) fn statement(order: &Order) -> Option<AllergyStatement> {
    let locale = locale(order.lang.as_str(), order.currency.code());
    AllergyStatement::of(order, |allergens| words(allergens, &locale))
}

/// What the page and the form show beside such a dish, and what the tick says.
fn words(allergens: &BTreeSet<Allergen>, locale: &str) -> String {
    let say = |key| page_words::say(locale, key);
    let list = page_words::allergens(allergens, locale);
    let [told, contains] =
        ["youToldUs", "conflictText"].map(|key| say(key).replace("{list}", &list));
    format!("{told} {contains} ☑ {}", say("acknowledge"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_is_what_the_page_shows_in_every_language() {
        let both = BTreeSet::from([Allergen::Egg, Allergen::Milk]);
        for lang in ["ar", "de", "en", "es", "ja"] {
            let said = words(&both, lang);
            assert!(
                !said.contains('{') && !said.contains("  "),
                "{lang}: {said}"
            );
            assert!(!said.ends_with("☑ "), "{lang}: {said}");
        }
        assert_eq!(
            words(&BTreeSet::from([Allergen::Egg]), "en-GB"),
            "You told us you’re allergic to egg. This dish contains egg. Leaving something out doesn’t make it safe. ☑ I understand and \
             want it anyway"
        );
    }
}
