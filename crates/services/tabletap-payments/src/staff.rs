//! Refunds that staff ask for, by order.

use crate::{
    PaymentError, Payments, RefundError,
    refund::{derived_id, refundable_minor, round_to_step},
};
use futures_util::future::try_join_all;
use std::collections::BTreeSet;
use tabletap_domain::{
    Minor, OrderId, PaymentId, RefundId, StoreKey,
    money::MoneyError,
    payment::{PaymentState, Refund, RefundCause, RefundState},
    time::UnixMillis,
};
use tabletap_gateway::Gateway;
use tabletap_store::StoredPayment;

/// How much of what was paid for an order is refunded.
#[derive(Clone, Debug)]
pub enum RefundWanted {
    /// All that is left of it, and the tip too if the payment was for nothing else.
    Everything,
    /// These lines, by their place from 0.
    Lines(BTreeSet<usize>),
    /// An amount, under the caller's own id: the same id again is the same refund.
    Amount {
        /// In minor units.
        minor: Minor,
        /// Made before the first try.
        id: RefundId,
    },
}

impl<G: Gateway> Payments<G> {
    /// Refunds money of an order, from any of its payments. Repeating the same request refunds nothing more.
    ///
    /// # Errors
    /// [`RefundError::NotPaid`] if nobody paid what is to be refunded.
    pub async fn refund_order(
        &self,
        store: &StoreKey,
        order: &OrderId,
        wanted: &RefundWanted,
        now: UnixMillis,
    ) -> Result<Vec<(PaymentId, Refund)>, RefundError> {
        let paid = self.paid(store, order).await?;
        let mut refunds = Vec::new();
        for (payment, id, amount_minor) in
            shares(&paid, order, wanted).map_err(PaymentError::from)?
        {
            let order = Some(order.clone());
            let wanted = Refund::wanted(id, amount_minor, RefundCause::Staff, order, now);
            let refund = self.refund(store, &payment, wanted).await?;
            refunds.push((payment, refund));
        }
        match refunds.is_empty() {
            true => Err(RefundError::NotPaid),
            false => Ok(refunds),
        }
    }

    async fn paid(
        &self,
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<Vec<StoredPayment>, PaymentError> {
        let bills = self.store.bills(store, std::slice::from_ref(order)).await?;
        let ids: BTreeSet<PaymentId> = bills
            .iter()
            .flat_map(|bill| bill.payers().cloned())
            .collect();
        let paid = ids.iter().map(|id| self.load(store, id));
        let mut paid = try_join_all(paid).await?;
        paid.retain(|stored| stored.state == PaymentState::Paid);
        paid.sort_by_key(|stored| stored.payment.created_at);
        Ok(paid)
    }
}

/// How much each payment refunds, and under which id.
fn shares(
    paid: &[StoredPayment],
    order: &OrderId,
    wanted: &RefundWanted,
) -> Result<Vec<(PaymentId, RefundId, Minor)>, MoneyError> {
    let parts = paid
        .iter()
        .filter_map(|stored| Some((stored, stored.payment.part(order)?)));
    match wanted {
        RefundWanted::Everything => parts
            .map(|(stored, _)| {
                let id = next_refund_id(stored, "everything", order.as_str());
                let left_minor = round_to_step(refundable_minor(stored, Some(order))?, stored)?;
                Ok((stored.payment.id.clone(), id, left_minor))
            })
            .collect(),
        RefundWanted::Lines(places) => parts
            .flat_map(|(stored, part)| {
                let wanted = part.lines.iter().filter(|line| places.contains(&line.0));
                wanted.map(|(place, amount_minor)| {
                    let id = next_refund_id(stored, "line", &format!("{order}:{place}"));
                    let amount_minor = round_to_step(*amount_minor, stored)?;
                    Ok((stored.payment.id.clone(), id, amount_minor))
                })
            })
            .collect(),
        RefundWanted::Amount { minor, id } => {
            let has_it =
                |stored: &StoredPayment| stored.refunds.iter().any(|refund| refund.id == *id);
            let has_enough = |stored: &StoredPayment| {
                refundable_minor(stored, Some(order)).is_ok_and(|left| *minor <= left)
            };
            let from = paid.iter().find(|stored| has_it(stored));
            let from = from.or(paid.iter().find(|stored| has_enough(stored)));
            // None has enough: the first one's refusal says how much it has.
            let from = from.or(paid.first());
            let share = from.map(|stored| (stored.payment.id.clone(), id.clone(), *minor));
            Ok(share.into_iter().collect())
        }
    }
}

/// The id of a refund that staff ask for: always the same, until the bank has refused it. Then the same request is another refund.
fn next_refund_id(stored: &StoredPayment, what: &str, of: &str) -> RefundId {
    let id = |tries: usize| derived_id(what, &format!("{}:{of}:{tries}", stored.payment.id));
    let refused = |id: &RefundId| {
        let mut refunds = stored.refunds.iter();
        refunds.any(|refund| refund.id == *id && refund.state == RefundState::Failed)
    };
    let tries = (0..).take_while(|tries| refused(&id(*tries))).count();
    id(tries)
}

#[cfg(test)]
mod tests;
