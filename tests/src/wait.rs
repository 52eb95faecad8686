//! Waiting for a named condition, never for a time.

use std::time::{Duration, Instant};

/// Polls `look` until it sees something, for at most 30 seconds.
///
/// # Panics
/// When it never does, naming what was waited for.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_within(Duration::from_secs(30), what, look).await
}

/// Polls `look` until it sees something, for at most `limit`.
///
/// # Panics
/// When it never does, naming what was waited for.
pub async fn eventually_within<T>(
    limit: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < end, "not seen within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
