//! An event bus as the AWS SDK calls it: PutEvents. Keeps what it receives, or refuses the kind of event that a test names.

use axum::{Json, Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// The bus.
#[derive(Clone, Debug, Default)]
pub struct Bus {
    entries: Arc<Mutex<Vec<Value>>>,
    refused: Arc<Mutex<String>>,
}

impl Bus {
    /// Its endpoint.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(put)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        endpoint
    }

    /// Refuses entries with this `DetailType` from now on; none if it is empty.
    pub fn refuse(&self, detail_type: &str) {
        *self.refused.lock().unwrap() = detail_type.to_owned();
    }

    /// The entries put since the last call, with `Detail` parsed as JSON.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.entries.lock().unwrap())
    }
}

async fn put(State(bus): State<Bus>, headers: HeaderMap, body: Bytes) -> Json<Value> {
    assert_eq!(headers["x-amz-target"], "AWSEvents.PutEvents");
    let refused = bus.refused.lock().unwrap().clone();
    // Its content type is `application/x-amz-json-1.1`, which the JSON extractor refuses.
    let request: Value = serde_json::from_slice(&body).unwrap();
    let entries = request["Entries"].as_array().unwrap();
    assert!(
        (1..=10).contains(&entries.len()),
        "{} entries",
        entries.len()
    );
    let mut answers = Vec::new();
    for entry in entries {
        if entry["DetailType"] == refused {
            answers.push(json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "refused"}));
            continue;
        }
        let mut entry = entry.clone();
        entry["Detail"] = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        bus.entries.lock().unwrap().push(entry);
        answers.push(json!({"EventId": "11710aed-b79e-4468-a20b-bb3c0c3b4860"}));
    }
    let failed = answers
        .iter()
        .filter(|a| a["ErrorCode"].is_string())
        .count();
    Json(json!({"FailedEntryCount": failed, "Entries": answers}))
}
