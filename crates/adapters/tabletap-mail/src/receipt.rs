//! What a receipt says, as values: the caller has read the table and knows the store's zone; nothing here knows a row or a clock.
//!
//! Texts are taken as they come, a guest's and a restaurant's alike: rendering makes them harmless.

use jiff::civil::DateTime;
use tabletap_domain::{Currency, Lang, Minor, number::OrderNumber};

/// A customer's proof of what they paid, or of what they got back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whether money came or went back.
    pub kind: Kind,
    /// The language it is written in; English where its words are not known.
    pub lang: Lang,
    /// Who sold it.
    pub restaurant: Restaurant,
    /// The numbers of the orders that were paid.
    pub orders: Vec<OrderNumber>,
    /// Where the food went.
    pub place: Place,
    /// What was paid, line by line.
    pub lines: Vec<Line>,
    /// What it came to.
    pub sums: Sums,
    /// Of all amounts.
    pub currency: Currency,
    /// What it was paid with, where the provider said so.
    pub method: Option<Method>,
    /// When it was paid, on the store's clock.
    pub paid_at: DateTime,
    /// The order's own page.
    pub link: Option<String>,
}

/// Whether money came or went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A payment.
    Payment,
    /// Something of a payment went back.
    Refund(Refund),
}

/// What went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// This time.
    pub amount_minor: Minor,
    /// With earlier refunds of the same payment, before this one.
    pub earlier_minor: Minor,
    /// When, on the store's clock.
    pub at: DateTime,
}

/// Who sold it, as a receipt must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restaurant {
    /// Its name.
    pub name: String,
    /// Its one colour, `#rrggbb`.
    pub accent: String,
    /// Its address, line by line.
    pub address: Vec<String>,
    /// Its telephone.
    pub phone: Option<String>,
    /// Its own mail address: whoever answers a receipt writes to it.
    pub email: Option<String>,
    /// Its number with the tax office.
    pub tax_number: Option<String>,
}

/// Where the food went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// To a dining table, called by its name.
    Table {
        /// As the sticker says it.
        name: String,
        /// Others of the table paid the rest, or still owe it.
        is_part: bool,
    },
    /// Over the counter.
    Takeout(Pickup),
}

/// When food is picked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pickup {
    /// As soon as it is made; with the time that was promised.
    Asap(Option<DateTime>),
    /// At the time that was asked for.
    At(DateTime),
}

/// A line of what was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How many.
    pub quantity: u32,
    /// The dish.
    pub name: String,
    /// What was chosen with it.
    pub choices: Vec<Choice>,
    /// All of it, with its options.
    pub total_minor: Minor,
}

/// An option of a dish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name as a guest reads it alone: a removal says that it is one.
    pub name: String,
    /// How many of it on one dish.
    pub quantity: u32,
}

/// What was paid, in minor units. `total = subtotal + service + tip`, and the taxes where they are not in the prices already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Sum of the lines.
    pub subtotal_minor: Minor,
    /// The service charge, or 0.
    pub service_minor: Minor,
    /// What the restaurant calls it; empty where that is not known.
    pub service_name: String,
    /// Each tax with its rate.
    pub taxes: Vec<Tax>,
    /// Whether the prices already held the taxes.
    pub tax_inclusive: bool,
    /// The tip, or 0.
    pub tip_minor: Minor,
    /// What was paid.
    pub total_minor: Minor,
}

/// One tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tax {
    /// Its name.
    pub name: String,
    /// Parts per million.
    pub rate_ppm: u32,
    /// What it was computed on: net where it was added, gross where it was in the prices.
    pub base_minor: Minor,
    /// The tax.
    pub tax_minor: Minor,
}

/// What it was paid with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The provider's word, such as `visa`.
    pub brand: String,
    /// The last four digits, for cards.
    pub last4: Option<String>,
}
