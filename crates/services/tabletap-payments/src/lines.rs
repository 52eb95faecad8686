//! Which lines of which orders a payment is for, and what the guest reads of them at the provider: pure.

use crate::{CheckoutError, PaymentError, bill::line_id};
use std::collections::BTreeSet;
use tabletap_domain::{
    PaymentId,
    order::OrderType,
    payment::{PaymentItem, due_by_line},
};
use tabletap_store::{OrderBill, StoredPayment};

/// Which lines of a party are to be paid.
#[derive(Clone, Debug)]
pub enum LinesWanted {
    /// Whatever nobody has paid or is paying.
    All,
    /// The same by somebody who has not said that they pay for others: only where all of it is of one order.
    AllOfOneOrder,
    /// These, by their names on the bill.
    These(BTreeSet<String>),
}

/// The places of the wanted lines in each order.
pub(crate) fn choose(
    bills: &[OrderBill],
    wanted: &LinesWanted,
) -> Result<Vec<Vec<usize>>, CheckoutError> {
    let places = |bill: &OrderBill| 0..bill.order.cart.lines.len();
    match wanted {
        LinesWanted::All | LinesWanted::AllOfOneOrder => Ok(bills
            .iter()
            .map(|bill| {
                places(bill)
                    .filter(|place| !bill.taken.contains_key(place))
                    .collect()
            })
            .collect()),
        LinesWanted::These(names) => {
            let chosen: Vec<Vec<usize>> = bills
                .iter()
                .map(|bill| {
                    let own =
                        |place: &usize| names.contains(&line_id(bill.order.id.as_str(), *place));
                    places(bill).filter(own).collect()
                })
                .collect();
            match chosen.iter().map(Vec::len).sum::<usize>() == names.len() {
                true => Ok(chosen),
                false => Err(CheckoutError::UnknownLine),
            }
        }
    }
}

/// Whether a line is not paid yet, be it open or being paid.
pub(crate) fn has_unpaid(bills: &[OrderBill]) -> bool {
    bills
        .iter()
        .any(|bill| bill.paid_lines < bill.order.cart.lines.len())
}

/// The payment that has all of these lines, if any has one of them.
pub(crate) fn one_payment(
    bills: &[OrderBill],
    lines: &[Vec<usize>],
) -> Result<Option<PaymentId>, CheckoutError> {
    let mut found: BTreeSet<Option<&PaymentId>> = BTreeSet::new();
    for (bill, lines) in bills.iter().zip(lines) {
        found.extend(lines.iter().map(|place| bill.taken.get(place)));
    }
    let mut found = found.into_iter();
    match (found.next().flatten(), found.next()) {
        (None, None) => Ok(None),
        (Some(one), None) => Ok(Some(one.clone())),
        _ => Err(CheckoutError::LineTaken),
    }
}

pub(crate) fn pays_exactly(
    stored: &StoredPayment,
    bills: &[OrderBill],
    lines: &[Vec<usize>],
) -> bool {
    let mut wanted = BTreeSet::new();
    for (bill, lines) in bills.iter().zip(lines) {
        wanted.extend(lines.iter().map(|place| (&bill.order.id, *place)));
    }
    let has = stored.payment.parts.iter().flat_map(|part| {
        part.lines
            .iter()
            .map(move |(place, _)| (&part.order, *place))
    });
    has.collect::<BTreeSet<_>>() == wanted
}

/// What the guest reads at the provider. A whole order is shown as on its bill; of lines of one, each with its share of service and taxes.
pub(crate) fn items(bills: &[OrderBill], lines: &[Vec<usize>], tip_minor: i64) -> Vec<PaymentItem> {
    let lang = bills.first().map_or("", |bill| bill.order.lang.as_str());
    let (service, tip) = words(lang);
    let mut items = Vec::new();
    let mut item = |name: &str, amount_minor: i64| {
        if amount_minor > 0 {
            items.push(PaymentItem {
                name: name.to_owned(),
                amount_minor,
            });
        }
    };
    for (bill, lines) in bills
        .iter()
        .zip(lines)
        .filter(|(_, lines)| !lines.is_empty())
    {
        let (cart, totals) = (&bill.order.cart, &bill.order.cart.totals);
        let whole = bill.order.kind == OrderType::Takeout;
        let due = due_by_line(&bill.order);
        for place in lines {
            let line = &cart.lines[*place];
            let name = match line.quantity {
                1 => line.name.guest.clone(),
                several => format!("{several} × {}", line.name.guest),
            };
            item(&name, if whole { line.total_minor } else { due[*place] });
        }
        if whole {
            item(service, totals.service_charge_minor);
            for tax in totals.taxes.iter().filter(|_| !totals.tax_inclusive) {
                item(&tax.name, tax.tax_minor);
            }
        }
    }
    item(tip, tip_minor);
    items
}

/// Service and tip, as the page and the receipt call them.
fn words(lang: &str) -> (&'static str, &'static str) {
    match lang.split('-').next() {
        Some("ar") => ("رسوم الخدمة", "إكرامية"),
        Some("de") => ("Service", "Trinkgeld"),
        Some("es") => ("Servicio", "Propina"),
        Some("ja") => ("サービス料", "チップ"),
        _ => ("Service", "Tip"),
    }
}

pub(crate) fn random_id() -> Result<PaymentId, CheckoutError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| PaymentError::Random)?;
    let id = PaymentId::parse(&format!("pay_{:032x}", u128::from_ne_bytes(bytes)));
    id.map_err(|_| PaymentError::Random.into())
}
