//! Facts on the event bus: what has happened to a menu, a store, an order or its money, for whoever wants to know.
//!
//! Ids and states only, never a name, a text or an amount: who needs more reads the table. A fact may come twice, and later than one
//! that happened after it; its `id` is that of the stream record it was made of, so a repeated one is known by it. The envelope is
//! EventBridge's, see its user guide, "Events".

use serde::{Deserialize, Serialize};
use tabletap_domain::{
    MenuVersion, OrderId, PaymentId, RefundId, StoreId, StoreKey, TenantId,
    order::{OrderStatus, OrderType, PaymentStatus},
    payment::{PaymentState, RefundState},
};
use tabletap_wire_derive::domain_fields;

/// `source` of every fact.
pub const SOURCE: &str = "tabletap";

/// One fact; its variant is the event's `detail-type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// `menu.changed`
    MenuChanged(MenuChanged),
    /// `store.changed`: its name, languages, tables or stations are others.
    StoreChanged(OfStore),
    /// `order.placed`
    OrderPlaced(OrderPlaced),
    /// `order.moved`
    OrderMoved(OrderMoved),
    /// `payment.moved`
    PaymentMoved(PaymentMoved),
    /// `refund.moved`
    RefundMoved(RefundMoved),
}

/// What each fact begins with: which one it is, and whose.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfStore {
    /// Version of these shapes: 1.
    pub v: u32,
    /// The fact's id.
    pub id: String,
    /// The tenant.
    pub tenant: TenantId,
    /// The store.
    pub store: StoreId,
}

/// Another menu is sold, or a dish was switched off or on.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuChanged {
    /// Whose.
    #[serde(flatten)]
    pub of: OfStore,
    /// The menu that was sold when this was written.
    pub version: MenuVersion,
}

/// An order stands and waits for nobody's tap.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// Whose.
    #[serde(flatten)]
    pub of: OfStore,
    /// The order.
    pub order: OrderId,
    /// Dine-in, takeout or delivery.
    pub kind: OrderType,
    /// Where it stands.
    #[serde(flatten)]
    pub states: OrderState,
}

/// An order goes on, or its money does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderMoved {
    /// The order as it stands now.
    #[serde(flatten)]
    pub now: OrderPlaced,
    /// Where it stood before.
    pub was: OrderState,
}

/// A payment stands somewhere else than before, or was begun.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMoved {
    /// Whose.
    #[serde(flatten)]
    pub of: OfStore,
    /// The payment.
    pub payment: PaymentId,
    /// Where it stands.
    pub state: PaymentState,
}

/// Money that goes back stands somewhere else than before, or was asked for.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundMoved {
    /// Whose.
    #[serde(flatten)]
    pub of: OfStore,
    /// The payment it is of.
    pub payment: PaymentId,
    /// The refund.
    pub refund: RefundId,
    /// Where it stands.
    pub state: RefundState,
}

/// Where an order and its money stand.
#[domain_fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderState {
    /// The order.
    pub status: OrderStatus,
    /// Its money.
    pub payment: PaymentStatus,
}

impl Fact {
    /// The event's `detail-type`.
    #[must_use]
    pub fn detail_type(&self) -> &'static str {
        match self {
            Self::MenuChanged(_) => "menu.changed",
            Self::StoreChanged(_) => "store.changed",
            Self::OrderPlaced(_) => "order.placed",
            Self::OrderMoved(_) => "order.moved",
            Self::PaymentMoved(_) => "payment.moved",
            Self::RefundMoved(_) => "refund.moved",
        }
    }

    /// The event's `detail`, as JSON.
    #[must_use]
    pub fn detail(&self) -> String {
        let written = match self {
            Self::MenuChanged(fact) => serde_json::to_string(fact),
            Self::StoreChanged(fact) => serde_json::to_string(fact),
            Self::OrderPlaced(fact) => serde_json::to_string(fact),
            Self::OrderMoved(fact) => serde_json::to_string(fact),
            Self::PaymentMoved(fact) => serde_json::to_string(fact),
            Self::RefundMoved(fact) => serde_json::to_string(fact),
        };
        written.expect("a fact holds only text and numbers")
    }
}

/// An event as a rule hands it on, with the `detail` its reader expects.
#[derive(Clone, Debug, Deserialize)]
pub struct BusEvent<T> {
    /// The kind of fact.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// The fact.
    pub detail: T,
}

impl OfStore {
    /// The beginning of the fact `id` of a store.
    #[must_use]
    pub fn new(id: String, StoreKey { tenant, store }: StoreKey) -> Self {
        Self {
            v: 1,
            id,
            tenant,
            store,
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn key(&self) -> StoreKey {
        StoreKey {
            tenant: self.tenant.clone(),
            store: self.store.clone(),
        }
    }
}
