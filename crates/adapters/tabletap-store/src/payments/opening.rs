//! A payment is begun: its lines are reserved and its order's place is taken, by one conditional transaction.

use super::{Checkout, OrderBill, due, line_attribute, moves::places};
use crate::{
    Store,
    error::{MoveError, StoreError, WriteError},
    key,
    places::{NewHold, with_place},
    row::{ms, n, row, s},
    write::Change,
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use tabletap_domain::{
    order::{OrderStatus, PaymentStatus},
    payment::{PagesOpened, Payment, PaymentState, pages_max},
    time::UnixMillis,
};
use tabletap_wire::payment_record::PaymentRecord;

/// Why a payment was not begun; nothing at all was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenPaymentError {
    /// A line is another payment's by now, an order does not stand as it was read, or it has had its pages of this hour: read again.
    #[error("an order does not stand as it was read")]
    Moved,
    /// All places of the order's slot are taken.
    #[error("the slot has no place left")]
    SlotFull,
    /// The table itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Begins a payment, reserves its lines and takes the place `hold` of the first order's slot: all of it or nothing. Without a hold, an
    /// order that has a slot must have its place already.
    ///
    /// # Errors
    /// [`OpenPaymentError`].
    pub async fn open_payment(
        &self,
        payment: &Payment,
        bills: &[OrderBill],
        hold: Option<&NewHold>,
        look_at: UnixMillis,
    ) -> Result<(), OpenPaymentError> {
        let mut begun = row(
            key::payment(&payment.store, &payment.id),
            [
                ("doc", s(PaymentRecord::write(payment))),
                ("state", s(PaymentState::Open)),
                ("claimed_minor", n(0)),
                ("refunded_minor", n(0)),
            ],
        );
        begun.extend(due(payment, look_at).map(|(name, value)| (name.to_owned(), value)));
        let mut parts = vec![self.part_new(begun)];
        for bill in bills {
            parts.extend(self.reserve(payment, bill, hold));
        }
        let place = parts.len();
        if let (Some(hold), Some(bill)) = (hold, bills.first()) {
            parts.extend(self.parts_held(&bill.order, hold));
        }
        self.transact(parts).await.map_err(|error| match error {
            _ if (0..place).any(|part| error.refused(part)) => OpenPaymentError::Moved,
            WriteError::Conditions(_) => OpenPaymentError::SlotFull,
            WriteError::Store(error) => OpenPaymentError::Store(error),
        })
    }

    fn reserve(
        &self,
        payment: &Payment,
        bill: &OrderBill,
        hold: Option<&NewHold>,
    ) -> Option<TransactWriteItem> {
        let lines: Vec<String> = places(payment, bill)?.map(line_attribute).collect();
        let mut sets: Vec<String> = lines.iter().map(|line| format!("#{line} = :by")).collect();
        let mut free: Vec<String> = lines
            .iter()
            .map(|line| format!("attribute_not_exists(#{line})"))
            .collect();
        free.push("#status = :status".to_owned());
        let mut change = Change::default();
        if bill.order.status == OrderStatus::AwaitingPayment {
            sets.push("#payment = :pending".to_owned());
            change = change
                .names(["payment"])
                .value("pending", s(PaymentStatus::Pending));
        }
        let change = change
            .expressed(format!("SET {}", sets.join(", ")))
            .only_if(free.join(" AND "))
            .named(lines)
            .names(["status"])
            .value("by", s(&payment.id))
            .value("status", s(bill.order.status));
        let change = count_page(with_place(change, bill, hold), payment, bill);
        Some(self.part(key::head(&payment.store, &bill.order.id), change))
    }

    /// Notes where the guest pays. The same again changes nothing.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when the payment is no longer open.
    pub async fn note_checkout(
        &self,
        payment: &Payment,
        checkout: &Checkout,
    ) -> Result<(), MoveError> {
        let note = Change::new("SET #checkout_id = :id, #url = :url")
            .only_if(
                "#state = :open AND (attribute_not_exists(#checkout_id) OR #checkout_id = :id)",
            )
            .names(["checkout_id", "url", "state"])
            .value("id", s(&checkout.id))
            .value("url", s(&checkout.url))
            .value("open", s(PaymentState::Open));
        self.update(key::payment(&payment.store, &payment.id), note)
            .await?;
        Ok(())
    }
}

/// One more page to pay at is opened for the order. Within the hour the table itself counts up to the most, so that phones which pay
/// lines of their own at once do not hinder each other; who begins an hour must have read that the last one is over.
fn count_page(change: Change, payment: &Payment, bill: &OrderBill) -> Change {
    let next = PagesOpened::and_one(bill.pages, payment.created_at);
    let change = change.names(["pages", "pages_since"]);
    match bill.pages {
        Some(before) if before.since == next.since => change
            .also("#pages = #pages + :one")
            .and_only_if("#pages_since = :pages_since AND #pages < :pages_max".to_owned())
            .value("one", n(1))
            .value("pages_since", ms(next.since))
            .value("pages_max", n(pages_max(&bill.order))),
        before => {
            let change = change
                .also("#pages = :pages, #pages_since = :pages_since")
                .value("pages", n(next.count))
                .value("pages_since", ms(next.since));
            match before {
                None => change.and_only_if("attribute_not_exists(#pages_since)".to_owned()),
                Some(before) => change
                    .and_only_if("#pages_since = :pages_before".to_owned())
                    .value("pages_before", ms(before.since)),
            }
        }
    }
}
