//! Receipts: one row each in their payment's partition. Whoever may send one has claimed it there first; whoever hears of it notes it.

use crate::{
    Store,
    error::{StoreError, WriteError},
    key,
    row::{Read, Row, ms, s},
    write::Change,
};
use tabletap_domain::{
    receipt::{MailFate, ReceiptOf, ReceiptState, SETTLED_AFTER},
    time::UnixMillis,
};

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptClaim {
    /// The caller sends it, and nobody else for a while.
    Ours,
    /// It went out.
    Sent,
    /// Somebody else is sending it, or was a moment ago: look again later.
    Underway,
}

/// A receipt as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReceipt {
    /// Where it stands.
    pub state: ReceiptState,
    /// The mail service's id of it, once it went out.
    pub message_id: Option<String>,
    /// When it went out.
    pub sent_at: Option<UnixMillis>,
    /// How it fared, where that was bad.
    pub bounce: Option<MailFate>,
}

impl Store {
    /// Claims a receipt at `now`, before it is sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_receipt(
        &self,
        receipt: &ReceiptOf,
        now: UnixMillis,
    ) -> Result<ReceiptClaim, StoreError> {
        let settled_ms = i64::try_from(SETTLED_AFTER.as_millis()).unwrap_or(i64::MAX);
        let claim = Change::new("SET #state = :sending, #claimed_at = :now")
            .only_if(
                "attribute_not_exists(#state) OR #state = :free OR (#state = :sending AND #claimed_at <= :settled)",
            )
            .value("sending", s(ReceiptState::Sending))
            .value("free", s(ReceiptState::Free))
            .value("now", ms(now))
            .value("settled", ms(UnixMillis(now.0.saturating_sub(settled_ms))));
        match self.update(key::receipt(receipt), claim).await {
            Ok(_) => Ok(ReceiptClaim::Ours),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::Conditions(_)) => {
                let stored = self.receipt(receipt).await?;
                let is_sent = stored.is_some_and(|stored| stored.state == ReceiptState::Sent);
                Ok(if is_sent {
                    ReceiptClaim::Sent
                } else {
                    ReceiptClaim::Underway
                })
            }
        }
    }

    /// Gives the claim of `claimed_at` back: the receipt is known not to have been sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_receipt(
        &self,
        receipt: &ReceiptOf,
        claimed_at: UnixMillis,
    ) -> Result<(), StoreError> {
        let release = Change::new("SET #state = :free")
            .only_if("#state = :sending AND #claimed_at = :claimed_at")
            .value("free", s(ReceiptState::Free))
            .value("sending", s(ReceiptState::Sending))
            .value("claimed_at", ms(claimed_at));
        done(self.update(key::receipt(receipt), release).await)
    }

    /// Notes that a receipt went out as the mail `message_id`; the first such note stands. Nothing is noted of a receipt that nobody claimed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_receipt_sent(
        &self,
        receipt: &ReceiptOf,
        message_id: &str,
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        let sent = Change::new("SET #state = :sent, #message_id = :message_id, #sent_at = :at")
            .only_if("attribute_exists(#state) AND #state <> :sent")
            .value("sent", s(ReceiptState::Sent))
            .value("message_id", s(message_id))
            .value("at", ms(at));
        done(self.update(key::receipt(receipt), sent).await)
    }

    /// Notes how a receipt's mail fared. Nothing is noted of a receipt that nobody claimed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_receipt_fate(
        &self,
        receipt: &ReceiptOf,
        fate: MailFate,
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        let fared = Change::new("SET #bounce = :fate, #bounced_at = :at")
            .only_if("attribute_exists(#state)")
            .value("fate", s(fate))
            .value("at", ms(at));
        done(self.update(key::receipt(receipt), fared).await)
    }

    /// A receipt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipt(&self, receipt: &ReceiptOf) -> Result<Option<StoredReceipt>, StoreError> {
        let row = self.get(key::receipt(receipt)).await?;
        row.as_ref().map(receipt_in).transpose()
    }
}

fn receipt_in(row: &Row) -> Result<StoredReceipt, StoreError> {
    Ok(StoredReceipt {
        state: row.get_as("state")?,
        message_id: row.maybe("message_id")?,
        sent_at: row.maybe("sent_at")?.map(UnixMillis),
        bounce: row.maybe("bounce")?,
    })
}

/// A condition that did not hold means that there was nothing to do.
fn done(written: Result<Row, WriteError>) -> Result<(), StoreError> {
    match written {
        Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
        Err(WriteError::Store(error)) => Err(error),
    }
}
