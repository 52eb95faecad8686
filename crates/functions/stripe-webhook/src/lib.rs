//! `POST /v1/stripe/{account}/webhook`: news from Stripe.
//!
//! An event tells only that something happened; what happened, we ask Stripe. An event may come twice, late, out of order or never.
//!
//! | request | done | answer |
//! |---|---|---|
//! | not signed for this account, or not now | nothing | 400, without a trace of why |
//! | dealt with before | nothing | 200 |
//! | of a payment of ours | [`Payments::fulfil`], then noted as dealt with | 200 |
//! | of anything else | noted as dealt with | 200 |
//! | Stripe or the database away | nothing noted | 503: Stripe sends it again, for days |
//!
//! - Started by: `POST /v1/stripe/{account}/webhook`
//! - Reads: payment, orders, store, menu, the sealed customer; Stripe
//! - Writes: payment and orders in one transaction, refunds; the event's id, last
//! - Emits: – (the stream does)
//! - When it fails: Stripe sends it again, for days; the sweeper asks too

use aws_config::SdkConfig;
use lambda_http::{Body, Error, Request, Response, http::Method};
use tabletap_domain::{AccountName, PaymentId, StoreKey, time::UnixMillis};
use tabletap_fault as fault;
use tabletap_payments::{PaymentConfig, PaymentError, Payments};
use tabletap_runtime::{clock, frame, reply};
use tabletap_store::Store;
use tabletap_stripe::{Event, Stripe, Subject, read_event};
use tabletap_wire::ErrorBody;
use tracing::{Span, field::Empty, info_span};

/// The function's configuration.
pub type Config = PaymentConfig<Stripe>;

/// The function.
#[derive(Clone, Debug)]
pub struct StripeWebhook {
    store: Store,
    payments: Payments<Stripe>,
}

/// What became of a request from Stripe.
enum WebhookOutcome {
    /// The event is dealt with, now or before.
    Done,
    /// Not signed by Stripe for this account. The sender is told nothing more.
    NotAuthentic,
    /// There is nothing at this address.
    NotFound,
}

impl StripeWebhook {
    /// Opens nothing: see [`StripeWebhook::warm_up`].
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig) -> Self {
        let Config {
            table_name,
            gateway,
            links,
            customers,
        } = config;
        let store = Store::from_sdk(sdk, table_name);
        Self {
            payments: Payments::new(store.clone(), gateway, links, customers),
            store,
        }
    }

    /// Opens the connection to the database. Any answer will do.
    pub async fn warm_up(&self) {
        let _ = self.store.warm_up().await;
    }

    /// Answers one request.
    ///
    /// # Errors
    /// None: what goes wrong is a reply.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        let span = info_span!(
            "event",
            request_id = Empty,
            account = Empty,
            event_id = Empty,
            kind = Empty,
            tenant_id = Empty,
            store_id = Empty
        );
        let now = UnixMillis(clock::now_ms());
        frame::handle(&request, span, self.answer(&request, now)).await
    }

    async fn answer(&self, request: &Request, now: UnixMillis) -> Response<Body> {
        let refused = |status, code, message| reply::json(status, &ErrorBody::new(code, message));
        match self.receive(request, now).await {
            Ok(WebhookOutcome::Done) => reply::json(200, &()),
            Ok(WebhookOutcome::NotAuthentic) => {
                refused(400, "invalid_request", "This request is not understood.")
            }
            Ok(WebhookOutcome::NotFound) => {
                refused(404, "not_found", "There is nothing at this address.")
            }
            Err(error) => {
                tracing::warn!(%error, "the event will come again");
                refused(503, "try_again", "Please send this again.")
            }
        }
    }

    async fn receive(
        &self,
        request: &Request,
        now: UnixMillis,
    ) -> Result<WebhookOutcome, PaymentError> {
        let path: Vec<&str> = request.uri().path().split('/').skip(1).collect();
        let ["v1", "stripe", account, "webhook"] = path.as_slice() else {
            return Ok(WebhookOutcome::NotFound);
        };
        if *request.method() != Method::POST {
            return Ok(WebhookOutcome::NotFound);
        }
        let Some((account, event)) = self.authentic(account, request, now) else {
            return Ok(WebhookOutcome::NotAuthentic);
        };
        Span::current()
            .record("account", account.as_str())
            .record("event_id", event.id.as_str())
            .record("kind", event.kind.as_str());
        if self.store.has_event(&account, &event.id).await? {
            return Ok(WebhookOutcome::Done);
        }
        fault::point("webhook.verified")?;
        if let Some((store, payment)) = self.subject(&account, event.subject).await? {
            Span::current()
                .record("tenant_id", store.tenant.as_str())
                .record("store_id", store.store.as_str());
            match self.payments.fulfil(&store, &payment, now).await {
                Ok(fulfilled) => {
                    tracing::info!(state = %fulfilled.state, moved = fulfilled.moved, "asked")
                }
                // Another system's on the same account, or one for people to look at, which the sweeper goes on to report.
                Err(PaymentError::Unknown(_) | PaymentError::Differs(_)) => {}
                Err(error) => return Err(error),
            }
        }
        fault::point("webhook.fulfilled")?;
        self.store.note_event(&account, &event.id, now).await?;
        Ok(WebhookOutcome::Done)
    }

    /// The event, where the account's owner signed it.
    fn authentic(
        &self,
        account: &str,
        request: &Request,
        now: UnixMillis,
    ) -> Option<(AccountName, Event)> {
        let name = AccountName::parse(account).ok()?;
        let keys = self.payments.gateway().accounts().get(&name)?;
        let mut headers = request.headers().get_all("stripe-signature").iter();
        let (signature, None) = (headers.next()?.to_str().ok()?, headers.next()) else {
            return None;
        };
        let event = read_event(keys, request.body().as_ref(), signature, now).ok()?;
        Some((name, event))
    }

    async fn subject(
        &self,
        account: &AccountName,
        subject: Option<Subject>,
    ) -> Result<Option<(StoreKey, PaymentId)>, PaymentError> {
        match subject {
            None => Ok(None),
            Some(Subject::Payment(store, payment)) => Ok(Some((store, payment))),
            Some(Subject::Intent(intent)) => {
                let stripe = self.payments.gateway();
                Ok(stripe.payment_of_intent(account, &intent).await?)
            }
        }
    }
}
