//! What takeout needs of the sweeper: that an order is fired when it is time to cook it, that one nobody pays for gives its place back and
//! ends, and that one nobody marked as picked up ends with its business day.

use crate::{Summary, Sweeper, tickets::WAIT_MAX};
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
const PAYMENT_LOOK: Duration = Duration::from_mins(2);

/// What became of an order when its payments were asked about.
enum Asked {
    /// It stands as it did, and no payment is under way.
    Unmoved,
    /// Somebody is paying: ask again then.
    UnderWay(UnixMillis),
    /// It has moved.
    Moved,
}

/// What a due order is due for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// Its tickets.
    Tickets,
    /// Nothing yet; look again then.
    Later(UnixMillis),
    /// Its end: its business day is over.
    End,
    /// Nothing: it has come to its end.
    Nothing,
}

/// What an order is due for at `now` that waits neither for money nor for a decision about it.
pub(crate) fn due_for(order: &Order, now: UnixMillis) -> For {
    match order.status {
        status if status.is_end() => For::Nothing,
        _ if order.takeout.is_none() => For::Tickets,
        _ => match order.ends_itself_at() {
            Some(at) if at <= now => For::End,
            _ if order.is_for_kitchen() && order.fires_by(now) => For::Tickets,
            _ if order.is_for_kitchen() => For::Later(tickets_due(order.fire_at, now)),
            Some(at) => For::Later(at),
            None => For::Nothing,
        },
    }
}

impl Sweeper {
    /// An order that is not paid: after [`tabletap_domain::takeout::PAYMENT_HOLD`] others may have its place, after [`UNPAID_ENDS_AFTER`] it
    /// is called off.
    pub(crate) async fn sweep_unpaid(&self, order: &Order, now: UnixMillis, summary: &mut Summary) {
        let ends_at = order.placed_at.plus(UNPAID_ENDS_AFTER);
        match self.ask_payments(order, now).await {
            Ok(Asked::Unmoved) => {}
            // Whoever moved it said when to look again.
            Ok(Asked::Moved) => return,
            Ok(Asked::UnderWay(at)) => return self.put_off(order, Some(at), summary).await,
            Err(error) => {
                unasked(order, &error, summary);
                return self.put_off(order, Some(now.plus(WAIT_MAX)), summary).await;
            }
        }
        let settled = async {
            self.store.release_slot(order).await?;
            if now < ends_at {
                return self.look_again(order, Some(ends_at)).await;
            }
            self.end(order, OrderEvent::Cancelled).await?;
            summary.unpaid += 1;
            Ok(())
        };
        let settled = settled.await;
        note(settled, order, summary);
    }

    /// Asks about the payments of an order: one that waits for money or for a decision may have moved by what they say.
    async fn ask_payments(&self, order: &Order, now: UnixMillis) -> Result<Asked, PaymentError> {
        let (key, id) = (&order.store, std::slice::from_ref(&order.id));
        let bills = self.store.bills(key, id).await?;
        let payments: BTreeSet<_> = bills.iter().flat_map(|bill| bill.taken.values()).collect();
        for payment in payments {
            let under_way = match self.payments.look(key, payment, now).await {
                Ok(looked) => matches!(looked.state, PaymentState::Open | PaymentState::Processing),
                // It is on an alarm of its own; until somebody has explained it, the order keeps what it holds.
                Err(PaymentError::Differs(_)) => true,
                Err(error) => return Err(error),
            };
            if under_way {
                return Ok(Asked::UnderWay(now.plus(PAYMENT_LOOK)));
            }
        }
        let bills = self.store.bills(key, id).await?;
        let stands = bills.iter().any(|bill| bill.order.status == order.status);
        Ok(if stands { Asked::Unmoved } else { Asked::Moved })
    }

    /// An order that is paid and cannot be honoured: an alarm, until its money is back or staff have decided.
    pub(crate) async fn sweep_undecided(
        &self,
        order: &Order,
        now: UnixMillis,
        summary: &mut Summary,
    ) {
        match self.ask_payments(order, now).await {
            Ok(Asked::Moved) => return,
            Ok(Asked::Unmoved | Asked::UnderWay(_)) => {}
            Err(error) => unasked(order, &error, summary),
        }
        summary.alarms += 1;
        let reason = order.refund_reason.map(RefundReason::as_str);
        tracing::error!(
            alarm = "refund_undecided",
            order_id = order.id.as_str(),
            reason,
            "it is paid and cannot be honoured: give the money back with `tabletap refund`"
        );
        self.put_off(order, Some(now.plus(WAIT_MAX)), summary).await;
    }

    /// An order whose business day is over: it ends, if the kitchen ever had it. `false` where it has no tickets.
    pub(crate) async fn sweep_over(&self, order: &Order, summary: &mut Summary) -> bool {
        let settled = async {
            let stored = self.store.order(&order.store, &order.id).await?;
            let unknown = stored.is_none_or(|(_, tickets)| tickets.is_empty());
            if unknown && order.is_for_kitchen() {
                return Ok(false);
            }
            self.end(order, OrderEvent::DayClosed).await?;
            summary.collected += 1;
            Ok(true)
        };
        match settled.await {
            Ok(ended) => ended,
            Err(error) => {
                note(Err(error), order, summary);
                true
            }
        }
    }

    /// Looks again later, or no more.
    pub(crate) async fn put_off(
        &self,
        order: &Order,
        at: Option<UnixMillis>,
        summary: &mut Summary,
    ) {
        note(self.look_again(order, at).await, order, summary);
    }

    async fn look_again(&self, order: &Order, at: Option<UnixMillis>) -> Result<(), StoreError> {
        self.store.look_after_order(order, order.status, at).await
    }

    async fn end(&self, order: &Order, event: OrderEvent) -> Result<(), StoreError> {
        let Ok(end) = order.status.after(event, order.kind) else {
            return Ok(());
        };
        match self.store.move_order(order, order.status, end).await {
            // Moved: paid, or marked, at this very moment; whoever did it said when to look again.
            Ok(()) | Err(MoveError::Moved) => Ok(()),
            Err(MoveError::Store(error)) => Err(error),
        }
    }
}

fn unasked(order: &Order, error: &PaymentError, summary: &mut Summary) {
    summary.failed += 1;
    tracing::error!(%error, order_id = order.id.as_str(), "its payments were not asked about");
}

fn note(settled: Result<(), StoreError>, order: &Order, summary: &mut Summary) {
    if let Err(error) = settled {
        summary.failed += 1;
        tracing::error!(%error, order_id = order.id.as_str(), "a takeout order was not settled");
    }
}
