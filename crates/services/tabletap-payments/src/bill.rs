//! A party's bill: every line of its orders, and whether it is open, reserved or paid.

use crate::{lines::line_id, share::equal_shares};
use std::collections::BTreeMap;
use tabletap_domain::{
    Minor, PaymentId,
    money::MoneyError,
    payment::{OTHERS_WAIT, PaymentPart, PaymentState, due_by_line},
    share::{equal_share, shares_left},
    time::UnixMillis,
};
use tabletap_session::Session;
use tabletap_store::{OrderBill, StoredPayment};
use tabletap_wire::payment::{BillLine, BillLineState, BillView, EqualSharesView, ReservationView};

/// The bill of these orders as it stands `now`, oldest first, with the payments that have lines of them; a guest's name is shown to their
/// own phone only.
///
/// # Errors
/// [`MoneyError`] when its amounts do not sum up: a stored order is broken.
pub fn bill_view(
    session: &Session,
    currency: &str,
    bills: &[OrderBill],
    payments: &[StoredPayment],
    now: UnixMillis,
) -> Result<BillView, MoneyError> {
    let states: BTreeMap<&PaymentId, PaymentState> = payments
        .iter()
        .map(|stored| (&stored.payment.id, stored.state))
        .collect();
    let mut lines = Vec::new();
    let mut standing = Standing::default();
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
            let stands = match payment_id.and_then(|id| states.get(id)) {
                Some(PaymentState::Paid) => Standing::paid(due_minor),
                Some(PaymentState::Open | PaymentState::Processing) => {
                    Standing::reserved(due_minor)
                }
                Some(PaymentState::Failed | PaymentState::Expired) | None => {
                    Standing::shared(bill, place, due_minor)?
                }
            };
            let state = stands.state();
            standing.add(&stands)?;
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
                open_minor: stands.open_minor,
                state,
                payment_id: payment_id.filter(|_| state != BillLineState::Open).cloned(),
            });
        }
    }
    Ok(BillView {
        currency: currency.to_owned(),
        total_minor: Minor::sum(lines.iter().map(|line| line.due_minor))?,
        paid_minor: standing.paid_minor,
        reserved_minor: standing.reserved_minor,
        open_minor: standing.open_minor,
        reservations: reservations(payments, bills, now)?,
        equal_shares: equal_shares_under_way(payments, bills, standing.open_minor),
        lines,
    })
}

/// The payments that are under way for these lines.
fn reservations(
    payments: &[StoredPayment],
    bills: &[OrderBill],
    now: UnixMillis,
) -> Result<Vec<ReservationView>, MoneyError> {
    let under_way = payments
        .iter()
        .filter(|stored| matches!(stored.state, PaymentState::Open | PaymentState::Processing));
    let view = |stored: &StoredPayment| {
        let payment = &stored.payment;
        let own = bills.iter().filter_map(|bill| payment.part(&bill.order.id));
        let is_open = stored.state == PaymentState::Open;
        Ok(ReservationView {
            payment_id: payment.id.clone(),
            amount_minor: own
                .map(PaymentPart::amount_minor)
                .try_fold(Minor::ZERO, |sum, part| sum.checked_add(part?))?,
            until: is_open.then(|| payment.held_until()),
            may_end: is_open && now >= payment.created_at.plus(OTHERS_WAIT),
        })
    };
    under_way.map(view).collect()
}

/// The even split that has begun and is not paid to its end: what the next share comes to.
fn equal_shares_under_way(
    payments: &[StoredPayment],
    bills: &[OrderBill],
    open_minor: Minor,
) -> Option<EqualSharesView> {
    let last = payments.iter().filter(|stored| stored.state.holds_lines());
    let guests = last
        .filter_map(|stored| stored.payment.share.as_ref()?.guests)
        .next_back()?;
    let left = shares_left(guests, equal_shares(payments, guests));
    let currency = bills.first()?.order.currency;
    (left < guests && open_minor > 0).then(|| EqualSharesView {
        guests,
        left,
        next_minor: equal_share(open_minor, left, currency),
    })
}

/// What of a line, or of a bill, is paid, being paid, and open.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    paid_minor: Minor,
    reserved_minor: Minor,
    open_minor: Minor,
    /// It costs nothing, and somebody has it all the same.
    is_taken: bool,
}

impl Standing {
    fn paid(due_minor: Minor) -> Self {
        Self {
            paid_minor: due_minor,
            is_taken: true,
            ..Self::default()
        }
    }

    fn reserved(due_minor: Minor) -> Self {
        Self {
            reserved_minor: due_minor,
            ..Self::default()
        }
    }

    fn shared(bill: &OrderBill, place: usize, due_minor: Minor) -> Result<Self, MoneyError> {
        let mut stands = Self::default();
        for piece in bill.pieces.get(&place).into_iter().flatten() {
            match piece.is_paid {
                true => stands.paid_minor.increase(piece.amount_minor)?,
                false => stands.reserved_minor.increase(piece.amount_minor)?,
            }
        }
        let unpaid = due_minor.checked_sub(stands.paid_minor)?;
        stands.open_minor = unpaid.checked_sub(stands.reserved_minor)?;
        Ok(stands)
    }

    fn add(&mut self, other: &Self) -> Result<(), MoneyError> {
        self.paid_minor.increase(other.paid_minor)?;
        self.reserved_minor.increase(other.reserved_minor)?;
        self.open_minor.increase(other.open_minor)
    }

    fn state(&self) -> BillLineState {
        match self.open_minor == 0 {
            true if self.reserved_minor > 0 => BillLineState::Reserved,
            true if self.reserved_minor == 0 && (self.paid_minor > 0 || self.is_taken) => {
                BillLineState::Paid
            }
            _ => BillLineState::Open,
        }
    }
}
