//! `POST /v1/orders`: a cart becomes an order, in one conditional transaction, or is refused with a reason.
//!
//! Answered in this order: a forged session, a body without a readable order id, **the order if it is stored** (so a resend never fails
//! because the world moved on), an expired session, an ended seating, a bad cart, another total than the guest saw; only then is it placed.
//! Nothing is published from here: the table's stream takes it on. Contract: `docs/openapi.yaml`.

mod decide;
mod menus;
mod refusal;

pub use tabletap_guest::GuestConfig as Config;

use aws_config::SdkConfig;
use decide::{Wish, may_order, price};
use lambda_http::{Body, Error, Request, Response};
use menus::Menus;
use refusal::Refusal;
use std::sync::Arc;
use tabletap_domain::{
    number::{OrderNumber, candidates},
    order::Order,
    seating::SeatingMove,
    time::UnixMillis,
};
use tabletap_fault as fault;
use tabletap_runtime::{clock, reply};
use tabletap_session::{Session, SessionKeys};
use tabletap_store::{OrderContext, PlaceOrderError, Store, StoreError};
use tabletap_wire::{order::OrderView, order_request::RawOrderRequest};
use tracing::{Instrument, Span, field::Empty, info_span};

/// Rounds against others who sit down at the same table, send the same order or claim the same number in between.
const ROUNDS_MAX: u32 = 8;

/// The function.
#[derive(Clone, Debug)]
pub struct CartIntake {
    store: Store,
    keys: SessionKeys,
    menus: Arc<Menus>,
}

/// What a request came to.
#[derive(Debug)]
enum Placed {
    /// It is new.
    Now(Box<Order>),
    /// It was stored before.
    Before(Box<Order>),
}

impl CartIntake {
    /// Opens nothing: see [`CartIntake::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let store = Store::new(aws_sdk_dynamodb::Client::new(sdk), config.table_name);
        Self {
            store,
            keys: config.session_keys,
            menus: Arc::default(),
        }
    }

    /// Opens the connection to the table, so that no order pays for it. Any answer will do.
    pub async fn warm_up(&self) {
        let _ = self.store.warm_up().await;
    }

    /// Answers one request.
    ///
    /// # Errors
    /// None: what goes wrong is a reply.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        let id = reply::request_id(&request);
        let span = info_span!(
            "request",
            request_id = id,
            tenant_id = Empty,
            store_id = Empty,
            order_id = Empty
        );
        let answer = async {
            match self.take(&request, UnixMillis(clock::now_ms())).await {
                Ok(Placed::Now(order)) => {
                    tracing::info!(number = %order.number, "order placed");
                    reply::json(201, &OrderView::new(&order, &[]))
                }
                Ok(Placed::Before(order)) => reply::json(200, &OrderView::new(&order, &[])),
                Err(refusal) => {
                    tracing::info!(
                        code = refusal.body.code,
                        status = refusal.status,
                        "order refused"
                    );
                    reply::json(refusal.status, &refusal.body)
                }
            }
        };
        Ok(answer.instrument(span).await)
    }

    async fn take(&self, request: &Request, now: UnixMillis) -> Result<Placed, Refusal> {
        let token = reply::bearer(request.headers()).ok_or_else(Refusal::session_invalid)?;
        let session = self
            .keys
            .verify(token)
            .map_err(|_| Refusal::session_invalid())?;
        Span::current()
            .record("tenant_id", session.store.tenant.as_str())
            .record("store_id", session.store.store.as_str());
        let raw = RawOrderRequest::read(request.body())?;
        Span::current().record("order_id", raw.order_id.as_str());
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
            let order = price(
                &wish,
                request,
                &context.store,
                &menu,
                &step,
                number.clone(),
                now,
            )?;
            match self.place(&order, &step).await {
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

    async fn place(&self, order: &Order, step: &SeatingMove) -> Result<(), PlaceOrderError> {
        fault::point("cart-intake.before-commit").map_err(|_| PlaceOrderError::Unavailable)?;
        self.store.place_order(order, step).await?;
        fault::point("cart-intake.committed").map_err(|_| PlaceOrderError::Unavailable)
    }
}
