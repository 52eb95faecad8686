//! The IoT data endpoint as the AWS SDK calls it: `POST /topics/{topic}?qos=1`. Keeps what it receives, or fails as a test asks.

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
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A message as it was published.
#[derive(Clone, Debug)]
pub struct Published {
    pub topic: String,
    pub qos: String,
    pub message: Value,
}

/// How the endpoint handles a message.
#[derive(Clone, Copy, Debug, Default)]
pub enum BrokerBehaviour {
    /// Keeps it.
    #[default]
    Takes,
    /// Answers 400.
    Refuses,
    /// Answers 503, which clients retry unless they are told not to.
    Fails,
    /// Never answers.
    Hangs,
    /// Does not answer the next message, as if its connection had died silently, and keeps all others.
    HangsOnce,
}

/// The endpoint.
#[derive(Clone, Debug, Default)]
pub struct Broker {
    published: Arc<Mutex<Vec<Published>>>,
    behaviour: Arc<Mutex<BrokerBehaviour>>,
    failed_attempts: Arc<AtomicUsize>,
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

    /// Handles messages like this from now on.
    pub fn set_behaviour(&self, behaviour: BrokerBehaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// Refuses messages from now on, or accepts them again.
    pub fn set_unavailable(&self, is_unavailable: bool) {
        self.set_behaviour(if is_unavailable {
            BrokerBehaviour::Refuses
        } else {
            BrokerBehaviour::Takes
        });
    }

    /// How it handles the message that has just arrived.
    fn next_behaviour(&self) -> BrokerBehaviour {
        let mut behaviour = self.behaviour.lock().unwrap();
        let now = *behaviour;
        if matches!(now, BrokerBehaviour::HangsOnce) {
            *behaviour = BrokerBehaviour::Takes;
        }
        now
    }

    /// How many messages it did not take.
    pub fn failed_attempts(&self) -> usize {
        self.failed_attempts.load(Ordering::Relaxed)
    }

    /// The messages published since the last call.
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
    let behaviour = broker.next_behaviour();
    if !matches!(behaviour, BrokerBehaviour::Takes) {
        broker.failed_attempts.fetch_add(1, Ordering::Relaxed);
    }
    match behaviour {
        BrokerBehaviour::Takes => {}
        BrokerBehaviour::Refuses => return (StatusCode::BAD_REQUEST, r#"{"message":"refused"}"#),
        BrokerBehaviour::Fails => {
            return (StatusCode::SERVICE_UNAVAILABLE, r#"{"message":"away"}"#);
        }
        BrokerBehaviour::Hangs | BrokerBehaviour::HangsOnce => return pending().await,
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
