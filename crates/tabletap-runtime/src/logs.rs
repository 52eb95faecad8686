//! Logs: one JSON line per event to standard output, which Lambda keeps. Fields carry `request_id`, `tenant_id` and `store_id`;
//! never a name, a note, a token or a body.

use tracing_subscriber::EnvFilter;

/// Starts logging for a process. `RUST_LOG` chooses the levels, `info` where it is not set.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .init();
}
