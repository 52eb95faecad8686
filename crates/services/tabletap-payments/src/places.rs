//! Takes a place in a pickup slot for a guest who goes to pay. If the slot is full, a place that somebody holds without paying gives way.

use crate::{CheckoutError, PaymentError, Payments};
use std::collections::BTreeSet;
use tabletap_domain::{
    PaymentId, StoreKey,
    order::{OrderStatus, PickupWish},
    payment::PaymentState,
    places::{HOLDS_MAX, Places},
    store::StoreConfig,
    time::UnixMillis,
};
use tabletap_gateway::Gateway;
use tabletap_opening::Opening;
use tabletap_store::{NewHold, OrderBill};

/// How many holds one guest at checkout asks the provider about: each takes as long as the provider does.
const ASKED_MAX: usize = 3;
/// How many other times are offered where one is full.
const OFFERED_MAX: usize = 12;

impl<G: Gateway> Payments<G> {
    /// The place that an order takes when its payment begins; `None` where it needs none, or has it.
    ///
    /// # Errors
    /// [`CheckoutError::SlotTaken`] with the times that are free, and [`CheckoutError::KitchenUnreachable`].
    pub(crate) async fn place_for(
        &self,
        store: &StoreConfig,
        bill: &OrderBill,
        now: UnixMillis,
    ) -> Result<Option<NewHold>, CheckoutError> {
        let (Ok(Some(opening)), Some(rules), Some(takeout)) =
            (Opening::of(store), &store.takeout, &bill.order.takeout)
        else {
            return Err(CheckoutError::Unavailable);
        };
        if opening.honour(takeout.pickup, now).is_err() {
            return Err(self.slot_taken(store, &opening, None, now).await?);
        }
        let PickupWish::At(slot) = takeout.pickup else {
            return Ok(None);
        };
        if bill.slot_held {
            return Ok(None);
        }
        let places = self.store.places(&store.key, slot, slot).await?;
        let places = places.get(&slot).cloned().unwrap_or_default();
        if bill.holds >= HOLDS_MAX {
            // A new order may have this time.
            return Err(self.slot_taken(store, &opening, None, now).await?);
        }
        let has_room =
            places.taken < rules.capacity || self.make_room(&store.key, &places, now).await?;
        if !has_room {
            return Err(self.slot_taken(store, &opening, Some(slot), now).await?);
        }
        let counted = bill.counted.as_ref();
        let viewer = counted.and_then(|counted| counted.digest(VIEWER));
        let viewer = viewer.unwrap_or_default().to_owned();
        Ok(Some(NewHold {
            capacity: rules.capacity,
            since: places.since(&viewer, now),
            viewer,
        }))
    }

    /// Frees one place that is held without payment. Its page is expired at the provider first, so that its guest cannot pay for a place that
    /// somebody else has by then. A place that was paid stays, and so does one that the provider does not answer for.
    async fn make_room(
        &self,
        store: &StoreKey,
        places: &Places,
        now: UnixMillis,
    ) -> Result<bool, CheckoutError> {
        for hold in places.giving_way(now).into_iter().take(ASKED_MAX) {
            let bills = self.store.bills(store, std::slice::from_ref(&hold.order));
            let Some(bill) = bills.await?.pop() else {
                continue;
            };
            let is_unpayable = self.expire_pages(&bill, now).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "a held place was not asked about");
                false
            });
            if is_unpayable && self.store.release_slot(&bill.order).await? {
                tracing::info!(
                    displaced = bill.order.id.as_str(),
                    "a place that was held without payment gives way"
                );
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Expires the pages of an order, and returns whether none of them can be paid any more.
    async fn expire_pages(&self, bill: &OrderBill, now: UnixMillis) -> Result<bool, PaymentError> {
        if bill.order.status != OrderStatus::AwaitingPayment {
            return Ok(matches!(
                bill.order.status,
                OrderStatus::Cancelled | OrderStatus::RefundDue
            ));
        }
        let payments: BTreeSet<&PaymentId> = bill.payers().collect();
        for payment in payments {
            let stored = self.load(&bill.order.store, payment).await?;
            if stored.state == PaymentState::Open
                && let Err(error) = self.expire_page(&stored).await
            {
                // It may have been paid, and the provider expires no such page. `fulfil` finds out.
                tracing::info!(%error, "a page was not ended");
            }
            let asked = self.fulfil(&bill.order.store, payment, now).await?;
            if !matches!(asked.state, PaymentState::Expired | PaymentState::Failed) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The refusal of a time that is not free, with the times that are. `full` is left out: it has just turned out to have no place, although
    /// by its counters old holds would give way, because their guests may be paying right now.
    async fn slot_taken(
        &self,
        store: &StoreConfig,
        opening: &Opening<'_>,
        full: Option<UnixMillis>,
        now: UnixMillis,
    ) -> Result<CheckoutError, CheckoutError> {
        let capacity = store.takeout.as_ref().map_or(0, |rules| rules.capacity);
        let mut slots = opening.pickup(now).slots;
        slots.retain(|slot| Some(*slot) != full);
        if let (Some(first), Some(last)) = (slots.first(), slots.last()) {
            let places = self.store.places(&store.key, *first, *last).await?;
            slots.retain(|slot| {
                let places = places.get(slot);
                places.is_none_or(|places| places.are_open(capacity, now))
            });
        }
        slots.truncate(OFFERED_MAX);
        Ok(CheckoutError::SlotTaken { free: slots })
    }
}

/// What the digest of a viewer begins with.
const VIEWER: char = 'v';
