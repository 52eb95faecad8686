//! SES as the AWS SDK calls it: SendEmail. It keeps what it is given, refuses it, or takes it and never says so.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// A mail service.
#[derive(Clone, Debug, Default)]
pub struct Post {
    sent: Arc<Mutex<Vec<Value>>>,
    mood: Arc<Mutex<Mood>>,
}

/// What it does with a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// Sends it, and answers with its id.
    #[default]
    Sends,
    /// Answers 400 with this code, and does not send it.
    Refuses(&'static str),
    /// Sends it, and answers nothing that tells so.
    Silent,
}

impl Post {
    /// Its endpoint.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v2/email/outbound-emails", post(send))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        endpoint
    }

    /// From now on it does this.
    pub fn set_mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The requests that were sent as mails, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Value> {
        self.sent.lock().unwrap().clone()
    }
}

async fn send(State(service): State<Post>, Json(request): Json<Value>) -> Response {
    let mood = *service.mood.lock().unwrap();
    if let Mood::Refuses(code) = mood {
        let body = Json(json!({"message": "no"}));
        return (StatusCode::BAD_REQUEST, [("x-amzn-errortype", code)], body).into_response();
    }
    let mut sent = service.sent.lock().unwrap();
    sent.push(request);
    match mood {
        Mood::Silent => StatusCode::BAD_GATEWAY.into_response(),
        _ => Json(json!({"MessageId": format!("mail-{}", sent.len())})).into_response(),
    }
}
