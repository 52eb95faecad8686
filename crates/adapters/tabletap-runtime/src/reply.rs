//! Replies of HTTP functions: JSON with headers that forbid caching, and errors in the one shape of the contract.

use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_http::{
    Body, Request, RequestExt, Response,
    http::{HeaderValue, StatusCode, header::CONTENT_SECURITY_POLICY},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// When to ask again after a 503, in seconds: what is too busy has mostly done its work by then.
const BUSY_FOR_S: u32 = 1;

/// A JSON reply that no cache keeps.
#[must_use]
pub fn json<T: Serialize>(status: u16, body: &T) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match serde_json::to_string(body) {
        Ok(text) => reply(status, "application/json", text),
        Err(error) => {
            tracing::error!(%error, "a reply could not be written");
            let body =
                r#"{"code":"internal","field":null,"message":"Something went wrong on our side."}"#;
            reply(
                StatusCode::INTERNAL_SERVER_ERROR,
                "application/json",
                body.to_owned(),
            )
        }
    }
}

/// The same reply with the word when to ask again.
#[must_use]
pub fn retry_after(mut response: Response<Body>, seconds: u32) -> Response<Body> {
    response
        .headers_mut()
        .insert("retry-after", HeaderValue::from(seconds));
    response
}

/// A reply that sends the browser elsewhere.
#[must_use]
pub fn redirect(location: &str) -> Response<Body> {
    elsewhere(StatusCode::FOUND, location)
}

/// The reply to a form that was acted on: the browser reads `location`, and loading that again sends nothing again.
#[must_use]
pub fn see_other(location: &str) -> Response<Body> {
    elsewhere(StatusCode::SEE_OTHER, location)
}

fn elsewhere(status: StatusCode, location: &str) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("location", location)
        .header("cache-control", "no-store")
        .body(Body::Empty)
        .unwrap_or_else(|_| reply(StatusCode::BAD_GATEWAY, "text/plain", String::new()))
}

fn reply(status: StatusCode, content_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::Text(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(content_type));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    match status {
        StatusCode::SERVICE_UNAVAILABLE => retry_after(response, BUSY_FOR_S),
        _ => response,
    }
}

/// An HTML page that no cache keeps, that runs nothing, and whose one inline style is `style`. What else its policy says is `rules`:
/// where its forms may go, and what it may load, which is nothing unless they say so.
#[must_use]
pub fn page(status: u16, style: &str, rules: &str, html: String) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = reply(status, "text/html; charset=utf-8", html);
    let hash = BASE64_STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; {rules}; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    headers.extend(
        HeaderValue::try_from(policy)
            .ok()
            .map(|policy| (CONTENT_SECURITY_POLICY, policy)),
    );
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    response
}

/// The id that logs name this request by.
pub(crate) fn request_id(request: &Request) -> &str {
    request
        .lambda_context_ref()
        .map_or("", |context| context.request_id.as_str())
}

/// The bearer token of a request, if it has one.
#[must_use]
pub fn bearer(headers: &lambda_http::http::HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get("authorization")?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_turned_away_for_a_moment_is_told_when_to_ask_again() {
        for (status, told) in [(200, false), (500, false), (503, true)] {
            for response in [
                json(status, &()),
                page(status, "", "form-action 'none'", String::new()),
            ] {
                assert_eq!(
                    response.headers().contains_key("retry-after"),
                    told,
                    "{status}"
                );
            }
        }
    }
}
