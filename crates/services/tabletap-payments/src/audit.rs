//! Compares our payments with the provider's, in both directions: every payment of recent orders is checked, and every page that
//! was paid at the provider must be a payment here. Both lists are read to their ends, a part at a time.

use crate::{PaymentError, Payments};
use std::collections::BTreeSet;
use tabletap_domain::{
    AccountName, Minor, OrderId, PaymentId, StoreKey,
    payment::{PaymentState, RefundState},
    time::UnixMillis,
};
use tabletap_gateway::Gateway;
use tabletap_store::{OrderBill, RecentOrders, StoredPayment};

/// What a comparison looked at, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Orders of the time it looked at.
    pub orders: usize,
    /// Payments of these orders.
    pub payments: usize,
    /// Of these, payments that had moved unnoticed and are up to date now.
    pub healed: usize,
    /// Refunds of these that have not failed.
    pub refunds: usize,
    /// What these orders' payments brought in, in minor units.
    pub paid_minor: Minor,
    /// Gone back, in minor units.
    pub refunded_minor: Minor,
    /// Pages to pay at that the provider lists for the store.
    pub provider_pages: usize,
    /// Of these, what was paid, in minor units.
    pub provider_paid_minor: Minor,
    /// Gone back of it, in minor units.
    pub provider_refunded_minor: Minor,
    /// Payments that cannot be explained.
    pub unexplained: usize,
}

impl<G: Gateway> Payments<G> {
    /// Compares the payments of all orders since the day before `now` with the provider, moves what had moved there, and then compares the
    /// provider's own list with ours. `tell` is called with each payment that cannot be explained.
    ///
    /// # Errors
    /// [`PaymentError`] if database or provider cannot be asked.
    pub async fn audit(
        &self,
        store: &StoreKey,
        account: Option<&AccountName>,
        now: UnixMillis,
        mut tell: impl FnMut(&str),
    ) -> Result<Audit, PaymentError> {
        let mut audit = Audit::default();
        let mut list = RecentOrders::new(store.clone(), now);
        while let Some(orders) = self.store.next_recent_orders(&mut list).await? {
            audit.orders += orders.len();
            for bill in self.store.bills(store, &orders).await? {
                self.audit_order(&bill, now, &mut audit, &mut tell).await?;
            }
        }
        if let Some(account) = account {
            self.audit_provider(store, account, now, &mut audit, &mut tell)
                .await?;
        }
        Ok(audit)
    }

    async fn audit_order(
        &self,
        bill: &OrderBill,
        now: UnixMillis,
        audit: &mut Audit,
        tell: &mut impl FnMut(&str),
    ) -> Result<(), PaymentError> {
        let (store, order) = (&bill.order.store, &bill.order.id);
        let ids: BTreeSet<&PaymentId> = bill.payers().collect();
        for id in ids {
            let before = self.load(store, id).await?;
            if self.first_order_since(&before, now).await?.as_ref() != Some(order) {
                continue; // it is looked at with another of its orders
            }
            match self.fulfil(store, id, now).await {
                Ok(fulfilled) => audit.healed += usize::from(fulfilled.moved),
                Err(PaymentError::Differs(difference)) => {
                    audit.unexplained += 1;
                    tell(&format!("{order} {id}: {difference}"));
                }
                Err(error) => return Err(error),
            }
            let stored = self.load(store, id).await?;
            audit.payments += 1;
            if stored.state == PaymentState::Paid {
                let went = |state| state != RefundState::Failed;
                let refunds = stored.refunds.iter().map(|refund| refund.state);
                audit.refunds += refunds.filter(|state| went(*state)).count();
                audit.paid_minor.increase(stored.payment.total_minor)?;
                audit.refunded_minor.increase(stored.refunded_minor)?;
            }
        }
        Ok(())
    }

    /// The first of a payment's orders that the audit comes to. Only that order's turn checks the payment, so each is checked once without a
    /// list of those that were, which would grow with the day.
    async fn first_order_since(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<Option<OrderId>, PaymentError> {
        let orders = stored.payment.orders();
        if let [only] = orders.as_slice() {
            return Ok(Some(only.clone()));
        }
        let bills = self.store.bills(&stored.payment.store, &orders).await?;
        let since = RecentOrders::since(now);
        let mut seen = bills.into_iter().filter(|bill| {
            bill.order.placed_at >= since && bill.payers().any(|id| *id == stored.payment.id)
        });
        Ok(seen.next().map(|bill| bill.order.id))
    }

    /// Checks that every page of this store that the provider lists is recorded here: money that we know nothing of is somebody's meal.
    async fn audit_provider(
        &self,
        store: &StoreKey,
        account: &AccountName,
        now: UnixMillis,
        audit: &mut Audit,
        tell: &mut impl FnMut(&str),
    ) -> Result<(), PaymentError> {
        let (since, mut after) = (RecentOrders::since(now), None);
        loop {
            let part = self
                .gateway
                .list_pages(account, since, after.as_deref())
                .await?;
            for begun in &part.pages {
                let Some((_, id)) = begun.payment.as_ref().filter(|(of, _)| of == store) else {
                    continue; // another store's, or none of ours
                };
                audit.provider_pages += 1;
                if begun.paid {
                    audit.provider_paid_minor.increase(begun.amount_minor)?;
                    audit
                        .provider_refunded_minor
                        .increase(begun.refunded_minor)?;
                    let recorded = self.store.payment(store, id).await?;
                    let wrong = match recorded {
                        None => Some("paid at the provider, but not recorded here"),
                        Some(stored) if stored.state != PaymentState::Paid => {
                            self.audit_unrecorded(store, id, now, audit).await?
                        }
                        Some(_) => None,
                    };
                    if let Some(why) = wrong {
                        audit.unexplained += 1;
                        tell(&format!("{id}: {why}"));
                    }
                }
            }
            match part.next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Checks a payment that is paid at the provider and not here: its order may be older than the audit looks, or it was paid just now.
    async fn audit_unrecorded(
        &self,
        store: &StoreKey,
        id: &PaymentId,
        now: UnixMillis,
        audit: &mut Audit,
    ) -> Result<Option<&'static str>, PaymentError> {
        match self.fulfil(store, id, now).await {
            Ok(fulfilled) => audit.healed += usize::from(fulfilled.moved),
            Err(PaymentError::Differs(_)) => {}
            Err(error) => return Err(error),
        }
        let stored = self.load(store, id).await?;
        Ok((stored.state != PaymentState::Paid)
            .then_some("paid at the provider, but recorded differently here"))
    }
}
