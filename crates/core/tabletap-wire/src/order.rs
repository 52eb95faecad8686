//! An order as its guest sees it: the answer to `POST /v1/orders` and `GET /v1/orders/{order_id}`.

use crate::{payment::ReceiptView, pickup::PickupView, session::TableView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tabletap_domain::{
    GroupId, ItemId, Lang, Minor, OptionId, OrderId, StationId, TicketId,
    menu::Allergen,
    number::OrderNumber,
    order::{Order, OrderStatus, OrderType, PaymentStatus, RefundReason},
    pricing::{self, PricedCart, PricedChoice, PricedLine},
    ticket::{TicketState, TicketStatus},
    time::UnixMillis,
};
use tabletap_wire_derive::domain_fields;

/// A priced order with its states.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    /// Its id.
    pub order_id: OrderId,
    /// The number to say.
    pub number: OrderNumber,
    /// How it reaches its guest.
    pub order_type: OrderType,
    /// Where it stands.
    pub status: OrderStatus,
    /// Waits for the staff to confirm the table.
    pub held: bool,
    /// When it was placed.
    #[serde(with = "crate::time")]
    pub placed_at: UnixMillis,
    /// Its table, for dine-in.
    pub table: Option<TableView>,
    /// When it is wanted and promised, for takeout.
    #[serde(default)]
    pub pickup: Option<PickupView>,
    /// Why it is not made, where it was paid and its money is to go back.
    #[serde(default)]
    pub refund_reason: Option<RefundReason>,
    /// The language of its names.
    pub lang: Lang,
    /// Three letters.
    pub currency: String,
    /// What was ordered.
    pub lines: Vec<LineView>,
    /// For the whole order; may be empty.
    pub note: String,
    /// Whose it is; may be empty. This, the notes and the allergies are shown to the phone that gave them and to no other.
    pub guest: String,
    /// What somebody of the party must not eat; the kitchen reads it on every ticket.
    pub allergies: BTreeSet<Allergen>,
    /// The money.
    #[serde(flatten)]
    pub totals: Totals,
    /// Where the money stands.
    pub payment: PaymentView,
    /// Each station's paper. Empty until the dispatcher has split the order.
    pub tickets: Vec<TicketView>,
}

/// An order line.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    /// The dish.
    pub item_id: ItemId,
    /// Its name.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// One of it with its options.
    pub unit_minor: Minor,
    /// All of it.
    pub total_minor: Minor,
    /// Its options.
    pub choices: Vec<ChoiceView>,
    /// For the cook; may be empty.
    pub note: String,
}

/// A chosen option.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceView {
    /// The question.
    pub group_id: GroupId,
    /// The answer.
    pub option_id: OptionId,
    /// The answer's name.
    pub name: String,
    /// It leaves something out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removal: bool,
    /// The answer as its guest reads it alone, where that is not its name: a removal called `Egg` is `No Egg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads_as: Option<String>,
    /// How many of it on one dish.
    pub quantity: u32,
    /// One of it, without its own options.
    pub price_minor: Minor,
    /// Answers to its own groups.
    pub choices: Vec<ChoiceView>,
}

/// The money of an order, in minor units; the answer to a changed quote too.
#[domain_fields]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Sum of the lines.
    pub subtotal_minor: Minor,
    /// The service charge, or 0.
    pub service_charge_minor: Minor,
    /// What the restaurant calls it; left out without one, and of orders that are older than its name in them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub service_name: String,
    /// Each tax.
    pub taxes: Vec<TaxView>,
    /// Sum of the taxes.
    pub tax_minor: Minor,
    /// Whether the prices already held the taxes.
    pub tax_inclusive: bool,
    /// What the guest owes.
    pub total_minor: Minor,
}

/// One tax.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxView {
    /// Its name.
    pub name: String,
    /// Parts per million.
    pub rate_ppm: u32,
    /// What it was computed on.
    pub base_minor: Minor,
    /// The tax.
    pub tax_minor: Minor,
}

/// Where the money of an order stands.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentView {
    /// The word.
    pub status: PaymentStatus,
    /// Somebody has done their part, and a delayed method has not said yes or no yet.
    pub processing: bool,
    /// The payments that paid for any of it, oldest first.
    pub receipts: Vec<ReceiptView>,
}

/// One station's paper.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketView {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Where the food is made.
    pub station: StationId,
    /// How far it has come.
    pub state: TicketState,
    /// When it was proven to be on paper.
    #[serde(with = "crate::time::option")]
    pub printed_at: Option<UnixMillis>,
}

impl From<Totals> for pricing::Totals {
    fn from(totals: Totals) -> Self {
        let taxes = totals.taxes.into_iter().map(|tax| pricing::TaxAmount {
            name: tax.name,
            rate_ppm: tax.rate_ppm,
            base_minor: tax.base_minor,
            tax_minor: tax.tax_minor,
        });
        Self {
            subtotal_minor: totals.subtotal_minor,
            service_charge_minor: totals.service_charge_minor,
            service_name: totals.service_name,
            taxes: taxes.collect(),
            tax_minor: totals.tax_minor,
            tax_inclusive: totals.tax_inclusive,
            total_minor: totals.total_minor,
        }
    }
}

impl From<&pricing::Totals> for Totals {
    fn from(totals: &pricing::Totals) -> Self {
        let taxes = totals.taxes.iter().map(|tax| TaxView {
            name: tax.name.clone(),
            rate_ppm: tax.rate_ppm,
            base_minor: tax.base_minor,
            tax_minor: tax.tax_minor,
        });
        Self {
            subtotal_minor: totals.subtotal_minor,
            service_charge_minor: totals.service_charge_minor,
            service_name: totals.service_name.clone(),
            taxes: taxes.collect(),
            tax_minor: totals.tax_minor,
            tax_inclusive: totals.tax_inclusive,
            total_minor: totals.total_minor,
        }
    }
}

/// All orders of a party, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersView {
    /// The orders.
    pub orders: Vec<OrderView>,
}

impl OrderView {
    /// The guest's view of an order with its tickets.
    #[must_use]
    pub fn new(order: &Order, tickets: &[TicketStatus]) -> Self {
        let PricedCart {
            lines,
            note,
            guest,
            allergies,
            totals,
        } = &order.cart;
        let table = order.seat.as_ref();
        Self {
            order_id: order.id.clone(),
            number: order.number.clone(),
            order_type: order.kind,
            status: order.status,
            held: order.held,
            placed_at: order.placed_at,
            table: table.map(|t| TableView {
                id: t.table.clone(),
                name: t.table_name.clone(),
            }),
            pickup: PickupView::of(order),
            refund_reason: order.refund_reason,
            lang: order.lang.clone(),
            currency: order.currency.code().to_owned(),
            lines: lines
                .iter()
                .map(|line| line_view(line, &order.lang))
                .collect(),
            note: note.clone(),
            guest: guest.clone(),
            allergies: allergies.clone(),
            totals: totals.into(),
            payment: PaymentView {
                status: order.payment,
                processing: false,
                receipts: Vec::new(),
            },
            tickets: tickets.iter().map(ticket_view).collect(),
        }
    }
}

fn line_view(line: &PricedLine, lang: &Lang) -> LineView {
    LineView {
        item_id: line.item.clone(),
        name: line.name.guest.clone(),
        quantity: line.quantity,
        unit_minor: line.unit_minor,
        total_minor: line.total_minor,
        choices: choice_views(&line.choices, lang),
        note: line.note.clone(),
    }
}

fn choice_views(choices: &[PricedChoice], lang: &Lang) -> Vec<ChoiceView> {
    let view = |choice: &PricedChoice| ChoiceView {
        group_id: choice.group.clone(),
        option_id: choice.option.clone(),
        name: choice.name.guest.clone(),
        removal: choice.removal,
        reads_as: Some(choice.reads_as(lang)).filter(|text| *text != choice.name.guest),
        quantity: choice.quantity,
        price_minor: choice.price_minor,
        choices: choice_views(&choice.choices, lang),
    };
    choices.iter().map(view).collect()
}

fn ticket_view(ticket: &TicketStatus) -> TicketView {
    TicketView {
        ticket_id: ticket.id.clone(),
        station: ticket.id.station.clone(),
        state: ticket.state,
        printed_at: ticket.printed_at,
    }
}
