//! An order as its guest sees it, with the receipts of all payments for it.

use std::collections::BTreeSet;
use tabletap_domain::{order::Order, payment::PaymentState, ticket::TicketStatus};
use tabletap_session::Session;
use tabletap_store::{OrderBill, Store, StoreError, StoredPayment};
use tabletap_wire::{
    order::OrderView,
    payment::{MethodView, ReceiptView},
};

/// The view of an order for the bearer of a session; reads its payments where it has any.
///
/// # Errors
/// [`StoreError`].
pub async fn order_view(
    store: &Store,
    session: &Session,
    bill: &OrderBill,
    tickets: &[TicketStatus],
) -> Result<OrderView, StoreError> {
    let mut view = view_for(session, &bill.order, tickets);
    let payments: BTreeSet<_> = bill.payers().cloned().collect();
    if !payments.is_empty() {
        let payments = store.payments(&bill.order.store, &payments).await?;
        let in_state = |state| payments.iter().filter(move |stored| stored.state == state);
        view.payment.processing = in_state(PaymentState::Processing).next().is_some();
        view.payment.receipts = in_state(PaymentState::Paid).map(receipt).collect();
    }
    Ok(view)
}

/// The view of an order without its payments: what only the phone that gave it may read is left out for every other.
#[must_use]
pub fn view_for(session: &Session, order: &Order, tickets: &[TicketStatus]) -> OrderView {
    match session.knows_guest(order) {
        true => OrderView::new(order, tickets),
        false => OrderView::new(&order.clone().without_guest(), tickets),
    }
}

fn receipt(stored: &StoredPayment) -> ReceiptView {
    let method = stored.method.as_ref().map(|method| MethodView {
        brand: method.brand.clone(),
        last4: method.last4.clone(),
    });
    ReceiptView {
        payment_id: stored.payment.id.clone(),
        amount_minor: stored.payment.total_minor,
        tip_minor: stored.payment.tip_minor,
        refunded_minor: stored.refunded_minor,
        paid_at: stored.paid_at,
        method,
        receipt_url: stored.receipt_url.clone(),
    }
}
