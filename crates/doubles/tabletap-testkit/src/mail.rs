//! SES as the AWS SDK calls it: SendEmail. Keeps what it receives, refuses it, or sends it and fails to answer.

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
pub struct MailService {
    sent: Arc<Mutex<Vec<Value>>>,
    behaviour: Arc<Mutex<MailBehaviour>>,
}

/// How it handles a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailBehaviour {
    /// Sends it, and answers with its id.
    #[default]
    Sends,
    /// Answers 400 with this code, and does not send it.
    Refuses(&'static str),
    /// Sends it, and answers with an error.
    Silent,
}

impl MailService {
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

    /// Handles mails like this from now on.
    pub fn set_behaviour(&self, behaviour: MailBehaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// The requests that were sent, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Value> {
        self.sent.lock().unwrap().clone()
    }
}

async fn send(State(service): State<MailService>, Json(request): Json<Value>) -> Response {
    let behaviour = *service.behaviour.lock().unwrap();
    if let MailBehaviour::Refuses(code) = behaviour {
        let body = Json(json!({"message": "no"}));
        return (StatusCode::BAD_REQUEST, [("x-amzn-errortype", code)], body).into_response();
    }
    let mut sent = service.sent.lock().unwrap();
    sent.push(request);
    match behaviour {
        MailBehaviour::Silent => StatusCode::BAD_GATEWAY.into_response(),
        _ => Json(json!({"MessageId": format!("mail-{}", sent.len())})).into_response(),
    }
}
