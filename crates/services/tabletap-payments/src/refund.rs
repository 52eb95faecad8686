//! Money that goes back, whoever wants it to.
//!
//! A refund is claimed in the table before the provider is asked, so that no two together exceed what was paid; its id is the provider's
//! idempotency key, so that none happens twice.

use crate::{PaymentError, Payments, ROUNDS_MAX, settle::holds};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, time::Duration};
use tabletap_domain::{
    Money, OrderId, PaymentId, RefundId, StoreKey, charge,
    order::{Order, OrderStatus, PaymentStatus},
    payment::{PaymentState, Refund, RefundState, status_after_refunds},
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_gateway::{Gateway, GatewayError};
use tabletap_store::{MoveError, OrderBill, StoredPayment};

/// A refund that the provider has not settled is asked about again after this long.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_mins(5);

/// Why money does not go back.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// Nothing was paid.
    #[error("this payment has not been paid")]
    NotPaid,
    /// More than is left of what was paid.
    #[error("only {left} of it can still be refunded")]
    TooMuch {
        /// What is left.
        left: Money,
    },
    /// An amount between two steps of its currency: the provider moves none.
    #[error("amounts in {} are refunded in steps of {step}", step.currency().code())]
    BetweenSteps {
        /// The step.
        step: Money,
    },
    /// Nothing, or less.
    #[error("the amount must be above zero")]
    NoAmount,
    /// It did not come to that.
    #[error(transparent)]
    Payment(#[from] PaymentError),
}

impl<G: Gateway> Payments<G> {
    /// Gives money of a payment back under an id made by whoever wants it: the same id again is the same refund.
    ///
    /// # Errors
    /// [`RefundError`]; where it is [`PaymentError`], the refund may stand and is gone on with by the sweeper.
    pub async fn refund(
        &self,
        store: &StoreKey,
        payment: &PaymentId,
        wanted: Refund,
    ) -> Result<Refund, RefundError> {
        let now = wanted.created_at;
        let mut compared = false;
        for _ in 0..ROUNDS_MAX {
            let stored = self.stored(store, payment).await?;
            if let Some(refund) = stored.refunds.iter().find(|refund| refund.id == wanted.id) {
                let pushed = match compared {
                    true => self.push(&stored, refund, now).await.map(Some),
                    // Wanted before: a provider forgets its keys after a day, and what it gave back never.
                    false => self.compare_refunds(&stored, now).await.map(|()| None),
                };
                compared = true;
                match pushed {
                    Ok(Some(refund)) => return Ok(refund),
                    // News of it came at this very moment, and moved it: read again.
                    Ok(None) | Err(PaymentError::Busy) => continue,
                    Err(error) => return Err(error.into()),
                }
            }
            allow(&stored, &wanted)?;
            let claimed = self
                .store
                .claim_refund(&stored, &wanted, now.plus(LOOK_AGAIN));
            match claimed.await {
                Ok(()) => {
                    compared = true;
                    fault::point("refund.claimed").map_err(PaymentError::from)?;
                }
                // Read again: another was faster.
                Err(MoveError::Moved) => {}
                Err(MoveError::Store(error)) => return Err(PaymentError::from(error).into()),
            }
        }
        Err(PaymentError::Busy.into())
    }

    /// Asks the provider for a refund that is claimed, and writes down what it says.
    pub(crate) async fn push(
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

    /// Moves a refund, and says of each order of its payment how its money stands. What is wholly refunded has ended, unless it is made.
    pub(crate) async fn move_refund(
        &self,
        stored: &StoredPayment,
        refund: &Refund,
        to: RefundState,
        reference: Option<&str>,
        now: UnixMillis,
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
        let bills = self.bills_of(stored).await?;
        let orders = self.orders_after(stored, back, &bills).await?;
        self.store
            .move_refund(stored, refund, to, reference, &orders)
            .await?;
        fault::point("refund.moved")?;
        tracing::info!(payment_id = payment.id.as_str(), refund_id = refund.id.as_str(), state = %to, "a refund moved");
        match back >= payment.total_minor {
            true => self.end_refunded(stored, now).await,
            false => Ok(()),
        }
    }

    /// How the money of each order stands once `back` of this payment has gone: others may have paid lines of it too.
    async fn orders_after<'a>(
        &self,
        stored: &StoredPayment,
        back: i64,
        bills: &'a [OrderBill],
    ) -> Result<Vec<(&'a Order, PaymentStatus)>, PaymentError> {
        let payment = &stored.payment;
        let is_paid =
            |bill: &&OrderBill| holds(stored, bill) && bill.order.payment != PaymentStatus::Unpaid;
        let payers: BTreeSet<PaymentId> = bills
            .iter()
            .filter(is_paid)
            .flat_map(|bill| bill.payers().cloned())
            .filter(|payer| *payer != payment.id)
            .collect();
        let others = self.store.payments(&payment.store, &payers).await?;
        let after = |bill: &'a OrderBill| {
            let others = others
                .iter()
                .filter(|other| other.payment.part(&bill.order.id).is_some())
                .map(|other| (other.payment.total_minor, other.refunded_minor));
            let status = status_after_refunds(others.chain([(payment.total_minor, back)]));
            (&bill.order, status)
        };
        Ok(bills.iter().filter(is_paid).map(after).collect())
    }

    /// Orders whose money is all back end where they wait for a decision, or for their time in the kitchen: others may have their places.
    pub(crate) async fn end_refunded(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        for OrderBill { order, .. } in self.bills_of(stored).await? {
            let waits = match order.status {
                OrderStatus::RefundDue => true,
                OrderStatus::Placed => !order.fires_by(now),
                _ => false,
            };
            if !waits || order.payment != PaymentStatus::Refunded {
                continue;
            }
            self.store.release_slot(&order).await?;
            let ended = self
                .store
                .move_order(&order, order.status, OrderStatus::Cancelled);
            match ended.await {
                Ok(()) | Err(MoveError::Moved) => {}
                Err(MoveError::Store(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Whether so much may still go back.
pub(crate) fn allow(stored: &StoredPayment, wanted: &Refund) -> Result<(), RefundError> {
    let left_minor = left_of(stored, wanted.order.as_ref());
    let currency = stored.payment.currency;
    match wanted.amount_minor {
        _ if stored.state != PaymentState::Paid => Err(RefundError::NotPaid),
        ..=0 => Err(RefundError::NoAmount),
        amount_minor if amount_minor > left_minor => {
            let left = Money::new(left_minor, currency);
            Err(RefundError::TooMuch { left })
        }
        amount_minor if !charge::is_on_step(amount_minor, currency) => {
            let step = Money::new(charge::step_minor(currency), currency);
            Err(RefundError::BetweenSteps { step })
        }
        _ => Ok(()),
    }
}

/// What can still go back: of a payment for one order everything, of one for several what was paid for this one.
pub(crate) fn left_of(stored: &StoredPayment, order: Option<&OrderId>) -> i64 {
    let payment = &stored.payment;
    let left_minor = payment.total_minor - stored.claimed_minor;
    let part = order.and_then(|order| payment.part(order));
    let Some(part) = part.filter(|_| payment.parts.len() > 1) else {
        return left_minor;
    };
    let of_it = |refund: &&Refund| {
        refund.order.as_ref() == Some(&part.order) && refund.state != RefundState::Failed
    };
    let gone = stored.refunds.iter().filter(of_it);
    let gone_minor: i64 = gone.map(|refund| refund.amount_minor).sum();
    (part.amount_minor() - gone_minor).min(left_minor)
}

/// An amount as it can go back: shares that were paid before they were rounded may lie between two steps.
pub(crate) fn carried(minor: i64, stored: &StoredPayment) -> i64 {
    let currency = stored.payment.currency;
    // What lies on a step stays as it is, and is refused where less is left: nobody gets a part of a line back.
    if charge::is_on_step(minor, currency) {
        return minor;
    }
    let left_minor = stored.payment.total_minor - stored.claimed_minor;
    let rounded = charge::scale(minor, 1, 1, currency);
    rounded.map_or(minor, |rounded| rounded.min(left_minor))
}

/// A refund's id that anybody finds again who knows what it is for.
pub(crate) fn derived(what: &str, of: &str) -> RefundId {
    let digest: [u8; 32] = Sha256::digest(format!("{what}:{of}")).into();
    let (id, _) = digest.split_first_chunk().expect("32 bytes hold 16");
    (*id).into()
}
