//! A payment is begun: its lines are reserved and its order's place is taken, by one conditional transaction.

use super::{
    OrderBill, due,
    pieces::{LineClauses, LineMove},
};
use crate::{
    Store,
    error::{MoveError, StoreError, WriteError},
    key,
    places::{NewHold, with_place},
    row::{Read, Row, ms, n, row, s},
    write::Change,
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use std::collections::BTreeMap;
use tabletap_domain::{
    GuestSessionId,
    order::{OrderStatus, PaymentStatus},
    payment::{PagesOpened, Payment, PaymentPage, PaymentState, pages_max},
    time::UnixMillis,
};
use tabletap_wire::payment_record::PaymentRecord;

/// The pages of a phone are counted in the attribute of this name and its id.
const PAGES_BY: &str = "pages_by_";
/// In the place of an id.
const NO_PHONE: &str = "none";

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
    /// order that has a slot must have its place already. It counts as a page that `phone` opened.
    ///
    /// # Errors
    /// [`OpenPaymentError`].
    pub async fn open_payment(
        &self,
        payment: &Payment,
        bills: &[OrderBill],
        phone: Option<&GuestSessionId>,
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
        begun.extend(due(payment, look_at).attributes());
        let mut parts = vec![self.part_new(begun)];
        for bill in bills {
            parts.extend(self.reserve(payment, bill, phone, hold));
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
        phone: Option<&GuestSessionId>,
        hold: Option<&NewHold>,
    ) -> Option<TransactWriteItem> {
        let lines = LineClauses::of(payment, bill, LineMove::Reserve)?;
        let mut sets = lines.sets.clone();
        let mut change = Change::default();
        if bill.order.status == OrderStatus::AwaitingPayment {
            sets.push("#payment = :pending".to_owned());
            change = change.value("pending", s(PaymentStatus::Pending));
        }
        let change = change
            .expressed(format!("SET {}", sets.join(", ")))
            .only_if("#status = :status")
            .value("status", s(bill.order.status));
        let change = lines.complete(change, payment);
        let change = count_page(with_place(change, bill, hold), payment, bill, phone);
        Some(self.part(key::head(&payment.store, &bill.order.id), change))
    }

    /// Notes where the guest pays. The same again changes nothing.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when the payment is no longer open.
    pub async fn note_checkout(
        &self,
        payment: &Payment,
        checkout: &PaymentPage,
    ) -> Result<(), MoveError> {
        let note = Change::new("SET #checkout_id = :id, #url = :url")
            .only_if(
                "#state = :open AND (attribute_not_exists(#checkout_id) OR #checkout_id = :id)",
            )
            .value("id", s(&checkout.id))
            .value("url", s(&checkout.url))
            .value("open", s(PaymentState::Open));
        self.update(key::payment(&payment.store, &payment.id), note)
            .await?;
        Ok(())
    }
}

/// One more payment page is opened for the order. Within the hour the table itself counts up to the most, so that phones which pay
/// lines of their own at once do not hinder each other; who begins an hour must have read that the last one is over.
fn count_page(
    change: Change,
    payment: &Payment,
    bill: &OrderBill,
    phone: Option<&GuestSessionId>,
) -> Change {
    let before = bill.pages.as_ref();
    let next = PagesOpened::and_one(before, phone, payment.created_at);
    let own = page_attribute(phone);
    let change = change
        .value("one", n(1))
        .value("pages_since", ms(next.since));
    match before {
        Some(before) if before.since == next.since => {
            let max = pages_max(&bill.order);
            change
                .also("#pages = #pages + :one")
                .also(&format!("#{own} = if_not_exists(#{own}, :none) + :one"))
                .and_only_if("#pages_since = :pages_since AND #pages < :pages_max".to_owned())
                .and_only_if(format!(
                    "(attribute_not_exists(#{own}) OR #{own} < :phone_max)"
                ))
                .value("none", n(0))
                .value("pages_max", n(max.order))
                .value("phone_max", n(max.phone))
        }
        before => {
            let change = change
                .also("#pages = :one, #pages_since = :pages_since")
                .also(&format!("#{own} = :one"));
            let phones = before.into_iter().flat_map(|before| before.by_phone.keys());
            let gone: Vec<String> = phones
                .map(|phone| page_attribute(phone.as_ref()))
                .filter(|name| *name != own)
                .collect();
            let change = match before {
                None => change.and_only_if("attribute_not_exists(#pages_since)".to_owned()),
                Some(before) => change
                    .and_only_if("#pages_since = :pages_before".to_owned())
                    .value("pages_before", ms(before.since)),
            };
            if gone.is_empty() {
                return change;
            }
            let names: Vec<String> = gone.iter().map(|name| format!("#{name}")).collect();
            change.then(&format!("REMOVE {}", names.join(", ")))
        }
    }
}

/// The attribute that counts the pages of a phone.
fn page_attribute(phone: Option<&GuestSessionId>) -> String {
    match phone {
        Some(phone) => format!("{PAGES_BY}{phone}"),
        None => format!("{PAGES_BY}{NO_PHONE}"),
    }
}

/// The pages that each phone opened, as an order's head counts them.
pub(super) fn pages_by_phone(
    row: &Row,
) -> Result<BTreeMap<Option<GuestSessionId>, u32>, StoreError> {
    let mut by_phone = BTreeMap::new();
    for name in row.keys() {
        let Some(phone) = name.strip_prefix(PAGES_BY) else {
            continue;
        };
        let phone = match phone {
            NO_PHONE => None,
            id => Some(id.parse().map_err(|_| row.corrupt("pages_by"))?),
        };
        by_phone.insert(phone, row.get_as(name)?);
    }
    Ok(by_phone)
}
