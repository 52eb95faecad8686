//! The IoT data endpoint as the AWS SDK calls it: `POST /topics/{topic}?qos=1`. It keeps what it is given, or does
//! worse.

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
    /// Its topic.
    pub topic: String,
    /// Its quality of service.
    pub qos: String,
    /// Its content.
    pub message: Value,
}

/// What the endpoint does with a message.
#[derive(Clone, Copy, Debug, Default)]
pub enum BrokerMood {
    /// It keeps the message.
    #[default]
    Takes,
    /// It answers 400: it does not want this message.
    Refuses,
    /// It answers 503, which clients try again unless they are told not to.
    Fails,
    /// It never answers.
    Hangs,
    /// It does not answer the next message, as if its connection had died silently, and takes all others.
    HangsOnce,
}

/// The endpoint.
#[derive(Clone, Debug, Default)]
pub struct Broker {
    published: Arc<Mutex<Vec<Published>>>,
    mood: Arc<Mutex<BrokerMood>>,
    tried: Arc<AtomicUsize>,
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

    /// Does this with messages from now on.
    pub fn set_mood(&self, mood: BrokerMood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Refuses messages from now on, or not any more.
    pub fn set_away(&self, away: bool) {
        self.set_mood(if away {
            BrokerMood::Refuses
        } else {
            BrokerMood::Takes
        });
    }

    /// What it does with the message that has just come.
    fn next_mood(&self) -> BrokerMood {
        let mut mood = self.mood.lock().unwrap();
        let now = *mood;
        if matches!(now, BrokerMood::HangsOnce) {
            *mood = BrokerMood::Takes;
        }
        now
    }

    /// How often it was tried while it took nothing.
    pub fn tried_in_vain(&self) -> usize {
        self.tried.load(Ordering::Relaxed)
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
    let mood = broker.next_mood();
    if !matches!(mood, BrokerMood::Takes) {
        broker.tried.fetch_add(1, Ordering::Relaxed);
    }
    match mood {
        BrokerMood::Takes => {}
        BrokerMood::Refuses => return (StatusCode::BAD_REQUEST, r#"{"message":"refused"}"#),
        BrokerMood::Fails => return (StatusCode::SERVICE_UNAVAILABLE, r#"{"message":"away"}"#),
        BrokerMood::Hangs | BrokerMood::HangsOnce => return pending().await,
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
