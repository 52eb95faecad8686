//! A bucket as the AWS SDK calls it: PutObject with its conditions, and HeadObject. Keeps what it receives, or is unavailable.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::put,
};
use md5::{Digest, Md5};
use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

type Interruption = (String, Pin<Box<dyn Future<Output = ()> + Send>>);

/// The bucket.
#[derive(Clone, Default)]
pub struct Bucket {
    objects: Arc<Mutex<BTreeMap<String, StoredObject>>>,
    written: Arc<Mutex<Vec<String>>>,
    interruption: Arc<Mutex<Option<Interruption>>>,
    is_unavailable: Arc<AtomicBool>,
}

/// An object as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    pub text: String,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its `Cache-Control`.
    pub cache_control: String,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bucket(..)")
    }
}

impl Bucket {
    /// Its endpoint.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/site/{*key}", put(write).head(head))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        endpoint
    }

    /// Answers 400 from now on, or works again. (503 would be tried again by the client, with pauses.)
    pub fn set_unavailable(&self, is_unavailable: bool) {
        self.is_unavailable.store(is_unavailable, Ordering::Relaxed);
    }

    /// Runs `meanwhile` once, right before `key` is written.
    pub fn interrupt(&self, key: &str, meanwhile: impl Future<Output = ()> + Send + 'static) {
        *self.interruption.lock().unwrap() = Some((key.to_owned(), Box::pin(meanwhile)));
    }

    /// Everything, by key.
    pub fn objects(&self) -> BTreeMap<String, StoredObject> {
        self.objects.lock().unwrap().clone()
    }

    /// The keys written since the last call.
    pub fn take_written(&self) -> Vec<String> {
        std::mem::take(&mut self.written.lock().unwrap())
    }
}

fn etag(text: &str) -> String {
    let digest = Md5::digest(text);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

async fn head(State(bucket): State<Bucket>, Path(key): Path<String>) -> Response {
    if bucket.is_unavailable.load(Ordering::Relaxed) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    match bucket.objects().get(&key) {
        Some(object) => [(header::ETAG, etag(&object.text))].into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn write(
    State(bucket): State<Bucket>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_wanted = |(meant, _): &mut Interruption| *meant == key;
    let meanwhile = bucket.interruption.lock().unwrap().take_if(is_wanted);
    if let Some((_, meanwhile)) = meanwhile {
        meanwhile.await;
    }
    if bucket.is_unavailable.load(Ordering::Relaxed) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let mut objects = bucket.objects.lock().unwrap();
    let there = objects.get(&key).map(|object| etag(&object.text));
    let holds = match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (Some(wanted), None) => there.as_ref() == Some(&wanted),
        (None, Some(any)) => any == "*" && there.is_none(),
        _ => panic!("{key} is written without one condition"),
    };
    if !holds {
        let body = "<Error><Code>PreconditionFailed</Code></Error>";
        return (StatusCode::PRECONDITION_FAILED, body).into_response();
    }
    let object = StoredObject {
        text: String::from_utf8(body.to_vec()).unwrap(),
        content_type: text(header::CONTENT_TYPE).unwrap(),
        cache_control: text(header::CACHE_CONTROL).unwrap(),
    };
    bucket.written.lock().unwrap().push(key.clone());
    let answer = [(header::ETAG, etag(&object.text))].into_response();
    objects.insert(key, object);
    answer
}
