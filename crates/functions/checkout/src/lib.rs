//! Paying: `POST /v1/orders/{order_id}/checkout`, `GET /v1/seatings/current/bill`, `POST /v1/seatings/current/checkout`, what ends it
//! (`…/checkout/leave`), and `POST /v1/orders/{order_id}/payment/refresh`, which the page calls when a guest comes back from paying.
//!
//! Card numbers never come here: guests type them at the provider. What is paid is the server's own sum. Contract: `docs/openapi.yaml`.
//!
//! - Started by: `POST /v1/orders/{order_id}/checkout`, `…/payment/refresh`, `GET /v1/seatings/current/bill`, `POST …/checkout`, `POST
//!   …/checkout/leave`
//! - Reads: orders, payments, store, table, slot, kitchen, the sealed customer; Stripe
//! - Writes: payment, reserved lines and a place in a slot in one transaction; what `fulfil` writes
//! - Emits: – (the stream does)
//! - When it fails: the page asks again and gets the same payment page

mod refusal;

use aws_config::SdkConfig;
use lambda_http::{Body, Error, Request, Response, http::Method};
use refusal::{of_checkout, of_payment};
use serde::de::DeserializeOwned;
use tabletap_domain::{
    OrderId, TableCode, TableId, share::GUESTS_MAX, store::StoreConfig, time::UnixMillis,
};
use tabletap_guest::{Reason, Refusal, answer, at_table, order_view, session};
use tabletap_payments::{LinesWanted, Payer, PaymentConfig, Payments, bill_view};
use tabletap_runtime::{clock, reply};
use tabletap_session::{Session, SessionKeys};
use tabletap_store::{OrderBill, Store, StoreError};
use tabletap_stripe::Stripe;
use tabletap_wire::{
    body::object,
    order::OrderView,
    payment::{
        BillView, CheckoutReply, LeaveRequest, LineChoice, LinesCheckoutRequest,
        OrderCheckoutRequest,
    },
};
use tracing::Span;

/// The function's configuration.
pub type Config = PaymentConfig<Stripe>;

/// The function.
#[derive(Clone, Debug)]
pub struct Checkout {
    store: Store,
    keys: SessionKeys,
    payments: Payments<Stripe>,
}

impl Checkout {
    /// Opens nothing: see [`Checkout::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let Config {
            table_name,
            gateway,
            links,
            customers,
        } = config;
        let store = Store::from_sdk(sdk, table_name);
        let keys = links.keys().clone();
        Self {
            payments: Payments::new(store.clone(), gateway, links, customers),
            keys,
            store,
        }
    }

    /// Opens the connection to the database, so that no guest waits for it. Any answer will do.
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
        let path: Vec<&str> = request.uri().path().split('/').skip(1).collect();
        let (get, post) = (
            *request.method() == Method::GET,
            *request.method() == Method::POST,
        );
        match path.as_slice() {
            ["v1", "seatings", "current", "bill"] if get => {
                let bill = self.bill(request, now).await?;
                Ok(reply::json(200, &bill))
            }
            ["v1", "seatings", "current", "checkout"] if post => {
                let page = self.pay_lines(request, now).await?;
                Ok(reply::json(200, &page))
            }
            ["v1", "seatings", "current", "checkout", "leave"] if post => {
                let bill = self.leave(request, now).await?;
                Ok(reply::json(200, &bill))
            }
            ["v1", "orders", order, "checkout"] if post => {
                let page = self.pay_order(order, request, now).await?;
                Ok(reply::json(200, &page))
            }
            ["v1", "orders", order, "payment", "refresh"] if post => {
                let order = self.refresh(order, request, now).await?;
                Ok(reply::json(200, &order))
            }
            _ => Err(Reason::NotFound.into()),
        }
    }

    async fn pay_order(
        &self,
        id: &str,
        request: &Request,
        now: UnixMillis,
    ) -> Result<CheckoutReply, Refusal> {
        let session = session(request.headers(), &self.keys, now)?;
        let wish: OrderCheckoutRequest = read(request, Reason::PayOrderInvalid)?;
        let bill = self.own(id, &session).await?;
        if bill.order.takeout.is_none() {
            // What a table owes is paid by its bill.
            return Err(Reason::OrderToPayNotFound.into());
        }
        let store = self.set_up(&session).await?;
        let page = self
            .payments
            .checkout_order(&store, &bill.order.id, wish.tip_minor, now);
        page.await.map_err(of_checkout)
    }

    async fn pay_lines(
        &self,
        request: &Request,
        now: UnixMillis,
    ) -> Result<CheckoutReply, Refusal> {
        let session = session(request.headers(), &self.keys, now)?;
        let wish: LinesCheckoutRequest = read(request, Reason::PayLinesInvalid)?;
        let wanted = match wish.lines {
            LineChoice::Word(word) if word == "all" && wish.for_others => LinesWanted::All,
            LineChoice::Word(word) if word == "all" => LinesWanted::AllOfOneOrder,
            LineChoice::Some(names) if !names.is_empty() => {
                LinesWanted::These(names.into_iter().collect())
            }
            LineChoice::Share(share)
                if share.guests.is_none_or(|n| (2..=GUESTS_MAX).contains(&n)) =>
            {
                LinesWanted::Share {
                    amount_minor: share.amount_minor,
                    guests: share.guests,
                }
            }
            LineChoice::Word(_) | LineChoice::Some(_) | LineChoice::Share(_) => {
                return Err(Reason::PayLinesInvalid.into());
            }
        };
        let (orders, code) = self.party(&session).await?;
        let store = self.set_up(&session).await?;
        let payer = Payer {
            code,
            phone: session.phone().cloned(),
        };
        let page = self.payments.checkout_lines(
            &store,
            payer,
            &orders,
            &wanted,
            (wish.tip_minor, wish.instead_of),
            now,
        );
        page.await.map_err(of_checkout)
    }

    async fn bill(&self, request: &Request, now: UnixMillis) -> Result<BillView, Refusal> {
        let session = session(request.headers(), &self.keys, now)?;
        let (orders, _) = self.party(&session).await?;
        self.bill_of(&session, &orders, now).await
    }

    /// The bill, after a payment page was ended.
    async fn leave(&self, request: &Request, now: UnixMillis) -> Result<BillView, Refusal> {
        let session = session(request.headers(), &self.keys, now)?;
        let wish: LeaveRequest = read(request, Reason::LeaveInvalid)?;
        let (orders, _) = self.party(&session).await?;
        let page = (&wish.payment_id, wish.session_id.as_deref());
        let left = self.payments.leave(&session.store, &orders, page, now);
        left.await.map_err(of_checkout)?;
        self.bill_of(&session, &orders, now).await
    }

    async fn bill_of(
        &self,
        session: &Session,
        orders: &[OrderId],
        now: UnixMillis,
    ) -> Result<BillView, Refusal> {
        let bills = self.payments.party(&session.store, orders).await?;
        let ids = bills
            .iter()
            .flat_map(|bill| bill.payers().cloned())
            .collect();
        let payments = self.store.payments(&session.store, &ids).await?;
        let currency = match bills.first() {
            Some(bill) => bill.order.currency.code().to_owned(),
            None => String::new(),
        };
        bill_view(session, &currency, &bills, &payments, now)
            .map_err(|error| StoreError::from(error).into())
    }

    async fn refresh(
        &self,
        id: &str,
        request: &Request,
        now: UnixMillis,
    ) -> Result<OrderView, Refusal> {
        let session = session(request.headers(), &self.keys, now)?;
        let bill = self.own(id, &session).await?;
        let refreshed = self
            .payments
            .refresh(&session.store, &bill.order.id, now)
            .await;
        if let Err(error) = refreshed {
            // What is known is told all the same; the webhook and the sweeper go on.
            tracing::warn!(%error, "a payment was not asked about");
            if !matches!(error, tabletap_payments::PaymentError::Gateway(_)) {
                return Err(of_payment(error));
            }
        }
        let found = self
            .store
            .order_bill(&session.store, &bill.order.id)
            .await?;
        let (bill, tickets) = found.ok_or(Reason::OrderToPayNotFound)?;
        Ok(order_view(&self.store, &session, &bill, &tickets).await?)
    }

    /// An order of the session.
    async fn own(&self, id: &str, session: &Session) -> Result<OrderBill, Refusal> {
        let id = OrderId::parse(id).map_err(|_| Reason::OrderToPayNotFound)?;
        Span::current().record("order_id", id.as_str());
        let bills = self
            .store
            .bills(&session.store, std::slice::from_ref(&id))
            .await?;
        let own = bills.into_iter().find(|bill| session.owns(&bill.order));
        Ok(own.ok_or(Reason::OrderToPayNotFound)?)
    }

    /// The orders of the session's party that have not ended, and the table's code as they may see it. Refused once the party has left; one
    /// that another party followed pays what it still owes.
    async fn party(&self, session: &Session) -> Result<(Vec<OrderId>, Option<TableCode>), Refusal> {
        let (table, seating): (&TableId, u32) = at_table(session)?;
        let stands = self.store.table_code(&session.store, table).await?;
        let sticker = stands.ok_or(Reason::SeatingEnded)?;
        let is_seated = sticker.seating.seats(seating);
        if !is_seated && !sticker.seating.followed(seating) {
            return Err(Reason::SeatingEnded.into());
        }
        let orders = self
            .store
            .open_orders_of(&session.store, table, seating)
            .await?;
        if !is_seated && orders.is_empty() {
            return Err(Reason::SeatingEnded.into());
        }
        Ok((orders, sticker.code_for(seating).cloned()))
    }

    async fn set_up(&self, session: &Session) -> Result<StoreConfig, Refusal> {
        let store = self.store.store(&session.store).await?;
        store.ok_or_else(|| {
            StoreError::Corrupt(format!("the store {}: missing", session.store.store)).into()
        })
    }
}

/// Longest body: the names of every line of a long table are some 40 bytes each.
const BODY_BYTES_MAX: usize = 64 * 1024;

fn read<T: DeserializeOwned>(request: &Request, invalid: Reason) -> Result<T, Refusal> {
    let body = match request.body().as_ref() {
        [] => b"{}",
        body => body,
    };
    Ok(serde_json::from_value(object(body, BODY_BYTES_MAX)?).map_err(|_| invalid)?)
}
