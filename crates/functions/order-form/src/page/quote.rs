//! The order as it would be sent, at the server's prices, and the button that sends it.

use super::{
    Frame, Speech, answer,
    sums::{Line, Sum, lines, sums},
};
use crate::{fields::Fields, words::fill};
use askama::Template;
use lambda_http::{Body, Response};
use tabletap_domain::{Minor, OrderId, pricing::PricedCart};
use tabletap_wire::menu::PublicMenu;

#[derive(Template)]
#[template(path = "quote.html")]
struct QuotePage<'a> {
    frame: Frame<'a>,
    busy: Option<&'static str>,
    changed: Option<String>,
    lines: Vec<Line<'a>>,
    sums: Vec<Sum>,
    told: Option<String>,
    session: &'a str,
    order_id: &'a OrderId,
    menu_version: &'a str,
    total_minor: Minor,
    total: String,
    kept: Vec<&'a (String, String)>,
}

/// Why an order is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It was asked for.
    First,
    /// It was sent at this total, and costs another now.
    Changed(Minor),
    /// It was sent, and nobody could take it.
    Busy(u16),
}

/// The page that shows what the guest chose at its price.
pub(crate) fn page(
    frame: Frame<'_>,
    speech: &Speech,
    (menu, cart): (&PublicMenu, &PricedCart),
    fields: &Fields,
    (session, order_id): (&str, &OrderId),
    shown: Shown,
) -> Response<Body> {
    let words = speech.words;
    let total = speech.price(cart.totals.total_minor);
    let changed = |before| {
        let values = [("before", speech.price(before)), ("after", total.clone())];
        fill(words.changed_text, &values)
    };
    let (status, changed, busy) = match shown {
        Shown::First => (200, None, None),
        Shown::Changed(before) => (409, Some(changed(before)), None),
        Shown::Busy(status) => (status, None, Some(speech.own.busy)),
    };
    let allergies = speech.allergens(&cart.allergies);
    let told = fill(words.you_told_us, &[("list", allergies.clone())]);
    let page = QuotePage {
        frame: frame.titled(words.your_order),
        lines: lines(cart, &menu.lang, speech),
        sums: sums(&cart.totals, menu, speech),
        told: (!allergies.is_empty()).then_some(told),
        menu_version: menu.version.as_str(),
        total_minor: cart.totals.total_minor,
        kept: fields.of_dish().collect(),
        total,
        changed,
        busy,
        session,
        order_id,
    };
    answer(status, &page.frame.style, &page)
}
