//! A party's bill: every line of its orders, and who pays it.

use std::collections::BTreeMap;
use tabletap_domain::{
    PaymentId,
    payment::{OTHERS_WAIT, PaymentState, due_by_line},
    time::UnixMillis,
};
use tabletap_session::Session;
use tabletap_store::{OrderBill, StoredPayment};
use tabletap_wire::payment::{BillLine, BillLineState, BillView, ReservationView};

/// The bill of these orders as it stands `now`, oldest first, with the payments that have lines of them; a guest's name is shown to their
/// own phone only.
#[must_use]
pub fn bill_view(
    session: &Session,
    currency: &str,
    bills: &[OrderBill],
    payments: &[StoredPayment],
    now: UnixMillis,
) -> BillView {
    let states: BTreeMap<&PaymentId, PaymentState> = payments
        .iter()
        .map(|stored| (&stored.payment.id, stored.state))
        .collect();
    let mut lines = Vec::new();
    for bill in bills {
        let order = &bill.order;
        let guest = match session.knows_guest(order) {
            true => order.cart.guest.as_str(),
            false => "",
        };
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
                guest: guest.to_owned(),
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
        reserved_minor: sum(&|state| state == BillLineState::Reserved),
        open_minor: sum(&|state| state == BillLineState::Open),
        reservations: reservations(payments, &lines, now),
        lines,
    }
}

/// The payments that are under way for these lines.
fn reservations(
    payments: &[StoredPayment],
    lines: &[BillLine],
    now: UnixMillis,
) -> Vec<ReservationView> {
    let under_way = payments
        .iter()
        .filter(|stored| matches!(stored.state, PaymentState::Open | PaymentState::Processing));
    let view = |stored: &StoredPayment| {
        let payment = &stored.payment;
        let own = lines
            .iter()
            .filter(|line| line.payment_id.as_ref() == Some(&payment.id));
        let is_open = stored.state == PaymentState::Open;
        ReservationView {
            payment_id: payment.id.clone(),
            amount_minor: own.map(|line| line.due_minor).sum(),
            until: is_open.then(|| payment.held_until()),
            may_end: is_open && now >= payment.created_at.plus(OTHERS_WAIT),
        }
    };
    under_way.map(view).collect()
}

/// A line's name on a bill.
pub(crate) fn line_id(order: &str, place: usize) -> String {
    format!("{order}:{place}")
}
