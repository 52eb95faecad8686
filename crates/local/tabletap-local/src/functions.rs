//! Hosts the production handlers behind the Invoke API: `POST /2015-03-31/functions/{name}/invocations`.
//!
//! Everything that calls a function, in this process or another, calls it here with real event JSON; nothing calls a
//! handler directly. Imitated: both invocation types, time-outs, retries and failure destination of asynchronous
//! events, errors as Lambda reports them. See AWS Lambda, "Invoke".

mod invoker;
mod registry;

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::{FutureExt, future::BoxFuture};
use lambda_runtime::Context;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

pub use invoker::{InvokeError, Invoker, PAYLOAD_BYTES_MAX};
pub use registry::handlers;

use crate::{
    dead_letters::DeadLetters,
    names::{arn, request_id},
    replies::refuse,
    template::Template,
};

/// Waits before the second and third try of an asynchronous event; Lambda waits one and two minutes.
const ASYNC_WAITS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(4)];

/// So many invocations of one function run at a time; more wait for their turn, which is no part of their time-out. In Lambda each has a
/// machine of its own; here they share one table, and all of them at once would run out of time together.
pub const RUNNING_MAX: usize = 64;

/// A hosted handler: event JSON in, answer JSON out.
pub type Handler =
    Arc<dyn Fn(Bytes, Context) -> BoxFuture<'static, Result<Value, FunctionError>> + Send + Sync>;

/// The kind of the error of a handler that ran out of time.
const TIMED_OUT: &str = "Sandbox.Timedout";

/// What a handler that did not return is answered with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct FunctionError {
    /// `errorType` of Lambda's answer.
    pub kind: String,
    /// `errorMessage` of Lambda's answer.
    pub message: String,
}

impl FunctionError {
    /// Whether it ran out of time: the same may work when there is less to do.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind == TIMED_OUT
    }
}

/// The functions of one program.
#[derive(Debug)]
pub struct Host {
    functions: BTreeMap<String, Hosted>,
    dead_letters: PathBuf,
}

struct Hosted {
    handler: Handler,
    timeout: Duration,
    async_retries: usize,
    config: Arc<lambda_runtime::Config>,
    places: Semaphore,
    invocations: AtomicU64,
    failures: AtomicU64,
}

impl std::fmt::Debug for Hosted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hosted")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// Hosts `handlers` with the time-outs and retries of `template`; events given up go to `dead_letters`.
    #[must_use]
    pub fn new(
        handlers: BTreeMap<String, Handler>,
        template: &Template,
        dead_letters: PathBuf,
    ) -> Self {
        let functions = handlers.into_iter().map(|(name, handler)| {
            let function = template.function(&name);
            let config = lambda_runtime::Config {
                function_name: name.clone(),
                memory: 256,
                version: "$LATEST".to_owned(),
                log_stream: String::new(),
                log_group: String::new(),
            };
            let hosted = Hosted {
                handler,
                timeout: function.map_or(Duration::from_secs(3), |f| f.timeout),
                async_retries: function
                    .and_then(|f| usize::try_from(f.async_retries).ok())
                    .unwrap_or(2),
                config: Arc::new(config),
                places: Semaphore::new(RUNNING_MAX),
                invocations: AtomicU64::new(0),
                failures: AtomicU64::new(0),
            };
            (name, hosted)
        });
        Self {
            functions: functions.collect(),
            dead_letters,
        }
    }

    /// The routes of the Invoke API, and `GET /health` with a count per function.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .route("/health", get(health))
            .route("/faults", post(faults))
            .layer(DefaultBodyLimit::max(PAYLOAD_BYTES_MAX))
            .with_state(self)
    }

    async fn run(&self, hosted: &Hosted, event: Bytes) -> Result<Value, FunctionError> {
        // The semaphore is never closed.
        let _place = hosted.places.acquire().await;
        hosted.invocations.fetch_add(1, Ordering::Relaxed);
        let outcome = run_once(hosted, event).await;
        if let Err(error) = &outcome {
            hosted.failures.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(function = hosted.config.function_name, %error, "invocation failed");
        }
        outcome
    }

    /// Runs an asynchronous event to its end: done, or in the dead letters.
    async fn run_event(self: Arc<Self>, name: String, event: Bytes) {
        let Some(hosted) = self.functions.get(&name) else {
            return;
        };
        let mut error = None;
        for attempt in 0..=hosted.async_retries {
            if let Some(wait) = attempt
                .checked_sub(1)
                .and_then(|past| ASYNC_WAITS.get(past))
            {
                tokio::time::sleep(*wait).await;
            }
            match self.run(hosted, event.clone()).await {
                Ok(_) => return,
                Err(failed) => error = Some(failed),
            }
        }
        let letter = json!({
            "requestContext": {"functionArn": arn(&name), "condition": "RetriesExhausted",
                "approximateInvokeCount": hosted.async_retries + 1},
            "requestPayload": serde_json::from_slice::<Value>(&event).unwrap_or_default(),
            "reason": error.map(|error| error.to_string()),
        });
        DeadLetters::new(&self.dead_letters, &name)
            .put(letter)
            .await;
    }
}

async fn run_once(hosted: &Hosted, event: Bytes) -> Result<Value, FunctionError> {
    let context = context(hosted).map_err(|error| FunctionError {
        kind: "Runtime.InvalidContext".to_owned(),
        message: error.to_string(),
    })?;
    // The future is made inside the guard too: a handler may panic before its first await.
    let handler = Arc::clone(&hosted.handler);
    let run = AssertUnwindSafe(async move { handler(event, context).await }).catch_unwind();
    match tokio::time::timeout(hosted.timeout, run).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => Err(FunctionError {
            kind: "Runtime.ExitError".to_owned(),
            message: panic_message(panic.as_ref()),
        }),
        Err(_) => Err(FunctionError {
            kind: TIMED_OUT.to_owned(),
            message: format!("Task timed out after {} seconds", hosted.timeout.as_secs()),
        }),
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic".to_owned())
}

fn context(hosted: &Hosted) -> Result<Context, lambda_runtime::Error> {
    let timeout_ms = i64::try_from(hosted.timeout.as_millis())?;
    let deadline_ms = tabletap_runtime::clock::now_ms().saturating_add(timeout_ms);
    let mut headers = HeaderMap::new();
    headers.insert(
        "lambda-runtime-deadline-ms",
        deadline_ms.to_string().parse()?,
    );
    let arn = arn(&hosted.config.function_name);
    headers.insert("lambda-runtime-invoked-function-arn", arn.parse()?);
    Context::new(&request_id(), Arc::clone(&hosted.config), &headers)
}

async fn invoke(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    event: Bytes,
) -> Response {
    let Some(hosted) = host.functions.get(&name) else {
        let body =
            json!({"Type": "User", "Message": format!("Function not found: {}", arn(&name))});
        return (StatusCode::NOT_FOUND, Json(body)).into_response();
    };
    let kind = headers
        .get("x-amz-invocation-type")
        .and_then(|value| value.to_str().ok());
    if kind == Some("Event") {
        tokio::spawn(Arc::clone(&host).run_event(name, event));
        return StatusCode::ACCEPTED.into_response();
    }
    match host.run(hosted, event).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            let body = json!({"errorType": error.kind, "errorMessage": error.message});
            ([("x-amz-function-error", "Unhandled")], Json(body)).into_response()
        }
    }
}

async fn health(State(host): State<Arc<Host>>) -> impl IntoResponse {
    let counts: Vec<Value> = host
        .functions
        .iter()
        .map(|(name, hosted)| {
            json!({"name": name,
                "invocations": hosted.invocations.load(Ordering::Relaxed),
                "failures": hosted.failures.load(Ordering::Relaxed)})
        })
        .collect();
    (
        [(header::CACHE_CONTROL, "no-store")],
        Json(json!({"functions": counts})),
    )
}

/// Arms or disarms a named fault point of this process: `{"name": …, "fault": "crash" | "fail_once" | "fail" | null}`.
async fn faults(Json(request): Json<Value>) -> Response {
    let fault = match &request["fault"] {
        Value::String(text) => text.parse().map(Some),
        _ => Ok(None),
    };
    match (request["name"].as_str(), fault) {
        (Some(name), Ok(fault)) => {
            tabletap_fault::arm(name, fault);
            Json(json!({"name": name})).into_response()
        }
        (_, fault) => {
            let problem = fault
                .err()
                .unwrap_or_else(|| "`name` is missing".to_owned());
            refuse(StatusCode::BAD_REQUEST, "bad_request", &problem)
        }
    }
}
