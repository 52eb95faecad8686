//! Refunds.
//!
//! A refund is claimed in the database before the provider is asked, so that refunds together never exceed what was paid. Its id is the
//! provider's idempotency key, so that none happens twice.

use crate::{PaymentError, Payments, ROUNDS_MAX, transition::holds};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, time::Duration};
use tabletap_domain::{
    Minor, Money, OrderId, PaymentId, RefundId, StoreKey, charge,
    money::MoneyError,
    order::{Order, OrderStatus, PaymentStatus},
    payment::{PaymentState, Refund, RefundState, status_after_refunds},
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_gateway::{Gateway, GatewayError};
use tabletap_store::{MoveError, OrderBill, StoredPayment};

/// A refund that the provider has not settled is asked about again after this long.
pub(crate) const CHECK_AGAIN_AFTER: Duration = Duration::from_mins(5);

/// Why a refund is not made.
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
    /// The payment could not be read or moved: ask again.
    #[error(transparent)]
    Payment(#[from] PaymentError),
}

impl<G: Gateway> Payments<G> {
    /// Refunds money of a payment under an id that the caller made: the same id again is the same refund.
    ///
    /// # Errors
    /// [`RefundError`]; after a [`PaymentError`] the refund may be claimed, and the sweeper goes on with it.
    pub async fn refund(
        &self,
        store: &StoreKey,
        payment: &PaymentId,
        wanted: Refund,
    ) -> Result<Refund, RefundError> {
        let now = wanted.created_at;
        let mut is_imported = false;
        for _ in 0..ROUNDS_MAX {
            let stored = self.load(store, payment).await?;
            if let Some(refund) = stored.refunds.iter().find(|refund| refund.id == wanted.id) {
                let submitted = match is_imported {
                    true => self.submit_refund(&stored, refund, now).await.map(Some),
                    // Somebody asked for it before. Stripe forgets an idempotency key after a day, so asking again could refund twice; its
                    // list of refunds does not forget.
                    false => self.import_refunds(&stored, now).await.map(|()| None),
                };
                is_imported = true;
                match submitted {
                    Ok(Some(refund)) => return Ok(refund),
                    // A webhook moved it at this very moment: read again.
                    Ok(None) | Err(PaymentError::Busy) => continue,
                    Err(error) => return Err(error.into()),
                }
            }
            check_allowed(&stored, &wanted)?;
            let claimed = self
                .store
                .claim_refund(&stored, &wanted, now.plus(CHECK_AGAIN_AFTER));
            match claimed.await {
                Ok(()) => {
                    is_imported = true;
                    fault::point("refund.claimed").map_err(PaymentError::from)?;
                }
                // Read again: another was faster.
                Err(MoveError::Moved) => {}
                Err(MoveError::Store(error)) => return Err(PaymentError::from(error).into()),
            }
        }
        Err(PaymentError::Busy.into())
    }

    /// Submits a claimed refund to the provider, and stores the answer.
    pub(crate) async fn submit_refund(
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
            .create_refund(&stored.payment, reference, refund)
            .await
        {
            Ok(status) => (status.state, Some(status.reference)),
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

    /// Moves a refund and the payment status of each order in one transaction. Orders that are fully refunded end, unless the kitchen has made
    /// them.
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
            (RefundState::Succeeded, _) => back = back.checked_sub(refund.amount_minor)?,
            (_, RefundState::Succeeded) => back.increase(refund.amount_minor)?,
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
        back: Minor,
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

/// Checks that so much can still be refunded.
pub(crate) fn check_allowed(stored: &StoredPayment, wanted: &Refund) -> Result<(), RefundError> {
    let left_minor = refundable_minor(stored, wanted.order.as_ref()).map_err(PaymentError::from)?;
    let currency = stored.payment.currency;
    match wanted.amount_minor {
        _ if stored.state != PaymentState::Paid => Err(RefundError::NotPaid),
        amount_minor if amount_minor <= 0 => Err(RefundError::NoAmount),
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

/// How much can still be refunded: of a payment for one order all that is left, of one for several what was paid for this order.
pub(crate) fn refundable_minor(
    stored: &StoredPayment,
    order: Option<&OrderId>,
) -> Result<Minor, MoneyError> {
    let payment = &stored.payment;
    let left_minor = payment.total_minor.checked_sub(stored.claimed_minor)?;
    let part = order.and_then(|order| payment.part(order));
    let Some(part) = part.filter(|_| payment.parts.len() > 1) else {
        return Ok(left_minor);
    };
    let of_it = |refund: &&Refund| {
        refund.order.as_ref() == Some(&part.order) && refund.state != RefundState::Failed
    };
    let gone = stored.refunds.iter().filter(of_it);
    let gone_minor = Minor::sum(gone.map(|refund| refund.amount_minor))?;
    let left_of_it = part.amount_minor()?.checked_sub(gone_minor)?;
    Ok(left_of_it.min(left_minor))
}

/// An amount as the provider can refund it: shares that an earlier release took unrounded may lie between two steps.
pub(crate) fn round_to_step(minor: Minor, stored: &StoredPayment) -> Result<Minor, MoneyError> {
    let currency = stored.payment.currency;
    // An amount on a step stays as it is, and is refused if less is left: nobody gets only a part of a line back.
    if charge::is_on_step(minor, currency) {
        return Ok(minor);
    }
    let left_minor = stored
        .payment
        .total_minor
        .checked_sub(stored.claimed_minor)?;
    Ok(charge::scale(minor, 1, 1, currency)?.min(left_minor))
}

/// The id of a refund, derived from what it is for: asking for the same refund again gives the same id.
pub(crate) fn derived_id(what: &str, of: &str) -> RefundId {
    let digest: [u8; 32] = Sha256::digest(format!("{what}:{of}")).into();
    let (id, _) = digest.split_first_chunk().expect("32 bytes hold 16");
    (*id).into()
}
