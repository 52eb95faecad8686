//! A due order or call: the stream's word for it was given up, or is very late. It is dispatched here, by the same code.

use crate::{
    Summary, Sweeper,
    tickets::{Sending, WAIT_MAX},
};
use tabletap_dispatch::DispatchError;
use tabletap_domain::{OrderId, StoreKey, call::Call, order::Order, time::UnixMillis};
use tabletap_store::{StoreError, StoredTicket};

impl Sweeper {
    /// Should the stream's word come after all, it finds the tickets written.
    pub(crate) async fn sweep_order(
        &self,
        key: &StoreKey,
        order: &Order,
        now: UnixMillis,
        sending: &mut Sending,
        summary: &mut Summary,
    ) {
        let written = self.dispatcher.write(order, now).await;
        if !self.send(written, &order.id, sending, summary).await {
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
        if !self.send(written, &call.id, sending, summary).await {
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
        sending: &mut Sending,
        summary: &mut Summary,
    ) -> bool {
        let order_id = id.as_str();
        match written {
            Ok(tickets) => {
                tracing::warn!(order_id, "there were no tickets; it is dispatched now");
                summary.dispatched += 1;
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
