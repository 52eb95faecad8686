//! Reconciles the refunds of a paid payment with the provider's, and refunds what a rule says without anybody asking.

use crate::{
    Difference, PaymentError, Payments, RefundError,
    fulfil::differs,
    refund::{CHECK_AGAIN_AFTER, derived_id, round_to_step},
    transition::holds,
};
use std::time::Duration;
use tabletap_domain::{
    Minor,
    order::OrderStatus,
    payment::{Payment, PaymentState, Refund, RefundCause, RefundState, next_look},
    takeout::LateRule,
    time::UnixMillis,
};
use tabletap_gateway::{Gateway, ProviderStatus};
use tabletap_store::{OrderBill, StoredPayment};

/// Staff are reminded this often of money that is owed and that the bank would not give back.
const REMIND_AGAIN: Duration = Duration::from_hours(1);

/// What became of the refund that a rule asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AutomaticRefund {
    NotOwed,
    Requested,
    /// The money is still owed: staff must give it back.
    Refused,
}

impl<G: Gateway> Payments<G> {
    /// Moves the refunds of a payment to where they stand at the provider, imports those that were made in its dashboard, and refunds what
    /// the store's rule says. Schedules the next check while one is open.
    pub(crate) async fn reconcile_refunds(
        &self,
        stored: &StoredPayment,
        status: Option<&ProviderStatus>,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let (Some(status), PaymentState::Paid) = (status, stored.state) else {
            return self.schedule_check(stored, None, now).await;
        };
        let before = &stored.refunds;
        let mut stored = stored.clone();
        if status.refunded_minor != stored.refunded_minor || before.iter().any(is_open) {
            self.import_refunds(&stored, now).await?;
            stored = self.reload(&stored).await?;
        }
        // Claimed by a call that died before it asked the provider.
        let is_unsubmitted = |refund: &&Refund| refund.state == RefundState::Requested;
        while let Some(refund) = stored.refunds.iter().find(is_unsubmitted) {
            self.submit_refund(&stored, refund, now).await?;
            stored = self.reload(&stored).await?;
        }
        let owed = self.refund_unhonoured(&stored, now).await?;
        if owed != AutomaticRefund::NotOwed {
            stored = self.reload(&stored).await?;
        }
        if stored.refunded_minor >= stored.payment.total_minor {
            // The call that moved the last refund may have died before it ended the orders.
            self.end_refunded(&stored, now).await?;
        }
        self.check_refunds(&stored, before, status).await?;
        let at = match stored.refunds.iter().any(is_open) {
            true => Some(now.plus(CHECK_AGAIN_AFTER)),
            false if owed == AutomaticRefund::Refused => Some(now.plus(REMIND_AGAIN)),
            false => None,
        };
        self.schedule_check(&stored, at, now).await
    }

    /// Checks what went back by the provider's count: at least what we know to have gone, at most what was asked for. Refunds under way make
    /// the two differ.
    async fn check_refunds(
        &self,
        stored: &StoredPayment,
        before: &[Refund],
        status: &ProviderStatus,
    ) -> Result<(), PaymentError> {
        let refunded_minor = match (&stored.checkout, stored.refunds == before) {
            // We have moved refunds since the provider was asked.
            (Some(checkout), false) => {
                let status = self
                    .gateway
                    .page_status(&stored.payment, &checkout.id)
                    .await?;
                status.refunded_minor
            }
            _ => status.refunded_minor,
        };
        match (stored.refunded_minor..=stored.claimed_minor).contains(&refunded_minor) {
            true => Ok(()),
            false => Err(differs(&stored.payment, Difference::Refunds)),
        }
    }

    async fn reload(&self, stored: &StoredPayment) -> Result<StoredPayment, PaymentError> {
        let payment = &stored.payment;
        self.load(&payment.store, &payment.id).await
    }

    /// Imports each refund's state from the provider, also of refunds that were made in its dashboard.
    pub(crate) async fn import_refunds(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let Some(reference) = &stored.reference else {
            return Ok(());
        };
        for theirs in self
            .gateway
            .list_refunds(&stored.payment, reference)
            .await?
        {
            let stored = &self.reload(stored).await?;
            let id = theirs
                .id
                .clone()
                .unwrap_or_else(|| derived_id("dashboard", &theirs.reference));
            match stored.refunds.iter().find(|refund| refund.id == id) {
                Some(refund) => {
                    self.move_refund(stored, refund, theirs.state, Some(&theirs.reference), now)
                        .await?;
                }
                None if theirs.state == RefundState::Failed => {}
                // What cannot be summed with the other refunds is no refund of this payment.
                None if stored
                    .claimed_minor
                    .checked_add(theirs.amount_minor)
                    .is_err() =>
                {
                    return Err(differs(&stored.payment, Difference::Refunds));
                }
                None => {
                    let refund = Refund {
                        state: RefundState::Pending,
                        reference: Some(theirs.reference.clone()),
                        ..Refund::wanted(id, theirs.amount_minor, RefundCause::Dashboard, None, now)
                    };
                    self.store
                        .claim_refund(stored, &refund, now.plus(CHECK_AGAIN_AFTER))
                        .await?;
                    let stored = &self.reload(stored).await?;
                    self.move_refund(stored, &refund, theirs.state, Some(&theirs.reference), now)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Refunds what was paid for orders that cannot be honoured, or for lines that another payment has, once: the refund's id is derived from
    /// the payment, so the next call finds it.
    async fn refund_unhonoured(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<AutomaticRefund, PaymentError> {
        let payment = &stored.payment;
        let id = derived_id("not-honoured", payment.id.as_str());
        let refused = match stored.refunds.iter().find(|refund| refund.id == id) {
            Some(refund) if refund.state == RefundState::Failed => true,
            Some(_) => return Ok(AutomaticRefund::NotOwed),
            None => false,
        };
        let owed_minor = self.unhonoured_minor(stored).await?;
        if refused {
            // Staff may have given it back since.
            return Ok(match owed_minor > stored.claimed_minor {
                true => refund_refused(payment, "the bank refused"),
                false => AutomaticRefund::NotOwed,
            });
        }
        let owed_minor = round_to_step(owed_minor, stored)?;
        if owed_minor <= 0 {
            return Ok(AutomaticRefund::NotOwed);
        }
        let wanted = Refund::wanted(id, owed_minor, RefundCause::NotHonoured, None, now);
        match self.refund(&payment.store, &payment.id, wanted).await {
            Ok(refund) if refund.state == RefundState::Failed => Ok(AutomaticRefund::Refused),
            Ok(_) => Ok(AutomaticRefund::Requested),
            Err(RefundError::Payment(error)) => Err(error),
            Err(error) => Ok(refund_refused(payment, &error.to_string())),
        }
    }

    /// How much of a payment is refunded without anybody asking.
    async fn unhonoured_minor(&self, stored: &StoredPayment) -> Result<Minor, PaymentError> {
        let payment = &stored.payment;
        let bills = self.bills_of(stored).await?;
        let mut owed_minor = Minor::ZERO;
        for part in &payment.parts {
            let bill = bills.iter().find(|bill| bill.order.id == part.order);
            if self.is_refunded_automatically(stored, bill).await? {
                owed_minor.increase(part.amount_minor()?)?;
            }
        }
        // If nothing that was paid for is left, the tip goes back too.
        Ok(
            match owed_minor == payment.total_minor.checked_sub(payment.tip_minor)? {
                true => payment.total_minor,
                false => owed_minor,
            },
        )
    }

    /// Whether what was paid for an order is refunded without anybody asking.
    async fn is_refunded_automatically(
        &self,
        stored: &StoredPayment,
        bill: Option<&OrderBill>,
    ) -> Result<bool, PaymentError> {
        let Some(bill) = bill.filter(|bill| holds(stored, bill)) else {
            return Ok(true);
        };
        match bill.order.status {
            OrderStatus::RefundDue => {
                let config = self.store.store(&stored.payment.store).await?;
                let rules = config.and_then(|config| config.takeout);
                Ok(rules.is_none_or(|rules| rules.late == LateRule::Refund))
            }
            // It had ended before the money came: there is nothing to decide.
            OrderStatus::Cancelled => Ok(bill.order.refund_reason.is_some()),
            _ => Ok(false),
        }
    }

    /// Schedules the sweeper's next check: at `at`, or when the payment's age asks for one.
    async fn schedule_check(
        &self,
        stored: &StoredPayment,
        at: Option<UnixMillis>,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let payment = &stored.payment;
        let next = at.or(next_look(stored.state, payment.created_at, now));
        if stored.due.is_some_and(|due| due > now) && at.is_none() {
            return Ok(());
        }
        if stored.due == next {
            return Ok(());
        }
        Ok(self.store.postpone_payment(stored, next).await?)
    }
}

/// Raises an alarm each time: only staff can return the money now.
fn refund_refused(payment: &Payment, why: &str) -> AutomaticRefund {
    tracing::error!(
        alarm = "refund_refused",
        payment_id = payment.id.as_str(),
        why,
        "staff must give the money back by hand"
    );
    AutomaticRefund::Refused
}

fn is_open(refund: &Refund) -> bool {
    matches!(refund.state, RefundState::Pending | RefundState::Requested)
}
