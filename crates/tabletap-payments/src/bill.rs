//! A party's bill: every line of its orders, and who pays it.

use std::collections::BTreeMap;
use tabletap_domain::{
    PaymentId,
    payment::{PaymentState, due_by_line},
};
use tabletap_store::{OrderBill, StoredPayment};
use tabletap_wire::payment::{BillLine, BillLineState, BillView};

/// The bill of these orders, oldest first, with the payments that have lines of them.
#[must_use]
pub fn bill_view(currency: &str, bills: &[OrderBill], payments: &[StoredPayment]) -> BillView {
    let states: BTreeMap<&PaymentId, PaymentState> = payments
        .iter()
        .map(|stored| (&stored.payment.id, stored.state))
        .collect();
    let mut lines = Vec::new();
    for bill in bills {
        let order = &bill.order;
        for (place, (line, due_minor)) in
            order.cart.lines.iter().zip(due_by_line(order)).enumerate()
        {
            let payment_id = bill.taken.get(&place);
            let state = match payment_id.and_then(|id| states.get(id)) {
                Some(PaymentState::Paid) => BillLineState::Paid,
                Some(PaymentState::Open | PaymentState::Processing) => BillLineState::Reserved,
                Some(PaymentState::Failed | PaymentState::Expired) | None => BillLineState::Open,
            };
            lines.push(BillLine {
                line_id: line_id(order.id.as_str(), place),
                order_id: order.id.clone(),
                number: order.number.clone(),
                name: line.name.guest.clone(),
                quantity: line.quantity,
                choices: line
                    .choices
                    .iter()
                    .map(|choice| choice.reads_as(&order.lang))
                    .collect(),
                guest: order.cart.guest.clone(),
                due_minor,
                state,
                payment_id: payment_id.filter(|_| state != BillLineState::Open).cloned(),
            });
        }
    }
    let sum = |wanted: &dyn Fn(BillLineState) -> bool| {
        let of = lines.iter().filter(|line| wanted(line.state));
        of.map(|line| line.due_minor).sum()
    };
    BillView {
        currency: currency.to_owned(),
        total_minor: sum(&|_| true),
        paid_minor: sum(&|state| state == BillLineState::Paid),
        open_minor: sum(&|state| state == BillLineState::Open),
        lines,
    }
}

/// A line's name on a bill.
pub(crate) fn line_id(order: &str, place: usize) -> String {
    format!("{order}:{place}")
}
