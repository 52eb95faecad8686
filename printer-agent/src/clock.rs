//! The only place that reads the wall clock. It dates reports and journal records; no order depends on it.

use std::time::{SystemTime, UNIX_EPOCH};
use tabletap_domain::time::UnixMillis;

/// Now.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub(crate) fn now() -> UnixMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis::default().plus(since)
}
