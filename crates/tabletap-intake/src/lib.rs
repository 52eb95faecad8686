//! A wish becomes an order, in one conditional transaction, or is refused with a reason: for `cart-intake`, where a script sends it, and
//! for `order-form`, where a plain form does.
//!
//! Answered in this order: **the order if it is stored** (so a resend never fails because the world moved on), an expired session, an
//! ended seating, a bad cart, another total than the guest saw; only then is it placed. It knows no HTTP but the status of a refusal,
//! and publishes nothing: the table's stream takes an order on.

mod decide;
mod menus;
mod refusal;

pub use decide::price;
pub use refusal::Refusal;

use decide::{Wish, may_order, order};
use menus::Menus;
use std::sync::Arc;
use tabletap_domain::{
    StoreKey,
    menu::Menu,
    number::{OrderNumber, candidates},
    order::Order,
    seating::SeatingMove,
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_session::Session;
use tabletap_store::{OrderContext, PlaceOrderError, Store, StoreError};
use tabletap_wire::order_request::RawOrderRequest;

/// Rounds against others who sit down at the same table, send the same order or claim the same number in between.
const ROUNDS_MAX: u32 = 8;

/// Where orders come in. Cloning shares the menus it keeps.
#[derive(Clone, Debug)]
pub struct Intake {
    store: Store,
    menus: Arc<Menus>,
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
    /// Reads and writes through `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            menus: Arc::default(),
        }
    }

    /// What a store sells now, with its sold-out dishes marked.
    ///
    /// # Errors
    /// [`Refusal`], also when it sells nothing yet.
    pub async fn menu(&self, store: &StoreKey) -> Result<Arc<Menu>, Refusal> {
        let current = self.store.current_menu(store).await?;
        let current = current.ok_or_else(Refusal::menu_not_published)?;
        self.menus.get(&self.store, store, &current).await
    }

    /// Places the order that an authentic session asks for.
    ///
    /// # Errors
    /// [`Refusal`]; nothing was stored.
    pub async fn place(
        &self,
        session: Session,
        raw: RawOrderRequest,
        now: UnixMillis,
    ) -> Result<Placed, Refusal> {
        let wish = Wish::new(session, raw);
        for round in 0..ROUNDS_MAX {
            let numbers = candidates(&wish.order_id, round);
            let context = self.read(&wish, &numbers).await?;
            if let Some(stored) = context.stored {
                return wish
                    .answer_stored(stored)
                    .map(|order| Placed::Before(Box::new(order)));
            }
            let step = may_order(&wish.session, &context, now)?;
            let request = wish.request()?;
            let menu = self
                .menus
                .get(&self.store, &wish.session.store, &context.menu)
                .await?;
            let Some(number) = numbers
                .iter()
                .find(|number| !context.taken.contains(number))
            else {
                continue;
            };
            let order = order(
                &wish,
                request,
                &context.store,
                &menu,
                &step,
                number.clone(),
                now,
            )?;
            match self.commit(&order, &step).await {
                Ok(()) => return Ok(Placed::Now(Box::new(order))),
                // Read again: it may be the same order, sent twice at once; or the table or number was taken in between.
                Err(
                    PlaceOrderError::AlreadyExists
                    | PlaceOrderError::SeatingMoved
                    | PlaceOrderError::NumberTaken,
                ) => tracing::debug!(round, "somebody was faster"),
                Err(PlaceOrderError::Throttled | PlaceOrderError::Unavailable) => {
                    return Err(Refusal::try_again());
                }
            }
        }
        tracing::warn!("an order lost every round");
        Err(Refusal::try_again())
    }

    async fn read(&self, wish: &Wish, numbers: &[OrderNumber]) -> Result<OrderContext, Refusal> {
        let Session { store, table, .. } = &wish.session;
        match self
            .store
            .read_for_order(store, table, &wish.order_id, numbers)
            .await
        {
            Ok(context) => Ok(context),
            // Either a row is broken, or the store has not published a menu yet: that is no fault of ours.
            Err(StoreError::Corrupt(problem)) => match self.store.current_menu(store).await? {
                None => Err(Refusal::menu_not_published()),
                Some(_) => Err(StoreError::Corrupt(problem).into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    async fn commit(&self, order: &Order, step: &SeatingMove) -> Result<(), PlaceOrderError> {
        fault::point("intake.before-commit").map_err(|_| PlaceOrderError::Unavailable)?;
        self.store.place_order(order, step).await?;
        fault::point("intake.committed").map_err(|_| PlaceOrderError::Unavailable)
    }
}
