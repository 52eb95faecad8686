//! What stands around each HTTP handler: the request's span in the logs.

use crate::reply;
use lambda_http::{Body, Error, Request, Response};
use tracing::{Instrument, Span};

/// Runs a handler within the span of its request: every line it logs bears the span's fields. `span` is the function's own, with
/// the empty fields that its handler fills in by [`Span::record`]; `request_id` among them is filled in here.
///
/// # Errors
/// None: what goes wrong is a reply.
pub fn handle(
    request: &Request,
    span: Span,
    handler: impl Future<Output = Response<Body>>,
) -> impl Future<Output = Result<Response<Body>, Error>> {
    span.record("request_id", reply::request_id(request));
    // Boxed before anything holds it: handlers are deep futures, and each future around one has room for it once more, on the stack too.
    let handler = Box::pin(handler);
    async { Ok(handler.instrument(span).await) }
}
