//! `POST /v1/calls`: a guest calls for a person; and the document of a call, as its row and the table's stream hold it.

use serde::{Deserialize, Serialize};
use tabletap_domain::{
    CallId, StoreId, StoreKey, TableId, TenantId,
    call::{Call, CallKind},
    time::UnixMillis,
};
use tabletap_wire_derive::domain_fields;

/// The request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRequest {
    /// What for: `staff`, `bill`, `cash`. Any text here: another word is refused by name.
    pub kind: String,
}

/// The reply: 201 for a new call, 200 for one that stands already.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallReply {
    /// What for.
    pub kind: CallKind,
    /// When it was made.
    #[serde(with = "crate::time")]
    pub called_at: UnixMillis,
    /// It waits until the staff confirm the table.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

impl CallReply {
    /// What the guest is told of a call.
    #[must_use]
    pub fn new(call: &Call) -> Self {
        Self {
            kind: call.kind,
            called_at: call.called_at,
            held: call.held,
        }
    }
}

/// The document of a call: what is fixed when it is made. Whether it waits stands beside it.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CallRecord {
    v: u32,
    id: CallId,
    tenant: TenantId,
    store: StoreId,
    table: TableId,
    seating: u32,
    kind: CallKind,
    #[serde(with = "crate::time")]
    called_at: UnixMillis,
}

impl CallRecord {
    /// The document of a call.
    #[must_use]
    pub fn write(call: &Call) -> String {
        let record = Self {
            v: 1,
            id: call.id.clone(),
            tenant: call.store.tenant.clone(),
            store: call.store.store.clone(),
            table: call.table.clone(),
            seating: call.seating,
            kind: call.kind,
            called_at: call.called_at,
        };
        serde_json::to_string(&record).expect("records hold only text and numbers")
    }

    /// The call of a document, as one that does not wait.
    ///
    /// # Errors
    /// When it is not the JSON of a call: a bug or another version's work.
    pub fn read(document: &str) -> Result<Call, serde_json::Error> {
        let record: Self = serde_json::from_str(document)?;
        Ok(Call {
            id: record.id,
            store: StoreKey {
                tenant: record.tenant,
                store: record.store,
            },
            table: record.table,
            seating: record.seating,
            kind: record.kind,
            called_at: record.called_at,
            held: false,
        })
    }
}
