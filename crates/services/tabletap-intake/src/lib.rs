//! A wish becomes an order, in one conditional transaction, or is refused with a [`PlaceError`]: for `cart-intake`, where a script sends
//! it, and for `order-form`, where a plain form does.
//!
//! Answered in this order: **the order if it is stored** (so a resend never fails because the world moved on), an expired session, an
//! ended seating, a closed kitchen or a time that is not to be had, a bad cart, another total than the guest saw; only then is it placed.
//! It knows no HTTP, and publishes nothing: the table's stream takes an order on.

mod decide;
mod menus;
mod statement;
mod way;

pub use decide::price;

use decide::{Standing, Wish, order};
use menus::Menus;
use statement::statement;
use std::{collections::BTreeSet, sync::Arc};
use tabletap_customer::{CustomerKeys, NotSealed};
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
use tabletap_session::{Scope, Session};
use tabletap_store::{CurrentMenu, PlaceOrderError, Store, StoreError};
use tabletap_wire::{order_request::RawOrderRequest, pickup::PickupRequest};
use way::{Counter, Spot, Way};

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

/// What a wish came to.
#[derive(Debug)]
pub enum Placed {
    /// It is new.
    Now(Box<Order>),
    /// It was stored before.
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
        let wish = Wish::new(session, raw);
        for round in 0..ROUNDS_MAX {
            let numbers = candidates(&wish.order_id, round);
            let found = self.read(&wish, &numbers, viewer, now).await?;
            if let Some(stored) = found.stored {
                return wish
                    .answer_stored(stored, &self.customers)
                    .map(|order| Placed::Before(Box::new(order)));
            }
            let way = Way::open(&wish, &found.standing, now)?;
            let store = &found.standing.store;
            let menu = self.menus.get(&self.store, &store.key, &found.menu).await?;
            let free = numbers.iter().find(|number| !found.taken.contains(number));
            let Some(number) = free.cloned() else {
                continue;
            };
            let keys = &self.customers;
            let (order, way) = order(&wish, store, &menu, way, number, keys, now)?;
            match self.commit(&order, way).await {
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
        wish: &Wish,
        numbers: &[OrderNumber],
        viewer: Option<&str>,
        now: UnixMillis,
    ) -> Result<Found, PlaceError> {
        let store = &wish.session.store;
        let found = match &wish.session.scope {
            Scope::Table { table, .. } => self.found_at_table(wish, table, numbers).await,
            Scope::Takeout { .. } if self.takes_takeout => {
                let counted_by = counted_by(wish, &self.customers, viewer);
                self.found_at_counter(wish, numbers, counted_by, now).await
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
        wish: &Wish,
        table: &TableId,
        numbers: &[OrderNumber],
    ) -> Result<Found, StoreError> {
        let (store, order) = (&wish.session.store, &wish.order_id);
        let context = self.store.read_for_order(store, table, order, numbers);
        let context = context.await?;
        let standing = Standing {
            store: context.store,
            spot: Spot::Table(context.seating),
        };
        Ok(Found {
            stored: context.stored,
            standing,
            menu: context.menu,
            taken: context.taken,
        })
    }

    async fn found_at_counter(
        &self,
        wish: &Wish,
        numbers: &[OrderNumber],
        counted_by: Vec<CountedBy>,
        now: UnixMillis,
    ) -> Result<Found, StoreError> {
        let pickup = wish.request().ok().and_then(|body| body.pickup.as_ref());
        let slot = match pickup.map(PickupRequest::wish) {
            Some(Ok(PickupWish::At(slot))) => Some(slot),
            // As soon as possible, or a body that will be refused.
            _ => None,
        };
        let (store, order) = (&wish.session.store, &wish.order_id);
        let context = self
            .store
            .read_for_takeout(store, order, slot, window(now), numbers)
            .await?;
        let capacity = context.store.takeout.as_ref().map(|rules| rules.capacity);
        let is_slot_full = match slot.zip(capacity) {
            Some((slot, capacity)) if context.slot_taken >= capacity => {
                let places = self.store.places(store, slot, slot).await?;
                let places = places.get(&slot);
                places.is_none_or(|places| places.are_paid(capacity))
            }
            _ => false,
        };
        let counter = Counter {
            is_slot_full,
            is_kitchen_unreachable: context.unreachable_until.is_some_and(|until| now < until),
            unpaid: context.unpaid,
            counted_by,
        };
        let standing = Standing {
            store: context.store,
            spot: Spot::Counter(counter),
        };
        Ok(Found {
            stored: context.stored,
            standing,
            menu: context.menu,
            taken: context.taken,
        })
    }

    async fn commit(&self, order: &Order, way: Way) -> Result<(), PlaceOrderError> {
        fault::point("intake.before-commit").map_err(|_| PlaceOrderError::Unavailable)?;
        let unsealed = |error: NotSealed| {
            tracing::error!(%error, "an order was not sealed");
            PlaceOrderError::Unavailable
        };
        let said = statement(order).map(|said| {
            let keys = &self.customers;
            keys.seal_statement(&said, &order.store, &order.id)
        });
        let said = said.transpose().map_err(unsealed)?;
        match way {
            Way::Table { step, .. } => self.store.place_order(order, &step, said).await?,
            Way::Takeout { customer, cap, .. } => {
                let sealed = self.customers.seal(&customer, &order.store, &order.id);
                let sealed = sealed.map_err(unsealed)?;
                let placed = self.store.place_takeout(order, sealed, &cap, said);
                placed.await?;
            }
        }
        fault::point("intake.committed").map_err(|_| PlaceOrderError::Unavailable)
    }
}

/// Under which names an order is counted while it is unpaid: its contacts, and the network it comes from. The store's own part of the
/// digests keeps one restaurant from knowing another's guests.
fn counted_by(wish: &Wish, keys: &CustomerKeys, viewer: Option<&str>) -> Vec<CountedBy> {
    let customer = wish.request().ok().and_then(|body| body.customer.as_ref());
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
    let store = &wish.session.store;
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

/// What was read for a wish.
#[derive(Debug)]
struct Found {
    stored: Option<Order>,
    standing: Standing,
    menu: CurrentMenu,
    taken: BTreeSet<OrderNumber>,
}
