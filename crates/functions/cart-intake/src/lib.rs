//! `POST /v1/orders`: a cart becomes an order, in one conditional transaction, or is refused with a reason.
//!
//! A forged session and a body without a readable order id are refused here; what follows, and in which order, says
//! [`tabletap_intake`]. Contract: `docs/openapi.yaml`.
//!
//! - Started by: `POST /v1/orders`
//! - Reads: order, menu, table or slot, unpaid orders, kitchen and store in one batch
//! - Writes: in one transaction: the order, its number, the table's row or the sealed customer and the count of unpaid orders, and the
//!   sealed allergy statement
//! - Emits: – (the stream does)
//! - When it fails: the page sends again under the same id

mod config;

pub use config::Config;

use aws_config::SdkConfig;
use lambda_http::{Body, Error, Request, Response};
use tabletap_domain::{refusal::PlaceError, time::UnixMillis};
use tabletap_guest::{Reason, Refusal, answer, authentic, view_for};
use tabletap_intake::{Intake, Placed};
use tabletap_runtime::{clock, reply, viewer};
use tabletap_session::SessionKeys;
use tabletap_store::Store;
use tabletap_wire::order_request::RawOrderRequest;
use tracing::Span;

/// The function.
#[derive(Clone, Debug)]
pub struct CartIntake {
    store: Store,
    keys: SessionKeys,
    intake: Intake,
}

impl CartIntake {
    /// Opens nothing: see [`CartIntake::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let store = Store::from_sdk(sdk, config.guest.table_name);
        Self {
            intake: Intake::with_takeout(store.clone(), config.customer_keys),
            store,
            keys: config.guest.session_keys,
        }
    }

    /// Opens the connection to the database, so that no order pays for it. Any answer will do.
    pub async fn warm_up(&self) {
        let _ = self.store.warm_up().await;
    }

    /// Answers one request.
    ///
    /// # Errors
    /// None: what goes wrong is a reply.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        let now = UnixMillis(clock::now_ms());
        answer(&request, self.answer(&request, now)).await
    }

    async fn answer(&self, request: &Request, now: UnixMillis) -> Result<Response<Body>, Refusal> {
        let session = authentic(request.headers(), &self.keys);
        let session = session.ok_or(Reason::SessionInvalidToOrder)?;
        let raw = RawOrderRequest::read(request.body()).map_err(PlaceError::Body)?;
        Span::current().record("order_id", raw.order_id.as_str());
        let viewer = viewer::network(request);
        let placed = self
            .intake
            .place(session.clone(), raw, viewer.as_deref(), now)
            .await?;
        let (status, order) = match placed {
            Placed::Now(order) => {
                tracing::info!(number = %order.number, held = order.held, "order placed");
                (201, order)
            }
            Placed::Before(order) => (200, order),
        };
        Ok(reply::json(status, &view_for(&session, &order, &[])))
    }
}
