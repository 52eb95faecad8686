//! What API Gateway makes of a function's answer.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The response of an answer in payload format 2.0.
///
/// # Errors
/// What is wrong with the answer; the client gets a 500, as from API Gateway.
pub(super) fn response(answer: &Value) -> Result<Response, &'static str> {
    // A function that returns no `statusCode` returns the body itself.
    let Some(status) = answer.get("statusCode") else {
        let mut response = Response::new(Body::from(answer.to_string()));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        return Ok(response);
    };
    let status = status.as_u64().and_then(|code| u16::try_from(code).ok());
    let status = status
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or("no status code")?;
    let body = match answer["body"].as_str() {
        None => Vec::new(),
        Some(text) if answer["isBase64Encoded"] == true => {
            STANDARD.decode(text).map_err(|_| "the body is no base64")?
        }
        Some(text) => text.as_bytes().to_vec(),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let empty = serde_json::Map::new();
    for (name, value) in answer["headers"].as_object().unwrap_or(&empty) {
        let name = HeaderName::try_from(name).map_err(|_| "a header's name")?;
        let value = HeaderValue::try_from(value.as_str().unwrap_or_default())
            .map_err(|_| "a header's value")?;
        response.headers_mut().insert(name, value);
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        let value =
            HeaderValue::try_from(cookie.as_str().unwrap_or_default()).map_err(|_| "a cookie")?;
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}
