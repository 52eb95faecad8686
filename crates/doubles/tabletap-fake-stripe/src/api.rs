//! `/v1/…`: what Stripe's clients call. Keys, versions, idempotency and errors as Stripe has them.

mod calls;
mod checkout;
mod expand;
mod list;
mod webhooks;

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    FakeStripe,
    acts::{API_VERSION, Act},
    clock,
    database::{Stored, Transaction},
    error::ApiError,
    faults::ApiFaultKind,
    form, ids,
};

const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Longer than any client waits.
const SILENCE: Duration = Duration::from_secs(60);

/// A call whose key was found good.
#[derive(Clone, Debug)]
struct Call {
    id: String,
    account: String,
    method: String,
    path: String,
    params: Value,
    key: Option<String>,
}

/// What is answered, before it is put into a response.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    body: String,
    is_replayed: bool,
}

/// Answers any request below `/v1`.
pub(crate) async fn answer(State(stripe): State<FakeStripe>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let id = ids::id("req_", 14);
    let version = parts.headers.get("stripe-version").cloned();
    let key = parts.headers.get("idempotency-key").cloned();
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await;
    let call = match body {
        Ok(body) => read(&stripe, &id, &parts, &body),
        Err(_) => Err(ApiError::invalid("The request is too large.")),
    };
    let call = match call {
        Ok(call) => call,
        Err(error) => return respond(Answer::refusal(&error), &id, version, key),
    };
    // Held until the answer is on its way: meanwhile the same key is answered 409.
    let _key_in_use = match &call.key {
        Some(key) => match stripe.begin_key(&call.account, key) {
            Some(guard) => Some(guard),
            None => {
                let answer = Answer::refusal(&ApiError::key_in_use(key));
                return respond(answer, &id, version, None);
            }
        },
        None => None,
    };
    let answer = match fault_of(&stripe, &call) {
        Some(ApiFaultKind::Error) => Answer::refusal(&ApiError::internal(
            "An error happened on our side. (Asked for by a fault switch.)",
        )),
        Some(ApiFaultKind::TooMany) => Answer::refusal(&ApiError::too_many()),
        Some(ApiFaultKind::InUse) => {
            let key = call.key.as_deref().unwrap_or_default();
            Answer::refusal(&ApiError::key_in_use(key))
        }
        Some(ApiFaultKind::Lost) => {
            perform(&stripe, &call);
            return cut();
        }
        Some(ApiFaultKind::Timeout) => {
            perform(&stripe, &call);
            tokio::time::sleep(SILENCE).await;
            return cut();
        }
        None => perform(&stripe, &call),
    };
    respond(answer, &id, version, key)
}

fn read(stripe: &FakeStripe, id: &str, parts: &Parts, body: &[u8]) -> Result<Call, ApiError> {
    let account = account_of(stripe, &parts.headers)?;
    if let Some(version) = parts.headers.get("stripe-version") {
        let text = version.to_str().unwrap_or_default();
        let is_date =
            |text: &str| text.len() == 10 && text.chars().all(|c| c.is_ascii_digit() || c == '-');
        if !text.get(..10).is_some_and(is_date) {
            return Err(ApiError::invalid(format!(
                "Invalid Stripe API version: {text}"
            )));
        }
    }
    let method = parts.method.as_str().to_owned();
    let params = match method.as_str() {
        "GET" | "DELETE" => form::parse(parts.uri.query().unwrap_or_default().as_bytes())?,
        _ => form::parse(body)?,
    };
    let key = parts.headers.get("idempotency-key");
    let key = key.and_then(|key| key.to_str().ok()).map(str::to_owned);
    if key.as_ref().is_some_and(|key| key.len() > 255) {
        return Err(ApiError::invalid(
            "Idempotency keys are at most 255 characters long.",
        ));
    }
    Ok(Call {
        id: id.to_owned(),
        account,
        path: parts.uri.path().to_owned(),
        params,
        key: key.filter(|_| method == "POST"),
        method,
    })
}

/// The account whose key came as `Bearer` or, as from `curl -u`, as `Basic`.
fn account_of(stripe: &FakeStripe, headers: &HeaderMap) -> Result<String, ApiError> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let basic = |text: &str| {
        let decoded = STANDARD.decode(text.trim()).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        Some(
            text.split_once(':')
                .map_or(text.clone(), |(user, _)| user.to_owned()),
        )
    };
    let key = given.and_then(|given| {
        let (scheme, rest) = given.split_once(' ')?;
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(rest.trim().to_owned()),
            "basic" => basic(rest),
            _ => None,
        }
    });
    let Some(key) = key else {
        return Err(ApiError::unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.",
        ));
    };
    let accounts = &stripe.0.config.accounts;
    match accounts.iter().find(|account| account.api_key == key) {
        Some(account) => Ok(account.name.clone()),
        None => Err(ApiError::unauthorized(format!(
            "Invalid API Key provided: {}…",
            key.chars().take(8).collect::<String>()
        ))),
    }
}

fn fault_of(stripe: &FakeStripe, call: &Call) -> Option<ApiFaultKind> {
    let taken = stripe.0.database.write(|tx| {
        let mut faults = FakeStripe::faults_on(tx)?;
        let fault = faults.of_call(&call.method, &call.path);
        if fault.is_some() {
            FakeStripe::set_faults_on(tx, &faults)?;
        }
        Ok::<_, ApiError>(fault)
    });
    taken.ok().flatten()
}

/// Does what a call asks for, and answers it; the same key a second time with the same words.
fn perform(stripe: &FakeStripe, call: &Call) -> Answer {
    let now_ms = clock::now_ms();
    let database = &stripe.0.database;
    // What was done and what was answered are kept together, so that nothing is done twice under one key, whatever happens.
    let result = database.write(|tx| {
        if let Some(answer) = call.answered_before(tx, now_ms)? {
            return Ok(answer);
        }
        let faults = FakeStripe::faults_on(tx)?;
        let mut act = Act {
            cause: json!({"id": call.id, "idempotency_key": call.key}),
            ..Act::by_hand(tx, &faults, &stripe.0.config.pages, now_ms)
        };
        let body = calls::route(&mut act, call)?;
        let body = expand::expand(&act, &call.account, body, &call.params["expand"])?;
        let answer = Answer {
            status: StatusCode::OK,
            body: pretty(&body),
            is_replayed: false,
        };
        call.keep(tx, &answer, now_ms)?;
        Ok(answer)
    });
    stripe.wake();
    let error = match result {
        Ok(answer) => return answer,
        Err(error) => error,
    };
    let answer = Answer::refusal(&error);
    if error.is_kept
        && let Err(error) = database.write(|tx| call.keep(tx, &answer, now_ms))
    {
        return Answer::refusal(&error);
    }
    answer
}

impl Call {
    fn request(&self) -> Value {
        json!({"method": self.method, "path": self.path, "params": self.params})
    }

    fn answered_before(
        &self,
        tx: &Transaction<'_>,
        now_ms: i64,
    ) -> Result<Option<Answer>, ApiError> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        let Some(stored) = tx.stored_answer(&self.account, key, now_ms)? else {
            return Ok(None);
        };
        if stored.request["path"] != self.path {
            return Err(ApiError::key_taken(key, "for the same endpoint"));
        }
        if stored.request != self.request() {
            return Err(ApiError::key_taken(key, "with the same parameters"));
        }
        Ok(Some(Answer {
            status: StatusCode::from_u16(stored.status).unwrap_or_default(),
            body: stored.body,
            is_replayed: true,
        }))
    }

    fn keep(&self, tx: &Transaction<'_>, answer: &Answer, now_ms: i64) -> Result<(), ApiError> {
        let Some(key) = &self.key else {
            return Ok(());
        };
        let stored = Stored {
            request: self.request(),
            status: answer.status.as_u16(),
            body: answer.body.clone(),
        };
        Ok(tx.keep_answer(&self.account, key, &stored, now_ms)?)
    }
}

impl Answer {
    fn refusal(error: &ApiError) -> Self {
        Self {
            status: error.status,
            body: pretty(&error.body()),
            is_replayed: false,
        }
    }
}

fn pretty(body: &Value) -> String {
    serde_json::to_string_pretty(body).unwrap_or_default()
}

fn respond(
    answer: Answer,
    id: &str,
    version: Option<HeaderValue>,
    key: Option<HeaderValue>,
) -> Response {
    let mut response = (answer.status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-store"),
    );
    headers.extend(
        HeaderValue::try_from(id)
            .ok()
            .map(|id| (header::HeaderName::from_static("request-id"), id)),
    );
    headers.insert(
        "stripe-version",
        version.unwrap_or(HeaderValue::from_static(API_VERSION)),
    );
    headers.extend(key.map(|key| (header::HeaderName::from_static("idempotency-key"), key)));
    if answer.is_replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    if matches!(
        answer.status,
        StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS
    ) {
        headers.insert("stripe-should-retry", HeaderValue::from_static("true"));
    }
    response
}

/// A connection that breaks before the answer is there.
fn cut() -> Response {
    let broken = futures_util::stream::once(async {
        Err::<bytes::Bytes, _>(std::io::Error::other("cut off by a fault switch"))
    });
    Response::new(Body::from_stream(broken))
}
