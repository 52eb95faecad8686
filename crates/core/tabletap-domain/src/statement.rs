//! What a guest said who ordered a dish that contains what they are allergic to. It is about their health: kept sealed, printed nowhere.

use crate::{Lang, menu::Allergen, order::Order, time::UnixMillis};
use std::collections::BTreeSet;

/// What was stated with one order. `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct AllergyStatement {
    /// What somebody of the party must not eat.
    pub stated: BTreeSet<Allergen>,
    /// The language of the words.
    pub lang: Lang,
    /// When.
    pub at: UnixMillis,
    /// The lines that were ordered all the same.
    pub lines: Vec<AcceptedLine>,
}

/// One line that a guest took although it contains what they are allergic to.
#[derive(Clone, PartialEq, Eq)]
pub struct AcceptedLine {
    /// Its place among the order's lines, from 0.
    pub place: usize,
    /// The dish, as the guest read it.
    pub dish: String,
    /// What of their allergies it contains.
    pub allergens: BTreeSet<Allergen>,
    /// The sentences that they confirmed.
    pub words: String,
}

impl std::fmt::Debug for AllergyStatement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AllergyStatement(..)")
    }
}

impl std::fmt::Debug for AcceptedLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AcceptedLine(..)")
    }
}

impl AllergyStatement {
    /// What was stated with this order, where any line was accepted. `words` are the sentences that are shown beside such a dish.
    #[must_use]
    pub fn of(order: &Order, words: impl Fn(&BTreeSet<Allergen>) -> String) -> Option<Self> {
        let lines = order.cart.lines.iter().enumerate();
        let lines: Vec<AcceptedLine> = lines
            .filter(|(_, line)| !line.accepted.is_empty())
            .map(|(place, line)| AcceptedLine {
                place,
                dish: line.name.guest.clone(),
                allergens: line.accepted.clone(),
                words: words(&line.accepted),
            })
            .collect();
        (!lines.is_empty()).then(|| Self {
            stated: order.cart.allergies.clone(),
            lang: order.lang.clone(),
            at: order.placed_at,
            lines,
        })
    }
}
