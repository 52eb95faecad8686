//! The server's price of a cart: every line from the published menu, one rounding rule, parts that sum to the total.
//!
//! A price in a request is at most compared with what comes out of here, never believed.

pub(crate) mod choices;
mod served;
mod totals;

pub use totals::{TaxAmount, TaxedAmount, Totals, total};

use crate::{
    Currency, GroupId, ItemId, Lang, Minor, OptionId, StationId, TaxCategory,
    cart::{Cart, CartError, CartLine, CartProblem},
    limits,
    menu::{Allergen, Item, Menu, Texts},
    removal, text,
};
use std::collections::BTreeSet;

/// A name as the kitchen reads it and as the guest reads it; snapshotted, so a later menu changes no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// In the menu's first language.
    pub kitchen: String,
    /// In the guest's language.
    pub guest: String,
}

/// A cart with its prices: what becomes the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedCart {
    /// The lines, in the order they were sent.
    pub lines: Vec<PricedLine>,
    /// For the whole order, cleaned.
    pub note: String,
    /// Whose it is, cleaned; empty when the guest did not say.
    pub guest: String,
    /// What somebody of the party must not eat.
    pub allergies: BTreeSet<Allergen>,
    /// The money.
    pub totals: Totals,
}

/// An order line: a dish with its choices, price, tax category and cost as they were when it was ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedLine {
    /// The dish.
    pub item: ItemId,
    /// Its name.
    pub name: Label,
    /// How many.
    pub quantity: u32,
    /// One of it with its options, in minor units.
    pub unit_minor: Minor,
    /// All of it, in minor units.
    pub total_minor: Minor,
    /// What all of it costs the store, where every part's cost is known.
    pub cost_minor: Option<Minor>,
    /// The taxes it bears.
    pub tax_category: TaxCategory,
    /// Where it is made.
    pub station: StationId,
    /// The options, in the menu's order.
    pub choices: Vec<PricedChoice>,
    /// Defaults that the guest took off: the kitchen is told to leave them out.
    pub left_out: Vec<Label>,
    /// For the cook, cleaned.
    pub note: String,
    /// Its allergens with those of its options.
    pub allergens: BTreeSet<Allergen>,
    /// Those of them that the guest named as an allergy, and takes all the same.
    pub accepted: BTreeSet<Allergen>,
}

/// A chosen option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedChoice {
    /// The question.
    pub group: GroupId,
    /// The answer.
    pub option: OptionId,
    /// The question's text.
    pub group_name: Label,
    /// The answer's text.
    pub name: Label,
    /// How many of it on one dish.
    pub quantity: u32,
    /// One of it, in minor units, without its own options.
    pub price_minor: Minor,
    /// It leaves something out.
    pub removal: bool,
    /// Where it is made when not with its dish.
    pub station: Option<StationId>,
    /// A default that was left as it is: the kitchen need not be told.
    pub as_served: bool,
    /// What it brings into the dish; nothing where it leaves something out.
    pub allergens: BTreeSet<Allergen>,
    /// Answers to its own groups.
    pub choices: Vec<PricedChoice>,
    /// Its own defaults that the guest took off.
    pub left_out: Vec<Label>,
}

impl PricedChoice {
    /// Its name as the guest of an order in `lang` reads it: a removal says that it is one.
    #[must_use]
    pub fn reads_as(&self, lang: &Lang) -> String {
        match self.removal {
            true => removal::reads_as(&self.group_name.guest, &self.name.guest, lang),
            false => self.name.guest.clone(),
        }
    }
}

/// Prices `cart` from `menu` for a guest who reads `lang`.
///
/// # Errors
/// The first [`CartError`], in the order of the request's fields; nothing is corrected silently.
pub fn price_cart(menu: &Menu, cart: &Cart, lang: &Lang) -> Result<PricedCart, CartError> {
    let at = |field: &str, problem| CartError {
        field: field.to_owned(),
        problem,
    };
    if cart.lines.is_empty() {
        return Err(at("lines", CartProblem::Empty));
    }
    if cart.lines.len() > limits::LINES_MAX {
        return Err(at("lines", CartProblem::TooManyLines(limits::LINES_MAX)));
    }
    let choices: usize = cart
        .lines
        .iter()
        .map(|line| choices::count(&line.choices))
        .sum();
    if choices > limits::ORDER_CHOICES_MAX {
        return Err(at("lines", CartProblem::ChoicesOutOfBounds));
    }
    let mut lines = Vec::with_capacity(cart.lines.len());
    for (index, line) in cart.lines.iter().enumerate() {
        let field = format!("lines[{index}]");
        let mut priced = price_line(menu, line, lang, &field)?;
        priced.accepted = accepted(&cart.allergies, line, &priced, menu.currency, &field)?;
        lines.push(priced);
    }
    if lines.iter().map(|line| line.quantity).sum::<u32>() > limits::ORDER_QUANTITY_MAX {
        return Err(at(
            "lines",
            CartProblem::TooManyDishes(limits::ORDER_QUANTITY_MAX),
        ));
    }
    let note = bounded(&cart.note, limits::NOTE_CHARS_MAX, "note")?;
    let guest = bounded(&cart.guest, limits::GUEST_CHARS_MAX, "guest")?;
    let amounts: Vec<TaxedAmount<'_>> = lines
        .iter()
        .map(|line| (&line.tax_category, line.total_minor))
        .collect();
    let totals = total(&amounts, &menu.pricing, menu.currency)
        .map_err(|_| at("lines", CartProblem::TotalOutOfRange))?;
    Ok(PricedCart {
        lines,
        note,
        guest,
        allergies: cart.allergies.clone(),
        totals,
    })
}

/// What of the guest's allergies the dish holds; it goes out only when they have said that they know.
fn accepted(
    allergies: &BTreeSet<Allergen>,
    line: &CartLine,
    priced: &PricedLine,
    currency: Currency,
    field: &str,
) -> Result<BTreeSet<Allergen>, CartError> {
    let allergens: BTreeSet<Allergen> = priced.allergens.intersection(allergies).copied().collect();
    if allergens.is_empty() || line.acknowledged {
        return Ok(allergens);
    }
    Err(CartError {
        field: format!("{field}.acknowledged"),
        problem: CartProblem::AllergenConflict {
            dish: priced.name.guest.clone(),
            allergens,
            currency,
        },
    })
}

fn price_line(
    menu: &Menu,
    line: &CartLine,
    lang: &Lang,
    field: &str,
) -> Result<PricedLine, CartError> {
    let at = |part: &str, problem| CartError {
        field: format!("{field}.{part}"),
        problem,
    };
    let item = menu
        .item(&line.item)
        .ok_or_else(|| at("item_id", CartProblem::UnknownItem))?;
    let name = label(&item.name, menu, lang);
    if !item.available {
        return Err(at("item_id", CartProblem::ItemUnavailable(name.guest)));
    }
    let quantity = quantity_within(line.quantity, limits::LINE_QUANTITY_MAX).ok_or_else(|| {
        at(
            "quantity",
            CartProblem::QuantityOutOfRange(limits::LINE_QUANTITY_MAX),
        )
    })?;
    if choices::count(&line.choices) > limits::CHOICES_MAX {
        return Err(at("choices", CartProblem::ChoicesOutOfBounds));
    }
    let reader = choices::Reader { menu, lang };
    let choices = reader.read(&item.option_groups, &line.choices, &name.guest, field, 1)?;
    let note = bounded(&line.note, limits::NOTE_CHARS_MAX, &format!("{field}.note"))?;
    let within = |amount: Result<Minor, _>, part| match amount {
        Ok(minor) if (Minor::ZERO..=limits::TOTAL_MINOR_MAX).contains(&minor) => Ok(minor),
        _ => Err(at(part, CartProblem::TotalOutOfRange)),
    };
    let unit_minor = choices::price(&choices).and_then(|add| add.checked_add(item.price_minor));
    let unit_minor = within(unit_minor, "choices")?;
    let total_minor = within(unit_minor.checked_mul(quantity), "quantity")?;
    Ok(PricedLine {
        item: item.id.clone(),
        name,
        quantity,
        unit_minor,
        total_minor,
        cost_minor: reader
            .cost(item, &choices)
            .and_then(|cost| cost.checked_mul(quantity).ok()),
        tax_category: item.tax_category.clone(),
        station: item.station.clone(),
        allergens: allergens(item, &choices),
        left_out: served::left_out(menu, &item.option_groups, &choices, lang),
        accepted: BTreeSet::new(),
        choices,
        note,
    })
}

/// The dish's allergens with those of its options. Removals take none away: a kitchen that leaves out the egg has still touched it.
fn allergens(item: &Item, choices: &[PricedChoice]) -> BTreeSet<Allergen> {
    let mut all = choices::allergens(choices);
    all.extend(&item.allergens);
    all
}

fn label(texts: &Texts, menu: &Menu, lang: &Lang) -> Label {
    let first = menu.first_language();
    Label {
        kitchen: texts.get(first, first).0.to_owned(),
        guest: texts.get(lang, first).0.to_owned(),
    }
}

fn quantity_within(quantity: i64, quantity_max: u32) -> Option<u32> {
    u32::try_from(quantity)
        .ok()
        .filter(|q| (1..=quantity_max).contains(q))
}

fn bounded(text: &str, chars_max: usize, field: &str) -> Result<String, CartError> {
    let cleaned = text::clean(text);
    if cleaned.chars().count() > chars_max {
        let problem = CartProblem::TextTooLong(chars_max);
        return Err(CartError {
            field: field.to_owned(),
            problem,
        });
    }
    Ok(cleaned)
}

#[cfg(test)]
mod tests;
