//! What cannot be settled without asking the provider: due payments, and orders that wait for money or for a decision about it.
//!
//! It is done after everything else of every store, at once, and within a time of its own: a provider that hangs must not keep a kitchen
//! from its tickets.

use crate::{Summary, Sweeper, tickets::WAIT_MAX};
use futures_util::{StreamExt, stream};
use std::time::Duration;
use tabletap_domain::{
    PaymentId, StoreKey,
    order::{Order, OrderStatus},
    time::UnixMillis,
};
use tabletap_payments::{Fulfilled, PaymentError};
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, info_span};

/// How many are asked about at a time.
const ASKED_AT_ONCE: usize = 16;
/// The part of the function's minute that the provider may take.
const ASKING_MAX: Duration = Duration::from_secs(25);

/// What waits for the provider's word.
#[derive(Debug)]
pub(crate) enum Money {
    /// A payment that may have moved without a word to us.
    Payment(StoreKey, PaymentId),
    /// An order that is not paid, or that is paid and cannot be honoured.
    Order(Box<Order>),
}

impl Money {
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

impl Sweeper {
    /// Settles each. What the time does not suffice for is due still.
    pub(crate) async fn sweep_money(&self, due: Vec<Money>, now: UnixMillis) -> Summary {
        let mut summary = Summary::default();
        let mut left = due.len();
        let until = Instant::now() + ASKING_MAX;
        let asked = stream::iter(due).map(|due| {
            let key = due.store();
            let span = info_span!(
                "money",
                tenant_id = key.tenant.as_str(),
                store_id = key.store.as_str()
            );
            async move {
                match due {
                    Money::Payment(key, payment) => self.sweep_payment(&key, &payment, now).await,
                    Money::Order(order) => self.sweep_unsettled(&order, now).await,
                }
            }
            .instrument(span)
        });
        let mut asked = asked.buffer_unordered(ASKED_AT_ONCE);
        loop {
            match timeout_at(until, asked.next()).await {
                Ok(Some(swept)) => {
                    summary += swept;
                    left -= 1;
                }
                Ok(None) => return summary,
                Err(_) => {
                    tracing::error!(
                        left,
                        "the provider is slow; the rest is asked about next time"
                    );
                    summary.failed += u32::try_from(left).unwrap_or(u32::MAX);
                    return summary;
                }
            }
        }
    }

    async fn sweep_unsettled(&self, order: &Order, now: UnixMillis) -> Summary {
        let mut summary = Summary::default();
        match order.status {
            OrderStatus::AwaitingPayment => self.sweep_unpaid(order, now, &mut summary).await,
            _ => self.sweep_undecided(order, now, &mut summary).await,
        }
        summary
    }

    /// Asks about a payment, and puts off what cannot be asked about now. What the provider says otherwise than the table is unexplained, and
    /// on an alarm each time until somebody has explained it.
    async fn sweep_payment(&self, key: &StoreKey, payment: &PaymentId, now: UnixMillis) -> Summary {
        let mut summary = Summary {
            payments: 1,
            ..Summary::default()
        };
        let error = match self.payments.look(key, payment, now).await {
            Ok(Fulfilled { moved, .. }) => {
                summary.fulfilled += u32::from(moved);
                return summary;
            }
            Err(error) => error,
        };
        tracing::error!(%error, payment_id = payment.as_str(), "a payment was not moved");
        match error {
            PaymentError::Differs(_) | PaymentError::Unknown(_) => {
                summary.alarms += 1;
                summary.unexplained += 1;
            }
            _ => summary.failed += 1,
        }
        if let Err(error) = self.put_payment_off(key, payment, now).await {
            tracing::error!(%error, payment_id = payment.as_str(), "it was not put off");
        }
        summary
    }

    async fn put_payment_off(
        &self,
        key: &StoreKey,
        payment: &PaymentId,
        now: UnixMillis,
    ) -> Result<(), tabletap_store::StoreError> {
        match self.store.payment(key, payment).await? {
            Some(stored) => {
                let later = Some(now.plus(WAIT_MAX));
                self.store.postpone_payment(&stored, later).await
            }
            None => Ok(()),
        }
    }
}
