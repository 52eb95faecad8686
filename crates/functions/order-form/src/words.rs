//! What the form says. The words that the page's script says too are read from the script's own files, so that both say the same; the
//! few others stand in [`own`].

mod own;

pub(crate) use own::Own;
pub(crate) use tabletap_guest::fill;

use std::sync::LazyLock;
use tabletap_domain::menu::Allergen;
use tabletap_wire::page_words::say;

macro_rules! page_words {
    ($($field:ident = $key:literal),+ $(,)?) => {
        /// The words of one locale, as the files under `frontend/shared/messages/` have them.
        #[derive(Debug)]
        pub(crate) struct Words {
            $(pub(crate) $field: &'static str,)+
            allergens: Vec<&'static str>,
        }

        impl Words {
            fn read(locale: &str) -> Self {
                Self {
                    $($field: say(locale, $key),)+
                    allergens: Allergen::ALL.iter().map(|a| say(locale, a.as_str())).collect(),
                }
            }

            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                let mut all = vec![$(($key, self.$field)),+];
                all.extend(self.allergens.iter().map(|word| ("an allergen", *word)));
                all
            }
        }
    };
}

page_words!(
    acknowledge = "acknowledge",
    ask_in_person = "askInPerson",
    back_to_menu = "backToMenu",
    browse_only = "browseOnly",
    cancelled_text = "cancelledText",
    cannot_send = "cannotSend",
    change = "change",
    changed_text = "changedText",
    changed_title = "changedTitle",
    choose = "choose",
    choose_range = "chooseRange",
    confirm_first = "confirmFirst",
    conflict_text = "conflictText",
    contains = "contains",
    ended_title = "endedTitle",
    gone_from_menu = "goneFromMenu",
    held = "held",
    how_many = "howMany",
    includes = "includes",
    kitchen_closed = "kitchenClosed",
    kitchen_opens = "kitchenOpens",
    kitchen_opens_day = "kitchenOpensDay",
    my_allergies = "myAllergies",
    not_yours = "notYours",
    note_for_cook = "noteForCook",
    note_hint = "noteHint",
    optional = "optional",
    order_more = "orderMore",
    order_number = "orderNumber",
    pick_for = "pickFor",
    problem = "problem",
    replaced = "replaced",
    say_number = "sayNumber",
    send = "send",
    send_changed = "sendChanged",
    sold_out = "soldOut",
    start_again = "startAgain",
    station_accepted = "stationAccepted",
    station_queued = "stationQueued",
    station_trouble = "stationTrouble",
    step_cancelled = "stepCancelled",
    step_making = "stepMaking",
    step_paper = "stepPaper",
    step_ready = "stepReady",
    step_sent = "stepSent",
    step_served = "stepServed",
    step_to_kitchen = "stepToKitchen",
    subtotal = "subtotal",
    to_pay = "toPay",
    unknown_table = "unknownTable",
    up_to = "upTo",
    you_told_us = "youToldUs",
    your_order = "yourOrder",
);

impl Words {
    /// An allergen's word.
    pub(crate) fn allergen(&self, allergen: Allergen) -> &'static str {
        let all = Allergen::ALL.iter().zip(&self.allergens);
        let mut word = all.filter(|(other, _)| **other == allergen);
        word.next().map_or("", |(_, word)| word)
    }
}

macro_rules! language {
    ($name:ident, $locale:literal) => {
        static $name: LazyLock<Words> = LazyLock::new(|| Words::read($locale));
    };
}

language!(AMERICAN, "en-US");
language!(ARABIC, "ar");
language!(GERMAN, "de");
language!(ENGLISH, "en");
language!(SPANISH, "es");
language!(JAPANESE, "ja");

/// The words of a page of `locale`, English ones where we have none: the script's, and the form's own.
pub(crate) fn of(locale: &str) -> (&'static Words, &'static Own) {
    if locale == "en-US" {
        return (&AMERICAN, &own::ENGLISH);
    }
    match locale.split('-').next().unwrap_or(locale) {
        "ar" => (&ARABIC, &own::ARABIC),
        "de" => (&GERMAN, &own::GERMAN),
        "es" => (&SPANISH, &own::SPANISH),
        "ja" => (&JAPANESE, &own::JAPANESE),
        _ => (&ENGLISH, &own::ENGLISH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_in_every_language() {
        for lang in ["ar", "de", "en", "en-US", "es", "ja"] {
            let (words, _) = of(lang);
            for (key, word) in words.all() {
                assert!(!word.is_empty(), "{lang} has no {key}");
            }
        }
        assert_eq!(of("ja").0.allergen(Allergen::Molluscs), "貝・いか・たこ");
        assert_eq!(of("fr-CA").0.send, "Send to the kitchen");
        assert_eq!(of("en-US").0.allergen(Allergen::Molluscs), "mollusks");
        assert_eq!(of("en-US").0.send, "Send to the kitchen");
    }
}
