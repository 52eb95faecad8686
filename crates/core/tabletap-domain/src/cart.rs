//! What a guest asks for: ids, choices, quantities, notes. It names no price; [`crate::pricing`] makes an order of it.

use crate::{Currency, GroupId, ItemId, OptionId, menu::Allergen};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartError {
    /// The field, as the request names it.
    pub field: String,
    /// What is wrong with it.
    pub problem: CartProblem,
}

/// What can be wrong with a cart; names are in the guest's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CartProblem {
    /// No lines.
    Empty,
    /// More lines than one order may have.
    TooManyLines(usize),
    /// A quantity below 1 or above what is allowed.
    QuantityOutOfRange(u32),
    /// More dishes than one order may have.
    TooManyDishes(u32),
    /// No such item on this store's menu.
    UnknownItem,
    /// Switched off.
    ItemUnavailable(String),
    /// The dish of this name has no such option group; none is named where nothing on any menu has such an id.
    UnknownGroup(Option<String>),
    /// The group of this name has no such option; none is named where nothing on any menu has such an id.
    UnknownOption(Option<String>),
    /// Switched off.
    OptionUnavailable(String),
    /// The same option was chosen twice in one group.
    DuplicateChoice(String),
    /// Fewer options than the group needs.
    TooFewChoices {
        /// The question.
        group: String,
        /// Fewest options.
        min: u32,
    },
    /// More options than the group allows.
    TooManyChoices {
        /// The question.
        group: String,
        /// Most options.
        max: u32,
    },
    /// More choices on one line or order, or nested deeper, than any dinner needs.
    ChoicesOutOfBounds,
    /// What one station would have to read of it fits on no ticket.
    TooLongForTicket,
    /// The line holds what the guest must not eat, and they have not said that they know.
    AllergenConflict {
        /// The dish.
        dish: String,
        /// What the guest named, of what it holds; not empty.
        allergens: BTreeSet<Allergen>,
        /// The menu's: its country decides how they are spelled.
        currency: Currency,
    },
    /// Too many characters.
    TextTooLong(usize),
    /// The options take more off than the dish costs, or the sum is beyond any dinner.
    TotalOutOfRange,
}
