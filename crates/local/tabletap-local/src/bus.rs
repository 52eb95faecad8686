//! The event bus and its queues: EventBridge's PutEvents in front, rules as the template has them, SQS semantics behind.
//!
//! An accepted event is on disk in every queue whose rule it matches before the answer goes out. Nothing else of EventBridge is
//! imitated. See the EventBridge API reference, "PutEvents".

mod poller;
mod queues;

use std::{path::Path, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tabletap_domain::time::UnixMillis;
use tabletap_runtime::clock::now_ms;
use tabletap_wire::time::rfc3339;

pub use poller::Poller;
pub use queues::{Depth, Message, QueueError, Queues};

use crate::{
    dead_letters::DeadLetters,
    functions::Invoker,
    names::{ACCOUNT, DEFAULT_BUS, REGION, request_id},
    sqlite::blocking,
    template::{EventRule, Template},
};

/// One request. See EventBridge, "Quotas".
const ENTRIES_MAX: usize = 10;
const REQUEST_BYTES_MAX: usize = 256 * 1024;

/// The buses of one template: their rules, and the queues these lead to.
#[derive(Debug)]
pub struct Bus {
    rules: Vec<EventRule>,
    queues: Arc<Queues>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(default)]
    source: String,
    #[serde(default)]
    detail_type: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    event_bus_name: String,
    #[serde(default)]
    resources: Vec<String>,
}

impl Bus {
    /// The bus of `template` on its `file`, and the readers of its queues.
    ///
    /// # Errors
    /// [`QueueError::File`]
    pub fn open(
        file: &Path,
        template: Template,
        invoker: &Invoker,
        dead_letters: &Path,
    ) -> Result<(Self, Vec<Poller>), QueueError> {
        let queues = Arc::new(Queues::open(file, template.queues)?);
        let mut pollers = Vec::new();
        for function in template.functions {
            for source in function.queues {
                pollers.push(Poller {
                    queues: Arc::clone(&queues),
                    source,
                    function: function.name.clone(),
                    invoker: invoker.clone(),
                    dead_letters: DeadLetters::new(dead_letters, &function.name),
                });
            }
        }
        let rules = template.event_rules;
        Ok((Self { rules, queues }, pollers))
    }

    /// The endpoint of the SDK, `GET /local/queues` with the depth of each queue, and where services publish: SES does so by no call
    /// of anybody.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", post(endpoint))
            .route("/local/queues", get(depths))
            .route("/local/service-events", post(service_event))
            .layer(DefaultBodyLimit::max(2 * REQUEST_BYTES_MAX))
            .with_state(Arc::new(self))
    }

    /// An entry as the event its rules see; else the code and sentence it is refused with.
    fn event(&self, entry: Entry, id: &str) -> Result<Value, (&'static str, &'static str)> {
        let bus = entry.event_bus_name.rsplit('/').next().unwrap_or_default();
        if entry.source.is_empty() || entry.detail_type.is_empty() {
            return Err(("InvalidArgument", "Source and DetailType are required."));
        }
        if entry.source.starts_with("aws.") {
            let sentence = "Not authorized for the source.";
            return Err(("NotAuthorizedForSourceException", sentence));
        }
        if !self.rules.iter().any(|rule| rule.bus == bus) {
            return Err(("ResourceNotFoundException", "There is no such event bus."));
        }
        let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
        if !detail.is_object() {
            return Err(("MalformedDetail", "Detail is malformed."));
        }
        // EventBridge gives whole seconds.
        let now = rfc3339(UnixMillis(now_ms()));
        let time = format!("{}Z", now.split('.').next().unwrap_or_default());
        Ok(json!({
            "version": "0",
            "id": id,
            "detail-type": entry.detail_type,
            "source": entry.source,
            "account": ACCOUNT,
            "time": time,
            "region": REGION,
            "resources": entry.resources,
            "detail": detail,
        }))
    }

    /// Puts entries on the bus; answers as EventBridge does.
    async fn put(&self, entries: Vec<Entry>) -> Result<Value, QueueError> {
        let (mut answers, mut messages, mut failed) = (Vec::new(), Vec::new(), 0_usize);
        for entry in entries {
            let id = request_id();
            let bus = entry.event_bus_name.rsplit('/').next().map(str::to_owned);
            match self.event(entry, &id) {
                Ok(event) => {
                    messages.extend(self.messages(bus.as_deref().unwrap_or_default(), &event));
                    answers.push(json!({"EventId": id}));
                }
                Err((code, sentence)) => {
                    failed += 1;
                    answers.push(json!({"ErrorCode": code, "ErrorMessage": sentence}));
                }
            }
        }
        self.send(messages).await?;
        Ok(json!({"FailedEntryCount": failed, "Entries": answers}))
    }

    /// What the rules of `bus` make of an event: a message for each queue.
    fn messages(&self, bus: &str, event: &Value) -> Vec<(String, String)> {
        let rules = self.rules.iter().filter(|rule| rule.bus == bus);
        let rules = rules.filter(|rule| rule.pattern.matches(event));
        let queues = rules.flat_map(|rule| rule.queues.clone());
        queues.map(|queue| (queue, event.to_string())).collect()
    }

    async fn send(&self, messages: Vec<(String, String)>) -> Result<(), QueueError> {
        if messages.is_empty() {
            return Ok(());
        }
        let (queues, now) = (Arc::clone(&self.queues), UnixMillis(now_ms()));
        blocking(move || queues.send(&messages, now)).await
    }
}

async fn endpoint(State(bus): State<Arc<Bus>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    if target != Some("AWSEvents.PutEvents") {
        return refuse(
            StatusCode::BAD_REQUEST,
            "UnknownOperationException",
            "Only PutEvents is imitated locally.",
        );
    }
    let request: PutEvents = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => {
            return refuse(
                StatusCode::BAD_REQUEST,
                "SerializationException",
                &error.to_string(),
            );
        }
    };
    if !(1..=ENTRIES_MAX).contains(&request.entries.len()) || body.len() > REQUEST_BYTES_MAX {
        return refuse(
            StatusCode::BAD_REQUEST,
            "ValidationException",
            "A request holds one to ten entries and at most 256 KB.",
        );
    }
    match bus.put(request.entries).await {
        Ok(answer) => (
            [("content-type", "application/x-amz-json-1.1")],
            answer.to_string(),
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "events were not kept");
            let sentence = "The events were not kept.";
            refuse(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalException",
                sentence,
            )
        }
    }
}

/// An event that a service publishes to the default bus, whole.
async fn service_event(State(bus): State<Arc<Bus>>, Json(event): Json<Value>) -> Response {
    match bus.send(bus.messages(DEFAULT_BUS, &event)).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(%error, "a service's event was not kept");
            let sentence = "The event was not kept.";
            refuse(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalException",
                sentence,
            )
        }
    }
}

fn refuse(status: StatusCode, code: &str, sentence: &str) -> Response {
    let body = json!({"__type": code, "message": sentence}).to_string();
    let kind = [("content-type", "application/x-amz-json-1.1")];
    (status, kind, body).into_response()
}

async fn depths(State(bus): State<Arc<Bus>>) -> Response {
    let (queues, now) = (Arc::clone(&bus.queues), UnixMillis(now_ms()));
    match blocking(move || queues.depths(now)).await {
        Ok(depths) => Json(depths).into_response(),
        Err(error) => refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalException",
            &error.to_string(),
        ),
    }
}
