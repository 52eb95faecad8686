//! The lines and sums of an order, in the order a bill has them. Taxes that the prices already hold are named, not added.

use super::Speech;
use crate::words::fill;
use tabletap_domain::{
    Lang, Minor,
    pricing::{PricedCart, PricedChoice, PricedLine, Totals},
};
use tabletap_wire::menu::PublicMenu;

pub(super) struct Line<'a> {
    pub(super) quantity: String,
    pub(super) name: &'a str,
    pub(super) details: String,
    pub(super) price: String,
}

pub(super) struct Sum {
    pub(super) name: String,
    pub(super) price: String,
    pub(super) class: &'static str,
}

/// The lines of an order in `lang`.
pub(super) fn lines<'a>(cart: &'a PricedCart, lang: &Lang, speech: &Speech) -> Vec<Line<'a>> {
    let line = |line: &'a PricedLine| {
        let choices = line.choices.iter().map(|c| choice(c, lang, speech));
        let mut details: Vec<String> = choices.collect();
        if !line.note.is_empty() {
            details.push(format!("“{}”", line.note));
        }
        Line {
            quantity: speech.number(line.quantity),
            name: &line.name.guest,
            details: details.join(" · "),
            price: speech.price(line.total_minor),
        }
    };
    cart.lines.iter().map(line).collect()
}

/// `2× Egg`, `No Egg`, `Ramen (Miso, Large)`.
fn choice(choice: &PricedChoice, lang: &Lang, speech: &Speech) -> String {
    let inner: Vec<String> = choice
        .choices
        .iter()
        .map(|c| self::choice(c, lang, speech))
        .collect();
    let mut text = match choice.quantity {
        0 | 1 => choice.reads_as(lang),
        several => format!("{}× {}", speech.number(several), choice.reads_as(lang)),
    };
    if !inner.is_empty() {
        text += &format!(" ({})", inner.join(speech.own.comma));
    }
    text
}

pub(super) fn sums(totals: &Totals, menu: &PublicMenu, speech: &Speech) -> Vec<Sum> {
    let words = speech.words;
    let sum = |name: String, minor: Minor, class| Sum {
        name,
        price: speech.price(minor),
        class,
    };
    let mut sums = Vec::new();
    if totals.subtotal_minor != totals.total_minor {
        sums.push(sum(words.subtotal.to_owned(), totals.subtotal_minor, ""));
    }
    if totals.service_charge_minor != 0 {
        let charge = menu.pricing.service_charge.as_ref();
        let name = charge.map(|c| format!("{} {}", c.name, speech.rate(c.rate_ppm)));
        sums.push(sum(
            name.unwrap_or_default(),
            totals.service_charge_minor,
            "",
        ));
    }
    let taxes = |is_included: bool| {
        totals.taxes.iter().map(move |tax| {
            let rate = speech.rate(tax.rate_ppm);
            match is_included {
                true => {
                    let name = fill(
                        words.includes,
                        &[("name", tax.name.clone()), ("rate", rate)],
                    );
                    sum(name, tax.tax_minor, "quiet")
                }
                false => sum(format!("{} {rate}", tax.name), tax.tax_minor, ""),
            }
        })
    };
    if !totals.tax_inclusive {
        sums.extend(taxes(false));
    }
    sums.push(sum(words.to_pay.to_owned(), totals.total_minor, "all"));
    if totals.tax_inclusive {
        sums.extend(taxes(true));
    }
    sums
}
