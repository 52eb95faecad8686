//! `POST /v1/orders`: a cart becomes an order, in one conditional transaction, or is refused with a reason.
//!
//! A forged session and a body without a readable order id are refused here; what follows, and in which order, says
//! [`tabletap_intake`]. Contract: `docs/openapi.yaml`.

mod config;

pub use config::Config;

use aws_config::SdkConfig;
use lambda_http::{Body, Error, Request, Response};
use tabletap_domain::time::UnixMillis;
use tabletap_guest::{Refusal, answer, log_store, view_for};
use tabletap_intake::{Intake, Placed};
use tabletap_runtime::{clock, reply, viewer};
use tabletap_session::{Session, SessionKeys};
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

    /// Opens the connection to the table, so that no order pays for it. Any answer will do.
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
        let token = reply::bearer(request.headers());
        let token = token.ok_or_else(|| refused(tabletap_intake::Refusal::session_invalid()))?;
        let session = self
            .keys
            .verify(token)
            .map_err(|_| refused(tabletap_intake::Refusal::session_invalid()))?;
        log_store(&session.store);
        let raw = RawOrderRequest::read(request.body());
        let raw = raw.map_err(|(status, body)| Refusal::new(status, body))?;
        Span::current().record("order_id", raw.order_id.as_str());
        let viewer = viewer::network(request);
        let placed = self
            .intake
            .place(session.clone(), raw, viewer.as_deref(), now)
            .await
            .map_err(refused)?;
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

fn refused(refusal: tabletap_intake::Refusal) -> Refusal {
    Refusal {
        retry_after_s: refusal.retry_after_s,
        ..Refusal::new(refusal.status, refusal.body)
    }
}
