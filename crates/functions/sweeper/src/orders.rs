//! A due order or call: the stream's word for it was given up, or is very late. It is dispatched here, by the same code.

use crate::{
    Summary, Sweeper,
    takeout::{For, due_for, is_planned},
    tickets::{Sending, WAIT_MAX},
};
use tabletap_dispatch::DispatchError;
use tabletap_domain::{OrderId, StoreKey, call::Call, order::Order, time::UnixMillis};
use tabletap_store::{StoreError, StoredTicket};

impl Sweeper {
    /// Does what an order that waits for no money is due for.
    pub(crate) async fn sweep_order(
        &self,
        key: &StoreKey,
        order: &Order,
        now: UnixMillis,
        sending: &mut Sending,
        summary: &mut Summary,
    ) {
        match due_for(order, now) {
            For::Tickets => self.dispatch(key, order, now, sending, summary).await,
            For::Later(at) => self.put_off(order, Some(at), summary).await,
            For::End if self.sweep_over(order, summary).await => {}
            // Its day is over, and the kitchen never heard of it: better late, and on an alarm if not.
            For::End => self.dispatch(key, order, now, sending, summary).await,
            For::Nothing => self.put_off(order, None, summary).await,
        }
    }

    /// Should the stream's word come after all, it finds the tickets written.
    async fn dispatch(
        &self,
        key: &StoreKey,
        order: &Order,
        now: UnixMillis,
        sending: &mut Sending,
        summary: &mut Summary,
    ) {
        let written = self.dispatcher.write(order, now).await;
        let planned = is_planned(order) && written.is_ok();
        if planned {
            summary.fired += 1;
        }
        if !self
            .send(written, &order.id, planned, sending, summary)
            .await
        {
            let later = self
                .store
                .postpone_order(key, &order.id, now.plus(WAIT_MAX));
            note(later.await, &order.id);
        }
    }

    /// The same for a guest's call.
    pub(crate) async fn sweep_call(
        &self,
        call: &Call,
        now: UnixMillis,
        sending: &mut Sending,
        summary: &mut Summary,
    ) {
        let written = self.dispatcher.write_slip(call, now).await;
        if !self.send(written, &call.id, false, sending, summary).await {
            note(
                self.store.postpone_call(call, now.plus(WAIT_MAX)).await,
                &call.id,
            );
        }
    }

    /// Sends the tickets that were written; `false`, with an alarm, where none were.
    async fn send(
        &self,
        written: Result<Vec<StoredTicket>, DispatchError>,
        id: &OrderId,
        planned: bool,
        sending: &mut Sending,
        summary: &mut Summary,
    ) -> bool {
        let order_id = id.as_str();
        match written {
            Ok(tickets) => {
                if planned {
                    tracing::info!(order_id, "its time has come; it is dispatched");
                } else {
                    tracing::warn!(order_id, "there were no tickets; it is dispatched now");
                    summary.dispatched += 1;
                }
                for ticket in &tickets {
                    // What is not sent now is due in seconds.
                    sending.send(&self.dispatcher, ticket).await;
                }
                true
            }
            Err(error) => {
                summary.alarms += 1;
                summary.failed += 1;
                tracing::error!(alarm = "order_without_tickets", %error, order_id, "the kitchen does not know of it");
                false
            }
        }
    }
}

fn note(put_off: Result<(), StoreError>, id: &OrderId) {
    if let Err(error) = put_off {
        tracing::error!(%error, order_id = id.as_str(), "it was not put off");
    }
}
