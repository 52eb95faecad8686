//! `fulfil`: asks the provider where a payment stands, and moves payment and orders there.

use crate::{PaymentError, Payments, ROUNDS_MAX};
use std::collections::BTreeSet;
use tabletap_domain::{
    OrderId, PaymentId, StoreKey,
    customer::Email,
    payment::{Payment, PaymentPage, PaymentState},
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_gateway::{Gateway, GatewayError, ProviderStatus};
use tabletap_store::{MoveError, StoredPayment};

/// Where a payment stands after it was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fulfilled {
    /// Its state now; another process may have moved it.
    pub state: PaymentState,
    /// This call moved it there.
    pub moved: bool,
}

/// How the payment at the provider differs from the one that we began.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// Another amount or currency.
    #[error("the amount")]
    Amount,
    /// A test key at a live payment, or the other way round.
    #[error("test or live")]
    Live,
    /// Another payment's id.
    #[error("the payment's id")]
    Identity,
    /// More went back than was paid, or by other parts than we know.
    #[error("the refunds")]
    Refunds,
}

impl<G: Gateway> Payments<G> {
    /// Moves a payment, and what it pays for, to where it stands at the provider. Refunds it automatically if an order can no longer be honoured
    /// and the store's rule says so. Idempotent: every part of the system that hears of the payment calls it.
    ///
    /// # Errors
    /// [`PaymentError`]; call again.
    pub async fn fulfil(
        &self,
        store: &StoreKey,
        id: &PaymentId,
        now: UnixMillis,
    ) -> Result<Fulfilled, PaymentError> {
        let (mut moved, mut known) = (false, None);
        for _ in 0..ROUNDS_MAX {
            let stored = self.load(store, id).await?;
            if self.has_other_keys(&stored) {
                return self.give_up(&stored, now).await;
            }
            let status = match known.take() {
                Some(status) => Some(status),
                None => self.provider_status(&stored, now).await?,
            };
            fault::point("fulfil.asked")?;
            if let Some(status) = &status {
                self.check(&stored, status)?;
            }
            // A page that the provider never made, and will not make, reserves nothing any more.
            let state = status
                .as_ref()
                .map_or(PaymentState::Expired, |status| status.state);
            // Events come late and out of order: a state that does not follow from ours tells nothing new about the payment. Its refunds may
            // have moved all the same.
            // Events come late and out of order: a state that does not follow from ours tells nothing new about the payment. Its refunds may
            // have moved all the same.
            let Some(next) = stored.state.after(state) else {
                match self.reconcile_refunds(&stored, status.as_ref(), now).await {
                    Err(PaymentError::Busy) => continue,
                    followed => followed?,
                }
                return Ok(Fulfilled {
                    state: stored.state,
                    moved,
                });
            };
            match self.transition(&stored, next, status.as_ref(), now).await {
                Ok(()) => {
                    moved = true;
                    tracing::info!(payment_id = id.as_str(), state = %next, "a payment moved");
                    fault::point("fulfil.settled")?;
                    known = status;
                }
                Err(PaymentError::Busy) => tracing::debug!("somebody was faster"),
                Err(error) => return Err(error),
            }
        }
        Err(PaymentError::Busy)
    }

    /// Asks about every payment that has lines of this order: for the guest who comes back.
    ///
    /// # Errors
    /// [`PaymentError`].
    pub async fn refresh(
        &self,
        store: &StoreKey,
        order: &OrderId,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let bills = self.store.bills(store, std::slice::from_ref(order)).await?;
        let ids: BTreeSet<PaymentId> = bills
            .iter()
            .flat_map(|bill| bill.payers().cloned())
            .collect();
        for stored in self.store.payments(store, &ids).await? {
            let open = stored.claimed_minor != stored.refunded_minor;
            if stored.state != PaymentState::Paid || open {
                self.fulfil(store, &stored.payment.id, now).await?;
            }
        }
        Ok(())
    }

    /// Checks a payment that is due: expires its page if it has held its lines long enough, then fulfils it.
    ///
    /// # Errors
    /// [`PaymentError`].
    pub async fn check_due(
        &self,
        store: &StoreKey,
        payment: &PaymentId,
        now: UnixMillis,
    ) -> Result<Fulfilled, PaymentError> {
        let stored = self.load(store, payment).await?;
        let over = stored.state == PaymentState::Open && now >= stored.payment.held_until();
        // One that has no page ends without the provider.
        if over
            && stored.checkout.is_some()
            && !self.has_other_keys(&stored)
            && let Err(error) = self.expire_page(&stored).await
        {
            tracing::warn!(%error, payment_id = payment.as_str(), "its page was not ended; it is asked about all the same");
        }
        self.fulfil(store, payment, now).await
    }

    /// Whether the account has keys of the other kind by now, test or live: they cannot move what was begun with the first.
    fn has_other_keys(&self, stored: &StoredPayment) -> bool {
        let payment = &stored.payment;
        let live = self.gateway.is_live(&payment.account);
        live.is_some_and(|live| live != payment.live)
    }

    /// Ends a payment that we have no keys to ask about any more. With test keys nobody loses money; real money is for people to look at.
    async fn give_up(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<Fulfilled, PaymentError> {
        let payment = &stored.payment;
        let open = matches!(stored.state, PaymentState::Open | PaymentState::Processing);
        if payment.live || (open && now < payment.expires_at()) {
            return Err(differs(payment, Difference::Live));
        }
        let state = if open {
            self.transition(stored, PaymentState::Expired, None, now)
                .await?;
            PaymentState::Expired
        } else {
            self.store.postpone_payment(stored, None).await?;
            stored.state
        };
        Ok(Fulfilled { state, moved: open })
    }

    /// Where the payment stands at the provider. If we have no page yet, because we died before we asked for it or the answer was lost, this
    /// asks for it again under the same key: the provider then makes it, or answers with the one it made. `None` if it will not make one.
    async fn provider_status(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<Option<ProviderStatus>, PaymentError> {
        let may_begin = stored.state == PaymentState::Open && now < stored.payment.held_until();
        let checkout = match &stored.checkout {
            Some(checkout) => checkout.clone(),
            None if may_begin => match self.create_page(stored).await {
                Ok(checkout) => checkout,
                Err(PaymentError::Gateway(GatewayError::Refused(_))) => return Ok(None),
                Err(error) => return Err(error),
            },
            // No guest ever got its address: whether the provider made it or not, nobody can pay it.
            None => return Ok(None),
        };
        Ok(Some(
            self.gateway
                .page_status(&stored.payment, &checkout.id)
                .await?,
        ))
    }

    /// Creates the page where the guest pays, and stores its address.
    pub(crate) async fn create_page(
        &self,
        stored: &StoredPayment,
    ) -> Result<PaymentPage, PaymentError> {
        if self.has_other_keys(stored) {
            return Err(differs(&stored.payment, Difference::Live));
        }
        let email = self.email_of(&stored.payment).await?;
        let email = email.as_ref().map(Email::as_str);
        let checkout = self.gateway.create_page(&stored.payment, email).await?;
        fault::point("checkout.begun")?;
        match self.store.note_checkout(&stored.payment, &checkout).await {
            // It has moved meanwhile, so it needs no page any more.
            Ok(()) | Err(MoveError::Moved) => Ok(checkout),
            Err(MoveError::Store(error)) => Err(error.into()),
        }
    }

    /// Checks that the payment at the provider is the one that we began: otherwise nothing may move, whatever the state says.
    fn check(&self, stored: &StoredPayment, status: &ProviderStatus) -> Result<(), PaymentError> {
        let payment = &stored.payment;
        if status.payment.as_deref() != Some(payment.id.as_str()) {
            return Err(differs(payment, Difference::Identity));
        }
        if status.live != payment.live {
            return Err(differs(payment, Difference::Live));
        }
        if status.amount_minor != payment.total_minor || status.currency != payment.currency.code()
        {
            return Err(differs(payment, Difference::Amount));
        }
        if status.disputed {
            tracing::error!(
                alarm = "payment_disputed",
                payment_id = payment.id.as_str(),
                "the guest's bank wants the money back"
            );
        }
        Ok(())
    }
}

/// Raises the alarm about a payment that nobody here can explain.
pub(crate) fn differs(payment: &Payment, difference: Difference) -> PaymentError {
    tracing::error!(
        alarm = "payment_differs",
        payment_id = payment.id.as_str(),
        orders = ?payment.orders(),
        %difference,
        "nothing was moved"
    );
    PaymentError::Differs(difference)
}
