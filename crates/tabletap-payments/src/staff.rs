//! What staff do with money: refunds by order, and the comparison of the table with the provider.

use crate::{Gateway, PaymentError, Payments, RefundError, refund::derived};
use futures_util::future::try_join_all;
use std::collections::BTreeSet;
use tabletap_domain::{
    OrderId, PaymentId, RefundId, StoreKey,
    payment::{PaymentState, Refund, RefundCause, RefundState},
    time::UnixMillis,
};
use tabletap_store::StoredPayment;

/// What of an order's money goes back.
#[derive(Clone, Debug)]
pub enum RefundWanted {
    /// All that is left of it; the tip too, where the payment was for nothing else.
    Everything,
    /// These lines, by their place from 0.
    Lines(BTreeSet<usize>),
    /// An amount, under an id of whoever wants it: the same id again is the same refund.
    Amount {
        /// In minor units.
        minor: i64,
        /// Made before the first try.
        id: RefundId,
    },
}

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Payments compared.
    pub payments: usize,
    /// Of these, what had moved without a word to us and is right now.
    pub healed: usize,
    /// Paid, in minor units.
    pub paid_minor: i64,
    /// Gone back, in minor units.
    pub refunded_minor: i64,
    /// What nobody can explain: order, payment, and why.
    pub unexplained: Vec<(OrderId, PaymentId, String)>,
}

impl<G: Gateway> Payments<G> {
    /// Gives money of an order back, whoever paid it. What went back before under the same wish is not given twice.
    ///
    /// # Errors
    /// [`RefundError::NotPaid`] where nobody paid what is wanted back.
    pub async fn refund_order(
        &self,
        store: &StoreKey,
        order: &OrderId,
        wanted: &RefundWanted,
        now: UnixMillis,
    ) -> Result<Vec<(PaymentId, Refund)>, RefundError> {
        let paid = self.paid(store, order).await?;
        let mut refunds = Vec::new();
        for (id, stored, amount_minor) in shares(&paid, order, wanted) {
            let payment = stored.payment.id.clone();
            let refund = self.refund(store, &payment, &id, amount_minor, RefundCause::Staff, now);
            let refund = refund.await?;
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
            .flat_map(|bill| bill.taken.values().cloned())
            .collect();
        let paid = ids.iter().map(|id| self.stored(store, id));
        let mut paid = try_join_all(paid).await?;
        paid.retain(|stored| stored.state == PaymentState::Paid);
        paid.sort_by_key(|stored| stored.payment.created_at);
        Ok(paid)
    }

    /// Compares the payments of these orders with the provider, and moves what had moved there.
    ///
    /// # Errors
    /// [`PaymentError`] where table or provider cannot be asked.
    pub async fn audit(
        &self,
        store: &StoreKey,
        orders: &[OrderId],
        now: UnixMillis,
    ) -> Result<Audit, PaymentError> {
        let (mut audit, mut seen) = (Audit::default(), BTreeSet::new());
        for bill in self.store.bills(store, orders).await? {
            let ids: BTreeSet<PaymentId> = bill.taken.values().cloned().collect();
            for id in ids.into_iter().filter(|id| seen.insert(id.clone())) {
                match self.fulfil(store, &id, now).await {
                    Ok(fulfilled) => audit.healed += usize::from(fulfilled.moved),
                    Err(PaymentError::Differs(difference)) => {
                        audit.unexplained.push((
                            bill.order.id.clone(),
                            id.clone(),
                            difference.to_string(),
                        ));
                    }
                    Err(error) => return Err(error),
                }
                let stored = self.store.payment(store, &id).await?;
                audit.payments += 1;
                for stored in stored
                    .iter()
                    .filter(|stored| stored.state == PaymentState::Paid)
                {
                    audit.paid_minor += stored.payment.total_minor;
                    audit.refunded_minor += stored.refunded_minor;
                }
            }
        }
        Ok(audit)
    }
}

/// What each payment gives back, and under which id.
fn shares<'a>(
    paid: &'a [StoredPayment],
    order: &OrderId,
    wanted: &RefundWanted,
) -> Vec<(RefundId, &'a StoredPayment, i64)> {
    let mut shares = Vec::new();
    for stored in paid {
        let payment = &stored.payment;
        let Some(part) = payment.part(order) else {
            continue;
        };
        let left = payment.total_minor - stored.claimed_minor;
        match wanted {
            RefundWanted::Everything => {
                let alone = payment.parts.len() == 1;
                let amount = if alone {
                    left
                } else {
                    part.amount_minor().min(left)
                };
                shares.push((
                    untried(stored, "everything", order.as_str()),
                    stored,
                    amount,
                ));
            }
            RefundWanted::Lines(places) => {
                for (place, amount) in part
                    .lines
                    .iter()
                    .filter(|(place, _)| places.contains(place))
                {
                    let id = untried(stored, "line", &format!("{order}:{place}"));
                    shares.push((id, stored, *amount));
                }
            }
            RefundWanted::Amount { minor, id }
                if shares.is_empty() && (*minor <= left || paid.len() == 1) =>
            {
                shares.push((id.clone(), stored, *minor));
            }
            RefundWanted::Amount { .. } => {}
        }
    }
    shares
}

/// The id of a wish: always the same, until the bank has refused it. Then the same wish is another refund.
fn untried(stored: &StoredPayment, what: &str, of: &str) -> RefundId {
    let id = |tries: usize| derived(what, &format!("{}:{of}:{tries}", stored.payment.id));
    let refused = |id: &RefundId| {
        let mut refunds = stored.refunds.iter();
        refunds.any(|refund| refund.id == *id && refund.state == RefundState::Failed)
    };
    let tries = (0..).take_while(|tries| refused(&id(*tries))).count();
    id(tries)
}
