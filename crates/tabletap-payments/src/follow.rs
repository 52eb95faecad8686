//! What becomes of a paid payment: the provider's refunds are taken in, and money goes back where a rule says so.

use crate::{
    Difference, Gateway, PaymentError, Payments, RefundError, Word,
    fulfil::{differs, holds},
    refund::{LOOK_AGAIN, derived},
};
use tabletap_domain::{
    order::OrderStatus,
    payment::{PaymentState, Refund, RefundCause, RefundState, next_look},
    takeout::LateRule,
    time::UnixMillis,
};
use tabletap_store::{OrderBill, StoredPayment};

impl<G: Gateway> Payments<G> {
    /// Brings the refunds of a payment to where the provider says they stand, takes in those that were made in its dashboard, and gives back
    /// what the store's rule says. Ends when nothing is open.
    pub(crate) async fn follow_refunds(
        &self,
        stored: &StoredPayment,
        word: &Word,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        if stored.state != PaymentState::Paid {
            return self.look_at(stored, None, now).await;
        }
        let before = &stored.refunds;
        for refund in before
            .iter()
            .filter(|refund| refund.state == RefundState::Requested)
        {
            self.push(stored, refund).await?;
        }
        let stored = self.again(stored).await?;
        if word.refunded_minor != stored.refunded_minor || stored.refunds.iter().any(is_open) {
            self.compare_refunds(&stored, now).await?;
        }
        let stored = self.again(&stored).await?;
        self.give_back_unhonoured(&stored, now).await?;
        let stored = self.again(&stored).await?;
        if stored.refunded_minor >= stored.payment.total_minor {
            // Whoever moved the last of it may have ended there.
            let bills = self.bills_of(&stored).await?;
            self.end_unhonoured(&bills).await?;
        }
        self.check_refunds(&stored, before, word).await?;
        let open = stored.refunds.iter().any(is_open);
        self.look_at(&stored, open.then(|| now.plus(LOOK_AGAIN)), now)
            .await
    }

    /// What the provider says went back lies between what we know to have gone and what we asked for.
    async fn check_refunds(
        &self,
        stored: &StoredPayment,
        before: &[Refund],
        word: &Word,
    ) -> Result<(), PaymentError> {
        let refunded_minor = match (&stored.checkout, stored.refunds == before) {
            // What was said before we moved something is old.
            (Some(checkout), false) => {
                let word = self.gateway.ask(&stored.payment, &checkout.id).await?;
                word.refunded_minor
            }
            _ => word.refunded_minor,
        };
        match (stored.refunded_minor..=stored.claimed_minor).contains(&refunded_minor) {
            true => Ok(()),
            false => Err(differs(&stored.payment, Difference::Refunds)),
        }
    }

    async fn again(&self, stored: &StoredPayment) -> Result<StoredPayment, PaymentError> {
        let payment = &stored.payment;
        self.stored(&payment.store, &payment.id).await
    }

    async fn compare_refunds(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let Some(reference) = &stored.reference else {
            return Ok(());
        };
        for word in self.gateway.refunds(&stored.payment, reference).await? {
            let stored = &self.again(stored).await?;
            let id = word
                .id
                .clone()
                .unwrap_or_else(|| derived("dashboard", &word.reference));
            match stored.refunds.iter().find(|refund| refund.id == id) {
                Some(refund) => {
                    self.move_refund(stored, refund, word.state, Some(&word.reference))
                        .await?;
                }
                None if word.state == RefundState::Failed => {}
                None => {
                    let refund = Refund {
                        id,
                        amount_minor: word.amount_minor,
                        cause: RefundCause::Dashboard,
                        state: RefundState::Pending,
                        reference: Some(word.reference.clone()),
                        created_at: now,
                    };
                    self.store
                        .claim_refund(stored, &refund, now.plus(LOOK_AGAIN))
                        .await?;
                    let stored = &self.again(stored).await?;
                    self.move_refund(stored, &refund, word.state, Some(&word.reference))
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// What was paid for orders that cannot be honoured, or for lines that another payment has, goes back; once.
    async fn give_back_unhonoured(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let payment = &stored.payment;
        let id = derived("not-honoured", payment.id.as_str());
        if stored.refunds.iter().any(|refund| refund.id == id) {
            return Ok(());
        }
        let bills = self.bills_of(stored).await?;
        let mut owed: i64 = 0;
        for part in &payment.parts {
            let bill = bills.iter().find(|bill| bill.order.id == part.order);
            if self.goes_back(stored, bill).await? {
                owed += part.amount_minor();
            }
        }
        let paid_for_lines = payment.total_minor - payment.tip_minor;
        // Nobody tips for nothing.
        let owed = if owed == paid_for_lines {
            payment.total_minor
        } else {
            owed
        };
        let owed = owed.min(payment.total_minor - stored.claimed_minor);
        if owed <= 0 {
            return Ok(());
        }
        let (store, cause) = (&payment.store, RefundCause::NotHonoured);
        match self.refund(store, &payment.id, &id, owed, cause, now).await {
            Ok(_) => Ok(()),
            Err(RefundError::Payment(error)) => Err(error),
            Err(error) => {
                tracing::error!(alarm = "refund_refused", payment_id = payment.id.as_str(), %error, "staff must give the money back by hand");
                Ok(())
            }
        }
    }

    /// Whether what was paid of an order goes back without anybody's word.
    async fn goes_back(
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
            // It had ended when the money came: there is nothing to decide.
            OrderStatus::Cancelled => Ok(bill.order.refund_reason.is_some()),
            _ => Ok(false),
        }
    }

    /// Puts the sweeper's next look off: to `at`, or to when the payment's age asks for one.
    async fn look_at(
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
        Ok(self
            .store
            .postpone_payment(&payment.store, &payment.id, next)
            .await?)
    }
}

fn is_open(refund: &Refund) -> bool {
    matches!(refund.state, RefundState::Pending | RefundState::Requested)
}
