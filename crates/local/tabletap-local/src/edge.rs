//! The public door: API Gateway's HTTP API in front of the functions, and the static files CloudFront would serve.
//!
//! Routes come from the template. What a function gets is the event API Gateway sends (payload format 2.0), what a
//! client gets is what API Gateway makes of the answer. See AWS, "HTTP APIs: Lambda proxy integrations".

mod event;
mod reply;
pub mod site;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::net::SocketAddr;

pub use event::{Call, Pattern};

use crate::{
    functions::{InvokeError, Invoker, PAYLOAD_BYTES_MAX},
    guard::Access,
    http,
    replies::{own, refuse},
    template::{Cors, Template},
};

/// See AWS, "Quotas for HTTP APIs": 30 s at most for an integration.
const ANSWER_WITHIN: Duration = Duration::from_secs(29);
/// What the local API takes.
const LOCAL_BODY_BYTES_MAX: usize = 1024 * 1024;

/// The HTTP API of one template.
#[derive(Debug)]
pub struct Api {
    routes: Vec<(Pattern, String)>,
    cors: Cors,
    invoker: Invoker,
}

/// A route that a request matched.
struct Match<'a> {
    pattern: &'a Pattern,
    function: &'a str,
    parameters: Vec<(String, String)>,
}

impl Api {
    /// The routes of `template`, answered by the functions `invoker` reaches.
    #[must_use]
    pub fn new(template: &Template, invoker: Invoker) -> Self {
        let mut routes = Vec::new();
        for function in &template.functions {
            routes.extend(
                function
                    .routes
                    .iter()
                    .map(|route| (Pattern::new(route), function.name.clone())),
            );
        }
        // A fixed segment beats a parameter, as API Gateway has it.
        routes.sort_by_key(|(pattern, _)| (pattern.takes_rest(), pattern.parameters()));
        Self {
            routes,
            cors: template.cors.clone(),
            invoker,
        }
    }

    fn find(&self, method: &Method, path: &str) -> Option<Match<'_>> {
        self.routes.iter().find_map(|(pattern, function)| {
            let parameters = pattern.matches(method.as_str(), path)?;
            Some(Match {
                pattern,
                function,
                parameters,
            })
        })
    }

    /// The preflight answer, where the template has CORS for this origin.
    fn preflight(&self, request: &Request) -> Option<Response> {
        if request.method() != Method::OPTIONS {
            return None;
        }
        request
            .headers()
            .get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
        let mut response = StatusCode::NO_CONTENT.into_response();
        if self.allow_origin(request.headers().get(header::ORIGIN), &mut response) {
            let headers = response.headers_mut();
            let lists = [
                (
                    header::ACCESS_CONTROL_ALLOW_METHODS,
                    self.cors.methods.join(","),
                ),
                (
                    header::ACCESS_CONTROL_ALLOW_HEADERS,
                    self.cors.headers.join(","),
                ),
                (
                    header::ACCESS_CONTROL_MAX_AGE,
                    self.cors.max_age_s.to_string(),
                ),
            ];
            for (name, value) in lists {
                headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
            }
        }
        Some(response)
    }

    fn allow_origin(&self, origin: Option<&HeaderValue>, response: &mut Response) -> bool {
        let allowed = origin.filter(|origin| {
            let origin = origin.to_str().unwrap_or_default();
            self.cors
                .origins
                .iter()
                .any(|allowed| allowed == "*" || allowed == origin)
        });
        if let Some(origin) = allowed {
            response
                .headers_mut()
                .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
        allowed.is_some()
    }
}

/// The whole door: `files` and whatever else has a path of its own, and the API behind them.
///
/// HEAD is answered for files only: an HTTP API sends it to no GET route, but answers 404.
pub fn router(files: Router, api: Api) -> Router {
    let api = Arc::new(api);
    let functions = Router::new().fallback(answer).with_state(Arc::clone(&api));
    let router = files
        .method_not_allowed_fallback(not_allowed)
        .fallback_service(functions)
        .layer(middleware::from_fn_with_state(api, functions_first))
        .layer(middleware::from_fn(named));
    http::bounded(router, body_bytes_max)
}

/// Whom its addresses answer: guests get pages and API, the rest is the console's.
pub(crate) fn access(path: &str) -> Access {
    match path {
        "/local/health" => Access::Machine,
        _ if path == "/local" || path.starts_with("/local/") => Access::Holder,
        _ if path == "/" || path.starts_with("/console") => Access::Machine,
        _ => Access::Anyone,
    }
}

/// API Gateway takes 10 MB and Lambda 6 MB of it, so what is between the two is refused as well. What the console sends is small.
fn body_bytes_max(path: &str) -> usize {
    match path.starts_with("/local/") {
        true => LOCAL_BODY_BYTES_MAX,
        false => PAYLOAD_BYTES_MAX,
    }
}

/// A route of the template goes before a file, as the distribution has it: the order form lies among the pages. A route that takes any rest of
/// a path is asked for what the site does not have.
async fn functions_first(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let route = api.find(request.method(), request.uri().path());
    let last_resort = match route.map(|route| route.pattern.takes_rest()) {
        Some(false) => return answer(State(api), request).await,
        Some(true) => true,
        None => false,
    };
    if let Some(location) = site::moved(request.uri()) {
        return (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
    }
    let (parts, body) = request.into_parts();
    let again = last_resort.then(|| Request::from_parts(parts.clone(), Body::empty()));
    let response = next.run(Request::from_parts(parts, body)).await;
    match again {
        Some(again) if response.status() == StatusCode::NOT_FOUND => {
            answer(State(api), again).await
        }
        _ => response,
    }
}

async fn not_allowed() -> Response {
    refuse(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This address can only be read.",
    )
}

async fn answer(State(api): State<Arc<Api>>, request: Request) -> Response {
    if let Some(response) = api.preflight(&request) {
        return response;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = route(&api, request).await;
    api.allow_origin(origin.as_ref(), &mut response);
    response
}

async fn route(api: &Api, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(Match {
        pattern,
        function,
        parameters,
    }) = api.find(&parts.method, parts.uri.path())
    else {
        return own(StatusCode::NOT_FOUND);
    };
    // The door has read it already, see `http::bounded`.
    let Ok(body) = axum::body::to_bytes(body, PAYLOAD_BYTES_MAX).await else {
        return own(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let call = Call {
        pattern,
        parameters: &parameters,
        request: &parts,
        body: &body,
        peer,
    };
    let event = call.event().to_string();
    if event.len() > PAYLOAD_BYTES_MAX {
        return own(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match tokio::time::timeout(ANSWER_WITHIN, api.invoker.call(function, event)).await {
        Ok(Ok(answer)) => reply::response(&answer).unwrap_or_else(|problem| {
            tracing::error!(function, problem, "the function's answer is no reply");
            own(StatusCode::INTERNAL_SERVER_ERROR)
        }),
        Ok(Err(InvokeError::Function(error))) if error.is_timeout() => {
            own(StatusCode::SERVICE_UNAVAILABLE)
        }
        Ok(Err(InvokeError::Function(_))) => own(StatusCode::INTERNAL_SERVER_ERROR),
        Ok(Err(InvokeError::Unreachable(problem))) => {
            tracing::warn!(function, problem, "function not reached");
            own(StatusCode::SERVICE_UNAVAILABLE)
        }
        Err(_) => own(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn named(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if !names_host(&parts) {
        let sentence = "The request has no valid host.";
        return refuse(StatusCode::BAD_REQUEST, "invalid_field", sentence);
    }
    next.run(Request::from_parts(parts, body)).await
}

/// See RFC 9112, 3.2: a request without a host, or with one that is none, is refused. The functions' library could not read it.
fn names_host(request: &Parts) -> bool {
    match request.headers.get(header::HOST) {
        Some(host) => host
            .to_str()
            .is_ok_and(|host| host.parse::<Authority>().is_ok()),
        None => request.uri.authority().is_some(),
    }
}
