//! What a guest asks for: ids, choices, quantities, notes. It names no price; [`crate::pricing`] makes an order of it.

use crate::{GroupId, ItemId, OptionId, menu::Allergen};
use std::collections::BTreeSet;

/// A cart as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cart {
    /// What is wanted, in the order it was chosen.
    pub lines: Vec<CartLine>,
    /// For the whole order.
    pub note: String,
    /// Whose it is, if the guest said so.
    pub guest: String,
    /// What somebody of the party must not eat.
    pub allergies: BTreeSet<Allergen>,
}

/// One dish with its choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartLine {
    /// The dish.
    pub item: ItemId,
    /// How many of it; as sent, so it may be out of range.
    pub quantity: i64,
    /// Answers to its option groups.
    pub choices: Vec<Choice>,
    /// For the cook.
    pub note: String,
    /// The guest knows that the dish holds what they named in `allergies`, and wants it all the same.
    pub acknowledged: bool,
}

/// One chosen option, with the answers to its own groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The question.
    pub group: GroupId,
    /// The answer.
    pub option: OptionId,
    /// How many of it; as sent, so it may be out of range.
    pub quantity: i64,
    /// Answers to the option's own groups.
    pub choices: Vec<Choice>,
}

/// Why a cart cannot be made an order. The first mistake found, with the field it stands in, e.g. `lines[2].choices[0].option_id`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct CartError {
    /// The field, as the request names it.
    pub field: String,
    /// What is wrong with it.
    pub problem: CartProblem,
}

/// What can be wrong with a cart; each is a code of the HTTP contract. Names are in the guest's language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CartProblem {
    /// No lines.
    #[error("There is nothing in this order yet.")]
    Empty,
    /// More lines than one order may have.
    #[error("An order can have at most {0} lines. Please split it into two orders.")]
    TooManyLines(usize),
    /// A quantity below 1 or above what is allowed.
    #[error("Please choose a quantity from 1 to {0}.")]
    QuantityOutOfRange(u32),
    /// More dishes than one order may have.
    #[error("An order can have at most {0} dishes. Please split it into two orders.")]
    TooManyDishes(u32),
    /// No such item on this store's menu.
    #[error("This dish is no longer on the menu.")]
    UnknownItem,
    /// Switched off.
    #[error("{0} is sold out.")]
    ItemUnavailable(String),
    /// The dish has no such option group.
    #[error("{0} no longer has this option.")]
    UnknownGroup(String),
    /// The group has no such option.
    #[error("{0} no longer has this option.")]
    UnknownOption(String),
    /// Switched off.
    #[error("{0} is sold out.")]
    OptionUnavailable(String),
    /// The same option was chosen twice in one group.
    #[error("{0} was chosen twice.")]
    DuplicateChoice(String),
    /// Fewer options than the group needs.
    #[error("“{group}”: please choose at least {min}.")]
    TooFewChoices {
        /// The question.
        group: String,
        /// Fewest options.
        min: u32,
    },
    /// More options than the group allows.
    #[error("“{group}”: please choose at most {max}.")]
    TooManyChoices {
        /// The question.
        group: String,
        /// Most options.
        max: u32,
    },
    /// More choices on one line or order, or nested deeper, than any dinner needs.
    #[error("There are too many choices to send at once.")]
    ChoicesOutOfBounds,
    /// What one station would have to read of it fits on no ticket.
    #[error("This order is too long for one kitchen ticket. Please split it into two orders.")]
    TooLongForTicket,
    /// The line holds what the guest must not eat, and they have not said that they know.
    #[error(
        "{dish} contains {}. Please confirm that you want it, or remove it.",
        listed(allergens)
    )]
    AllergenConflict {
        /// The dish.
        dish: String,
        /// What the guest named, of what it holds; not empty.
        allergens: BTreeSet<Allergen>,
    },
    /// Too many characters.
    #[error("Please keep this to {0} characters.")]
    TextTooLong(usize),
    /// The options take more off than the dish costs, or the sum is beyond any dinner.
    #[error("The total of this order can’t be charged.")]
    TotalOutOfRange,
}

impl CartProblem {
    /// The stable code of the HTTP contract.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "cart_empty",
            Self::TooManyLines(_) => "too_many_lines",
            Self::QuantityOutOfRange(_) => "quantity_out_of_range",
            Self::TooManyDishes(_) => "too_many_dishes",
            Self::UnknownItem => "unknown_item",
            Self::ItemUnavailable(_) => "item_unavailable",
            Self::UnknownGroup(_) => "unknown_option_group",
            Self::UnknownOption(_) => "unknown_option",
            Self::OptionUnavailable(_) => "option_unavailable",
            Self::DuplicateChoice(_) => "duplicate_choice",
            Self::TooFewChoices { .. } => "too_few_choices",
            Self::TooManyChoices { .. } => "too_many_choices",
            Self::ChoicesOutOfBounds => "choices_out_of_bounds",
            Self::TooLongForTicket => "too_long_for_ticket",
            Self::AllergenConflict { .. } => "allergen_conflict",
            Self::TextTooLong(_) => "text_too_long",
            Self::TotalOutOfRange => "total_out_of_range",
        }
    }
}

/// `milk, tree nuts`.
fn listed(allergens: &BTreeSet<Allergen>) -> String {
    let names: Vec<&str> = allergens.iter().copied().map(Allergen::as_str).collect();
    names.join(", ")
}
