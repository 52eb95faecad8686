//! The IoT data endpoint as the AWS SDK calls it: `POST /topics/{topic}?qos=1`. It keeps what it is given, or is away.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::post,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// A message as it was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its topic.
    pub topic: String,
    /// Its quality of service.
    pub qos: String,
    /// Its content.
    pub message: Value,
}

/// The endpoint.
#[derive(Clone, Debug, Default)]
pub struct Broker {
    published: Arc<Mutex<Vec<Published>>>,
    away: Arc<AtomicBool>,
    refused: Arc<AtomicUsize>,
}

impl Broker {
    pub(crate) async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/topics/{*topic}", post(publish))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        endpoint
    }

    /// Answers 400 from now on, or not any more. (503 would be tried again by the client, with pauses.)
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }

    /// How often it was tried while it was away.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// What was published since the last time.
    pub fn take(&self) -> Vec<Published> {
        std::mem::take(&mut self.published.lock().unwrap())
    }
}

async fn publish(
    State(broker): State<Broker>,
    Path(topic): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    body: Bytes,
) -> (StatusCode, &'static str) {
    if broker.away.load(Ordering::Relaxed) {
        broker.refused.fetch_add(1, Ordering::Relaxed);
        return (StatusCode::BAD_REQUEST, r#"{"message":"away"}"#);
    }
    let qos = query.get("qos").cloned().unwrap_or_default();
    let message = serde_json::from_slice(&body).unwrap();
    broker.published.lock().unwrap().push(Published {
        topic,
        qos,
        message,
    });
    (StatusCode::OK, "{}")
}
