//! `GET /v1/orders/{order_id}`: an order as its party sees it, down to the paper; and `GET /v1/openapi.json`: the contract itself.
//!
//! Reads only. An order of another party does not exist here: the two are answered alike. Contract: `docs/openapi.yaml`.

pub use tabletap_guest::GuestConfig as Config;

use aws_config::SdkConfig;
use lambda_http::{
    Body, Error, Request, Response,
    http::{HeaderValue, Method, StatusCode},
};
use sha2::{Digest, Sha256};
use tabletap_contract::OPENAPI_JSON;
use tabletap_domain::{OrderId, order::Order, ticket::TicketStatus, time::UnixMillis};
use tabletap_guest::Refusal;
use tabletap_runtime::{clock, reply};
use tabletap_session::{Session, SessionKeys};
use tabletap_store::Store;
use tabletap_wire::{ErrorBody, order::OrderView};
use tracing::{Instrument, Span, field::Empty, info_span};

/// The function.
#[derive(Clone, Debug)]
pub struct OrderStatus {
    store: Store,
    keys: SessionKeys,
}

fn session_invalid() -> Refusal {
    let message = "Please scan the sticker on your table to see your order.";
    Refusal::new(401, ErrorBody::new("session_invalid", message))
}

fn session_expired() -> Refusal {
    let message = "Your session has run out. Please scan the sticker on your table again.";
    Refusal::new(401, ErrorBody::new("session_expired", message))
}

fn order_not_found() -> Refusal {
    let message = "There is no such order of your party.";
    Refusal::new(404, ErrorBody::new("order_not_found", message))
}

impl OrderStatus {
    /// Opens nothing: see [`OrderStatus::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let store = Store::new(aws_sdk_dynamodb::Client::new(sdk), config.table_name);
        Self {
            store,
            keys: config.session_keys,
        }
    }

    /// Opens the connection to the table, so that no request pays for it. Any answer will do.
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
        Ok(self.answer(&request).instrument(span).await)
    }

    async fn answer(&self, request: &Request) -> Response<Body> {
        let path = request.uri().path();
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let answer = match path.strip_prefix("/v1/orders/").filter(|_| reads) {
            Some(id) => self.order(id, request, UnixMillis(clock::now_ms())).await,
            None if reads && path == "/v1/openapi.json" => {
                return tagged(request, contract(), "public, max-age=300");
            }
            None => Err(Refusal::new(
                404,
                ErrorBody::new("not_found", "There is nothing at this address."),
            )),
        };
        match answer {
            Ok((order, tickets)) => {
                let view = OrderView::new(&order, &tickets);
                tagged(request, reply::json(200, &view), "private, no-cache")
            }
            Err(refusal) => reply::json(refusal.status, &refusal.body),
        }
    }

    async fn order(
        &self,
        id: &str,
        request: &Request,
        now: UnixMillis,
    ) -> Result<(Order, Vec<TicketStatus>), Refusal> {
        let session = self.session(request)?;
        Span::current()
            .record("tenant_id", session.store.tenant.as_str())
            .record("store_id", session.store.store.as_str());
        if session.is_expired(now) {
            return Err(session_expired());
        }
        let id = OrderId::parse(id).map_err(|_| order_not_found())?;
        Span::current().record("order_id", id.as_str());
        let stored = self.store.order(&session.store, &id).await?;
        stored
            .filter(|(order, _)| belongs(order, &session))
            .ok_or_else(order_not_found)
    }

    fn session(&self, request: &Request) -> Result<Session, Refusal> {
        let token = reply::bearer(request.headers()).ok_or_else(session_invalid)?;
        self.keys.verify(token).map_err(|_| session_invalid())
    }
}

/// Yours means: of the same seating. A later party at the table never sees an earlier one's orders.
fn belongs(order: &Order, session: &Session) -> bool {
    let seat = order.seat.as_ref();
    seat.is_some_and(|seat| seat.table == session.table && seat.seating == session.seating)
}

fn contract() -> Response<Body> {
    let mut response = Response::new(Body::Text(OPENAPI_JSON.to_owned()));
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    response
}

/// The reply under its ETag, or 304 where the caller has it already: pages ask often and little changes.
fn tagged(request: &Request, mut response: Response<Body>, cache: &'static str) -> Response<Body> {
    let digest = Sha256::digest(response.body());
    let hex: String = digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"{hex}\"");
    let known = request
        .headers()
        .get_all("if-none-match")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut known = known
        .flat_map(|list| list.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"));
    if known.any(|known| known == tag || known == "*") {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::Empty;
        response.headers_mut().remove("content-type");
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert("etag", tag);
    }
    response
        .headers_mut()
        .insert("cache-control", HeaderValue::from_static(cache));
    response
}
