//! `/local/*`: what scripts, tests and the console ask of the program itself. None of it exists in production.

mod orders;
mod print;
pub mod printers;
mod state;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{any, get, post},
};
use futures_util::Stream;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    addresses::{on_this_machine, url},
    environment::Environment,
    publish::Publisher,
    replies::refuse,
};

/// How soon the console hears of a change. Nothing waits for the console.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What the local API answers from.
#[derive(Debug)]
pub(crate) struct Local {
    environment: Environment,
    publisher: Publisher,
    http: reqwest::Client,
    /// The tables' codes by their links.
    codes: Mutex<BTreeMap<String, Option<String>>>,
}

/// The routes.
pub fn router(environment: Environment) -> Router {
    let publisher = Publisher {
        store: environment.store(),
        site: environment.site(),
    };
    let http = environment.client();
    let local = Arc::new(Local {
        environment,
        publisher,
        http,
        codes: Mutex::default(),
    });
    Router::new()
        .route("/local/health", get(health))
        .route("/local/stores", get(stores))
        .route("/local/state", get(whole_state))
        .route("/local/events", get(events))
        .route("/local/faults", post(faults))
        .route("/local/print", get(print::page))
        .route("/local/print/{store}/{file}", get(print::file))
        .route("/local/printers", any(of_printers))
        .route("/local/printers/{*path}", any(of_printers))
        .route("/local/queues", any(of_bus))
        .route("/local/mail", any(of_mail))
        .route("/local/mail/{*path}", any(of_mail))
        .route("/local/broker", any(of_broker))
        .route("/local/broker/{*path}", any(of_broker))
        .route("/local/stripe", any(of_stripe))
        .route("/local/stripe/{*path}", any(of_stripe))
        .route("/local/{*path}", any(unknown))
        .with_state(local)
}

async fn unknown() -> Response {
    refuse(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing at this address.",
    )
}

async fn health(State(local): State<Arc<Local>>) -> Response {
    let parts = local.parts().await;
    let up = parts.iter().all(|part| part.state == "up");
    let status = if up {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({"status": if up { "up" } else { "down" }, "parts": parts})),
    )
        .into_response()
}

async fn stores(State(local): State<Arc<Local>>) -> Response {
    answer(local.stores().await)
}

async fn whole_state(State(local): State<Arc<Local>>) -> Response {
    answer(local.state().await)
}

fn answer(result: anyhow::Result<Value>) -> Response {
    match result {
        Ok(value) => ([(header::CACHE_CONTROL, "no-store")], Json(value)).into_response(),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "the local API cannot answer");
            refuse(
                StatusCode::SERVICE_UNAVAILABLE,
                "try_again",
                "A part can’t be reached right now.",
            )
        }
    }
}

/// An event `changed` whenever the state is another than before.
async fn events(
    State(local): State<Arc<Local>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream =
        futures_util::stream::unfold((local, None::<Value>), |(local, before)| async move {
            loop {
                if before.is_some() {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                let now = local.state().await.unwrap_or_default();
                if before.as_ref() != Some(&now) {
                    return Some((
                        // Browsers drop an event without data.
                        Ok(Event::default().event("changed").data("state")),
                        (local, Some(now)),
                    ));
                }
            }
        });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

#[derive(Deserialize)]
struct FaultRequest {
    name: String,
    /// `crash`, `fail_once` or `fail`; absent disarms the point.
    fault: Option<String>,
}

/// Arms a named fault point where the functions run.
async fn faults(State(local): State<Arc<Local>>, Json(request): Json<FaultRequest>) -> Response {
    let functions = url(local.environment.run.addresses.functions);
    let body = json!({"name": request.name, "fault": request.fault});
    let sent = local
        .http
        .post(format!("{functions}/faults"))
        .json(&body)
        .send()
        .await;
    relay(sent).await
}

async fn of_printers(State(local): State<Arc<Local>>, request: Request) -> Response {
    let base = url(local.environment.run.addresses.printers);
    local.forward(&base, request).await
}

async fn of_bus(State(local): State<Arc<Local>>, request: Request) -> Response {
    let base = url(local.environment.run.addresses.bus);
    local.forward(&base, request).await
}

async fn of_mail(State(local): State<Arc<Local>>, request: Request) -> Response {
    let base = url(local.environment.run.addresses.mail);
    local.forward(&base, request).await
}

async fn of_broker(State(local): State<Arc<Local>>, request: Request) -> Response {
    let base = url(local.environment.run.addresses.data_plane);
    local.forward(&base, request).await
}

async fn of_stripe(State(local): State<Arc<Local>>, request: Request) -> Response {
    let base = on_this_machine(local.environment.run.addresses.stripe);
    local.forward(&base, request).await
}

impl Local {
    async fn forward(&self, base: &str, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let Ok(body) = axum::body::to_bytes(body, 1024 * 1024).await else {
            return refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The request is too large.",
            );
        };
        let mut request = self
            .http
            .request(parts.method, format!("{base}{path}"))
            .body(body);
        if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        relay(request.send().await).await
    }
}

async fn relay(sent: reqwest::Result<reqwest::Response>) -> Response {
    let unreachable = || {
        refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "try_again",
            "The part can’t be reached.",
        )
    };
    let Ok(response) = sent else {
        return unreachable();
    };
    let status = response.status();
    let mut headers = HeaderMap::new();
    for name in [
        header::CONTENT_TYPE,
        header::CACHE_CONTROL,
        header::CONTENT_SECURITY_POLICY,
    ] {
        headers.extend(
            response
                .headers()
                .get(&name)
                .cloned()
                .map(|value| (name, value)),
        );
    }
    let Ok(body) = response.bytes().await else {
        return unreachable();
    };
    (status, headers, Body::from(body)).into_response()
}
