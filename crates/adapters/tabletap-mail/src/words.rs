//! The words of a receipt, in the languages the product speaks; other guests get English ones.
//!
//! The same words stand in the same order in every language's file, so that a reader can lay them side by side.

mod ar;
mod de;
mod en;
mod es;
mod ja;

/// One language's words. Braces name what is put in.
#[derive(Debug)]
pub(crate) struct Words {
    /// The language's code.
    pub(crate) code: &'static str,
    /// `{restaurant}`, `{orders}`
    pub(crate) payment_subject: &'static str,
    pub(crate) refund_subject: &'static str,
    /// The heading.
    pub(crate) payment: &'static str,
    pub(crate) refund: &'static str,
    /// One sentence below it.
    pub(crate) thanks: &'static str,
    pub(crate) refund_way: &'static str,
    /// Labels of what was paid when, where, and how.
    pub(crate) order: &'static str,
    pub(crate) orders: &'static str,
    pub(crate) at_table: &'static str,
    pub(crate) takeout: &'static str,
    pub(crate) asap: &'static str,
    /// `{time}`
    pub(crate) asap_about: &'static str,
    pub(crate) paid: &'static str,
    pub(crate) refunded: &'static str,
    pub(crate) method: &'static str,
    pub(crate) refund_method: &'static str,
    /// A card of a brand that is not known.
    pub(crate) card: &'static str,
    /// `{digits}`, for whoever listens to a mail.
    pub(crate) ending: &'static str,
    pub(crate) part: &'static str,
    /// The sums.
    pub(crate) subtotal: &'static str,
    pub(crate) service: &'static str,
    /// `{tax}`, `{base}`
    pub(crate) tax_on: &'static str,
    pub(crate) tax_in: &'static str,
    pub(crate) taxes_included: &'static str,
    pub(crate) tip: &'static str,
    pub(crate) total: &'static str,
    pub(crate) total_paid: &'static str,
    pub(crate) refunded_earlier: &'static str,
    pub(crate) refunded_now: &'static str,
    pub(crate) remains: &'static str,
    /// The end.
    pub(crate) see_order: &'static str,
    pub(crate) reply: &'static str,
    /// `{number}`
    pub(crate) tax_number: &'static str,
    /// Between the numbers of orders.
    pub(crate) comma: &'static str,
    /// `{day}`, `{month}`, `{year}`, `{time}`
    pub(crate) date_time: &'static str,
    pub(crate) months: [&'static str; 12],
    /// Before and after noon, for clocks of twelve hours.
    pub(crate) halves: Option<[&'static str; 2]>,
}

/// The words for a guest who reads `lang`.
pub(crate) fn of(lang: &str) -> &'static Words {
    match lang.split('-').next().unwrap_or(lang) {
        "ar" => &ar::WORDS,
        "de" => &de::WORDS,
        "es" => &es::WORDS,
        "ja" => &ja::WORDS,
        _ => &en::WORDS,
    }
}

/// Puts values in the places of their names. What was put in is not looked at again.
pub(crate) fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        filled += before;
        filled += values
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value);
        rest = after;
    }
    filled + rest
}
