//! An order as the table keeps it: the part that is fixed when it is placed, as one JSON document. The states beside it are attributes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tabletap_domain::{
    Currency, GroupId, GuestSessionId, ItemId, Lang, MenuVersion, Minor, OptionId, OrderId,
    StationId, StoreId, StoreKey, TableId, TaxCategory, TenantId,
    menu::Allergen,
    number::OrderNumber,
    order::{
        Order, OrderStatus, OrderType, PaymentStatus, PickupWish, RefundReason, Seat, Takeout,
    },
    pricing::{Label, PricedCart, PricedChoice, PricedLine},
    time::UnixMillis,
};
use tabletap_wire_derive::domain_fields;

/// The document.
#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderRecord {
    v: u32,
    id: OrderId,
    tenant: TenantId,
    store: StoreId,
    number: OrderNumber,
    kind: OrderType,
    seat: Option<SeatRecord>,
    /// Absent at a table, and in orders of before there was takeout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    takeout: Option<TakeoutRecord>,
    placed_at_ms: i64,
    lang: Lang,
    menu_version: MenuVersion,
    currency: String,
    lines: Vec<LineRecord>,
    note: String,
    guest: String,
    /// Absent where nobody named any, and in orders of before they could be named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    allergies: BTreeSet<Allergen>,
    totals: crate::order::Totals,
    body_digest: String,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SeatRecord {
    table: TableId,
    table_name: String,
    seating: u32,
    /// Absent in orders of before phones had names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<GuestSessionId>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TakeoutRecord {
    session: GuestSessionId,
    /// Absent for as soon as possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pickup_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct LabelRecord {
    kitchen: String,
    /// Absent where it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guest: Option<String>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct LineRecord {
    item: ItemId,
    name: LabelRecord,
    quantity: u32,
    unit_minor: Minor,
    total_minor: Minor,
    cost_minor: Option<Minor>,
    tax_category: TaxCategory,
    station: StationId,
    choices: Vec<ChoiceRecord>,
    /// Absent where nothing is, and in orders of before it was noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LabelRecord>,
    note: String,
    allergens: BTreeSet<Allergen>,
    /// Absent where nobody was warned, and in orders of before it was kept.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    accepted: BTreeSet<Allergen>,
}

#[domain_fields]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ChoiceRecord {
    group: GroupId,
    option: OptionId,
    group_name: LabelRecord,
    name: LabelRecord,
    quantity: u32,
    price_minor: Minor,
    removal: bool,
    station: Option<StationId>,
    /// This and `left_out` are absent where there is nothing to say, and in orders of before it was noted, whose tickets say everything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    as_served: bool,
    /// Absent where there are none, and in orders of before they were kept.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    allergens: BTreeSet<Allergen>,
    choices: Vec<ChoiceRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LabelRecord>,
}

/// The states that stand beside the document and move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderStates {
    /// Where the order stands.
    pub status: OrderStatus,
    /// Where its money stands.
    pub payment: PaymentStatus,
    /// Waits for the staff.
    pub held: bool,
    /// When the kitchen gets it; at once where absent.
    pub fire_at: Option<UnixMillis>,
    /// When it is promised to be ready.
    pub ready_at: Option<UnixMillis>,
    /// Why its money is to go back.
    pub refund_reason: Option<RefundReason>,
}

impl From<&Order> for OrderStates {
    fn from(order: &Order) -> Self {
        Self {
            status: order.status,
            payment: order.payment,
            held: order.held,
            fire_at: order.fire_at,
            ready_at: order.ready_at,
            refund_reason: order.refund_reason,
        }
    }
}

/// A stored document that cannot be an order; a bug or another version's work.
#[derive(Debug, thiserror::Error)]
pub enum OrderRecordError {
    /// Not the JSON of an order.
    #[error("the stored order cannot be read")]
    Json(#[from] serde_json::Error),
    /// Priced in a currency we do not know.
    #[error("the stored order is in an unknown currency")]
    UnknownCurrency,
}

impl OrderRecord {
    /// The document of an order.
    #[must_use]
    pub fn write(order: &Order) -> String {
        let record = Self::from(order);
        serde_json::to_string(&record).expect("records hold only text, numbers and lists")
    }

    /// The order of a document and its states.
    ///
    /// # Errors
    /// [`OrderRecordError`]; park what asked for it, with an alarm.
    pub fn read(document: &str, states: OrderStates) -> Result<Order, OrderRecordError> {
        let record: Self = serde_json::from_str(document)?;
        record.into_order(states)
    }

    fn into_order(self, states: OrderStates) -> Result<Order, OrderRecordError> {
        let currency =
            Currency::from_code(&self.currency).ok_or(OrderRecordError::UnknownCurrency)?;
        Ok(Order {
            id: self.id,
            store: StoreKey {
                tenant: self.tenant,
                store: self.store,
            },
            number: self.number,
            kind: self.kind,
            seat: self.seat.map(|seat| Seat {
                table: seat.table,
                table_name: seat.table_name,
                seating: seat.seating,
                phone: seat.phone,
            }),
            takeout: self.takeout.map(|takeout| Takeout {
                session: takeout.session,
                pickup: match takeout.pickup_at_ms {
                    Some(at) => PickupWish::At(UnixMillis(at)),
                    None => PickupWish::Asap,
                },
            }),
            held: states.held,
            status: states.status,
            payment: states.payment,
            fire_at: states.fire_at,
            ready_at: states.ready_at,
            refund_reason: states.refund_reason,
            placed_at: UnixMillis(self.placed_at_ms),
            lang: self.lang,
            menu_version: self.menu_version,
            currency,
            cart: PricedCart {
                lines: self.lines.into_iter().map(PricedLine::from).collect(),
                note: self.note,
                guest: self.guest,
                allergies: self.allergies,
                totals: self.totals.into(),
            },
            body_digest: self.body_digest,
        })
    }
}

impl From<&Order> for OrderRecord {
    fn from(order: &Order) -> Self {
        Self {
            v: 1,
            id: order.id.clone(),
            tenant: order.store.tenant.clone(),
            store: order.store.store.clone(),
            number: order.number.clone(),
            kind: order.kind,
            seat: order.seat.as_ref().map(|seat| SeatRecord {
                table: seat.table.clone(),
                table_name: seat.table_name.clone(),
                seating: seat.seating,
                phone: seat.phone.clone(),
            }),
            takeout: order.takeout.as_ref().map(|takeout| TakeoutRecord {
                session: takeout.session.clone(),
                pickup_at_ms: match takeout.pickup {
                    PickupWish::At(at) => Some(at.0),
                    PickupWish::Asap => None,
                },
            }),
            placed_at_ms: order.placed_at.0,
            lang: order.lang.clone(),
            menu_version: order.menu_version.clone(),
            currency: order.currency.code().to_owned(),
            lines: order.cart.lines.iter().map(LineRecord::from).collect(),
            note: order.cart.note.clone(),
            guest: order.cart.guest.clone(),
            allergies: order.cart.allergies.clone(),
            totals: (&order.cart.totals).into(),
            body_digest: order.body_digest.clone(),
        }
    }
}

impl From<&Label> for LabelRecord {
    fn from(label: &Label) -> Self {
        let guest = (label.guest != label.kitchen).then(|| label.guest.clone());
        Self {
            kitchen: label.kitchen.clone(),
            guest,
        }
    }
}

impl From<LabelRecord> for Label {
    fn from(label: LabelRecord) -> Self {
        let guest = label.guest.unwrap_or_else(|| label.kitchen.clone());
        Self {
            kitchen: label.kitchen,
            guest,
        }
    }
}

impl From<&PricedLine> for LineRecord {
    fn from(line: &PricedLine) -> Self {
        Self {
            item: line.item.clone(),
            name: (&line.name).into(),
            quantity: line.quantity,
            unit_minor: line.unit_minor,
            total_minor: line.total_minor,
            cost_minor: line.cost_minor,
            tax_category: line.tax_category.clone(),
            station: line.station.clone(),
            choices: line.choices.iter().map(ChoiceRecord::from).collect(),
            left_out: line.left_out.iter().map(LabelRecord::from).collect(),
            note: line.note.clone(),
            allergens: line.allergens.clone(),
            accepted: line.accepted.clone(),
        }
    }
}

impl From<LineRecord> for PricedLine {
    fn from(line: LineRecord) -> Self {
        Self {
            item: line.item,
            name: line.name.into(),
            quantity: line.quantity,
            unit_minor: line.unit_minor,
            total_minor: line.total_minor,
            cost_minor: line.cost_minor,
            tax_category: line.tax_category,
            station: line.station,
            choices: line.choices.into_iter().map(PricedChoice::from).collect(),
            left_out: line.left_out.into_iter().map(Label::from).collect(),
            note: line.note,
            allergens: line.allergens,
            accepted: line.accepted,
        }
    }
}

impl From<&PricedChoice> for ChoiceRecord {
    fn from(choice: &PricedChoice) -> Self {
        Self {
            group: choice.group.clone(),
            option: choice.option.clone(),
            group_name: (&choice.group_name).into(),
            name: (&choice.name).into(),
            quantity: choice.quantity,
            price_minor: choice.price_minor,
            removal: choice.removal,
            station: choice.station.clone(),
            as_served: choice.as_served,
            allergens: choice.allergens.clone(),
            choices: choice.choices.iter().map(Self::from).collect(),
            left_out: choice.left_out.iter().map(LabelRecord::from).collect(),
        }
    }
}

impl From<ChoiceRecord> for PricedChoice {
    fn from(choice: ChoiceRecord) -> Self {
        Self {
            group: choice.group,
            option: choice.option,
            group_name: choice.group_name.into(),
            name: choice.name.into(),
            quantity: choice.quantity,
            price_minor: choice.price_minor,
            removal: choice.removal,
            station: choice.station,
            as_served: choice.as_served,
            allergens: choice.allergens,
            choices: choice.choices.into_iter().map(Self::from).collect(),
            left_out: choice.left_out.into_iter().map(Label::from).collect(),
        }
    }
}
