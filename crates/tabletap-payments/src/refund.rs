//! Money that goes back: wanted by staff, by a rule of the store, or made in the provider's dashboard.
//!
//! A refund is claimed in the table before the provider is asked, so that no two together exceed what was paid; its id is the provider's
//! idempotency key, so that none happens twice.

use crate::{Gateway, GatewayError, PaymentError, Payments, ROUNDS_MAX, Word, fulfil::holds};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tabletap_domain::{
    OrderId, PaymentId, RefundId, StoreKey,
    order::{OrderStatus, PaymentStatus},
    payment::{PaymentState, Refund, RefundCause, RefundState, status_after_refund},
    takeout::LateRule,
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_store::{MoveError, OrderBill, StoredPayment};

/// A refund that the provider has not settled is asked about again after this long.
const LOOK_AGAIN: Duration = Duration::from_mins(5);

/// Why money does not go back.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// Nothing was paid.
    #[error("this payment is not paid")]
    NotPaid,
    /// More than is left of what was paid.
    #[error("only {left_minor} of it can still go back")]
    TooMuch {
        /// What is left, in minor units.
        left_minor: i64,
    },
    /// Nothing, or less.
    #[error("the amount must be more than nothing")]
    NoAmount,
    /// The provider will not.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// It did not come to that.
    #[error(transparent)]
    Payment(#[from] PaymentError),
}

impl<G: Gateway> Payments<G> {
    /// Gives `amount_minor` of a payment back under an id made by whoever wants it: the same id again is the same refund.
    ///
    /// # Errors
    /// [`RefundError`]; where it is [`PaymentError`], the refund may stand and is gone on with by the sweeper.
    pub async fn refund(
        &self,
        store: &StoreKey,
        payment: &PaymentId,
        id: &RefundId,
        amount_minor: i64,
        cause: RefundCause,
        now: UnixMillis,
    ) -> Result<Refund, RefundError> {
        for _ in 0..ROUNDS_MAX {
            let stored = self
                .store
                .payment(store, payment)
                .await
                .map_err(PaymentError::from)?;
            let stored = stored.ok_or_else(|| PaymentError::Unknown(payment.clone()))?;
            if let Some(refund) = stored.refunds.iter().find(|refund| refund.id == *id) {
                match self.push(&stored, refund, now).await {
                    // News of it came at this very moment, and moved it: read again.
                    Err(PaymentError::Busy) => continue,
                    pushed => return Ok(pushed?),
                }
            }
            if stored.state != PaymentState::Paid {
                return Err(RefundError::NotPaid);
            }
            if amount_minor <= 0 {
                return Err(RefundError::NoAmount);
            }
            let left_minor = stored.payment.total_minor - stored.claimed_minor;
            if amount_minor > left_minor {
                return Err(RefundError::TooMuch { left_minor });
            }
            let refund = Refund {
                id: id.clone(),
                amount_minor,
                cause,
                state: RefundState::Requested,
                reference: None,
                created_at: now,
            };
            match self
                .store
                .claim_refund(&stored, &refund, now.plus(LOOK_AGAIN))
                .await
            {
                // Read again: it stands now, or another was faster.
                Ok(()) | Err(MoveError::Moved) => {
                    fault::point("refund.claimed").map_err(PaymentError::from)?;
                }
                Err(MoveError::Store(error)) => return Err(PaymentError::from(error).into()),
            }
        }
        Err(PaymentError::Busy.into())
    }

    /// Asks the provider for a refund that is claimed, and writes down what it says.
    async fn push(
        &self,
        stored: &StoredPayment,
        refund: &Refund,
        now: UnixMillis,
    ) -> Result<Refund, PaymentError> {
        if refund.state != RefundState::Requested {
            return Ok(refund.clone());
        }
        let reference = stored.reference.as_deref().unwrap_or_default();
        let said = match self
            .gateway
            .refund(&stored.payment, reference, refund)
            .await
        {
            Ok(word) => (word.state, Some(word.reference)),
            Err(GatewayError::Refused(reason)) => {
                tracing::error!(
                    alarm = "refund_refused",
                    refund_id = refund.id.as_str(),
                    reason,
                    "staff must give the money back by hand"
                );
                (RefundState::Failed, None)
            }
            Err(error) => return Err(error.into()),
        };
        fault::point("refund.pushed")?;
        self.move_refund(stored, refund, said.0, said.1.as_deref(), now)
            .await?;
        Ok(Refund {
            state: said.0,
            reference: said.1,
            ..refund.clone()
        })
    }

    /// Moves a refund, and says of each order of its payment how its money stands. An order whose money is all back has ended.
    async fn move_refund(
        &self,
        stored: &StoredPayment,
        refund: &Refund,
        to: RefundState,
        reference: Option<&str>,
        _now: UnixMillis,
    ) -> Result<(), PaymentError> {
        if refund.state == to {
            return Ok(());
        }
        let payment = &stored.payment;
        let mut back = stored.refunded_minor;
        match (refund.state, to) {
            (RefundState::Succeeded, _) => back -= refund.amount_minor,
            (_, RefundState::Succeeded) => back += refund.amount_minor,
            _ => {}
        }
        let ids: Vec<OrderId> = payment
            .parts
            .iter()
            .map(|part| part.order.clone())
            .collect();
        let bills = self.store.bills(&payment.store, &ids).await?;
        let status = status_after_refund(payment.total_minor, back);
        let orders: Vec<(OrderId, PaymentStatus)> = bills
            .iter()
            .filter(|bill| holds(stored, bill) && bill.order.payment != PaymentStatus::Unpaid)
            .map(|bill| (bill.order.id.clone(), status))
            .collect();
        self.store
            .move_refund(stored, refund, to, reference, &orders)
            .await?;
        tracing::info!(payment_id = payment.id.as_str(), refund_id = refund.id.as_str(), state = %to, "a refund moved");
        if status == PaymentStatus::Refunded {
            self.end_unhonoured(&bills).await?;
        }
        Ok(())
    }

    /// Orders that waited for a decision are over once their money is back.
    async fn end_unhonoured(&self, bills: &[OrderBill]) -> Result<(), PaymentError> {
        for OrderBill { order, .. } in bills {
            if order.status != OrderStatus::RefundDue {
                continue;
            }
            let ended =
                self.store
                    .move_order(order, OrderStatus::RefundDue, OrderStatus::Cancelled);
            match ended.await {
                Ok(()) | Err(MoveError::Moved) => {}
                Err(MoveError::Store(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

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
        for refund in stored
            .refunds
            .iter()
            .filter(|refund| refund.state == RefundState::Requested)
        {
            self.push(stored, refund, now).await?;
        }
        let stored = &self.again(stored).await?;
        let is_open =
            |refund: &Refund| matches!(refund.state, RefundState::Pending | RefundState::Requested);
        if word.refunded_minor != stored.refunded_minor || stored.refunds.iter().any(is_open) {
            self.compare_refunds(stored, now).await?;
        }
        let stored = &self.again(stored).await?;
        self.give_back_unhonoured(stored, now).await?;
        let stored = &self.again(stored).await?;
        let open = stored.refunds.iter().any(is_open);
        let at = if open {
            Some(now.plus(LOOK_AGAIN))
        } else {
            None
        };
        self.look_at(stored, at, now).await
    }

    async fn again(&self, stored: &StoredPayment) -> Result<StoredPayment, PaymentError> {
        let payment = &stored.payment;
        let again = self.store.payment(&payment.store, &payment.id).await?;
        again.ok_or_else(|| PaymentError::Unknown(payment.id.clone()))
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
                    self.move_refund(stored, refund, word.state, Some(&word.reference), now)
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
    ) -> Result<(), PaymentError> {
        let payment = &stored.payment;
        let id = derived("not-honoured", payment.id.as_str());
        if stored.refunds.iter().any(|refund| refund.id == id) {
            return Ok(());
        }
        let ids: Vec<OrderId> = payment
            .parts
            .iter()
            .map(|part| part.order.clone())
            .collect();
        let bills = self.store.bills(&payment.store, &ids).await?;
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
        match Box::pin(self.refund(
            &payment.store,
            &payment.id,
            &id,
            owed,
            RefundCause::NotHonoured,
            now,
        ))
        .await
        {
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
        let next = at.or(tabletap_domain::payment::next_look(
            stored.state,
            payment.created_at,
            now,
        ));
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

/// A refund's id that anybody finds again who knows what it is for.
pub(crate) fn derived(what: &str, of: &str) -> RefundId {
    let digest = Sha256::digest(format!("{what}:{of}"));
    let hex: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    RefundId::parse(&format!("ref_{hex}")).expect("16 bytes are 32 hex digits")
}
