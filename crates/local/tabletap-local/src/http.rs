//! One way to serve and one way to call between the parts.
//!
//! Every listener is bounded in the same places: how long a request's head and body may take, how long a client may leave an answer
//! unread, how many connections there are, and how many large bodies lie in memory at once. A client that stops in the middle of
//! anything costs a connection for that time and nothing else.

use std::{convert::Infallible, future::Future, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::{
    guard::TOKEN,
    replies::{own, refuse},
};

/// A request's head must be there within this; a kept connection is closed when it has been idle for as long.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// A body must be there within this after its head.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// A client may leave what is sent to it unread for this long.
const UNREAD_AT_MOST: Duration = Duration::from_secs(60);
/// Requests that are being answered may take this long when the program ends.
const END_WITHIN: Duration = Duration::from_secs(5);
/// Connections of one listener. More wait in the system's queue.
const CONNECTIONS_MAX: usize = 4096;
/// What one connection may hold before it is parsed.
const BUFFER_BYTES_MAX: usize = 64 * 1024;
/// Larger bodies take turns.
const SMALL_BODY_BYTES_MAX: usize = 64 * 1024;
/// So many large bodies of one listener are in memory at once.
const LARGE_BODIES_MAX: usize = 4;
/// The rest of a body that is refused is read up to here, so that its client gets the answer. Beyond it the connection ends.
const DRAIN_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Wait after a connection could not be accepted: out of descriptors, most likely.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// A client for the other parts: kept connections, no proxy, no delay.
#[must_use]
pub fn client() -> reqwest::Client {
    client_with("")
}

/// The same for a program whose parts demand this token.
#[must_use]
pub fn client_with(token: &str) -> reqwest::Client {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::try_from(token).ok();
    headers.extend(value.map(|value| (HeaderName::from_static(TOKEN), value)));
    reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .default_headers(headers)
        .connect_timeout(Duration::from_secs(2))
        .pool_max_idle_per_host(64)
        // Shorter than the listeners keep an idle connection, so that no request meets one that is just being closed.
        .pool_idle_timeout(HEAD_WITHIN / 2)
        .build()
        .expect("a client without TLS settings can be built")
}

/// Serves until `stop` resolves, then lets the requests that are being answered come to their end.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    // Ends the connections too where this future is dropped.
    let ending = CancellationToken::new();
    let _ends = ending.clone().drop_guard();
    let mut stop = pin!(stop);
    loop {
        let accept = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accept => accepted,
            () = &mut stop => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Small answers must not wait for the acknowledgement of the one before.
                let _ = stream.set_nodelay(true);
                let attended = attend(stream, ConnectInfo(peer), router.clone(), ending.clone());
                tokio::spawn(async move {
                    attended.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
            }
        }
    }
}

async fn attend(
    stream: TcpStream,
    peer: ConnectInfo<std::net::SocketAddr>,
    router: Router,
    ending: CancellationToken,
) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(UNREAD_AT_MOST));
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        let mut router = router.clone();
        async move { Ok::<_, Infallible>(unwrap(router.call(request).await)) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(BUFFER_BYTES_MAX);
    let connection = builder.serve_connection(TokioIo::new(Box::pin(stream)), answer);
    let mut connection = pin!(connection);
    tokio::select! {
        // A client that went away is no news.
        _ = connection.as_mut() => {}
        () = ending.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(END_WITHIN, connection).await;
        }
    }
}

fn unwrap(answered: Result<Response, Infallible>) -> Response {
    match answered {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// How much of a request's body is read.
#[derive(Clone)]
struct Bodies {
    bytes_max: fn(&str) -> usize,
    large: Arc<Semaphore>,
}

/// `router` behind the limits on bodies: what it gets is whole, in time, and at most `bytes_max` of the request's path.
pub fn bounded(router: Router, bytes_max: fn(&str) -> usize) -> Router {
    let bodies = Bodies {
        bytes_max,
        large: Arc::new(Semaphore::new(LARGE_BODIES_MAX)),
    };
    router.layer(middleware::from_fn_with_state(bodies, read_whole))
}

/// Reads the body to its end before anything is answered, also one that is too large or that nobody wants: a client that is
/// still sending would see its connection die and no answer.
async fn read_whole(State(bodies): State<Bodies>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let bytes_max = (bodies.bytes_max)(parts.uri.path());
    let until = Instant::now() + BODY_WITHIN;
    match timeout_at(until, read(body, bytes_max, &bodies.large)).await {
        // Its turn ends with the answer: until then the body may lie in memory.
        Ok(Ok((whole, _turn))) => next.run(Request::from_parts(parts, whole.into())).await,
        Ok(Err(Unread::TooLarge)) => own(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(Unread::Broken)) => {
            let sentence = "The request ended too early.";
            refuse(StatusCode::BAD_REQUEST, "invalid_json", sentence)
        }
        Err(_) => {
            let sentence = "The request took too long. Please send it again.";
            let mut response = refuse(StatusCode::REQUEST_TIMEOUT, "request_timeout", sentence);
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
            response
        }
    }
}

/// Why a body was not read.
enum Unread {
    TooLarge,
    Broken,
}

async fn read(
    body: Body,
    bytes_max: usize,
    large: &Arc<Semaphore>,
) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Unread> {
    let mut stream = body.into_data_stream();
    let (mut whole, mut length, mut turn) = (BytesMut::new(), 0_usize, None);
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else {
            return Err(Unread::Broken);
        };
        length = length.saturating_add(chunk.len());
        if length > bytes_max {
            // Refused already: what came is let go of, what comes is not kept.
            (whole, turn) = (BytesMut::new(), None);
            if length > DRAIN_BYTES_MAX {
                break;
            }
            continue;
        }
        if length > SMALL_BODY_BYTES_MAX && turn.is_none() {
            // The semaphore is never closed.
            turn = Arc::clone(large).acquire_owned().await.ok();
        }
        whole.extend_from_slice(&chunk);
    }
    match length > bytes_max {
        true => Err(Unread::TooLarge),
        false => Ok((whole.freeze(), turn)),
    }
}
