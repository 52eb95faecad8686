//! A due payment: what no event ever said is asked for.

use crate::{Summary, Sweeper};
use futures_util::{StreamExt, stream};
use tabletap_domain::{PaymentId, StoreKey, time::UnixMillis};
use tabletap_payments::{Fulfilled, PaymentError};

/// Payments that are asked about at a time.
const ASKED_AT_ONCE: usize = 8;

impl Sweeper {
    /// Asks about each, and puts off what cannot be asked about now. What the provider says otherwise than the table is unexplained, and
    /// on an alarm each time until somebody has explained it.
    pub(crate) async fn sweep_payments(
        &self,
        key: &StoreKey,
        due: Vec<PaymentId>,
        now: UnixMillis,
        summary: &mut Summary,
    ) {
        let asked = stream::iter(due).map(|payment| async move {
            let looked = self.payments.look(key, &payment, now).await;
            if let Err(error) = &looked {
                tracing::error!(%error, payment_id = payment.as_str(), "a payment was not moved");
                let later = now.plus(crate::tickets::WAIT_MAX);
                let put_off = self
                    .store
                    .postpone_payment(key, &payment, Some(later))
                    .await;
                if let Err(error) = put_off {
                    tracing::error!(%error, payment_id = payment.as_str(), "it was not put off");
                }
            }
            looked
        });
        let mut asked = asked.buffer_unordered(ASKED_AT_ONCE);
        while let Some(looked) = asked.next().await {
            summary.payments += 1;
            match looked {
                Ok(Fulfilled { moved, .. }) => summary.fulfilled += u32::from(moved),
                Err(PaymentError::Differs(_) | PaymentError::Unknown(_)) => {
                    summary.alarms += 1;
                    summary.unexplained += 1;
                }
                Err(_) => summary.failed += 1,
            }
        }
    }
}
