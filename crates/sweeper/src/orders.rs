//! A due order: the stream's word for it was given up, or is very late. It is dispatched here, by the same code.

use crate::{
    Summary, Sweeper,
    tickets::{Sending, WAIT_MAX},
};
use tabletap_domain::{StoreKey, order::Order, time::UnixMillis};

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
        let order_id = order.id.as_str();
        match self.dispatcher.write(order, now).await {
            Ok(tickets) => {
                tracing::warn!(order_id, "an order had no tickets; it is dispatched now");
                summary.dispatched += 1;
                for ticket in &tickets {
                    // What is not sent now is due in seconds.
                    sending.send(&self.dispatcher, ticket).await;
                }
            }
            Err(error) => {
                summary.alarms += 1;
                summary.failed += 1;
                tracing::error!(alarm = "order_without_tickets", %error, order_id, "the kitchen does not know of an order");
                let later = now.plus(WAIT_MAX);
                if let Err(error) = self.store.postpone_order(key, &order.id, later).await {
                    tracing::error!(%error, order_id, "an order was not put off");
                }
            }
        }
    }
}
