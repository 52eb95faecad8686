//! An order and the one machine of its states. Payment and kitchen are apart: neither word says anything of the other.

use crate::{
    Lang, MenuVersion, OrderId, StoreKey, TableId, menu::words, number::OrderNumber,
    pricing::PricedCart, time::UnixMillis,
};

words!(
    /// Where an order stands. The last four are ends: every order comes to one.
    OrderStatus {
        /// Takeout that is not paid; the kitchen knows nothing of it.
        AwaitingPayment = "awaiting_payment",
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
}

impl OrderEvent {
    /// Every event.
    pub const ALL: &'static [Self] = &[
        Self::PaymentConfirmed,
        Self::PreparationStarted,
        Self::PreparationFinished,
        Self::Packed,
        Self::Dispatched,
        Self::HandedOver,
        Self::BroughtToTable,
        Self::PickedUp,
        Self::Cancelled,
        Self::SeatingClosed,
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
            (
                S::AwaitingPayment | S::Placed | S::Preparing | S::Ready | S::Packed,
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
    /// Waits for one tap of the staff before the kitchen sees it (house rule `staff_tap`).
    pub held: bool,
    /// Where it stands.
    pub status: OrderStatus,
    /// Where its money stands.
    pub payment: PaymentStatus,
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

    /// Whether it was ordered by this party. A later one at the same table is another.
    #[must_use]
    pub fn is_of(&self, table: &TableId, seating: u32) -> bool {
        let seat = self.seat.as_ref();
        seat.is_some_and(|seat| seat.table == *table && seat.seating == seating)
    }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_dine_in_order_goes_from_placed_to_served() {
        let path = [
            (OrderEvent::PreparationStarted, OrderStatus::Preparing),
            (OrderEvent::PreparationFinished, OrderStatus::Ready),
            (OrderEvent::BroughtToTable, OrderStatus::Served),
        ];
        let mut status = OrderStatus::Placed;
        for (event, expected) in path {
            assert_eq!(status.after(event, OrderType::DineIn), Ok(expected));
            status = expected;
        }
    }

    #[test]
    fn unpaid_takeout_never_reaches_the_kitchen() {
        for event in OrderEvent::ALL {
            let next = OrderStatus::AwaitingPayment.after(*event, OrderType::Takeout);
            let allowed = matches!(event, OrderEvent::PaymentConfirmed | OrderEvent::Cancelled);
            assert_eq!(next.is_ok(), allowed, "{event:?}");
        }
    }

    #[test]
    fn closing_a_seating_serves_whatever_is_open_at_its_table() {
        for status in [
            OrderStatus::Placed,
            OrderStatus::Preparing,
            OrderStatus::Ready,
        ] {
            let next = status.after(OrderEvent::SeatingClosed, OrderType::DineIn);
            assert_eq!(next, Ok(OrderStatus::Served));
        }
    }

    #[test]
    fn every_status_that_is_no_end_can_reach_one() {
        for kind in OrderType::ALL {
            let mut reaching: Vec<_> = OrderStatus::ALL
                .iter()
                .copied()
                .filter(|status| status.is_end())
                .collect();
            loop {
                let more: Vec<_> = OrderStatus::ALL
                    .iter()
                    .copied()
                    .filter(|from| !reaching.contains(from))
                    .filter(|from| {
                        let nexts = OrderEvent::ALL
                            .iter()
                            .filter_map(|e| from.after(*e, *kind).ok());
                        nexts.into_iter().any(|next| reaching.contains(&next))
                    })
                    .collect();
                if more.is_empty() {
                    break;
                }
                reaching.extend(more);
            }
            for start in [
                OrderStatus::AwaitingPayment,
                OrderStatus::Placed,
                OrderStatus::Ready,
            ] {
                assert!(reaching.contains(&start), "{start:?} of {kind:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_order_leaves_its_end_or_visits_a_status_twice(
            events in prop::collection::vec(prop::sample::select(OrderEvent::ALL), 0..40),
            kind in prop::sample::select(OrderType::ALL),
        ) {
            let mut status = OrderStatus::AwaitingPayment;
            let mut seen = vec![status];
            for event in events {
                match status.after(event, kind) {
                    Ok(next) => {
                        prop_assert!(!status.is_end(), "{status:?} is an end");
                        prop_assert!(!seen.contains(&next), "{next:?} twice");
                        seen.push(next);
                        status = next;
                    }
                    Err(refused) => prop_assert_eq!(refused, IllegalTransition { from: status, event }),
                }
            }
        }
    }
}
