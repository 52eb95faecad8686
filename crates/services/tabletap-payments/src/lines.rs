//! Selects the lines that a payment is for, and describes them for the provider's page. Pure.

use crate::CheckoutError;
use std::collections::BTreeSet;
use tabletap_domain::{
    Minor, PaymentId,
    money::MoneyError,
    order::OrderType,
    payment::{PaymentItem, due_by_line},
    share::{Piece, spend},
};
use tabletap_store::{OrderBill, StoredPayment};

/// What of a party's bill is to be paid.
#[derive(Clone, Debug)]
pub enum LinesWanted {
    /// Every line that is neither paid nor reserved.
    All,
    /// The same, for a guest who has not confirmed that they pay for others: only if all lines are of one order.
    AllOfOneOrder,
    /// These, by their names on the bill.
    These(BTreeSet<String>),
    /// A share of whatever is open.
    Share {
        /// What the guest was shown.
        amount_minor: Minor,
        /// How many guests split the bill evenly; none where the guest named the amount.
        guests: Option<u32>,
    },
}

/// The lines of each order that a payment pays, by their place, each with what it pays of it.
pub(crate) type Chosen = Vec<Vec<(usize, Minor)>>;

/// A line's name on a bill.
pub(crate) fn line_id(order: &str, place: usize) -> String {
    format!("{order}:{place}")
}

/// The wanted lines of each order: of a line that others pay in part, the rest.
pub(crate) fn select_lines(
    bills: &[OrderBill],
    wanted: &LinesWanted,
) -> Result<Chosen, CheckoutError> {
    match wanted {
        LinesWanted::All | LinesWanted::AllOfOneOrder => Ok(bills
            .iter()
            .map(|bill| open_lines(bill).collect())
            .collect()),
        LinesWanted::These(names) => {
            let chosen: Chosen = bills
                .iter()
                .map(|bill| {
                    let own = |(place, _): &(usize, Minor)| {
                        names.contains(&line_id(bill.order.id.as_str(), *place))
                    };
                    let lines = due_by_line(&bill.order).into_iter().enumerate();
                    let lines = lines.map(|(place, due)| (place, rest_of(bill, place, due)));
                    lines.filter(own).collect()
                })
                .collect();
            match chosen.iter().map(Vec::len).sum::<usize>() == names.len() {
                true => Ok(chosen),
                false => Err(CheckoutError::UnknownLine),
            }
        }
        LinesWanted::Share { amount_minor, .. } => {
            let open: Chosen = bills
                .iter()
                .map(|bill| open_lines(bill).collect())
                .collect();
            let each: Vec<Minor> = open.iter().flatten().map(|(_, open)| *open).collect();
            // The last share takes what costs nothing along, so that the bill comes to its end.
            let is_last = Minor::sum(each.iter().copied())? == *amount_minor;
            let mut spent = spend(*amount_minor, &each).into_iter();
            let mut paid = |lines: Vec<(usize, Minor)>| -> Vec<(usize, Minor)> {
                let lines = lines.into_iter().zip(spent.by_ref());
                let lines = lines.map(|((place, _), paid)| (place, paid));
                lines.filter(|(_, paid)| is_last || *paid > 0).collect()
            };
            Ok(open.into_iter().map(&mut paid).collect())
        }
    }
}

/// What of each line nobody has paid or is paying.
fn open_lines(bill: &OrderBill) -> impl Iterator<Item = (usize, Minor)> {
    let lines = due_by_line(&bill.order).into_iter().enumerate();
    lines.filter_map(|(place, due)| {
        let is_shared_out = || bill.pieces.contains_key(&place) && bill.open_minor(place, due) == 0;
        let is_open = !bill.taken.contains_key(&place) && !is_shared_out();
        is_open.then(|| (place, bill.open_minor(place, due)))
    })
}

/// What a guest who names a line pays of it: what is open, or what the only payment that is under way for it pays.
fn rest_of(bill: &OrderBill, place: usize, due_minor: Minor) -> Minor {
    match bill.open_minor(place, due_minor) {
        Minor::ZERO => paying(bill, place).map_or(due_minor, |piece| piece.amount_minor),
        open => open,
    }
}

/// The only piece of a line that is reserved and not paid.
fn paying(bill: &OrderBill, place: usize) -> Option<&Piece> {
    let pieces = bill.pieces.get(&place)?;
    let mut unpaid = pieces.iter().filter(|piece| !piece.is_paid);
    match (unpaid.next(), unpaid.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// What is open of these orders.
pub(crate) fn open_minor(bills: &[OrderBill]) -> Result<Minor, MoneyError> {
    let open = bills.iter().flat_map(open_lines);
    Minor::sum(open.map(|(_, open)| open))
}

/// Whether a line is not paid yet, be it open or being paid.
pub(crate) fn has_unpaid(bills: &[OrderBill]) -> bool {
    bills
        .iter()
        .any(|bill| bill.paid_lines < bill.order.cart.lines.len())
}

/// The payment that has reserved all of these lines; `None` if they are free. A mix is refused: a line may be paid once.
pub(crate) fn one_payment(
    bills: &[OrderBill],
    lines: &Chosen,
) -> Result<Option<PaymentId>, CheckoutError> {
    let mut found: BTreeSet<Option<&PaymentId>> = BTreeSet::new();
    for (bill, lines) in bills.iter().zip(lines) {
        let open: BTreeSet<usize> = open_lines(bill).map(|(place, _)| place).collect();
        for (place, _) in lines {
            let is_shared_out = bill.pieces.contains_key(place) && !open.contains(place);
            found.insert(match bill.taken.get(place) {
                Some(payment) => Some(payment),
                None if is_shared_out => {
                    let only = paying(bill, *place).ok_or(CheckoutError::LineTaken)?;
                    Some(&only.payment)
                }
                None => None,
            });
        }
    }
    let mut found = found.into_iter();
    match (found.next().flatten(), found.next()) {
        (None, None) => Ok(None),
        (Some(one), None) => Ok(Some(one.clone())),
        _ => Err(CheckoutError::LineTaken),
    }
}

pub(crate) fn pays_exactly(stored: &StoredPayment, bills: &[OrderBill], lines: &Chosen) -> bool {
    let mut wanted = BTreeSet::new();
    for (bill, lines) in bills.iter().zip(lines) {
        wanted.extend(lines.iter().map(|line| (&bill.order.id, *line)));
    }
    let has = stored
        .payment
        .parts
        .iter()
        .flat_map(|part| part.lines.iter().map(move |line| (&part.order, *line)));
    has.collect::<BTreeSet<_>>() == wanted
}

/// What the guest reads at the provider. A whole order is shown as on its bill; of lines of one, each with its share of service and taxes; a
/// share of the bill is one sum.
pub(crate) fn page_items(
    bills: &[OrderBill],
    lines: &Chosen,
    is_share: bool,
    tip_minor: Minor,
) -> Result<Vec<PaymentItem>, MoneyError> {
    let lang = bills.first().map_or("", |bill| bill.order.lang.as_str());
    let [service, tip, share] = words(lang);
    let mut items = Vec::new();
    let mut item = |name: &str, amount_minor: Minor| {
        if amount_minor > 0 {
            items.push(PaymentItem {
                name: name.to_owned(),
                amount_minor,
            });
        }
    };
    if is_share {
        let paid = lines.iter().flatten().map(|(_, paid)| *paid);
        item(share, Minor::sum(paid)?);
    }
    let each = bills.iter().zip(lines);
    for (bill, lines) in each.filter(|(_, lines)| !is_share && !lines.is_empty()) {
        let (cart, totals) = (&bill.order.cart, &bill.order.cart.totals);
        let whole = bill.order.kind == OrderType::Takeout;
        for (place, paid) in lines {
            let line = &cart.lines[*place];
            let name = match line.quantity {
                1 => line.name.guest.clone(),
                several => format!("{several} × {}", line.name.guest),
            };
            item(&name, if whole { line.total_minor } else { *paid });
        }
        if whole {
            let name = match totals.service_name.as_str() {
                "" => service,
                name => name,
            };
            item(name, totals.service_charge_minor);
            for tax in totals.taxes.iter().filter(|_| !totals.tax_inclusive) {
                item(&tax.name, tax.tax_minor);
            }
        }
    }
    item(tip, tip_minor);
    Ok(items)
}

/// Service, tip and a share of the bill, as the page and the receipt call them.
fn words(lang: &str) -> [&'static str; 3] {
    match lang.split('-').next() {
        Some("ar") => ["رسوم الخدمة", "إكرامية", "حصة من الحساب"],
        Some("de") => ["Service", "Trinkgeld", "Anteil an der Rechnung"],
        Some("es") => ["Servicio", "Propina", "Parte de la cuenta"],
        Some("ja") => ["サービス料", "チップ", "お会計の一部"],
        _ => ["Service", "Tip", "Share of the bill"],
    }
}
