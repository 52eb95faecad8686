//! A payment and a refund as the table keeps them: what is fixed when they are begun, as one JSON document each.

use serde::{Deserialize, Serialize};
use tabletap_domain::{
    AccountName, Currency, GuestSessionId, Lang, Minor, OrderId, PaymentId, RefundId, StoreId,
    StoreKey, TenantId,
    number::OrderNumber,
    payment::{Payment, PaymentItem, PaymentPart, Refund, RefundCause, RefundState},
    share::Share,
    time::UnixMillis,
};
use tabletap_wire_derive::domain_fields;

/// The document of a payment.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentRecord {
    v: u32,
    id: PaymentId,
    tenant: TenantId,
    store: StoreId,
    account: AccountName,
    live: bool,
    parts: Vec<PartRecord>,
    items: Vec<ItemRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share: Option<ShareRecord>,
    tip_minor: Minor,
    total_minor: Minor,
    currency: String,
    lang: Lang,
    success_url: String,
    cancel_url: String,
    created_at_ms: i64,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct PartRecord {
    order: OrderId,
    number: OrderNumber,
    /// Place of a line, and what is paid of it.
    lines: Vec<(usize, i64)>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ShareRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guests: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<GuestSessionId>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ItemRecord {
    name: String,
    amount_minor: Minor,
}

/// The document of a refund.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundRecord {
    v: u32,
    id: RefundId,
    amount_minor: Minor,
    cause: RefundCause,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<OrderId>,
    created_at_ms: i64,
}

/// A stored document that cannot be a payment; a bug or another version's work.
#[derive(Debug, thiserror::Error)]
pub enum PaymentRecordError {
    /// Not the JSON of one.
    #[error("the stored payment cannot be read")]
    Json(#[from] serde_json::Error),
    /// In a currency we do not know.
    #[error("the stored payment is in an unknown currency")]
    UnknownCurrency,
}

impl PaymentRecord {
    /// The document of a payment.
    #[must_use]
    pub fn write(payment: &Payment) -> String {
        let part = |part: &PaymentPart| PartRecord {
            order: part.order.clone(),
            number: part.number.clone(),
            lines: part.lines.iter().map(|(at, due)| (*at, due.0)).collect(),
        };
        let item = |item: &PaymentItem| ItemRecord {
            name: item.name.clone(),
            amount_minor: item.amount_minor,
        };
        let record = Self {
            v: 1,
            id: payment.id.clone(),
            tenant: payment.store.tenant.clone(),
            store: payment.store.store.clone(),
            account: payment.account.clone(),
            live: payment.live,
            parts: payment.parts.iter().map(part).collect(),
            items: payment.items.iter().map(item).collect(),
            share: payment.share.as_ref().map(|share| ShareRecord {
                guests: share.guests,
                phone: share.phone.clone(),
            }),
            tip_minor: payment.tip_minor,
            total_minor: payment.total_minor,
            currency: payment.currency.code().to_owned(),
            lang: payment.lang.clone(),
            success_url: payment.success_url.clone(),
            cancel_url: payment.cancel_url.clone(),
            created_at_ms: payment.created_at.0,
        };
        serde_json::to_string(&record).expect("records hold only text, numbers and lists")
    }

    /// The payment of a document.
    ///
    /// # Errors
    /// [`PaymentRecordError`]; park what asked for it, with an alarm.
    pub fn read(document: &str) -> Result<Payment, PaymentRecordError> {
        let record: Self = serde_json::from_str(document)?;
        let currency =
            Currency::from_code(&record.currency).ok_or(PaymentRecordError::UnknownCurrency)?;
        let part = |part: PartRecord| PaymentPart {
            order: part.order,
            number: part.number,
            lines: part
                .lines
                .into_iter()
                .map(|(at, due)| (at, Minor(due)))
                .collect(),
        };
        let item = |item: ItemRecord| PaymentItem {
            name: item.name,
            amount_minor: item.amount_minor,
        };
        Ok(Payment {
            id: record.id,
            store: StoreKey {
                tenant: record.tenant,
                store: record.store,
            },
            account: record.account,
            live: record.live,
            parts: record.parts.into_iter().map(part).collect(),
            items: record.items.into_iter().map(item).collect(),
            share: record.share.map(|share| Share {
                guests: share.guests,
                phone: share.phone,
            }),
            tip_minor: record.tip_minor,
            total_minor: record.total_minor,
            currency,
            lang: record.lang,
            success_url: record.success_url,
            cancel_url: record.cancel_url,
            created_at: UnixMillis(record.created_at_ms),
        })
    }
}

impl RefundRecord {
    /// The document of a refund.
    #[must_use]
    pub fn write(refund: &Refund) -> String {
        let record = Self {
            v: 1,
            id: refund.id.clone(),
            amount_minor: refund.amount_minor,
            cause: refund.cause,
            order: refund.order.clone(),
            created_at_ms: refund.created_at.0,
        };
        serde_json::to_string(&record).expect("records hold only text and numbers")
    }

    /// The refund of a document and what stands beside it.
    ///
    /// # Errors
    /// When it is not the JSON of a refund.
    pub fn read(
        document: &str,
        state: RefundState,
        reference: Option<String>,
    ) -> Result<Refund, serde_json::Error> {
        let record: Self = serde_json::from_str(document)?;
        Ok(Refund {
            id: record.id,
            amount_minor: record.amount_minor,
            cause: record.cause,
            order: record.order,
            state,
            reference,
            created_at: UnixMillis(record.created_at_ms),
        })
    }
}
