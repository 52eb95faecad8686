//! `GET /v1/orders/{order_id}`: an order as its party sees it, down to the paper; `GET /v1/seatings/current/orders`: all of the party,
//! whoever's phone sent them; and `GET /v1/openapi.json`: the contract itself.
//!
//! Reads only. An order of another party does not exist here: the two are answered alike. Contract: `docs/openapi.yaml`.
//!
//! - Started by: `GET /v1/orders/{order_id}`, `GET /v1/seatings/current/orders`
//! - Reads: orders, each with its tickets in one query
//! - Writes: nothing
//! - Emits: –
//! - When it fails: the page asks again

pub use tabletap_guest::GuestConfig as Config;

use aws_config::SdkConfig;
use futures_util::{StreamExt, TryStreamExt, future, stream};
use lambda_http::{
    Body, Error, Request, Response,
    http::{HeaderValue, Method, StatusCode},
};
use sha2::{Digest, Sha256};
use tabletap_contract::OPENAPI_JSON;
use tabletap_domain::{OrderId, time::UnixMillis};
use tabletap_guest::{Reason, Refusal, answer, at_table, order_view, session};
use tabletap_runtime::{clock, reply};
use tabletap_session::{Session, SessionKeys};
use tabletap_store::Store;
use tabletap_wire::order::{OrderView, OrdersView};
use tracing::Span;

/// Orders of one party that are read at a time.
const READS_AT_ONCE: usize = 8;

/// The function.
#[derive(Clone, Debug)]
pub struct OrderStatus {
    store: Store,
    keys: SessionKeys,
}

impl OrderStatus {
    /// Opens nothing: see [`OrderStatus::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let store = Store::from_sdk(sdk, config.table_name);
        Self {
            store,
            keys: config.session_keys,
        }
    }

    /// Opens the connection to the database, so that no request pays for it. Any answer will do.
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
        let path = request.uri().path();
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Reason::NotFound.into());
        }
        let found = match path {
            "/v1/openapi.json" => return Ok(tagged(request, contract(), "public, max-age=300")),
            "/v1/seatings/current/orders" => {
                let orders = self.orders(request, now).await?;
                reply::json(200, &OrdersView { orders })
            }
            _ => {
                let id = path.strip_prefix("/v1/orders/").ok_or(Reason::NotFound)?;
                reply::json(200, &self.order(id, request, now).await?)
            }
        };
        Ok(tagged(request, found, "private, no-cache"))
    }

    async fn order(
        &self,
        id: &str,
        request: &Request,
        now: UnixMillis,
    ) -> Result<OrderView, Refusal> {
        let session = session(request.headers(), &self.keys, now)?;
        let id = OrderId::parse(id).map_err(|_| Reason::OrderNotFound)?;
        Span::current().record("order_id", id.as_str());
        let found = self.of_party(&session, id).await?;
        Ok(found.ok_or(Reason::OrderNotFound)?)
    }

    /// The party's orders that have not ended, oldest first.
    async fn orders(&self, request: &Request, now: UnixMillis) -> Result<Vec<OrderView>, Refusal> {
        let session = session(request.headers(), &self.keys, now)?;
        let (table, seating) = at_table(&session)?;
        let ids = self
            .store
            .open_orders_of(&session.store, table, seating)
            .await?;
        let found = stream::iter(ids).map(|id| self.of_party(&session, id));
        let found = found.buffered(READS_AT_ONCE);
        found.try_filter_map(future::ok).try_collect().await
    }

    /// An order, if it is of the session's party. A later one at the table never sees an earlier one's orders.
    async fn of_party(&self, session: &Session, id: OrderId) -> Result<Option<OrderView>, Refusal> {
        let stored = self.store.order_bill(&session.store, &id).await?;
        let own = stored.filter(|(bill, _)| session.owns(&bill.order));
        let Some((bill, tickets)) = own else {
            return Ok(None);
        };
        Ok(Some(
            order_view(&self.store, session, &bill, &tickets).await?,
        ))
    }
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
    let tag = format!("\"{}\"", hex::encode(&digest[..12]));
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
