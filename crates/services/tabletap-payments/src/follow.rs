//! What becomes of a paid payment: the provider's refunds are taken in, and money goes back where a rule says so.

use crate::{
    Difference, PaymentError, Payments, RefundError,
    fulfil::differs,
    refund::{LOOK_AGAIN, carried, derived},
    settle::holds,
};
use std::time::Duration;
use tabletap_domain::{
    order::OrderStatus,
    payment::{Payment, PaymentState, Refund, RefundCause, RefundState, next_look},
    takeout::LateRule,
    time::UnixMillis,
};
use tabletap_gateway::{Gateway, Word};
use tabletap_store::{OrderBill, StoredPayment};

/// Staff are reminded this often of money that is owed and that the bank would not give back.
const REMIND_AGAIN: Duration = Duration::from_hours(1);

/// What became of money that goes back without anybody's word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owed {
    Nothing,
    GivenBack,
    /// It is owed still.
    Refused,
}

impl<G: Gateway> Payments<G> {
    /// Brings the refunds of a payment to where the provider says they stand, takes in those that were made in its dashboard, and gives back
    /// what the store's rule says. Ends when nothing is open.
    pub(crate) async fn follow(
        &self,
        stored: &StoredPayment,
        word: Option<&Word>,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let (Some(word), PaymentState::Paid) = (word, stored.state) else {
            return self.look_at(stored, None, now).await;
        };
        let before = &stored.refunds;
        let mut stored = stored.clone();
        if word.refunded_minor != stored.refunded_minor || before.iter().any(is_open) {
            self.compare_refunds(&stored, now).await?;
            stored = self.again(&stored).await?;
        }
        // What the provider has not heard of, though somebody wanted it.
        let unheard = |refund: &&Refund| refund.state == RefundState::Requested;
        while let Some(refund) = stored.refunds.iter().find(unheard) {
            self.push(&stored, refund, now).await?;
            stored = self.again(&stored).await?;
        }
        let owed = self.give_back_unhonoured(&stored, now).await?;
        if owed != Owed::Nothing {
            stored = self.again(&stored).await?;
        }
        if stored.refunded_minor >= stored.payment.total_minor {
            // Whoever moved the last of it may have ended there.
            self.end_refunded(&stored, now).await?;
        }
        self.check_refunds(&stored, before, word).await?;
        let at = match stored.refunds.iter().any(is_open) {
            true => Some(now.plus(LOOK_AGAIN)),
            false if owed == Owed::Refused => Some(now.plus(REMIND_AGAIN)),
            false => None,
        };
        self.look_at(&stored, at, now).await
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

    /// Takes in what the provider says of each refund, whoever wanted it.
    pub(crate) async fn compare_refunds(
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
                    self.move_refund(stored, refund, word.state, Some(&word.reference), now)
                        .await?;
                }
                None if word.state == RefundState::Failed => {}
                None => {
                    let refund = Refund {
                        state: RefundState::Pending,
                        reference: Some(word.reference.clone()),
                        ..Refund::wanted(id, word.amount_minor, RefundCause::Dashboard, None, now)
                    };
                    self.store
                        .claim_refund(stored, &refund, now.plus(LOOK_AGAIN))
                        .await?;
                    let stored = &self.again(stored).await?;
                    self.move_refund(stored, &refund, word.state, Some(&word.reference), now)
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
    ) -> Result<Owed, PaymentError> {
        let payment = &stored.payment;
        let id = derived("not-honoured", payment.id.as_str());
        let refused = match stored.refunds.iter().find(|refund| refund.id == id) {
            Some(refund) if refund.state == RefundState::Failed => true,
            Some(_) => return Ok(Owed::Nothing),
            None => false,
        };
        let owed_minor = self.owed_back(stored).await?;
        if refused {
            // Staff may have given it back since.
            return Ok(match owed_minor > stored.claimed_minor {
                true => still_owed(payment, "the bank refused"),
                false => Owed::Nothing,
            });
        }
        let owed_minor = carried(owed_minor, stored);
        if owed_minor <= 0 {
            return Ok(Owed::Nothing);
        }
        let wanted = Refund::wanted(id, owed_minor, RefundCause::NotHonoured, None, now);
        match self.refund(&payment.store, &payment.id, wanted).await {
            Ok(refund) if refund.state == RefundState::Failed => Ok(Owed::Refused),
            Ok(_) => Ok(Owed::GivenBack),
            Err(RefundError::Payment(error)) => Err(error),
            Err(error) => Ok(still_owed(payment, &error.to_string())),
        }
    }

    /// What of a payment goes back without anybody's word.
    async fn owed_back(&self, stored: &StoredPayment) -> Result<i64, PaymentError> {
        let payment = &stored.payment;
        let bills = self.bills_of(stored).await?;
        let mut owed_minor: i64 = 0;
        for part in &payment.parts {
            let bill = bills.iter().find(|bill| bill.order.id == part.order);
            if self.goes_back(stored, bill).await? {
                owed_minor += part.amount_minor();
            }
        }
        // Nobody tips for nothing.
        Ok(
            match owed_minor == payment.total_minor - payment.tip_minor {
                true => payment.total_minor,
                false => owed_minor,
            },
        )
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
        Ok(self.store.postpone_payment(stored, next).await?)
    }
}

/// Staff are told each time.
fn still_owed(payment: &Payment, why: &str) -> Owed {
    tracing::error!(
        alarm = "refund_refused",
        payment_id = payment.id.as_str(),
        why,
        "staff must give the money back by hand"
    );
    Owed::Refused
}

fn is_open(refund: &Refund) -> bool {
    matches!(refund.state, RefundState::Pending | RefundState::Requested)
}
