//! Replies that no function makes: refusals in the contract's shape, and API Gateway's own.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use tabletap_wire::ErrorBody;

/// An error in the shape of the contract.
pub(crate) fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (status, headers, Json(ErrorBody::new(code, message))).into_response()
}

/// What API Gateway answers where no function does: a message of its own, without the contract's `code`. A 503 here also says when to ask
/// again.
pub(crate) fn own(status: StatusCode) -> Response {
    let message = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
        other => other.canonical_reason().unwrap_or_default(),
    };
    let mut response = (status, Json(json!({"message": message}))).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let soon = HeaderValue::from_static("1");
        response.headers_mut().insert(header::RETRY_AFTER, soon);
    }
    response
}
