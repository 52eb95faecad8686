//! Why a guest's order is not placed, as facts. Their status, code and sentence are given where replies are made.

use crate::{
    cart::CartError, charge::Unpayable, customer::CustomerError, pricing::Totals, time::UnixMillis,
    unpaid::UnpaidLimit,
};

/// Why an order is not placed; nothing was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// The session at the table has run out.
    SessionExpired,
    /// The session that orders takeout has run out.
    TakeoutSessionExpired,
    /// The session only reads one order.
    SessionReadOnly,
    /// Only guests at a table can order here.
    NotAtTable,
    /// The party has left.
    SeatingEnded,
    /// The order id belongs to another party's order.
    OrderNotYours,
    /// Another body was stored under the order id.
    OrderIdTaken,
    /// The body does not have the shape of an order.
    Body(BodyError),
    /// What the guest says of themselves.
    Customer(CustomerError),
    /// The kitchen takes no orders from tables now.
    KitchenClosed {
        /// When it does again, where that is in sight.
        opens_at: Option<UnixMillis>,
    },
    /// The store takes no takeout orders for as soon as possible now.
    NoOrdersForNow {
        /// When it does again, where that is in sight.
        opens_at: Option<UnixMillis>,
    },
    /// The store sells no takeout.
    NoTakeout,
    /// The pickup time cannot be chosen.
    PickupUnavailable,
    /// Every place of the slot is paid for.
    SlotTaken,
    /// The kitchen cannot be reached.
    KitchenUnreachable,
    /// Too many takeout orders wait for their payment.
    TooManyUnpaid {
        /// The limit that is reached.
        limit: UnpaidLimit,
        /// When the next order may be placed.
        retry_after_s: u32,
    },
    /// The store sells nothing yet.
    MenuNotPublished,
    /// The cart.
    Cart(CartError),
    /// The total is not the one the guest saw.
    QuoteChanged(Box<Totals>),
    /// Takeout that nobody could pay for.
    Unpayable(Unpayable),
    /// Too much at once, or the table cannot be reached: the same may be sent again.
    Busy,
    /// A row or the set-up cannot be read.
    Broken,
}

/// What is wrong with the shape of a request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// Too many bytes.
    TooLarge,
    /// No JSON in UTF-8.
    NotJson,
    /// JSON, but no object.
    NotAnObject,
    /// A field, as the request names it.
    Field(String, FieldProblem),
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// It is missing.
    Missing,
    /// There is no such field.
    Unknown,
    /// There is no such field at a table.
    NotAtTable,
    /// It holds something else.
    Wrong,
    /// It is no order id.
    OrderId,
    /// It says neither "as soon as possible" nor a time.
    Pickup,
    /// It is no time.
    Time,
}
