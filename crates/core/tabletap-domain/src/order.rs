//! An order and the one machine of its states. Payment and kitchen are apart: neither word says anything of the other.

use crate::{
    GuestSessionId, Lang, MenuVersion, OrderId, StoreKey, TableId,
    menu::words,
    number::OrderNumber,
    pricing::PricedCart,
    takeout::{COLLECTED_AFTER, FIRE_AHEAD},
    time::UnixMillis,
};

words!(
    /// Where an order stands. The last four are ends: every order comes to one.
    OrderStatus {
        /// Takeout that is not paid; the kitchen knows nothing of it.
        AwaitingPayment = "awaiting_payment",
        /// Paid, but it can no longer be honoured: the money goes back, or staff decide. Not for the kitchen.
        RefundDue = "refund_due",
        /// Ordered; its tickets go to the kitchen.
        Placed = "placed",
        /// A cook has begun.
        Preparing = "preparing",
        /// Everything is made.
        Ready = "ready",
        /// In its bag.
        Packed = "packed",
        /// With the driver.
        OutForDelivery = "out_for_delivery",
        /// Handed over at the door.
        Delivered = "delivered",
        /// On the table.
        Served = "served",
        /// Picked up by its guest.
        Collected = "collected",
        /// Will not be made.
        Cancelled = "cancelled",
    }
);

words!(
    /// Where the money of an order stands.
    PaymentStatus {
        /// Nothing paid; dine-in pays at the table.
        Unpaid = "unpaid",
        /// A payment is under way.
        Pending = "pending",
        /// Paid.
        Paid = "paid",
        /// Some of it given back.
        PartRefunded = "part_refunded",
        /// All of it given back.
        Refunded = "refunded",
        /// The payment failed.
        Failed = "failed",
    }
);

words!(
    /// Why a paid order can no longer be honoured.
    RefundReason {
        /// The time it was wanted for has passed.
        SlotPassed = "slot_passed",
        /// Others have taken the last places of its time.
        SlotFull = "slot_full",
        /// A dish of it has run out.
        ItemGone = "item_gone",
        /// The kitchen has closed.
        StoreClosed = "store_closed",
        /// It had ended when the money came.
        OrderEnded = "order_ended",
    }
);

words!(
    /// How the food reaches its guest.
    OrderType {
        /// At a table.
        DineIn = "dine_in",
        /// Picked up.
        Takeout = "takeout",
        /// Brought.
        Delivery = "delivery",
    }
);

/// What happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderEvent {
    /// The payment provider says it is paid.
    PaymentConfirmed,
    /// It is paid, but can no longer be honoured.
    PaidTooLate,
    /// A cook begins.
    PreparationStarted,
    /// Everything is made.
    PreparationFinished,
    /// The bag is closed.
    Packed,
    /// The driver leaves.
    Dispatched,
    /// The driver hands it over.
    HandedOver,
    /// A waiter brings it.
    BroughtToTable,
    /// The guest picks it up.
    PickedUp,
    /// Guest or staff call it off.
    Cancelled,
    /// The seating it belongs to ended.
    SeatingClosed,
    /// The business day it was promised for is over.
    DayClosed,
}

impl OrderEvent {
    /// Every event.
    pub const ALL: &'static [Self] = &[
        Self::PaymentConfirmed,
        Self::PaidTooLate,
        Self::PreparationStarted,
        Self::PreparationFinished,
        Self::Packed,
        Self::Dispatched,
        Self::HandedOver,
        Self::BroughtToTable,
        Self::PickedUp,
        Self::Cancelled,
        Self::SeatingClosed,
        Self::DayClosed,
    ];
}

/// A step that the machine does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {} cannot take {event:?}", from.as_str())]
pub struct IllegalTransition {
    /// Where the order stands.
    pub from: OrderStatus,
    /// What was asked.
    pub event: OrderEvent,
}

impl OrderStatus {
    /// Whether the order has come to its end: it leaves the open index and frees its number.
    #[must_use]
    pub fn is_end(self) -> bool {
        matches!(
            self,
            Self::Delivered | Self::Served | Self::Collected | Self::Cancelled
        )
    }

    /// The status after `event`.
    ///
    /// # Errors
    /// [`IllegalTransition`]: the caller's picture of the order is old; read it again.
    pub fn after(self, event: OrderEvent, kind: OrderType) -> Result<Self, IllegalTransition> {
        use {OrderEvent as E, OrderStatus as S, OrderType as T};
        let next = match (self, event, kind) {
            (S::AwaitingPayment, E::PaymentConfirmed, _) => S::Placed,
            (S::AwaitingPayment, E::PaidTooLate, _) => S::RefundDue,
            // Staff take it after all.
            (S::RefundDue, E::PaymentConfirmed, _) => S::Placed,
            (S::Placed, E::PreparationStarted, _) => S::Preparing,
            // A small kitchen presses one button only.
            (S::Placed | S::Preparing, E::PreparationFinished, _) => S::Ready,
            (S::Ready, E::Packed, T::Takeout | T::Delivery) => S::Packed,
            (S::Ready | S::Packed, E::Dispatched, T::Delivery) => S::OutForDelivery,
            (S::OutForDelivery, E::HandedOver, T::Delivery) => S::Delivered,
            (S::Ready | S::Packed, E::PickedUp, T::Takeout) => S::Collected,
            // A waiter may bring what nobody marked ready.
            (S::Placed | S::Preparing | S::Ready, E::BroughtToTable, T::DineIn) => S::Served,
            (S::Placed | S::Preparing | S::Ready, E::SeatingClosed, T::DineIn) => S::Served,
            (S::Placed | S::Preparing | S::Ready | S::Packed, E::DayClosed, T::Takeout) => {
                S::Collected
            }
            (
                S::AwaitingPayment | S::RefundDue | S::Placed | S::Preparing | S::Ready | S::Packed,
                E::Cancelled,
                _,
            ) => S::Cancelled,
            _ => return Err(IllegalTransition { from: self, event }),
        };
        Ok(next)
    }
}

/// An order as it is kept: what was bought is fixed when it is placed; only the states move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Made by the browser before the first send.
    pub id: OrderId,
    /// Tenant and store.
    pub store: StoreKey,
    /// The number to say.
    pub number: OrderNumber,
    /// How it reaches its guest.
    pub kind: OrderType,
    /// The table and party, for dine-in.
    pub seat: Option<Seat>,
    /// Whose it is and when it is wanted, for takeout.
    pub takeout: Option<Takeout>,
    /// Waits for one tap of the staff before the kitchen sees it (house rule `staff_tap`).
    pub held: bool,
    /// Where it stands.
    pub status: OrderStatus,
    /// Where its money stands.
    pub payment: PaymentStatus,
    /// When the kitchen gets it: set when takeout is paid; at once where absent.
    pub fire_at: Option<UnixMillis>,
    /// When it is promised to be ready: set when takeout is paid.
    pub ready_at: Option<UnixMillis>,
    /// Why it is not honoured, while its money is to go back.
    pub refund_reason: Option<RefundReason>,
    /// When it was placed.
    pub placed_at: UnixMillis,
    /// The guest's language.
    pub lang: Lang,
    /// The menu it was priced from.
    pub menu_version: MenuVersion,
    /// Its currency's code.
    pub currency: crate::Currency,
    /// Lines, notes and money.
    pub cart: PricedCart,
    /// Digest of the request body: tells a resend from another order under the same id.
    pub body_digest: String,
}

impl Order {
    /// Whether the kitchen may begin: it is ordered, and waits neither for money nor for the staff.
    #[must_use]
    pub fn is_for_kitchen(&self) -> bool {
        self.status == OrderStatus::Placed && !self.held
    }

    /// Whether its time in the kitchen has come by `now`: [`FIRE_AHEAD`] of it, so that it never comes late.
    #[must_use]
    pub fn fires_by(&self, now: UnixMillis) -> bool {
        self.fire_at.is_none_or(|at| at <= now.plus(FIRE_AHEAD))
    }

    /// When it counts as picked up though nobody said so: takeout's business day is over.
    #[must_use]
    pub fn ends_itself_at(&self) -> Option<UnixMillis> {
        self.takeout.as_ref()?;
        Some(self.ready_at?.plus(COLLECTED_AFTER))
    }

    /// The same as other phones of its party read it: without whose it is, and without what they wrote and must not eat.
    #[must_use]
    pub fn without_guest(mut self) -> Self {
        self.cart.guest.clear();
        self.cart.note.clear();
        self.cart.allergies.clear();
        for line in &mut self.cart.lines {
            line.note.clear();
            line.accepted.clear();
        }
        self
    }

    /// Whether it was ordered by this party. A later one at the same table is another.
    #[must_use]
    pub fn is_of(&self, table: &TableId, seating: u32) -> bool {
        let seat = self.seat.as_ref();
        seat.is_some_and(|seat| seat.table == *table && seat.seating == seating)
    }
}

/// What is fixed of an order that is picked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takeout {
    /// The session that ordered it.
    pub session: GuestSessionId,
    /// When it is wanted.
    pub pickup: PickupWish,
}

/// When a guest wants to pick up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickupWish {
    /// As soon as it can be made once it is paid.
    Asap,
    /// At this time: the start of a slot.
    At(UnixMillis),
}

/// A party at a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The dining table.
    pub table: TableId,
    /// Its name when the order was placed.
    pub table_name: String,
    /// The seating's number at that table.
    pub seating: u32,
    /// The phone that ordered: it alone reads back whose the order is, and the notes and allergies it gave. Unknown of orders of before
    /// phones had names, which no phone reads back.
    pub phone: Option<GuestSessionId>,
}

#[cfg(test)]
mod tests;
