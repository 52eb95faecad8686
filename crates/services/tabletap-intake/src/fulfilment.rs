//! How an order reaches its guest: at a table whose seating it opens or joins, or over the counter at a pickup time that is available.

use crate::attempt::OrderAttempt;
use tabletap_domain::{
    GuestSessionId,
    customer::Customer,
    menu::Menu,
    order::{PickupWish, Seat, Takeout},
    pricing::PricedCart,
    refusal::{BodyError, FieldProblem, PlaceError},
    seating::{OrderSize, SeatingMove, TableSeating, burst_minor_max},
    store::StoreConfig,
    time::UnixMillis,
    unpaid::{CountedBy, UnpaidOrders, seconds_left, store_max},
};
use tabletap_opening::{DineInOpening, Opening, State};
use tabletap_session::Scope;
use tabletap_store::UnpaidCap;

/// What was read to decide by.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) store: StoreConfig,
    pub(crate) destination: Destination,
}

/// Where the order would go, as it is now.
#[derive(Clone, Debug)]
pub(crate) enum Destination {
    Table(TableSeating),
    Counter(Counter),
}

/// What a takeout order meets at the counter.
#[derive(Clone, Debug)]
pub(crate) struct Counter {
    /// Every place of the wanted slot is paid for.
    pub(crate) is_slot_full: bool,
    /// The kitchen cannot be reached.
    pub(crate) is_kitchen_unreachable: bool,
    /// The store's orders that wait for their payment.
    pub(crate) unpaid: UnpaidOrders,
    /// Under which names this one is counted.
    pub(crate) counted_by: Vec<CountedBy>,
}

/// How a new order is fulfilled.
#[derive(Clone, Debug)]
pub(crate) enum Fulfilment {
    Table {
        /// What the order does to the table's seating.
        step: SeatingMove,
        seat: Seat,
    },
    Takeout {
        takeout: Takeout,
        customer: Customer,
        /// How many orders may be unpaid.
        cap: UnpaidCap,
    },
}

impl Fulfilment {
    /// The fulfilment of an attempt, where its session may order now.
    pub(crate) fn of(
        attempt: &OrderAttempt,
        context: &Context,
        now: UnixMillis,
    ) -> Result<Self, PlaceError> {
        if attempt.session.is_expired(now) {
            return Err(match attempt.session.scope {
                Scope::Table { .. } => PlaceError::SessionExpired,
                Scope::Takeout { .. } | Scope::Order { .. } => PlaceError::TakeoutSessionExpired,
            });
        }
        match (&attempt.session.scope, &context.destination) {
            (Scope::Takeout { session }, Destination::Counter(counter)) => {
                Self::over_counter(attempt, context, session, counter, now)
            }
            (_, Destination::Table(seating)) => Self::at_table(attempt, context, *seating, now),
            (_, Destination::Counter(_)) => Err(PlaceError::SessionReadOnly),
        }
    }

    fn at_table(
        attempt: &OrderAttempt,
        context: &Context,
        seating: TableSeating,
        now: UnixMillis,
    ) -> Result<Self, PlaceError> {
        let (table, number) = attempt.seat()?;
        let step = seating.order(number, context.store.house_rule, now);
        let step = step.map_err(|_| PlaceError::SeatingEnded)?;
        check_hours(&context.store, now)?;
        let request = attempt.request()?;
        if request.customer.is_some() {
            return Err(field("customer", FieldProblem::NotAtTable));
        }
        if request.pickup.is_some() {
            return Err(field("pickup", FieldProblem::NotAtTable));
        }
        // A table that was taken out of the set-up keeps its code until the sticker is gone too.
        let known = context.store.table(table);
        let table_name = known.map_or_else(|| table.to_string(), |table| table.name.clone());
        let seat = Seat {
            table: table.clone(),
            table_name,
            seating: number,
            phone: attempt.session.phone().cloned(),
        };
        Ok(Self::Table { step, seat })
    }

    fn over_counter(
        attempt: &OrderAttempt,
        context: &Context,
        session: &GuestSessionId,
        counter: &Counter,
        now: UnixMillis,
    ) -> Result<Self, PlaceError> {
        let opening = Opening::of(&context.store).map_err(|error| {
            tracing::error!(%error, "the store's zone is unknown");
            PlaceError::Broken
        })?;
        let rules = context.store.takeout.as_ref();
        let (opening, rules) = opening.zip(rules).ok_or(PlaceError::NoTakeout)?;
        let request = attempt.request()?;
        let customer = request.customer.as_ref();
        let customer = customer.ok_or_else(|| field("customer", FieldProblem::Missing))?;
        let customer = customer.customer().map_err(PlaceError::Customer)?;
        let pickup = request.pickup.as_ref();
        let pickup = pickup.ok_or_else(|| field("pickup", FieldProblem::Missing))?;
        let pickup = pickup.wish().map_err(PlaceError::Body)?;
        if !opening.can_order(pickup, now) {
            return Err(match pickup {
                PickupWish::Asap => PlaceError::NoOrdersForNow {
                    opens_at: opening.state(now).opens_at(),
                },
                PickupWish::At(_) => PlaceError::PickupUnavailable,
            });
        }
        if counter.is_kitchen_unreachable {
            return Err(PlaceError::KitchenUnreachable);
        }
        if counter.is_slot_full {
            return Err(PlaceError::SlotTaken);
        }
        let cap = UnpaidCap {
            store_max: store_max(rules),
            by: counter.counted_by.clone(),
        };
        if let Some(limit) = counter.unpaid.limit_reached(&cap.by, cap.store_max) {
            return Err(PlaceError::TooManyUnpaid {
                limit,
                retry_after_s: seconds_left(now),
            });
        }
        let takeout = Takeout {
            session: session.clone(),
            pickup,
        };
        Ok(Self::Takeout {
            takeout,
            customer,
            cap,
        })
    }

    /// The same for what this cart comes to: a table that sends more than a full one ever does waits for the staff.
    pub(crate) fn for_cart(self, cart: &PricedCart, menu: &Menu) -> Self {
        let Self::Table { step, seat } = self else {
            return self;
        };
        let quantities = cart.lines.iter().map(|line| line.quantity);
        let size = OrderSize {
            dishes: quantities.fold(0, u32::saturating_add),
            minor: cart.totals.subtotal_minor,
            total_minor: cart.totals.total_minor,
        };
        let step = step.carrying(size, burst_minor_max(menu));
        Self::Table { step, seat }
    }

    pub(crate) fn seat(&self) -> Option<Seat> {
        match self {
            Self::Table { seat, .. } => Some(seat.clone()),
            Self::Takeout { .. } => None,
        }
    }

    pub(crate) fn takeout(&self) -> Option<Takeout> {
        match self {
            Self::Takeout { takeout, .. } => Some(takeout.clone()),
            Self::Table { .. } => None,
        }
    }

    /// Whether staff must confirm it.
    pub(crate) fn holds_order(&self) -> bool {
        match self {
            Self::Table { step, .. } => step.holds_order(),
            Self::Takeout { .. } => false,
        }
    }
}

fn field(name: &str, problem: FieldProblem) -> PlaceError {
    PlaceError::Body(BodyError::Field(name.to_owned(), problem))
}

/// Whether the kitchen takes orders from tables now.
fn check_hours(store: &StoreConfig, now: UnixMillis) -> Result<(), PlaceError> {
    let house = DineInOpening::of(store).map_err(|error| {
        tracing::error!(%error, "the store's zone is unknown");
        PlaceError::Broken
    })?;
    match house.map(|house| house.state(now)) {
        None | Some(State::Open { .. }) => Ok(()),
        Some(closed) => Err(PlaceError::KitchenClosed {
            opens_at: closed.opens_at(),
        }),
    }
}
