//! `fulfil`: asks the provider where a payment stands, and moves payment and orders there.

use crate::{PaymentError, Payments, ROUNDS_MAX};
use std::collections::BTreeSet;
use tabletap_domain::{
    OrderId, PaymentId, StoreKey,
    payment::{Checkout, Payment, PaymentState},
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_gateway::{Gateway, GatewayError, Word};
use tabletap_store::{MoveError, StoredPayment};

/// Where a payment stands after it was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fulfilled {
    /// The state.
    pub state: PaymentState,
    /// This call moved it there.
    pub moved: bool,
}

/// How the provider's word differs from what was begun.
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
    /// Moves a payment, and what it pays, to where the provider says that it stands; gives money back by itself where an order can no longer
    /// be honoured and the store's rule says so. Idempotent: whoever hears of the payment calls it.
    ///
    /// # Errors
    /// [`PaymentError`]; call again.
    pub async fn fulfil(
        &self,
        store: &StoreKey,
        id: &PaymentId,
        now: UnixMillis,
    ) -> Result<Fulfilled, PaymentError> {
        let (mut moved, mut said) = (false, None);
        for _ in 0..ROUNDS_MAX {
            let stored = self.stored(store, id).await?;
            if self.has_other_keys(&stored) {
                return self.give_up(&stored, now).await;
            }
            let word = match said.take() {
                Some(word) => Some(word),
                None => self.word(&stored, now).await?,
            };
            fault::point("fulfil.asked")?;
            if let Some(word) = &word {
                self.check(&stored, word)?;
            }
            // What the provider never made, and will not, holds nothing any more.
            let state = word
                .as_ref()
                .map_or(PaymentState::Expired, |word| word.state);
            let Some(next) = stored.state.after(state) else {
                match self.follow(&stored, word.as_ref(), now).await {
                    Err(PaymentError::Busy) => continue,
                    followed => followed?,
                }
                return Ok(Fulfilled {
                    state: stored.state,
                    moved,
                });
            };
            match self.settle(&stored, next, word.as_ref(), now).await {
                Ok(()) => {
                    moved = true;
                    tracing::info!(payment_id = id.as_str(), state = %next, "a payment moved");
                    fault::point("fulfil.settled")?;
                    said = word;
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

    /// What the sweeper does about a payment that is due: one that was held long enough is ended, and every one is asked about.
    ///
    /// # Errors
    /// [`PaymentError`].
    pub async fn look(
        &self,
        store: &StoreKey,
        payment: &PaymentId,
        now: UnixMillis,
    ) -> Result<Fulfilled, PaymentError> {
        let stored = self.stored(store, payment).await?;
        let over = stored.state == PaymentState::Open && now >= stored.payment.held_until();
        // One that has no page ends without the provider.
        if over
            && stored.checkout.is_some()
            && !self.has_other_keys(&stored)
            && let Err(error) = self.end(&stored).await
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

    /// A payment that nobody can ask about. Of a test nobody is the poorer; real money is for people to look at.
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
            self.settle(stored, PaymentState::Expired, None, now)
                .await?;
            PaymentState::Expired
        } else {
            self.store.postpone_payment(stored, None).await?;
            stored.state
        };
        Ok(Fulfilled { state, moved: open })
    }

    /// What the provider says. One that was never told of the payment, or whose answer was lost, is told again under the same key: it either
    /// makes it now or says which it made. `None` where it will not make it.
    async fn word(
        &self,
        stored: &StoredPayment,
        now: UnixMillis,
    ) -> Result<Option<Word>, PaymentError> {
        let may_begin = stored.state == PaymentState::Open && now < stored.payment.held_until();
        let checkout = match &stored.checkout {
            Some(checkout) => checkout.clone(),
            None if may_begin => match self.begin(stored).await {
                Ok(checkout) => checkout,
                Err(PaymentError::Gateway(GatewayError::Refused(_))) => return Ok(None),
                Err(error) => return Err(error),
            },
            // No guest ever got its address: whether the provider made it or not, nobody can pay it.
            None => return Ok(None),
        };
        Ok(Some(self.gateway.ask(&stored.payment, &checkout.id).await?))
    }

    /// Opens the page where the guest pays, and notes it.
    pub(crate) async fn begin(&self, stored: &StoredPayment) -> Result<Checkout, PaymentError> {
        if self.has_other_keys(stored) {
            return Err(differs(&stored.payment, Difference::Live));
        }
        let checkout = self.gateway.begin(&stored.payment).await?;
        fault::point("checkout.begun")?;
        match self.store.note_checkout(&stored.payment, &checkout).await {
            // It was settled meanwhile: whoever did knows more.
            Ok(()) | Err(MoveError::Moved) => Ok(checkout),
            Err(MoveError::Store(error)) => Err(error.into()),
        }
    }

    /// Compares what the provider says with what was begun.
    fn check(&self, stored: &StoredPayment, word: &Word) -> Result<(), PaymentError> {
        let payment = &stored.payment;
        if word.payment.as_deref() != Some(payment.id.as_str()) {
            return Err(differs(payment, Difference::Identity));
        }
        if word.live != payment.live {
            return Err(differs(payment, Difference::Live));
        }
        if word.amount_minor != payment.total_minor || word.currency != payment.currency.code() {
            return Err(differs(payment, Difference::Amount));
        }
        if word.disputed {
            tracing::error!(
                alarm = "payment_disputed",
                payment_id = payment.id.as_str(),
                "the guest's bank wants the money back"
            );
        }
        Ok(())
    }
}

/// Says aloud that nobody here can explain it: an alarm, with the orders it is about.
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
