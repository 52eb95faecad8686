//! One way to serve and one way to call between the parts.

use std::{future::Future, time::Duration};

use axum::{Router, serve::ListenerExt};
use tokio::net::TcpListener;

/// A client for the other parts: kept connections, no proxy, no delay.
#[must_use]
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .connect_timeout(Duration::from_secs(2))
        .pool_max_idle_per_host(64)
        .build()
        .expect("a client without TLS settings can be built")
}

/// Serves until `stop` resolves.
///
/// # Errors
/// Those of the listener.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .await
}
