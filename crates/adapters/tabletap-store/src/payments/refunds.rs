//! Money that goes back: claimed against its payment before the provider is asked, so that no two refunds ever exceed what was paid.

use super::{StoredPayment, due};
use crate::{
    Store,
    error::{MoveError, StoreError},
    key,
    row::{n, row, s},
    write::Change,
};
use tabletap_domain::{
    Minor,
    order::{Order, PaymentStatus},
    payment::{PaymentState, Refund, RefundState},
    time::UnixMillis,
};
use tabletap_wire::payment_record::RefundRecord;

impl Store {
    /// Writes a refund down and claims its amount.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when the payment is not paid, another refund was claimed since it was read, or this one stands already;
    /// [`StoreError::Corrupt`] when the sum of its refunds does not fit.
    pub async fn claim_refund(
        &self,
        stored: &StoredPayment,
        refund: &Refund,
        look_at: UnixMillis,
    ) -> Result<(), MoveError> {
        let payment = &stored.payment;
        let mut begun = row(
            key::refund(&payment.store, &payment.id, &refund.id),
            [
                ("doc", s(RefundRecord::write(refund))),
                ("state", s(refund.state)),
            ],
        );
        if let Some(reference) = &refund.reference {
            begun.insert("reference".to_owned(), s(reference));
        }
        let claimed = stored.claimed_minor.checked_add(refund.amount_minor);
        let claimed = claimed.map_err(StoreError::from)?;
        let claim = Change::new("SET #claimed_minor = :claimed")
            .value("claimed", n(claimed))
            .also_due(due(payment, look_at));
        let claim = seen(claim, stored);
        let parts = vec![
            self.part_new(begun),
            self.part(key::payment(&payment.store, &payment.id), claim),
        ];
        Ok(self.transact(parts).await?)
    }

    /// Moves a refund to `to`, its payment's sums with it, and the word that each order's money stands at.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when refund, payment or the money of an order do not stand as they were read.
    pub async fn move_refund(
        &self,
        stored: &StoredPayment,
        refund: &Refund,
        to: RefundState,
        reference: Option<&str>,
        orders: &[(&Order, PaymentStatus)],
    ) -> Result<(), MoveError> {
        let payment = &stored.payment;
        let mut moved = Change::new("SET #state = :to")
            .only_if("#state = :from")
            .value("from", s(refund.state))
            .value("to", s(to));
        if let Some(reference) = reference {
            moved = moved
                .also("#reference = :reference")
                .value("reference", s(reference));
        }
        let was = counted(refund.state, refund.amount_minor);
        let is = counted(to, refund.amount_minor);
        let after =
            |sum: Minor, was, is| sum.checked_sub(was).and_then(|rest| rest.checked_add(is));
        let claimed = after(stored.claimed_minor, was.0, is.0).map_err(StoreError::from)?;
        let refunded = after(stored.refunded_minor, was.1, is.1).map_err(StoreError::from)?;
        let sums = Change::new("SET #claimed_minor = :claimed, #refunded_minor = :refunded")
            .value("claimed", n(claimed))
            .value("refunded", n(refunded));
        let sums = seen(sums, stored);
        let mut parts = vec![
            self.part(key::refund(&payment.store, &payment.id, &refund.id), moved),
            self.part(key::payment(&payment.store, &payment.id), sums),
        ];
        for (order, status) in orders {
            let change = Change::new("SET #payment = :payment")
                .only_if("#payment = :was")
                .value("was", s(order.payment))
                .value("payment", s(status));
            parts.push(self.part(key::head(&payment.store, &order.id), change));
        }
        Ok(self.transact(parts).await?)
    }
}

/// What of an amount counts as claimed, and as gone back.
fn counted(state: RefundState, amount_minor: Minor) -> (Minor, Minor) {
    match state {
        RefundState::Requested | RefundState::Pending => (amount_minor, Minor::ZERO),
        RefundState::Succeeded => (amount_minor, amount_minor),
        RefundState::Failed => (Minor::ZERO, Minor::ZERO),
    }
}

/// Of two that change a payment's sums at once, one reads again.
const SEEN: &str =
    "#state = :paid AND #claimed_minor = :seen_claimed AND #refunded_minor = :seen_refunded";

fn seen(change: Change, stored: &StoredPayment) -> Change {
    change
        .only_if(SEEN)
        .value("paid", s(PaymentState::Paid))
        .value("seen_claimed", n(stored.claimed_minor))
        .value("seen_refunded", n(stored.refunded_minor))
}
