//! Places an order in one conditional transaction, or refuses it with a [`PlaceError`]: for `cart-intake`, where a script sends it, and for
//! `order-form`, where a plain form does.
//!
//! Answered in this order: **the order if it is stored** (so a resend never fails because the world moved on), an expired session, an
//! ended seating, a closed kitchen or an unavailable pickup time, a bad cart, another total than the guest saw; only then is it placed.
//! It knows no HTTP, and publishes nothing: the table's stream takes an order on.

mod attempt;
mod decide;
mod fulfilment;
mod menus;
mod statement;

pub use decide::price;

use attempt::OrderAttempt;
use decide::order;
use fulfilment::{Context, Counter, Destination, Fulfilment};
use menus::Menus;
use statement::statement;
use std::{collections::BTreeSet, sync::Arc};
use tabletap_domain::{
    StoreKey, TableId,
    menu::Menu,
    number::{OrderNumber, candidates},
    order::{Order, PickupWish},
    refusal::PlaceError,
    time::UnixMillis,
    unpaid::{CountedBy, UnpaidLimit, window},
};
use tabletap_fault as fault;
use tabletap_runtime::random;
use tabletap_session::{CustomerKeys, Scope, Session};
use tabletap_store::{CurrentMenu, PlaceOrderError, Store, StoreError};
use tabletap_wire::{order_request::RawOrderRequest, pickup::PickupRequest};

/// Rounds against others who sit down at the same table, send the same order or claim the same number in between.
const ROUNDS_MAX: u32 = 8;

/// Where orders come in. Cloning shares the menus it keeps.
#[derive(Clone, Debug)]
pub struct Intake {
    store: Store,
    menus: Arc<Menus>,
    customers: CustomerKeys,
    takes_takeout: bool,
}

/// The order that was asked for.
#[derive(Debug)]
pub enum Placed {
    /// Stored by this attempt.
    Now(Box<Order>),
    /// Stored by an earlier one.
    Before(Box<Order>),
}

impl Intake {
    /// Reads and writes through `store`, for guests at tables. What they say of an allergy is sealed with `keys`.
    #[must_use]
    pub fn at_tables(store: Store, keys: CustomerKeys) -> Self {
        Self {
            store,
            menus: Arc::default(),
            customers: keys,
            takes_takeout: false,
        }
    }

    /// The same for takeout too, whose customers are sealed with `keys` as well.
    #[must_use]
    pub fn with_takeout(store: Store, keys: CustomerKeys) -> Self {
        Self {
            takes_takeout: true,
            ..Self::at_tables(store, keys)
        }
    }

    /// What a store sells now, with its sold-out dishes marked.
    ///
    /// # Errors
    /// [`PlaceError`], also when it sells nothing yet.
    pub async fn menu(&self, store: &StoreKey) -> Result<Arc<Menu>, PlaceError> {
        let current = self.store.current_menu(store).await?;
        let current = current.ok_or(PlaceError::MenuNotPublished)?;
        self.menus.get(&self.store, store, &current).await
    }

    /// Places the order that an authentic session asks for. `viewer` is the network it is sent from, as the edge says; unpaid takeout is
    /// counted by it.
    ///
    /// # Errors
    /// [`PlaceError`]; nothing was stored.
    pub async fn place(
        &self,
        session: Session,
        raw: RawOrderRequest,
        viewer: Option<&str>,
        now: UnixMillis,
    ) -> Result<Placed, PlaceError> {
        let attempt = OrderAttempt::new(session, raw);
        for round in 0..ROUNDS_MAX {
            let numbers = candidates(&attempt.order_id, round);
            let found = self.read(&attempt, &numbers, viewer, now).await?;
            if let Some(stored) = found.stored {
                return attempt
                    .answer_stored(stored, &self.customers)
                    .map(|order| Placed::Before(Box::new(order)));
            }
            let fulfilment = Fulfilment::of(&attempt, &found.context, now)?;
            let store = &found.context.store;
            let menu = self.menus.get(&self.store, &store.key, &found.menu).await?;
            let free = numbers.iter().find(|number| !found.taken.contains(number));
            let Some(number) = free.cloned() else {
                continue;
            };
            let keys = &self.customers;
            let (order, fulfilment) = order(&attempt, store, &menu, fulfilment, number, keys, now)?;
            match self.commit(&order, fulfilment).await {
                Ok(()) => return Ok(Placed::Now(Box::new(order))),
                // Read again: it may be the same order, sent twice at once; or table or number was taken in between, or the last of the
                // orders that may be unpaid.
                Err(
                    PlaceOrderError::AlreadyExists
                    | PlaceOrderError::SeatingMoved
                    | PlaceOrderError::TooManyUnpaid
                    | PlaceOrderError::NumberTaken,
                ) => tracing::debug!(round, "somebody was faster"),
                Err(PlaceOrderError::Throttled | PlaceOrderError::Unavailable) => {
                    return Err(PlaceError::Busy);
                }
            }
        }
        tracing::warn!("an order lost every round");
        Err(PlaceError::Busy)
    }

    async fn read(
        &self,
        attempt: &OrderAttempt,
        numbers: &[OrderNumber],
        viewer: Option<&str>,
        now: UnixMillis,
    ) -> Result<Found, PlaceError> {
        let store = &attempt.session.store;
        let found = match &attempt.session.scope {
            Scope::Table { table, .. } => self.found_at_table(attempt, table, numbers).await,
            Scope::Takeout { .. } if self.takes_takeout => {
                let counted_by = counted_by(attempt, &self.customers, viewer);
                self.found_at_counter(attempt, numbers, counted_by, now)
                    .await
            }
            Scope::Takeout { .. } => return Err(PlaceError::NotAtTable),
            Scope::Order { .. } => return Err(PlaceError::SessionReadOnly),
        };
        match found {
            Ok(found) => Ok(found),
            // Either a row is broken, or the store has not published a menu yet: that is no fault of ours.
            Err(StoreError::Corrupt(problem)) => match self.store.current_menu(store).await? {
                None => Err(PlaceError::MenuNotPublished),
                Some(_) => Err(StoreError::Corrupt(problem).into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    async fn found_at_table(
        &self,
        attempt: &OrderAttempt,
        table: &TableId,
        numbers: &[OrderNumber],
    ) -> Result<Found, StoreError> {
        let (store, order) = (&attempt.session.store, &attempt.order_id);
        let rows = self.store.read_for_order(store, table, order, numbers);
        let rows = rows.await?;
        Ok(Found {
            stored: rows.stored,
            context: Context {
                store: rows.store,
                destination: Destination::Table(rows.seating),
            },
            menu: rows.menu,
            taken: rows.taken,
        })
    }

    async fn found_at_counter(
        &self,
        attempt: &OrderAttempt,
        numbers: &[OrderNumber],
        counted_by: Vec<CountedBy>,
        now: UnixMillis,
    ) -> Result<Found, StoreError> {
        let pickup = attempt.request().ok().and_then(|body| body.pickup.as_ref());
        let slot = match pickup.map(PickupRequest::wish) {
            Some(Ok(PickupWish::At(slot))) => Some(slot),
            // As soon as possible, or a body that will be refused.
            _ => None,
        };
        let (store, order) = (&attempt.session.store, &attempt.order_id);
        let rows = self
            .store
            .read_for_takeout(store, order, slot, window(now), numbers)
            .await?;
        let capacity = rows.store.takeout.as_ref().map(|rules| rules.capacity);
        let is_slot_full = match slot.zip(capacity) {
            Some((slot, capacity)) if rows.slot_taken >= capacity => {
                let places = self.store.places(store, slot, slot).await?;
                let places = places.get(&slot);
                places.is_none_or(|places| places.are_paid(capacity))
            }
            _ => false,
        };
        let counter = Counter {
            is_slot_full,
            is_kitchen_unreachable: rows.unreachable_until.is_some_and(|until| now < until),
            unpaid: rows.unpaid,
            counted_by,
        };
        Ok(Found {
            stored: rows.stored,
            context: Context {
                store: rows.store,
                destination: Destination::Counter(counter),
            },
            menu: rows.menu,
            taken: rows.taken,
        })
    }

    async fn commit(&self, order: &Order, fulfilment: Fulfilment) -> Result<(), PlaceOrderError> {
        fault::point("intake.before-commit").map_err(|_| PlaceOrderError::Unavailable)?;
        let (keys, key, id) = (&self.customers, &order.store, &order.id);
        let said =
            statement(order).map(|said| keys.seal_statement(&said, key, id, random::bytes()));
        match fulfilment {
            Fulfilment::Table { step, .. } => self.store.place_order(order, &step, said).await?,
            Fulfilment::Takeout { customer, cap, .. } => {
                let sealed = keys.seal(&customer, key, id, random::bytes());
                let placed = self.store.place_takeout(order, sealed, &cap, said);
                placed.await?;
            }
        }
        fault::point("intake.committed").map_err(|_| PlaceOrderError::Unavailable)
    }
}

/// Under which names an order is counted while it is unpaid: its contacts, and the network it comes from. The store's own part of the
/// digests keeps one restaurant from knowing another's guests.
fn counted_by(attempt: &OrderAttempt, keys: &CustomerKeys, viewer: Option<&str>) -> Vec<CountedBy> {
    let customer = attempt
        .request()
        .ok()
        .and_then(|body| body.customer.as_ref());
    let customer = customer.and_then(|customer| customer.customer().ok());
    let email = customer
        .as_ref()
        .and_then(|customer| customer.email.as_ref());
    let email = email.map(|email| email.as_str().to_ascii_lowercase());
    let phone = customer
        .as_ref()
        .and_then(|customer| customer.phone.as_ref());
    let phone = phone.map(|phone| phone.as_str().to_owned());
    let names = [
        ('e', email, UnpaidLimit::Contact),
        ('p', phone, UnpaidLimit::Contact),
        ('v', viewer.map(str::to_owned), UnpaidLimit::Viewer),
    ];
    let store = &attempt.session.store;
    let purpose = |kind| format!("unpaid {kind} {} {}", store.tenant, store.store);
    let named = names.into_iter().filter_map(|(kind, text, limit)| {
        let digest = keys.tag(&purpose(kind), &text?);
        Some(CountedBy {
            digest: format!("{kind}{digest}"),
            limit,
        })
    });
    named.collect()
}

/// What was read for an attempt.
#[derive(Debug)]
struct Found {
    stored: Option<Order>,
    context: Context,
    menu: CurrentMenu,
    taken: BTreeSet<OrderNumber>,
}
