//! Payments and refunds: one row each in the payment's own partition; which payment has a line stands on the order's head.
//!
//! Reserving a line of an order is a condition on its head, so two phones never pay the same one; see `pieces`.

mod moves;
mod opening;
mod pieces;
mod refunds;

pub use moves::{OrderStep, Settlement};
pub use opening::OpenPaymentError;
use pieces::{Holders, holders_in};

use crate::{
    Store,
    batch::Question,
    due::{DueTime, due_of},
    error::StoreError,
    key::{self, Key},
    order_head::order_in,
    row::{Read, Row, n, row},
    unpaid::Counted,
};
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{
    AccountName, Minor, OrderId, PaymentId, StoreKey,
    order::Order,
    payment::{PagesOpened, Payment, PaymentMethod, PaymentPage, PaymentState, Refund},
    share::Piece,
    time::UnixMillis,
};
use tabletap_wire::payment_record::{PaymentRecord, RefundRecord};

/// An event id is remembered longer than its sender repeats it: three days with Stripe.
const EVENT_KEPT_S: i64 = 30 * 24 * 60 * 60;

/// A payment as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPayment {
    /// What was begun.
    pub payment: Payment,
    /// Where it stands.
    pub state: PaymentState,
    /// Where the guest pays, once the provider has answered.
    pub checkout: Option<PaymentPage>,
    /// The provider's name for the money, once there is any.
    pub reference: Option<String>,
    /// How it was paid.
    pub method: Option<PaymentMethod>,
    /// The provider's own receipt, where it has one.
    pub receipt_url: Option<String>,
    /// When we learned that it is paid.
    pub paid_at: Option<UnixMillis>,
    /// The mail address that its guest typed at the provider, sealed.
    pub contact: Option<Vec<u8>>,
    /// What is going back or has gone: refunds that have not failed.
    pub claimed_minor: Minor,
    /// What has gone back.
    pub refunded_minor: Minor,
    /// When the sweeper looks at it.
    pub due: Option<UnixMillis>,
    /// Its refunds, where they were asked for.
    pub refunds: Vec<Refund>,
}

/// An order and which payments have its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBill {
    /// The order.
    pub order: Order,
    /// The payment of each line that one payment has, reserved or paid, by the line's place.
    pub taken: BTreeMap<usize, PaymentId>,
    /// The pieces of each line that several share, or one in part. Such a line is not in `taken`.
    pub pieces: BTreeMap<usize, Vec<Piece>>,
    /// How many lines are paid to the end.
    pub paid_lines: usize,
    /// How many payment pages were opened for it lately.
    pub pages: Option<PagesOpened>,
    /// Whether it has a place of its slot, where it has a slot.
    pub slot_held: bool,
    /// How often it has taken a place without being paid.
    pub holds: u32,
    /// How it was counted as unpaid, where it was.
    pub counted: Option<Counted>,
}

impl Store {
    /// A payment with its refunds, with one query.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn payment(
        &self,
        store: &StoreKey,
        payment: &PaymentId,
    ) -> Result<Option<StoredPayment>, StoreError> {
        let rows = self
            .query(Question::of(key::payment_partition(store, payment)))
            .await?;
        let (mut stored, mut refunds) = (None, Vec::new());
        for row in &rows {
            let sk: String = row.get_as("sk")?;
            if sk == key::PAYMENT {
                stored = Some(payment_in(row)?);
            } else if sk.starts_with(key::REFUND) {
                refunds.push(refund_in(row)?);
            }
        }
        refunds.sort_by_key(|refund| refund.created_at);
        Ok(stored.map(|payment| StoredPayment { refunds, ..payment }))
    }

    /// These payments, without their refunds, oldest first; with one request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn payments(
        &self,
        store: &StoreKey,
        payments: &BTreeSet<PaymentId>,
    ) -> Result<Vec<StoredPayment>, StoreError> {
        let keys = payments.iter().map(|id| key::payment(store, id)).collect();
        let rows = self.get_all(keys).await?;
        let mut payments: Vec<StoredPayment> =
            rows.values().map(payment_in).collect::<Result<_, _>>()?;
        payments.sort_by_key(|stored| stored.payment.created_at);
        Ok(payments)
    }

    /// These orders with who pays their lines, in the order asked for; those that are not there are left out. One request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn bills(
        &self,
        store: &StoreKey,
        orders: &[OrderId],
    ) -> Result<Vec<OrderBill>, StoreError> {
        let keys: Vec<Key> = orders.iter().map(|order| key::head(store, order)).collect();
        let rows = self.get_all(keys.clone()).await?;
        let found = keys.iter().filter_map(|key| rows.get(key));
        found.map(bill_in).collect()
    }

    /// Whether an event of the provider was dealt with.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_event(&self, account: &AccountName, event: &str) -> Result<bool, StoreError> {
        let found = self.get(key::provider_event(account, event)).await?;
        Ok(found.is_some())
    }

    /// Notes that an event of the provider was dealt with: only once everything it leads to stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_event(
        &self,
        account: &AccountName,
        event: &str,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        let expires_at = now.seconds().saturating_add(EVENT_KEPT_S);
        let event = row(
            key::provider_event(account, event),
            [("expires_at", n(expires_at))],
        );
        self.put_new(event).await.map(drop)
    }
}

/// The order of a head, with who pays its lines.
pub(crate) fn bill_in(row: &Row) -> Result<OrderBill, StoreError> {
    let order = order_in(row)?;
    let Holders { taken, pieces } = holders_in(row, order.cart.lines.len())?;
    let since: Option<i64> = row.maybe("pages_since")?;
    let count = row.maybe("pages")?;
    let by_phone = opening::pages_by_phone(row)?;
    let pages = since.zip(count).map(|(since, count)| PagesOpened {
        since: UnixMillis(since),
        count,
        by_phone,
    });
    Ok(OrderBill {
        taken,
        pieces,
        pages,
        paid_lines: row.maybe("paid_lines")?.unwrap_or_default(),
        slot_held: row.contains_key("slot_held") && row.flag("slot_held")?,
        holds: row.maybe("holds")?.unwrap_or_default(),
        counted: row.maybe("counted")?,
        order,
    })
}

/// The payment in a row.
pub(crate) fn payment_in(row: &Row) -> Result<StoredPayment, StoreError> {
    let document: String = row.get_as("doc")?;
    let checkout_id: Option<String> = row.maybe("checkout_id")?;
    let brand: Option<String> = row.maybe("brand")?;
    let last4 = row.maybe("last4")?;
    Ok(StoredPayment {
        payment: PaymentRecord::read(&document).map_err(|_| row.corrupt("doc"))?,
        state: row.get_as("state")?,
        checkout: checkout_id
            .map(|id| {
                Ok::<_, StoreError>(PaymentPage {
                    id,
                    url: row.get_as("url")?,
                })
            })
            .transpose()?,
        reference: row.maybe("reference")?,
        method: brand.map(|brand| PaymentMethod { brand, last4 }),
        receipt_url: row.maybe("receipt_url")?,
        paid_at: row.maybe("paid_at")?.map(UnixMillis),
        contact: match row.contains_key("contact") {
            true => Some(row.bytes("contact")?.to_vec()),
            false => None,
        },
        claimed_minor: row.get_as("claimed_minor")?,
        refunded_minor: row.get_as("refunded_minor")?,
        due: due_of(row)?,
        refunds: Vec::new(),
    })
}

fn refund_in(row: &Row) -> Result<Refund, StoreError> {
    let document: String = row.get_as("doc")?;
    RefundRecord::read(&document, row.get_as("state")?, row.maybe("reference")?)
        .map_err(|_| row.corrupt("doc"))
}

/// When the sweeper looks at a payment.
fn due(payment: &Payment, at: UnixMillis) -> DueTime {
    DueTime::later(&payment.store, &payment.id, at)
}
