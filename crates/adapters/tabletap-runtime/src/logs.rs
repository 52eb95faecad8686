//! Logs: one JSON line per event to standard output, which Lambda keeps. Each line bears the fields of all spans around it, outermost
//! first, under `spans`: `request_id` from the handler's, `tenant_id` and `store_id` from the one that read them. Never a name, a note,
//! a token or a body.

use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// Starts logging for a process. `RUST_LOG` chooses the levels, `info` where it is not set.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = subscriber(filter, std::io::stdout);
    // A process starts once; a second start would keep what the first set up.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

fn subscriber<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        // The current span alone would forget the ones around it.
        .with_current_span(false)
        .with_span_list(true)
        .with_env_filter(filter)
        .with_writer(writer)
        .finish()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::{frame, reply};
    use lambda_http::{Context, Request, RequestExt};
    use serde_json::{Value, json};
    use std::sync::{Arc, Mutex};
    use tracing::{Instrument, Span, field::Empty, info_span};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_line_within_nested_spans_bears_the_fields_of_them_all() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(EnvFilter::new("info"), move || writer.clone());
        let _here = tracing::subscriber::set_default(subscriber);
        let order = async {
            tracing::error!(alarm = "station_missing", "another printer takes its work");
        };
        async {
            order
                .instrument(info_span!("order", tenant_id = "kumo"))
                .await
        }
        .instrument(info_span!("batch", request_id = "8f5b2c1e"))
        .await;
        let line: Value = serde_json::from_slice(&lines.0.lock().unwrap()).unwrap();
        assert_eq!(line["alarm"], "station_missing", "alarms are found by it");
        let spans = json!([
            {"name": "batch", "request_id": "8f5b2c1e"},
            {"name": "order", "tenant_id": "kumo"},
        ]);
        assert_eq!(line["spans"], spans);
    }

    #[tokio::test]
    async fn a_line_of_a_handler_bears_its_request_and_what_the_handler_found_out() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(EnvFilter::new("info"), move || writer.clone());
        let _here = tracing::subscriber::set_default(subscriber);
        let mut context = Context::default();
        context.request_id = "8f5b2c1e".to_owned();
        let request = Request::default().with_lambda_context(context);
        let span = info_span!("request", request_id = Empty, store_id = Empty);
        let handler = async {
            Span::current().record("store_id", "kumo");
            tracing::info!("found");
            reply::json(200, &())
        };
        let response = frame::handle(&request, span, handler).await.unwrap();
        assert_eq!(response.status(), 200);
        let line: Value = serde_json::from_slice(&lines.0.lock().unwrap()).unwrap();
        let span = json!({"name": "request", "request_id": "8f5b2c1e", "store_id": "kumo"});
        assert_eq!(line["spans"], json!([span]));
    }
}
