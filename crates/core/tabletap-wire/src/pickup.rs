//! When an order can be picked up: what a request wishes, what an order says, and `GET /v1/stores/{slug}/pickup`.

use crate::time;
use serde::{Deserialize, Serialize};
use tabletap_domain::{
    InvalidId,
    order::{Order, PickupWish},
    refusal::{BodyError, FieldProblem},
    time::UnixMillis,
};
use tabletap_wire_derive::domain_fields;

/// The wish in a request: `{"when": "asap"}`, or `{"at": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PickupRequest {
    /// `asap`, or `at` beside a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The beginning of a slot, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl PickupRequest {
    /// The wish.
    ///
    /// # Errors
    /// [`BodyError::Field`].
    pub fn wish(&self) -> Result<PickupWish, BodyError> {
        let invalid = |field: &str, problem| BodyError::Field(field.to_owned(), problem);
        match (self.when.as_deref(), self.at.as_deref()) {
            (Some("asap"), None) => Ok(PickupWish::Asap),
            (None | Some("at"), Some(at)) => time::parse(at)
                .map(PickupWish::At)
                .ok_or_else(|| invalid("pickup.at", FieldProblem::Time)),
            _ => Err(invalid("pickup", FieldProblem::Pickup)),
        }
    }
}

/// When an order is wanted and promised, as its guest sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickupView {
    /// `asap` or `at`.
    pub when: String,
    /// The time that was chosen.
    #[serde(with = "time::option")]
    pub at: Option<UnixMillis>,
    /// The time that is promised, once it is paid.
    #[serde(with = "time::option")]
    pub ready_at: Option<UnixMillis>,
}

impl PickupView {
    /// Of a takeout order.
    #[must_use]
    pub fn of(order: &Order) -> Option<Self> {
        let (when, at) = match order.takeout.as_ref()?.pickup {
            PickupWish::Asap => ("asap", None),
            PickupWish::At(at) => ("at", Some(at)),
        };
        Some(Self {
            when: when.to_owned(),
            at,
            ready_at: order.ready_at,
        })
    }
}

/// Whether a store takes orders to be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenState {
    /// It does.
    Open,
    /// It is closed.
    Closed,
    /// It is open still, but what is ordered now would not be ready in time.
    LastOrderPassed,
}

impl std::fmt::Display for OpenState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::LastOrderPassed => "last_order_passed",
        })
    }
}

impl std::str::FromStr for OpenState {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text {
            "open" => Ok(Self::Open),
            "closed" => Ok(Self::Closed),
            "last_order_passed" => Ok(Self::LastOrderPassed),
            _ => Err(InvalidId {
                kind: "opening state",
                shape: "one of open closed last_order_passed",
            }),
        }
    }
}

/// The reply of `GET /v1/stores/{slug}/pickup`.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorePickup {
    /// The moment it speaks of.
    #[serde(with = "time")]
    pub now: UnixMillis,
    /// The store's zone, an IANA name.
    pub time_zone: String,
    /// Whether it takes orders to be made now.
    pub state: OpenState,
    /// When it opens again, where it is not open for orders.
    #[serde(with = "time::option")]
    pub opens_at: Option<UnixMillis>,
    /// When it closes; absent where no end is in sight.
    #[serde(with = "time::option")]
    pub closes_at: Option<UnixMillis>,
    /// The kitchen cannot be reached: nothing can be ordered for now, though it is open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kitchen_unreachable: bool,
    /// As soon as possible.
    pub asap: AsapView,
    /// What can be chosen, in order; full ones among them.
    pub slots: Vec<SlotView>,
}

/// As soon as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsapView {
    /// Whether it can be chosen.
    pub available: bool,
    /// When it would be ready, paid this moment.
    #[serde(with = "time::option")]
    pub ready_at: Option<UnixMillis>,
}

/// A slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotView {
    /// Its beginning, as it is sent with an order.
    #[serde(with = "time")]
    pub at: UnixMillis,
    /// Whether it has a place left.
    pub available: bool,
}
