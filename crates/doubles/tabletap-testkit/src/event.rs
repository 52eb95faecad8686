//! The events of `events/` as the Lambda runtime passes them to a function, and replies as a test reads them.

use lambda_http::{Body, Request, RequestExt, Response, http::HeaderValue, request::LambdaRequest};
use lambda_runtime::Context;
use serde_json::Value;
use std::{fs, path::Path};

/// The event `events/<name>.json`.
#[must_use]
pub fn sample(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../../events/{name}.json"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// An API Gateway event as a request.
#[must_use]
pub fn http(event: Value) -> Request {
    let event: LambdaRequest = serde_json::from_value(event).unwrap();
    Request::from(event).with_lambda_context(context())
}

/// The request with a session.
#[must_use]
pub fn with_session(mut request: Request, session: &str) -> Request {
    let bearer = HeaderValue::from_str(&format!("Bearer {session}")).unwrap();
    request.headers_mut().insert("authorization", bearer);
    request
}

/// `POST /v1/orders` with this body.
#[must_use]
pub fn orders_request(session: &str, body: impl Into<Body>) -> Request {
    let mut request = with_session(http(sample("cart-intake/order")), session);
    *request.body_mut() = body.into();
    request
}

/// The context of an invocation.
#[must_use]
pub fn context() -> Context {
    let mut context = Context::default();
    context.request_id = "8f5b2c1e-0000-4000-8000-00000000beef".to_owned();
    context
}

/// Status and body of a reply.
#[must_use]
pub fn reply(response: &Response<Body>) -> (u16, Value) {
    let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
    (response.status().as_u16(), body)
}
