//! `fulfil`: asks the provider where a payment stands, and moves payment and orders there.

use crate::{Gateway, GatewayError, PaymentError, Payments, ROUNDS_MAX, Word};
use std::collections::BTreeSet;
use std::time::Duration;
use tabletap_domain::{
    OrderId, PaymentId, StoreKey,
    order::{OrderStatus, OrderType, PaymentStatus, RefundReason},
    payment::{Payment, PaymentState, next_look},
    store::StoreConfig,
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_opening::{Opening, Promise};
use tabletap_store::{
    Checkout, CurrentMenu, MoveError, OrderBill, OrderStep, Settlement, StoreError, StoredPayment,
};

/// Staff are reminded this often of an order whose money nobody has decided about.
const DECIDE_AGAIN: Duration = Duration::from_mins(1);

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
        let mut moved = false;
        for _ in 0..ROUNDS_MAX {
            let stored = self.stored(store, id).await?;
            if self.has_other_keys(&stored) {
                return self.give_up(&stored, now).await;
            }
            let word = self.word(&stored, now).await?;
            fault::point("fulfil.asked")?;
            let Some(word) = word else {
                // The provider never made it, and will not: it holds nothing any more.
                match self.settle(&stored, PaymentState::Expired, None, now).await {
                    Ok(()) => {
                        return Ok(Fulfilled {
                            state: PaymentState::Expired,
                            moved: true,
                        });
                    }
                    Err(PaymentError::Busy) => continue,
                    Err(error) => return Err(error),
                }
            };
            self.check(&stored, &word)?;
            let Some(next) = stored.state.after(word.state) else {
                match self.follow_refunds(&stored, &word, now).await {
                    Err(PaymentError::Busy) => continue,
                    followed => followed?,
                }
                return Ok(Fulfilled {
                    state: stored.state,
                    moved,
                });
            };
            match self.settle(&stored, next, Some(&word), now).await {
                Ok(()) => {
                    moved = true;
                    tracing::info!(payment_id = id.as_str(), state = %next, "a payment moved");
                    fault::point("fulfil.settled")?;
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
            .flat_map(|bill| bill.taken.values().cloned())
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

    async fn settle(
        &self,
        stored: &StoredPayment,
        state: PaymentState,
        word: Option<&Word>,
        now: UnixMillis,
    ) -> Result<(), PaymentError> {
        let payment = &stored.payment;
        let bills = self.bills_of(stored).await?;
        let orders = match state {
            PaymentState::Open | PaymentState::Processing => Vec::new(),
            PaymentState::Failed | PaymentState::Expired => bills
                .into_iter()
                .filter(|bill| holds(stored, bill))
                .map(|bill| (bill, OrderStep::Release))
                .collect(),
            PaymentState::Paid => self.paid_steps(stored, bills, now).await?,
        };
        let settlement = Settlement {
            state,
            reference: word.and_then(|word| word.reference.clone()),
            method: word.and_then(|word| word.method.clone()),
            paid_at: (state == PaymentState::Paid).then_some(now),
            due: match state == PaymentState::Paid && owes_refund(payment, &orders) {
                // Should this be the last thing we do, the sweeper goes on.
                true => Some(now),
                false => next_look(state, payment.created_at, now),
            },
            orders,
        };
        Ok(self.store.settle_payment(stored, &settlement).await?)
    }

    /// The orders that a payment pays for, and who has their lines.
    pub(crate) async fn bills_of(
        &self,
        stored: &StoredPayment,
    ) -> Result<Vec<OrderBill>, PaymentError> {
        let payment = &stored.payment;
        Ok(self.store.bills(&payment.store, &payment.orders()).await?)
    }

    /// What becomes of the orders of a payment that is paid. Lines that another payment has by now are left to it: their money goes back.
    async fn paid_steps(
        &self,
        stored: &StoredPayment,
        bills: Vec<OrderBill>,
        now: UnixMillis,
    ) -> Result<Vec<(OrderBill, OrderStep)>, PaymentError> {
        let mut steps = Vec::new();
        for bill in bills.into_iter().filter(|bill| can_take(stored, bill)) {
            let step = match bill.order.kind {
                // It was called off while its guest paid.
                OrderType::DineIn if bill.order.status == OrderStatus::Cancelled => {
                    OrderStep::RefundDue {
                        reason: RefundReason::OrderEnded,
                        decide_by: now,
                    }
                }
                OrderType::DineIn => OrderStep::Pay(status_once_paid(stored, &bill)),
                OrderType::Takeout | OrderType::Delivery => self.honour(&bill, now).await?,
            };
            steps.push((bill, step));
        }
        Ok(steps)
    }

    /// Whether a paid order can still be made, and when.
    async fn honour(&self, bill: &OrderBill, now: UnixMillis) -> Result<OrderStep, PaymentError> {
        let order = &bill.order;
        if order.status != OrderStatus::AwaitingPayment {
            let reason = RefundReason::OrderEnded;
            return Ok(OrderStep::RefundDue {
                reason,
                decide_by: now,
            });
        }
        let (config, menu) = tokio::try_join!(
            self.store.store(&order.store),
            self.store.current_menu(&order.store)
        )?;
        let missing = || StoreError::Corrupt(format!("the store of {}: missing", order.id));
        let config = config.ok_or_else(missing)?;
        let capacity = config.takeout.as_ref().map_or(0, |rules| rules.capacity);
        let promised = match promise(&config, menu.as_ref(), bill, now) {
            Ok(promised) if self.store.retake_slot(order, capacity).await? => Ok(promised),
            Ok(_) => Err(RefundReason::SlotFull),
            Err(reason) => Err(reason),
        };
        Ok(match promised {
            Ok(promise) => OrderStep::Place {
                fire_at: promise.fire_at,
                ready_at: promise.ready_at,
            },
            Err(reason) => OrderStep::RefundDue {
                reason,
                decide_by: now.plus(DECIDE_AGAIN),
            },
        })
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

/// What the store still promises of an order that is paid `now`.
fn promise(
    config: &StoreConfig,
    menu: Option<&CurrentMenu>,
    bill: &OrderBill,
    now: UnixMillis,
) -> Result<Promise, RefundReason> {
    let order = &bill.order;
    let gone = |menu: &CurrentMenu| {
        order
            .cart
            .lines
            .iter()
            .any(|line| menu.off.contains(&line.item))
    };
    if menu.is_none_or(gone) {
        return Err(RefundReason::ItemGone);
    }
    let (Ok(Some(opening)), Some(takeout)) = (Opening::of(config), &order.takeout) else {
        return Err(RefundReason::StoreClosed);
    };
    opening.honour(takeout.pickup, now)
}

/// Whether every line it pays of this order is reserved by this payment.
pub(crate) fn holds(stored: &StoredPayment, bill: &OrderBill) -> bool {
    each_line(stored, bill, |payment| payment == Some(&stored.payment.id))
}

/// The same, or they are nobody's.
fn can_take(stored: &StoredPayment, bill: &OrderBill) -> bool {
    each_line(stored, bill, |payment| {
        payment.is_none_or(|payment| *payment == stored.payment.id)
    })
}

fn each_line(
    stored: &StoredPayment,
    bill: &OrderBill,
    fits: impl Fn(Option<&PaymentId>) -> bool,
) -> bool {
    let part = stored.payment.part(&bill.order.id);
    part.is_some_and(|part| {
        part.lines
            .iter()
            .all(|(place, _)| fits(bill.taken.get(place)))
    })
}

fn status_once_paid(stored: &StoredPayment, bill: &OrderBill) -> PaymentStatus {
    let part = stored.payment.part(&bill.order.id);
    let paid = bill.paid_lines + part.map_or(0, |part| part.lines.len());
    if paid >= bill.order.cart.lines.len() {
        PaymentStatus::Paid
    } else {
        bill.order.payment
    }
}

/// Whether an order that it paid for is paid by another, or cannot be honoured.
fn owes_refund(payment: &Payment, orders: &[(OrderBill, OrderStep)]) -> bool {
    let is_due = |(_, step): &(OrderBill, OrderStep)| matches!(step, OrderStep::RefundDue { .. });
    orders.len() < payment.parts.len() || orders.iter().any(is_due)
}
