//! Due takeout orders: fires them when it is time to cook, gives back the places of unpaid ones and then cancels them, and ends with the
//! business day those that were not marked as picked up.

use crate::{Sweep, Sweeper, Tally, WAIT_MAX};
use std::{collections::BTreeSet, time::Duration};
use tabletap_domain::{
    order::{Order, OrderEvent, PickupWish, RefundReason},
    payment::PaymentState,
    takeout::UNPAID_ENDS_AFTER,
    ticket::tickets_due,
    time::UnixMillis,
};
use tabletap_payments::PaymentError;
use tabletap_store::{MoveError, StoreError};

/// Whether it waits for its time in the kitchen by the guest's own wish: the sweeper fires it, and nothing went wrong.
pub(crate) fn is_planned(order: &Order) -> bool {
    let takeout = order.takeout.as_ref();
    takeout.is_some_and(|takeout| takeout.pickup != PickupWish::Asap)
}

/// An order whose payment is under way is looked at again after this long.
const PAYMENT_CHECK_AFTER: Duration = Duration::from_mins(2);

/// What became of an order when its payments were asked about.
enum PaymentsAsked {
    /// It stands as it did, and no payment is under way.
    Unmoved,
    /// Somebody is paying.
    UnderWay,
    Moved,
}

/// What to do about a due order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextAction {
    /// Write its tickets and send them.
    WriteTickets,
    /// Look again then; nothing is to be done yet.
    CheckAgain(UnixMillis),
    /// End it: its business day is over.
    End,
    /// Nothing: it has ended.
    Nothing,
}

/// What to do at `now` about an order that waits neither for money nor for a decision about it.
pub(crate) fn next_action(order: &Order, now: UnixMillis) -> NextAction {
    match order.status {
        status if status.is_end() => NextAction::Nothing,
        _ if order.takeout.is_none() => NextAction::WriteTickets,
        _ => match order.ends_itself_at() {
            Some(at) if at <= now => NextAction::End,
            _ if order.is_for_kitchen() && order.fires_by(now) => NextAction::WriteTickets,
            _ if order.is_for_kitchen() => NextAction::CheckAgain(tickets_due(order.fire_at, now)),
            Some(at) => NextAction::CheckAgain(at),
            None => NextAction::Nothing,
        },
    }
}

impl Sweep {
    /// An order that is not paid: after [`tabletap_domain::takeout::PAYMENT_HOLD`] others may have its place, after [`UNPAID_ENDS_AFTER`] it
    /// is called off.
    pub(crate) async fn sweep_unpaid(&self, order: &Order) -> Tally {
        match self.ask_payments(order).await {
            Ok(PaymentsAsked::Unmoved) => {}
            // That move noted when to look again.
            Ok(PaymentsAsked::Moved) => return Tally::default(),
            Ok(PaymentsAsked::UnderWay) => {
                return self
                    .postpone(order, Some(self.now.plus(PAYMENT_CHECK_AFTER)))
                    .await;
            }
            Err(error) => {
                let mut tally = log_unchecked(order, &error);
                tally += self.postpone(order, Some(self.now.plus(WAIT_MAX))).await;
                return tally;
            }
        }
        let ends_at = order.placed_at.plus(UNPAID_ENDS_AFTER);
        let settled = async {
            self.sweeper.store.release_slot(order).await?;
            if self.now < ends_at {
                self.postpone_order(order, Some(ends_at)).await?;
                return Ok(Tally::default());
            }
            self.end(order, OrderEvent::Cancelled).await?;
            Ok(Tally {
                unpaid: 1,
                ..Tally::default()
            })
        };
        settled
            .await
            .unwrap_or_else(|error| log_failure(order, &error))
    }

    /// Asks about the payments of an order: one that waits for money or for a decision may have moved by what they say.
    async fn ask_payments(&self, order: &Order) -> Result<PaymentsAsked, PaymentError> {
        let Sweeper {
            store, payments, ..
        } = &self.sweeper;
        let (key, id) = (&order.store, std::slice::from_ref(&order.id));
        let bills = store.bills(key, id).await?;
        let own: BTreeSet<_> = bills.iter().flat_map(|bill| bill.payers()).collect();
        for payment in own {
            let under_way = match payments.check_due(key, payment, self.now).await {
                Ok(looked) => matches!(looked.state, PaymentState::Open | PaymentState::Processing),
                // It is on an alarm of its own; until somebody has explained it, the order keeps what it holds.
                Err(PaymentError::Differs(_)) => true,
                Err(error) => return Err(error),
            };
            if under_way {
                return Ok(PaymentsAsked::UnderWay);
            }
        }
        let bills = store.bills(key, id).await?;
        let stands = bills.iter().any(|bill| bill.order.status == order.status);
        Ok(if stands {
            PaymentsAsked::Unmoved
        } else {
            PaymentsAsked::Moved
        })
    }

    /// An order that is paid and cannot be honoured: an alarm, until its money is back or staff have decided.
    pub(crate) async fn sweep_undecided(&self, order: &Order) -> Tally {
        let mut tally = match self.ask_payments(order).await {
            Ok(PaymentsAsked::Moved) => return Tally::default(),
            Ok(PaymentsAsked::Unmoved | PaymentsAsked::UnderWay) => Tally::default(),
            Err(error) => log_unchecked(order, &error),
        };
        tally += Tally::alarm();
        let reason = order.refund_reason.map(RefundReason::as_str);
        tracing::error!(
            alarm = "refund_undecided",
            order_id = order.id.as_str(),
            reason,
            "it is paid and cannot be honoured: give the money back with `tabletap refund`"
        );
        tally += self.postpone(order, Some(self.now.plus(WAIT_MAX))).await;
        tally
    }

    /// Ends an order whose business day is over. `None` where the kitchen never had it, though it should have.
    pub(crate) async fn end_with_day(&self, order: &Order) -> Option<Tally> {
        let ended = async {
            let stored = self.sweeper.store.order(&order.store, &order.id).await?;
            let unknown = stored.is_none_or(|(_, tickets)| tickets.is_empty());
            if unknown && order.is_for_kitchen() {
                return Ok(None);
            }
            self.end(order, OrderEvent::DayClosed).await?;
            Ok(Some(Tally {
                collected: 1,
                ..Tally::default()
            }))
        };
        ended
            .await
            .unwrap_or_else(|error| Some(log_failure(order, &error)))
    }

    /// Looks again later, or no more.
    pub(crate) async fn postpone(&self, order: &Order, at: Option<UnixMillis>) -> Tally {
        match self.postpone_order(order, at).await {
            Ok(()) => Tally::default(),
            Err(error) => log_failure(order, &error),
        }
    }

    async fn postpone_order(
        &self,
        order: &Order,
        at: Option<UnixMillis>,
    ) -> Result<(), StoreError> {
        let store = &self.sweeper.store;
        store.look_after_order(order, order.status, at).await
    }

    async fn end(&self, order: &Order, event: OrderEvent) -> Result<(), StoreError> {
        let Ok(end) = order.status.after(event, order.kind) else {
            return Ok(());
        };
        match self
            .sweeper
            .store
            .move_order(order, order.status, end)
            .await
        {
            // Paid or marked at this very moment; that move noted when to look again.
            Ok(()) | Err(MoveError::Moved) => Ok(()),
            Err(MoveError::Store(error)) => Err(error),
        }
    }
}

fn log_unchecked(order: &Order, error: &PaymentError) -> Tally {
    tracing::error!(%error, order_id = order.id.as_str(), "its payments were not asked about");
    Tally::failure()
}

fn log_failure(order: &Order, error: &StoreError) -> Tally {
    tracing::error!(%error, order_id = order.id.as_str(), "a takeout order was not settled");
    Tally::failure()
}
