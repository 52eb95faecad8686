//! `POST /v1/orders`: a cart becomes an order, in one conditional transaction, or is refused with a reason.
//!
//! A forged session and a body without a readable order id are refused here; what follows, and in which order, says
//! [`tabletap_intake`]. Contract: `docs/openapi.yaml`.

mod config;

pub use config::Config;

use aws_config::SdkConfig;
use lambda_http::{Body, Error, Request, Response};
use tabletap_domain::time::UnixMillis;
use tabletap_guest::view_for;
use tabletap_intake::{Intake, Placed, Refusal};
use tabletap_runtime::{clock, reply, viewer};
use tabletap_session::{Session, SessionKeys};
use tabletap_store::Store;
use tabletap_wire::order_request::RawOrderRequest;
use tracing::{Instrument, Span, field::Empty, info_span};

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
                Ok((session, Placed::Now(order))) => {
                    tracing::info!(number = %order.number, held = order.held, "order placed");
                    reply::json(201, &view_for(&session, &order, &[]))
                }
                Ok((session, Placed::Before(order))) => {
                    reply::json(200, &view_for(&session, &order, &[]))
                }
                Err(refusal) => {
                    tracing::info!(
                        code = refusal.body.code,
                        status = refusal.status,
                        "order refused"
                    );
                    let response = reply::json(refusal.status, &refusal.body);
                    match refusal.retry_after_s {
                        Some(seconds) => reply::retry_after(response, seconds),
                        None => response,
                    }
                }
            }
        };
        Ok(answer.instrument(span).await)
    }

    async fn take(&self, request: &Request, now: UnixMillis) -> Result<(Session, Placed), Refusal> {
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
        let viewer = viewer::network(request);
        let placed = self
            .intake
            .place(session.clone(), raw, viewer.as_deref(), now)
            .await?;
        Ok((session, placed))
    }
}
