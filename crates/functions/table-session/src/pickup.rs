//! Takeout: the session that orders it, and when it can be picked up.

use crate::{TableSession, store_view};
use lambda_http::{Body, Response, http::HeaderValue};
use std::{collections::BTreeMap, time::Duration};
use tabletap_domain::{Slug, store::StoreConfig, time::UnixMillis};
use tabletap_guest::{Reason, Refusal, log_store};
use tabletap_opening::{DineInOpening, Opening, State};
use tabletap_runtime::random;
use tabletap_session::{Scope, Session};
use tabletap_store::StoreError;
use tabletap_wire::{
    pickup::{AsapView, OpenState, SlotView, StorePickup},
    session::{KitchenView, SessionReply, TAKEOUT},
};

/// A takeout session outlives the meal, also one that was ordered weeks ahead: its page shows how far the order is.
const SESSION_TTL: Duration = Duration::from_hours(30 * 24);

/// The slug in `/v1/stores/{slug}/pickup`.
pub(crate) fn slug_in(path: &str) -> Option<&str> {
    let slug = path.strip_prefix("/v1/stores/")?.strip_suffix("/pickup")?;
    Some(slug).filter(|slug| !slug.contains('/'))
}

/// Lets caches keep the reply for seconds, because many pages ask. `cart-intake` checks again when an order is sent.
pub(crate) fn cached(mut reply: Response<Body>) -> Response<Body> {
    let value = HeaderValue::from_static("public, max-age=10");
    reply.headers_mut().insert("cache-control", value);
    reply
}

impl TableSession {
    /// When an order of this store can be picked up.
    pub(crate) async fn pickup(&self, slug: &str, now: UnixMillis) -> Result<StorePickup, Refusal> {
        let store = self.takeout_store(slug).await?;
        let capacity = store.takeout.as_ref().map_or(0, |rules| rules.capacity);
        let opening = Opening::of(&store).map_err(|error| {
            StoreError::Corrupt(format!("{} {}: {error}", store.key.tenant, store.key.store))
        })?;
        let opening = opening.ok_or(Reason::NoTakeout)?;
        let pickup = opening.pickup(now);
        let places = async {
            match (pickup.slots.first(), pickup.slots.last()) {
                (Some(first), Some(last)) => self.store.places(&store.key, *first, *last).await,
                _ => Ok(BTreeMap::new()),
            }
        };
        let kitchen = self.store.kitchen_unreachable_until(&store.key);
        let (places, unreachable_until) = tokio::try_join!(places, kitchen)?;
        let kitchen_unreachable = unreachable_until.is_some_and(|until| now < until);
        let slot = |at: &UnixMillis| SlotView {
            at: *at,
            available: !kitchen_unreachable
                && places
                    .get(at)
                    .is_none_or(|places| places.are_open(capacity, now)),
        };
        let (state, closes_at) = told(pickup.state);
        Ok(StorePickup {
            now,
            state,
            opens_at: pickup.state.opens_at(),
            closes_at,
            kitchen_unreachable,
            asap: AsapView {
                available: pickup.asap.is_some() && !kitchen_unreachable,
                ready_at: pickup.asap.filter(|_| !kitchen_unreachable),
            },
            slots: pickup.slots.iter().map(slot).collect(),
            time_zone: store.time_zone,
        })
    }

    /// Whether the kitchen of a store takes orders from tables, where it has hours.
    pub(crate) fn kitchen(
        store: &StoreConfig,
        now: UnixMillis,
    ) -> Result<Option<KitchenView>, Refusal> {
        let house = DineInOpening::of(store).map_err(|error| {
            StoreError::Corrupt(format!("{} {}: {error}", store.key.tenant, store.key.store))
        })?;
        let view = |house: DineInOpening<'_>| {
            let state = house.state(now);
            KitchenView {
                state: told(state).0,
                orders_until: house.orders_until(now),
                opens_at: state.opens_at(),
                time_zone: store.time_zone.clone(),
            }
        };
        Ok(house.map(view))
    }

    /// A session that orders takeout: an id of its own, and nothing written.
    pub(crate) async fn start_takeout(
        &self,
        slug: &str,
        now: UnixMillis,
    ) -> Result<SessionReply, Refusal> {
        let store = self.takeout_store(slug).await?;
        let session = Session {
            store: store.key.clone(),
            scope: Scope::Takeout {
                session: random::id(),
            },
            expires_at: now.plus(SESSION_TTL),
        };
        Ok(SessionReply {
            session: self.keys.sign(&session),
            mode: TAKEOUT.to_owned(),
            expires_at: session.expires_at,
            store: store_view(store),
            table: None,
            seating: None,
            kitchen: None,
        })
    }

    /// The store of this name, if it sells takeout; the request's span names it from then on.
    async fn takeout_store(&self, slug: &str) -> Result<StoreConfig, Refusal> {
        let slug = Slug::parse(slug).map_err(|_| Reason::UnknownStore)?;
        let store = self.store.store_by_slug(&slug).await?;
        let store = store.ok_or(Reason::UnknownStore)?;
        log_store(&store.key);
        match store.takeout {
            Some(_) => Ok(store),
            None => Err(Reason::NoTakeout.into()),
        }
    }
}

/// A state, and when it ends, as it is told.
fn told(state: State) -> (OpenState, Option<UnixMillis>) {
    match state {
        State::Open { closes_at } => (OpenState::Open, closes_at),
        State::LastOrderPassed { closes_at, .. } => (OpenState::LastOrderPassed, closes_at),
        State::Closed { .. } => (OpenState::Closed, None),
    }
}
