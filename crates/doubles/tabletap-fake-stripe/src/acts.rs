//! What happens at Stripe: sessions begin and end, cards are charged, money goes back. Each act changes objects and makes events.

mod events;
mod payments;
mod refunds;
mod sessions;
mod shapes;

use serde_json::{Value, json};

pub(crate) use events::{Attempt, endpoint_object, is_settled};
pub(crate) use payments::Outcome;
pub(crate) use refunds::NewRefund;
pub(crate) use shapes::{NewLine, NewSession};

use crate::{
    database::{Record, Transaction},
    error::ApiError,
    faults::Faults,
};

/// The API version everything is shaped for; async-stripe 1.0.0-rc.10 pins the same.
pub(crate) const API_VERSION: &str = "2026-09-30.endive";

/// One act: its page, its time, its cause, and the events it made.
#[derive(Debug)]
pub(crate) struct Act<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) faults: &'a Faults,
    pub(crate) now_ms: i64,
    /// Where guests find the checkout pages.
    pub(crate) pages: &'a str,
    /// `request` of the events: what the API was asked, or nothing where somebody clicked.
    pub(crate) cause: Value,
    pub(crate) events: Vec<String>,
}

impl<'a> Act<'a> {
    /// An act that no call of the API caused.
    pub(crate) fn by_hand(
        tx: &'a Transaction<'a>,
        faults: &'a Faults,
        pages: &'a str,
        now_ms: i64,
    ) -> Self {
        Self {
            tx,
            faults,
            now_ms,
            pages,
            cause: json!({"id": null, "idempotency_key": null}),
            events: Vec::new(),
        }
    }

    pub(crate) fn now_s(&self) -> i64 {
        self.now_ms.div_euclid(1_000)
    }

    /// The object `id` of this kind and account.
    pub(crate) fn find(
        &self,
        account: &str,
        kind: &str,
        id: &str,
        param: &str,
    ) -> Result<Record, ApiError> {
        let found = self.tx.get(id)?;
        found
            .filter(|record| record.account == account && record.text("object") == kind)
            .ok_or_else(|| ApiError::missing(&kind.replace(['.', '_'], " "), id, param))
    }

    /// An object that another one names, and which is therefore there.
    fn known(&self, id: &str) -> Result<Record, ApiError> {
        let found = self.tx.get(id)?;
        found.ok_or_else(|| ApiError::internal(format!("The local Stripe has lost {id}.")))
    }
}
