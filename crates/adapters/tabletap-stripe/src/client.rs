//! Sends requests to Stripe over connections that are kept open and shared by all accounts.
//!
//! `async-stripe` describes the requests, but its own client keeps no connection open and cannot repeat a request under a key that we
//! choose. A kept connection may be dead when it is used again: Stripe and the routers in between drop idle ones, and a function that sleeps
//! does not notice. So none is used again after it has been idle for a while, and a request that was lost or not answered in time is sent
//! once more, over a new connection. See docs.stripe.com: "Idempotent requests".

use crate::accounts::Account;
use bytes::Bytes;
use http::{
    HeaderValue, Request, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::Deserialize;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use stripe_client_core::{RequestBuilder, StripeMethod};
use tabletap_gateway::GatewayError;

/// How many unused connections are kept open.
const IDLE_MAX: usize = 8;

/// How long Stripe and an unused connection are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The first attempt: far above Stripe's usual second. It may go over a dead connection.
    pub first: Duration,
    /// The second attempt, over a new connection. Both together are less than half of a function's own 29 s, so that a function which asks
    /// for two things still answers.
    pub second: Duration,
    /// A connection that was unused for longer is not used again.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            second: Duration::from_secs(7),
            idle: Duration::from_secs(20),
        }
    }
}

type Http = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The connections to Stripe. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    kept: Arc<Mutex<Kept>>,
    /// Opens a new connection for each request.
    unpooled: Http,
    limits: Limits,
    /// Without a slash at the end.
    api_base: String,
}

/// The connections that are kept open.
#[derive(Clone, Debug)]
struct Kept {
    http: Http,
    /// Counts how often they were all given up.
    generation: u64,
}

/// Whether a request may be sent a second time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Repeat<'a> {
    /// No: it creates something, and has no key.
    Never,
    /// Yes: sending it twice changes nothing. It has no key, because the answer that Stripe keeps under one may be an old error.
    Harmless,
    /// Yes: under this idempotency key, Stripe does it once.
    UnderKey(&'a str),
}

/// Why an attempt failed.
enum Failure {
    /// The connection ended before an answer.
    Lost,
    /// No answer came in time.
    TimedOut,
    /// Everything else.
    Other(GatewayError),
}

impl Client {
    /// Opens no connection.
    pub(crate) fn new(api_base: &str, limits: Limits) -> Self {
        Self {
            kept: Arc::new(Mutex::new(Kept {
                http: http(IDLE_MAX, limits),
                generation: 0,
            })),
            unpooled: http(0, limits),
            limits,
            api_base: api_base.trim_end_matches('/').to_owned(),
        }
    }

    /// Sends a request with the key of `account`, at most twice, and returns the body of the answer.
    pub(crate) async fn send(
        &self,
        account: &Account,
        request: RequestBuilder,
        repeat: Repeat<'_>,
    ) -> Result<Bytes, GatewayError> {
        let request = self
            .request(account, request, repeat)
            .map_err(|_| GatewayError::Refused("the request cannot be sent".to_owned()))?;
        let Limits { first, second, .. } = self.limits;
        let kept = self.kept();
        let answer = match repeat {
            // There is only one attempt, so it has the time of both.
            Repeat::Never => attempt(&self.unpooled, request, first + second).await,
            Repeat::Harmless | Repeat::UnderKey(_) => {
                match (attempt(&kept.http, request.clone(), first).await, repeat) {
                    (Err(Failure::Lost | Failure::TimedOut), _) => {
                        // The others have been idle for as long, and would each cost a request its time.
                        self.give_up(kept.generation);
                        attempt(&self.kept().http, request, second).await
                    }
                    (Err(Failure::Other(GatewayError::Away)), Repeat::UnderKey(_)) => {
                        attempt(&kept.http, request, second).await
                    }
                    (answer, _) => answer,
                }
            }
        };
        answer.map_err(|failure| match failure {
            Failure::Lost | Failure::TimedOut => GatewayError::Away,
            Failure::Other(error) => error,
        })
    }

    fn kept(&self) -> Kept {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }

    /// Uses none of the connections of this generation again. Requests on them go on.
    fn give_up(&self, generation: u64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Another request may have found out already.
        if kept.generation == generation {
            *kept = Kept {
                http: http(IDLE_MAX, self.limits),
                generation: generation + 1,
            };
        }
    }

    fn request(
        &self,
        account: &Account,
        request: RequestBuilder,
        repeat: Repeat<'_>,
    ) -> http::Result<Request<Full<Bytes>>> {
        let query = request.query.map(|query| format!("?{query}"));
        let uri = format!(
            "{}/v1{}{}",
            self.api_base,
            request.path,
            query.unwrap_or_default()
        );
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", account.api_key()))?;
        authorization.set_sensitive(true);
        let mut built = Request::builder()
            .method(match request.method {
                StripeMethod::Get => http::Method::GET,
                StripeMethod::Post => http::Method::POST,
                StripeMethod::Delete => http::Method::DELETE,
            })
            .uri(uri)
            .header(AUTHORIZATION, authorization)
            .header(USER_AGENT, "TableTap")
            .header("stripe-version", stripe_shared::version::VERSION.as_str());
        if let Repeat::UnderKey(key) = repeat {
            built = built.header("idempotency-key", key);
        }
        if request.body.is_some() {
            built = built.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        built.body(Full::from(request.body.unwrap_or_default()))
    }
}

/// A client that keeps so many unused connections open.
fn http(idle_max: usize, limits: Limits) -> Http {
    let https = HttpsConnectorBuilder::new().with_webpki_roots();
    // HTTP/1 only: a time-out closes its connection, so the next request cannot get stuck on it.
    let https = https.https_or_http().enable_http1().build();
    legacy::Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(idle_max)
        .pool_idle_timeout(limits.idle)
        .build(https)
}

async fn attempt(
    http: &Http,
    request: Request<Full<Bytes>>,
    within: Duration,
) -> Result<Bytes, Failure> {
    let answered = async {
        let answer = http.request(request).await.map_err(|error| {
            tracing::warn!(connected = !error.is_connect(), "no answer from Stripe");
            if error.is_connect() {
                Failure::Other(GatewayError::Away)
            } else {
                Failure::Lost
            }
        })?;
        let status = answer.status();
        let body = answer.into_body().collect().await;
        let body = body.map_err(|_| unreadable())?.to_bytes();
        if status.is_success() {
            Ok(body)
        } else {
            Err(refusal(status, &body))
        }
    };
    let in_time = tokio::time::timeout(within, answered).await;
    in_time.unwrap_or_else(|_| {
        tracing::warn!("Stripe took too long");
        Err(Failure::TimedOut)
    })
}

/// Stripe's error answer, without its message and parameters: they may hold what guests wrote.
#[derive(Deserialize)]
struct ErrorAnswer {
    error: ErrorReason,
}

#[derive(Deserialize)]
struct ErrorReason {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
}

/// What an error answer means for the caller.
fn refusal(status: StatusCode, body: &[u8]) -> Failure {
    let Ok(ErrorAnswer { error }) = serde_json::from_slice(body) else {
        return unreadable();
    };
    match status.as_u16() {
        409 | 424 | 429 | 500.. => {
            tracing::warn!("Stripe is busy");
            Failure::Other(GatewayError::Away)
        }
        401 | 403 => {
            // People must fix this, or the key is being replaced and works again in minutes: nothing is given up for it.
            tracing::error!(
                alarm = "payment_keys_refused",
                "Stripe does not take our key"
            );
            Failure::Other(GatewayError::Away)
        }
        status => {
            let code = error.code.unwrap_or_default();
            tracing::warn!(status, kind = error.kind, code, "Stripe refuses");
            Failure::Other(GatewayError::Refused(format!("{} {code}", error.kind)))
        }
    }
}

/// An answer that cannot be read may belong to something that was done: it is asked again.
fn unreadable() -> Failure {
    tracing::warn!("the answer from Stripe is unreadable");
    Failure::Other(GatewayError::Away)
}
