//! The IoT data plane as the AWS SDK calls it, and the switches of the broker for console and tests.
//!
//! `POST /topics/{topic}?qos=1&retain=true` publishes and answers once the broker has the message. Callers are the
//! functions, which production tells apart by their roles; here the listener on loopback is the border.
//! See AWS IoT data plane API, "Publish". `/local/broker…` exists locally only.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::PAYLOAD_BYTES_MAX;
use super::hub::Publisher;
use super::things::{Snapshot, Things};

const TOPIC_BYTES_MAX: usize = 256;
const TOPIC_SLASHES_MAX: usize = 7;

#[derive(Debug, Clone)]
pub(crate) struct DataPlane {
    pub(crate) publisher: Publisher,
    pub(crate) things: Arc<Things>,
}

impl DataPlane {
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/topics/{*topic}", post(publish))
            .route("/local/broker", get(snapshot))
            .route("/local/broker/pause", post(pause))
            .route("/local/broker/drop", post(drop_connections))
            // One byte more than is allowed is enough to know that it is too much.
            .layer(DefaultBodyLimit::max(PAYLOAD_BYTES_MAX + 1))
            .with_state(self)
    }
}

#[derive(Debug, Deserialize)]
struct PublishQuery {
    #[serde(default)]
    qos: u8,
    #[serde(default)]
    retain: bool,
}

async fn publish(
    State(plane): State<DataPlane>,
    Path(topic): Path<String>,
    query: Result<Query<PublishQuery>, axum::extract::rejection::QueryRejection>,
    payload: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return invalid("qos is 0 or 1, retain is true or false");
    };
    if plane.things.paused() {
        return refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailableException",
            "the broker plays dead",
        );
    }
    if query.qos > 1 {
        return invalid("qos is 0 or 1");
    }
    let levels = topic.matches('/').count();
    if topic.is_empty() || topic.len() > TOPIC_BYTES_MAX || levels > TOPIC_SLASHES_MAX {
        return invalid("a topic has 1 to 256 bytes and at most 7 slashes");
    }
    if topic.contains(['+', '#', '\0']) || topic.starts_with('$') {
        return invalid("a topic to publish on holds no wildcard and is none of the service's own");
    }
    let payload = match payload {
        Ok(payload) if payload.len() <= PAYLOAD_BYTES_MAX => payload,
        _ => {
            let message = "a payload has 128 KB at most";
            return refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLargeException",
                message,
            );
        }
    };
    match plane.publisher.publish(&topic, payload, query.retain).await {
        Ok(()) => {
            plane.things.published.fetch_add(1, Ordering::Relaxed);
            axum::Json(json!({})).into_response()
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "publish failed");
            refuse(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalFailureException",
                "the broker failed",
            )
        }
    }
}

async fn snapshot(State(plane): State<DataPlane>) -> axum::Json<Snapshot> {
    axum::Json(plane.things.snapshot())
}

#[derive(Debug, Deserialize)]
struct PauseQuery {
    secs: u32,
}

async fn pause(State(plane): State<DataPlane>, Query(query): Query<PauseQuery>) -> StatusCode {
    plane.things.pause(Duration::from_secs(query.secs.into()));
    StatusCode::NO_CONTENT
}

async fn drop_connections(State(plane): State<DataPlane>) -> StatusCode {
    plane.things.drop_connections();
    StatusCode::NO_CONTENT
}

fn invalid(message: &str) -> Response {
    refuse(StatusCode::BAD_REQUEST, "InvalidRequestException", message)
}

fn refuse(status: StatusCode, kind: &str, message: &str) -> Response {
    (
        status,
        [("x-amzn-errortype", kind)],
        axum::Json(json!({"message": message})),
    )
        .into_response()
}
