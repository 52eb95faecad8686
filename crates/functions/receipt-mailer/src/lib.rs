//! Mails one receipt for each payment and one for each refund, if the customer left an address.
//!
//! A fact says only that money moved; what the receipt says is read from the database. SES knows no idempotency key, so the receipt's
//! row is claimed before SES is asked, and SES's own event on the mail settles a claim whose holder died before it could note the
//! answer: what went out is never sent again, and what did not, is. Only where a crash and the loss or delay of that event (SES delivers
//! them with best effort, in seconds) come together, a second copy of the same receipt may go out.
//!
//! | message | done | then |
//! |---|---|---|
//! | money that arrived, or went back | claim, SES, note | done |
//! | a receipt that went out already; money that moved otherwise; a customer without an address | nothing | done |
//! | a receipt that somebody is sending, or had claimed when they died | fails | comes again each minute; after two and a half minutes without word of a mail it may be sent |
//! | SES does not send it, and says so | gives the claim back, fails | comes again; after five receives in the dead letters, with an alarm |
//! | SES gives no answer | fails, and keeps the claim | comes again, and learns from SES's event whether it went out |
//! | SES sent it, it bounced, its reader complained | notes it in the receipt's row | done |
//! | a message that cannot be read, rows that are missing | fails, with its reason in the log | in the dead letters, as above |
//!
//! - Started by: a queue of the facts `payment.moved`, `refund.moved`, and of SES's events about its mails
//! - Reads: payment, its orders, their sealed customer, store
//! - Writes: the receipt's row, claimed before SES is asked
//! - Emits: a mail through SES
//! - When it fails: the message comes again after a minute; after 5 receives it goes to its dead-letter queue with an alarm

mod config;
mod message;
mod receipt;
mod tags;

pub use config::Config;

use aws_config::SdkConfig;
use aws_lambda_events::streams::SqsEventResponse;
use lambda_runtime::LambdaEvent;
use message::Message;
use receipt::Facts;
use tabletap_domain::{
    OrderId, PaymentId,
    customer::Email,
    order::Order,
    payment::{PaymentPart, PaymentState, Refund, RefundState},
    receipt::ReceiptOf,
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_mail::{Envelope, Mail, Mailer, SendError};
use tabletap_runtime::{
    batch::{self, QueueBatch},
    clock::now_ms,
};
use tabletap_session::{CustomerKeys, Links, NotOpened, OrderPage};
use tabletap_store::{ReceiptClaim, Store, StoreError, StoredPayment};
use tracing::{Instrument, info_span};

/// The function.
#[derive(Clone, Debug)]
pub struct ReceiptMailer {
    store: Store,
    mailer: Mailer,
    customers: CustomerKeys,
    links: Links,
}

/// Why a message failed.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Permanent.
    #[error("the message cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Permanent, until the rows are mended.
    #[error("rows of payment {0} are missing")]
    Missing(PaymentId),
    /// Permanent, until its key is back.
    #[error("whose order {0} is cannot be opened")]
    Customer(OrderId),
    /// Transient: another delivery has it.
    #[error("the receipt is being sent, or was a moment ago")]
    Underway,
    /// As it says.
    #[error(transparent)]
    Send(#[from] SendError),
    /// Transient.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault was injected.
    #[error(transparent)]
    Injected(#[from] fault::Injected),
}

impl ReceiptMailer {
    /// Opens nothing.
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        Self {
            store: Store::from_sdk(sdk, config.table_name),
            mailer: Mailer::new(sdk, config.mail_from, config.mail_events),
            customers: config.customer_keys,
            links: config.links,
        }
    }

    /// Deals with the messages of one batch and reports those that failed.
    ///
    /// # Errors
    /// None: what fails is reported as a batch item failure.
    pub async fn handle(
        &self,
        event: LambdaEvent<QueueBatch>,
    ) -> Result<SqsEventResponse, lambda_runtime::Error> {
        let span = info_span!("batch", request_id = event.context.request_id);
        // Boxed: the futures of the SES client are nested deeper than the compiler likes to look.
        let deal = batch::each(event.payload, async |body: String| {
            Box::pin(self.deal(&body)).await
        });
        Ok(deal.instrument(span).await)
    }

    async fn deal(&self, body: &str) -> Result<(), ReceiptError> {
        let now = UnixMillis(now_ms());
        match &Message::read(body)? {
            Message::Owed(receipt) => {
                let span = span_of(receipt);
                Box::pin(self.owe(receipt, now).instrument(span)).await?;
            }
            Message::Sent(receipt, message_id) => {
                fault::point("receipt-mailer.told")?;
                self.store
                    .note_receipt_sent(receipt, message_id, now)
                    .await?;
            }
            Message::Fared(receipt, fate) => {
                span_of(receipt).in_scope(|| tracing::warn!(%fate, "a receipt fared badly"));
                self.store.note_receipt_fate(receipt, *fate, now).await?;
            }
            Message::Nothing => {}
        }
        Ok(())
    }

    /// Sends a receipt, unless it went out or there is nobody to send it to.
    async fn owe(&self, receipt: &ReceiptOf, now: UnixMillis) -> Result<(), ReceiptError> {
        let Some((envelope, mail)) = self.write(receipt, now).await? else {
            return Ok(());
        };
        match self.store.claim_receipt(receipt, now).await? {
            ReceiptClaim::Ours => {}
            ReceiptClaim::Sent => return Ok(()),
            ReceiptClaim::Underway => return Err(ReceiptError::Underway),
        }
        fault::point("receipt-mailer.claimed")?;
        match self.mailer.send(&envelope, &mail).await {
            Ok(message_id) => {
                fault::point("receipt-mailer.sent")?;
                let sent_at = UnixMillis(now_ms());
                self.store
                    .note_receipt_sent(receipt, &message_id, sent_at)
                    .await?;
                tracing::info!(message_id, "receipt sent");
                Ok(())
            }
            Err(error) => {
                if matches!(error, SendError::Refused(_) | SendError::Busy(_)) {
                    self.store.release_receipt(receipt, now).await?;
                }
                Err(error.into())
            }
        }
    }

    /// The mail; none where nothing is owed, or nobody left an address.
    async fn write(
        &self,
        receipt: &ReceiptOf,
        now: UnixMillis,
    ) -> Result<Option<(Envelope, Mail)>, ReceiptError> {
        let missing = || ReceiptError::Missing(receipt.payment.clone());
        let stored = self.store.payment(&receipt.store, &receipt.payment).await?;
        let stored = stored.ok_or_else(missing)?;
        let Some(refund) = owed(receipt, &stored) else {
            return Ok(None);
        };
        let (parts, ids) = (&stored.payment.parts, stored.payment.orders());
        let bills = self.store.bills(&receipt.store, &ids).await?;
        let orders: Vec<&Order> = bills.iter().map(|bill| &bill.order).collect();
        let Some((order, to)) = self.address(&stored, &orders).await? else {
            tracing::info!("nobody left an address");
            return Ok(None);
        };
        let paid: Vec<(&Order, &PaymentPart)> = orders
            .iter()
            .filter_map(|order| Some((*order, stored.payment.part(&order.id)?)))
            .collect();
        if paid.len() < parts.len() {
            return Err(missing());
        }
        let store = self
            .store
            .store(&receipt.store)
            .await?
            .ok_or_else(missing)?;
        let facts = Facts {
            store: &store,
            stored: &stored,
            refund,
            parts: &paid,
        };
        // At a table the order's page belongs to the party: its link stays on their phones.
        let link = order.map(|order| {
            let page = OrderPage::Paid;
            self.links.to_order(page, &store.slug, None, order, now)
        });
        let told = facts.receipt(link).map_err(StoreError::from)?;
        let envelope = Envelope {
            to,
            sender_name: store.name.clone(),
            reply_to: store.contact.email.as_deref().and_then(Email::parse),
            tags: tags::of(receipt, &ids),
        };
        Ok(Some((envelope, tabletap_mail::render(&told))))
    }

    /// Where the receipt goes, with the order it was ordered by.
    async fn address<'a>(
        &self,
        stored: &StoredPayment,
        orders: &[&'a Order],
    ) -> Result<Option<(Option<&'a Order>, Email)>, ReceiptError> {
        for order in orders.iter().filter(|order| order.takeout.is_some()) {
            let sealed = self.store.customer(&order.store, &order.id).await?;
            let Some(sealed) = sealed else { continue };
            let opened = self.customers.open(&sealed, &order.store, &order.id);
            let customer = opened.map_err(|NotOpened| ReceiptError::Customer(order.id.clone()))?;
            if let Some(email) = customer.email {
                return Ok(Some((Some(order), email)));
            }
        }
        let payment = &stored.payment;
        let (Some(sealed), Some(part)) = (&stored.contact, payment.parts.first()) else {
            return Ok(None);
        };
        let opened = self.customers.open(sealed, &payment.store, &part.order);
        let customer = opened.map_err(|NotOpened| ReceiptError::Customer(part.order.clone()))?;
        let takeout = orders.iter().find(|order| order.takeout.is_some());
        Ok(customer.email.map(|email| (takeout.copied(), email)))
    }
}

/// Whether a receipt is owed, and for which refund: none where the money did not move so.
fn owed<'a>(receipt: &ReceiptOf, stored: &'a StoredPayment) -> Option<Option<&'a Refund>> {
    let Some(id) = &receipt.refund else {
        return (stored.state == PaymentState::Paid).then_some(None);
    };
    let mut refunds = stored.refunds.iter();
    let refund = refunds.find(|refund| refund.id == *id)?;
    (refund.state == RefundState::Succeeded).then_some(Some(refund))
}

fn span_of(receipt: &ReceiptOf) -> tracing::Span {
    let (tenant, store) = (receipt.store.tenant.as_str(), receipt.store.store.as_str());
    let refund = receipt.refund.as_ref().map(|refund| refund.as_str());
    info_span!("receipt", tenant_id = tenant, store_id = store, payment_id = %receipt.payment, refund_id = refund)
}
