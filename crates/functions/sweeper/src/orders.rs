//! A due order or call: the stream's word for it was given up, or is very late. It is dispatched here, by the same code.

use crate::{
    Sweep, Tally, WAIT_MAX,
    takeout::{NextAction, is_planned, next_action},
};
use tabletap_dispatch::DispatchError;
use tabletap_domain::{StoreKey, call::Call, order::Order};
use tabletap_store::{StoreError, StoredTicket};

impl Sweep {
    /// Does what an order that waits for no money is due for.
    pub(crate) async fn sweep_order(&self, key: &StoreKey, order: &Order) -> Tally {
        match next_action(order, self.now) {
            NextAction::WriteTickets => self.dispatch_order(key, order).await,
            NextAction::CheckAgain(at) => self.postpone(order, Some(at)).await,
            NextAction::End => match self.end_with_day(order).await {
                Some(tally) => tally,
                // Its day is over, and the kitchen never heard of it: better late, and on an alarm if not.
                None => self.dispatch_order(key, order).await,
            },
            NextAction::Nothing => self.postpone(order, None).await,
        }
    }

    /// Writes and sends an order's tickets. Should the stream's word come after all, it finds them written.
    async fn dispatch_order(&self, key: &StoreKey, order: &Order) -> Tally {
        match self.sweeper.dispatcher.write(order, self.now).await {
            Ok(tickets) if is_planned(order) => {
                let order_id = order.id.as_str();
                tracing::info!(order_id, "its time has come; it is dispatched");
                self.send_all(&tickets).await;
                Tally {
                    fired: 1,
                    ..Tally::default()
                }
            }
            Ok(tickets) => self.send_missing(&tickets, order.id.as_str()).await,
            Err(error) => {
                let later = self.now.plus(WAIT_MAX);
                let store = &self.sweeper.store;
                note(
                    store.postpone_order(key, &order.id, later).await,
                    order.id.as_str(),
                );
                without_tickets(&error, order.id.as_str())
            }
        }
    }

    /// The same for a guest's call.
    pub(crate) async fn sweep_call(&self, call: &Call) -> Tally {
        match self.sweeper.dispatcher.write_slip(call, self.now).await {
            Ok(slips) => self.send_missing(&slips, call.id.as_str()).await,
            Err(error) => {
                let later = self.now.plus(WAIT_MAX);
                let store = &self.sweeper.store;
                note(store.postpone_call(call, later).await, call.id.as_str());
                without_tickets(&error, call.id.as_str())
            }
        }
    }

    /// Sends tickets that should have been written long before.
    async fn send_missing(&self, tickets: &[StoredTicket], order_id: &str) -> Tally {
        tracing::warn!(order_id, "there were no tickets; it is dispatched now");
        self.send_all(tickets).await;
        Tally {
            dispatched: 1,
            ..Tally::default()
        }
    }

    async fn send_all(&self, tickets: &[StoredTicket]) {
        for ticket in tickets {
            self.send(ticket).await;
        }
    }
}

fn without_tickets(error: &DispatchError, order_id: &str) -> Tally {
    tracing::error!(
        alarm = "order_without_tickets",
        %error,
        order_id,
        "the kitchen does not know of it"
    );
    Tally {
        alarms: 1,
        ..Tally::failure()
    }
}

fn note(postponed: Result<(), StoreError>, order_id: &str) {
    if let Err(error) = postponed {
        tracing::error!(%error, order_id, "it was not postponed");
    }
}
