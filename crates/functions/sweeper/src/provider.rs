//! Checks due payments with the provider, and the orders that wait for money or for a decision about it.
//!
//! It has lanes and a time of its own, alongside the kitchens: neither a provider nor a broker that hangs keeps the other's work from being
//! done.

use crate::{Sweep, Tally, WAIT_MAX};
use futures_util::{StreamExt, stream};
use tabletap_domain::{
    PaymentId, StoreKey,
    order::{Order, OrderStatus},
};
use tabletap_payments::{Fulfilled, PaymentError};
use tabletap_store::StoreError;
use tokio::time::timeout_at;
use tracing::{Instrument, info_span};

/// How many are asked about at a time.
const LANES: usize = 16;

/// What cannot be decided without asking the provider.
#[derive(Debug)]
pub(crate) enum ProviderCheck {
    /// A payment that may have moved unnoticed.
    Payment(StoreKey, PaymentId),
    /// An order that is not paid, or that is paid and cannot be honoured.
    Order(Box<Order>),
}

impl ProviderCheck {
    /// Whether an order waits for money, or for a decision about it.
    pub(crate) fn concerns(order: &Order) -> bool {
        matches!(
            order.status,
            OrderStatus::AwaitingPayment | OrderStatus::RefundDue
        )
    }

    fn store(&self) -> &StoreKey {
        match self {
            Self::Payment(key, _) => key,
            Self::Order(order) => &order.store,
        }
    }
}

impl Sweep {
    /// Checks each, until the time for the provider is over.
    pub(crate) async fn check_with_provider(&self, due: Vec<ProviderCheck>) -> Tally {
        let (mut tally, mut left) = (Tally::default(), due.len());
        let until = self.deadline(self.sweeper.limits.provider);
        let asked = stream::iter(due).map(|due| {
            let key = due.store();
            let span = info_span!(
                "money",
                tenant_id = key.tenant.as_str(),
                store_id = key.store.as_str()
            );
            async move { self.check(&due).await }.instrument(span)
        });
        let mut asked = asked.buffer_unordered(LANES);
        loop {
            match timeout_at(until, asked.next()).await {
                Ok(Some(settled)) => {
                    tally += settled;
                    left -= 1;
                }
                Ok(None) => return tally,
                Err(_) => {
                    tracing::error!(
                        left,
                        "the provider is slow; the rest is asked about next time"
                    );
                    tally.left += u32::try_from(left).unwrap_or(u32::MAX);
                    return tally;
                }
            }
        }
    }

    async fn check(&self, due: &ProviderCheck) -> Tally {
        match due {
            ProviderCheck::Payment(key, payment) => self.sweep_payment(key, payment).await,
            ProviderCheck::Order(order) if order.status == OrderStatus::AwaitingPayment => {
                self.sweep_unpaid(order).await
            }
            ProviderCheck::Order(order) => self.sweep_undecided(order).await,
        }
    }

    /// Checks a payment, and postpones one that cannot be checked now. One that differs from the provider's is unexplained, and on an alarm
    /// each time until somebody has explained it.
    async fn sweep_payment(&self, key: &StoreKey, payment: &PaymentId) -> Tally {
        let mut tally = Tally {
            payments: 1,
            ..Tally::default()
        };
        let error = match self
            .sweeper
            .payments
            .check_due(key, payment, self.now)
            .await
        {
            Ok(Fulfilled { moved, .. }) => {
                tally.fulfilled += u32::from(moved);
                return tally;
            }
            Err(error) => error,
        };
        tracing::error!(%error, payment_id = payment.as_str(), "a payment was not moved");
        match error {
            PaymentError::Differs(_) | PaymentError::Unknown(_) => {
                tally += Tally::alarm();
                tally.unexplained += 1;
            }
            _ => tally += Tally::failure(),
        }
        if let Err(error) = self.postpone_payment(key, payment).await {
            tracing::error!(%error, payment_id = payment.as_str(), "a payment was not postponed");
        }
        tally
    }

    async fn postpone_payment(
        &self,
        key: &StoreKey,
        payment: &PaymentId,
    ) -> Result<(), StoreError> {
        let store = &self.sweeper.store;
        match store.payment(key, payment).await? {
            Some(stored) => {
                let later = Some(self.now.plus(WAIT_MAX));
                store.postpone_payment(&stored, later).await
            }
            None => Ok(()),
        }
    }
}
