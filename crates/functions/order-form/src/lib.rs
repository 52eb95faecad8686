//! Ordering without a script: a dish as a plain form, the order at its price, and a sent order's way to the kitchen, as pages in the
//! restaurant's look. One dish after another; nothing is kept but what the forms carry, and no cookie is set.
//!
//! The form carries a session, so that it orders for the party it was opened by; the page that shows the price carries the order's id
//! too, so that sending it twice is one order. What is sent is placed by [`tabletap_intake`], as `POST /v1/orders` is, and answered with
//! a 303 to the order's page. That one needs no token: the table's code in its address gives the current seating, as it does in
//! `POST /v1/sessions`, and no other seating's orders are shown. Contract: `docs/openapi.yaml`.
//!
//! - Started by: `/m/…/order`: the forms of a table's page
//! - Reads: as `table-session`, `cart-intake` and `order-status`
//! - Writes: as `cart-intake`
//! - Emits: – (the stream does)
//! - When it fails: the form asks the guest to send again under the same id

mod address;
mod config;
mod fields;
mod form_errors;
mod page;
mod visit;
mod words;

pub use config::Config;

use address::Address;
use aws_config::SdkConfig;
use fields::{Fields, order_body};
use form_errors::FormErrors;
use lambda_http::{Body, Error, Request, RequestExt, Response, http::Method};
use page::{Frame, dish, notice, quote::Shown, status};
use tabletap_domain::{
    Lang, OrderId, Slug, limits::BODY_BYTES_MAX, order::Order, refusal::PlaceError,
    time::UnixMillis,
};
use tabletap_guest::{Reason, Refusal, ScanConfig, Scanner, answer};
use tabletap_intake::{Intake, Placed};
use tabletap_runtime::{clock, random, reply};
use tabletap_session::{Session, SessionKeys};
use tabletap_store::{ScannedTable, Store};
use tabletap_wire::order_request::RawOrderRequest;
use tracing::Span;
use visit::Visit;

/// The function.
#[derive(Clone, Debug)]
pub struct OrderForm {
    store: Store,
    keys: SessionKeys,
    scanner: Scanner,
    intake: Intake,
}

impl OrderForm {
    /// Opens nothing: see [`OrderForm::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let ScanConfig { guest, session_ttl } = config.scan;
        let store = Store::from_sdk(sdk, guest.table_name);
        Self {
            scanner: Scanner::new(store.clone(), session_ttl),
            intake: Intake::at_tables(store.clone(), config.customer_keys),
            keys: guest.session_keys,
            store,
        }
    }

    /// Opens the connection to the database, so that no page pays for it. Any answer will do.
    pub async fn warm_up(&self) {
        let _ = self.store.warm_up().await;
    }

    /// Answers one request.
    ///
    /// # Errors
    /// None: every error is a page.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        let now = UnixMillis(clock::now_ms());
        answer(&request, self.answer(&request, now)).await
    }

    async fn answer(&self, request: &Request, now: UnixMillis) -> Result<Response<Body>, Refusal> {
        let address = Address::read(request.uri().path()).ok_or(Reason::NotFound)?;
        let answered = async {
            let visit = self.visit(address, now).await?;
            match (address.order, request.method() == Method::POST) {
                (Some(order), _) => self.show_order(&visit, order).await,
                (None, true) => self.take(&visit, request.body(), now).await,
                (None, false) => {
                    let query = request.query_string_parameters_ref();
                    let item = query.and_then(|query| query.first("item"));
                    self.open(&visit, item.unwrap_or_default(), now).await
                }
            }
        };
        Ok(answered.await.unwrap_or_else(|refusal| {
            let status = refusal.status();
            tracing::info!(code = refusal.body.code, status, "no page");
            lost(address.lang, status)
        }))
    }

    /// The restaurant and table that an address leads to, with what is sold there.
    async fn visit<'a>(&self, address: Address<'a>, now: UnixMillis) -> Result<Visit<'a>, Refusal> {
        let (store, scanned) = match address.code {
            Some(code) => {
                let scanned = self.scanner.scan(code).await?;
                (scanned.store.clone(), Some(scanned))
            }
            None => {
                let slug = Slug::parse(address.slug).map_err(|_| Reason::NotFound)?;
                let store = self.store.store_by_slug(&slug).await?;
                (store.ok_or(Reason::NotFound)?, None)
            }
        };
        if store.slug.as_str() != address.slug {
            return Err(Reason::NotFound.into());
        }
        let sold = self.intake.menu(&store.key).await?;
        Ok(Visit::new(address, store, scanned, sold, now))
    }

    /// The form of a dish, as it stands before anybody touched it.
    async fn open(
        &self,
        visit: &Visit<'_>,
        item: &str,
        now: UnixMillis,
    ) -> Result<Response<Body>, Refusal> {
        let Some(item) = visit.item(item) else {
            return Ok(visit.no_such_dish());
        };
        let session = match &visit.scanned {
            Some(scanned) => Some(self.scanner.session(scanned, None, now).await?),
            None => None,
        };
        let (fields, errors) = (Fields::preset(item), FormErrors::default());
        let session = session.map(|session| self.keys.sign(&session));
        let about = (&visit.menu, item);
        Ok(dish::page(
            visit.frame(),
            &visit.speech,
            about,
            &fields,
            &errors,
            session,
        ))
    }

    /// A form that was sent: shown with its price, shown again, or placed.
    async fn take(
        &self,
        visit: &Visit<'_>,
        body: &[u8],
        now: UnixMillis,
    ) -> Result<Response<Body>, Refusal> {
        let (Some(fields), Some(scanned)) = (read(body), visit.scanned.as_ref()) else {
            let words = visit.speech.words;
            let way = Some(("./".to_owned(), words.back_to_menu));
            return Ok(notice::page(413, visit.frame(), words.cannot_send, "", way));
        };
        let opened = self.keys.verify(fields.get("session")).ok();
        let opened = opened.filter(|session| session.store == scanned.store.key);
        let party = opened.and_then(|session| match session.at_table() {
            Some((table, party)) if *table == scanned.table.id => Some((party, session)),
            _ => None,
        });
        let Some((party, mut session)) = party else {
            return Ok(visit.forged());
        };
        let is_current = scanned.seating.seats(party);
        if is_current && session.is_expired(now) {
            // The table's code is in the address.
            session = self.scanner.session(scanned, Some(&session), now).await?;
        }
        let wants = fields.get("do");
        if wants == "send" {
            return Ok(self.send(visit, &fields, session, now).await);
        }
        if !is_current {
            return Ok(visit.ended(&fields));
        }
        let token = self.keys.sign(&session);
        if wants == "change" {
            return Ok(visit.form_again(&fields, &FormErrors::default(), token));
        }
        Ok(visit.quote(&fields, token, &random::id(), Shown::First))
    }

    /// The button below the price.
    async fn send(
        &self,
        visit: &Visit<'_>,
        fields: &Fields,
        session: Session,
        now: UnixMillis,
    ) -> Response<Body> {
        let token = self.keys.sign(&session);
        let raw = match RawOrderRequest::read(&order_body(fields, &visit.menu.lang)) {
            Ok(raw) => raw,
            Err(_) => return visit.quote(fields, token, &random::id(), Shown::First),
        };
        let order_id = raw.order_id.clone();
        Span::current().record("order_id", order_id.as_str());
        let error = match self.intake.place(session, raw, None, now).await {
            Ok(placed) => {
                let (order, is_new) = match placed {
                    Placed::Now(order) => (order, true),
                    Placed::Before(order) => (order, false),
                };
                tracing::info!(number = %order.number, is_new, "order placed by form");
                return reply::see_other(&visit.order_address(&order.id));
            }
            Err(error) => error,
        };
        let refusal = Refusal::from(error.clone());
        let status = refusal.status();
        tracing::info!(code = refusal.body.code, status, "order refused");
        match error {
            PlaceError::SeatingEnded | PlaceError::SessionExpired | PlaceError::OrderNotYours => {
                visit.ended(fields)
            }
            PlaceError::KitchenClosed { .. } => visit.kitchen_closed(),
            PlaceError::QuoteChanged(_) => {
                let before = fields.get("total").parse().unwrap_or_default();
                visit.quote(fields, token, &order_id, Shown::Changed(before))
            }
            PlaceError::OrderIdTaken => visit.quote(fields, token, &random::id(), Shown::First),
            PlaceError::Busy | PlaceError::Broken => {
                visit.quote(fields, token, &order_id, Shown::Busy(status))
            }
            // The cart: priced once more, the form says what is wrong with it.
            _ => visit.quote(fields, token, &order_id, Shown::First),
        }
    }

    async fn show_order(&self, visit: &Visit<'_>, id: &str) -> Result<Response<Body>, Refusal> {
        let stored = match (OrderId::parse(id), &visit.scanned) {
            (Ok(id), Some(scanned)) => {
                Span::current().record("order_id", id.as_str());
                let stored = self.store.order(&scanned.store.key, &id).await?;
                stored.filter(|(order, _)| may_read(order, scanned))
            }
            _ => None,
        };
        let Some((order, tickets)) = stored else {
            let words = visit.speech.words;
            let way = Some(("../".to_owned(), words.back_to_menu));
            return Ok(notice::page(404, visit.frame(), words.not_yours, "", way));
        };
        let house = (&visit.store, &visit.menu);
        // Anyone who scans the table can open this address, so it shows no notes.
        let order = (&order.without_guest(), tickets.as_slice());
        Ok(status::page(visit.frame(), &visit.speech, house, order))
    }
}

/// Whether a guest with the table's code may read this order by its address. Once everything is paid, the next scan belongs to the next
/// party, which must see nothing of this one.
fn may_read(order: &Order, scanned: &ScannedTable) -> bool {
    let (table, seating) = (&scanned.table.id, &scanned.seating);
    let sits = seating.paid_at().is_none() && order.is_of(table, seating.number);
    order.is_of(table, seating.number_for_scan()) || (sits && seating.seats(seating.number))
}

fn read(body: &[u8]) -> Option<Fields> {
    Some(body)
        .filter(|body| body.len() <= BODY_BYTES_MAX)
        .and_then(Fields::read)
}

/// The page for when restaurant or table are unknown, or cannot be read.
fn lost(lang: &str, status: u16) -> Response<Body> {
    let lang = Lang::parse(lang).map_or_else(|_| "en".to_owned(), |lang| lang.to_string());
    let (words, own) = words::of(&lang);
    let title = match status {
        404 => words.unknown_table,
        410 => words.replaced,
        500.. => own.busy,
        _ => own.gone,
    };
    notice::page(status, Frame::of_nobody(&lang), title, "", None)
}
