//! Sends requests to Stripe over connections that are kept open and shared by all accounts.
//!
//! `async-stripe` describes the requests, but its own client keeps no connection open and cannot repeat a request under a key that we
//! choose. A kept connection may be dead when it is used again: Stripe closes idle ones, and a function that sleeps does not notice. So a
//! request that was lost without an answer is sent once more, over a new connection. See docs.stripe.com: "Idempotent requests".

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
use std::time::Duration;
use stripe_client_core::{RequestBuilder, StripeMethod};
use tabletap_gateway::GatewayError;

/// Time limit of one attempt: far above Stripe's usual second, far below a function's own limit.
const TIMEOUT: Duration = Duration::from_secs(8);
/// How many unused connections are kept open.
const IDLE_MAX: usize = 8;

type Http = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The connections to Stripe. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Keeps its connections open.
    pooled: Http,
    /// Opens a new connection for each request.
    unpooled: Http,
    /// Without a slash at the end.
    api_base: String,
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
    /// Everything else.
    Other(GatewayError),
}

impl Client {
    /// Opens no connection.
    pub(crate) fn new(api_base: &str) -> Self {
        let https = HttpsConnectorBuilder::new().with_webpki_roots();
        // HTTP/1 only: a time-out closes its connection, so the next request cannot get stuck on it.
        let https = https.https_or_http().enable_http1().build();
        let keeping = |idle_max| {
            legacy::Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(idle_max)
                .build(https.clone())
        };
        Self {
            pooled: keeping(IDLE_MAX),
            unpooled: keeping(0),
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
        let first = match repeat {
            Repeat::Never => &self.unpooled,
            Repeat::Harmless | Repeat::UnderKey(_) => &self.pooled,
        };
        let answer = match (attempt(first, request.clone()).await, repeat) {
            (Err(Failure::Lost), Repeat::Harmless | Repeat::UnderKey(_))
            | (Err(Failure::Other(GatewayError::Away)), Repeat::UnderKey(_)) => {
                attempt(&self.unpooled, request).await
            }
            (answer, _) => answer,
        };
        answer.map_err(|failure| match failure {
            Failure::Lost => GatewayError::Away,
            Failure::Other(error) => error,
        })
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

async fn attempt(http: &Http, request: Request<Full<Bytes>>) -> Result<Bytes, Failure> {
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
    let in_time = tokio::time::timeout(TIMEOUT, answered).await;
    in_time.unwrap_or_else(|_| {
        tracing::warn!("Stripe took too long");
        Err(Failure::Other(GatewayError::Away))
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
