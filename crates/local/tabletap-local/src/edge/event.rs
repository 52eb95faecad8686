//! The event API Gateway makes of a request: payload format 2.0.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, header, request};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    names::{ACCOUNT, request_id},
    template::Route,
};

/// A route as it is matched.
#[derive(Clone, Debug)]
pub struct Pattern {
    key: String,
    method: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug)]
enum Segment {
    Fixed(String),
    Parameter(String),
    /// The last one: whatever the path has left.
    Rest(String),
}

impl Pattern {
    /// The pattern of a template's route.
    #[must_use]
    pub fn new(route: &Route) -> Self {
        let segment = |text: &str| match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
            Some(name) => match name.strip_suffix('+') {
                Some(name) => Segment::Rest(name.to_owned()),
                None => Segment::Parameter(name.to_owned()),
            },
            None => Segment::Fixed(text.to_owned()),
        };
        Self {
            key: format!("{} {}", route.method, route.path),
            method: route.method.clone(),
            segments: route.path.split('/').map(segment).collect(),
        }
    }

    /// How many segments are parameters.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.segments
            .iter()
            .filter(|segment| !matches!(segment, Segment::Fixed(_)))
            .count()
    }

    /// Whether it matches paths of any length: one without counts more, as API Gateway has it.
    #[must_use]
    pub fn takes_rest(&self) -> bool {
        matches!(self.segments.last(), Some(Segment::Rest(_)))
    }

    /// The decoded parameters, where `method` and `path` match. A parameter is one segment and never empty.
    #[must_use]
    pub fn matches(&self, method: &str, path: &str) -> Option<Vec<(String, String)>> {
        if self.method != method && self.method != "ANY" {
            return None;
        }
        let mut parameters = Vec::new();
        let mut parts = path.split('/');
        for segment in &self.segments {
            let part = parts.next()?;
            match segment {
                Segment::Fixed(text) if text == part => {}
                Segment::Parameter(name) if !part.is_empty() => {
                    parameters.push((name.clone(), percent_decode(part)));
                }
                Segment::Rest(name) => {
                    let rest = parts.fold(part.to_owned(), |rest, part| format!("{rest}/{part}"));
                    parameters.push((name.clone(), percent_decode(&rest)));
                    return (!rest.is_empty()).then_some(parameters);
                }
                _ => return None,
            }
        }
        parts.next().is_none().then_some(parameters)
    }
}

/// One request on its way to a function.
#[derive(Debug)]
pub struct Call<'a> {
    /// The route it matched.
    pub pattern: &'a Pattern,
    pub parameters: &'a [(String, String)],
    /// Method, address and headers.
    pub request: &'a request::Parts,
    /// The whole body.
    pub body: &'a [u8],
    /// Who asks.
    pub peer: Option<IpAddr>,
}

impl Call<'_> {
    /// The event.
    #[must_use]
    pub fn event(&self) -> Value {
        let uri = &self.request.uri;
        let headers = &self.request.headers;
        let text = |name| {
            headers
                .get(name)
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default()
        };
        let mut event = json!({
            "version": "2.0",
            "routeKey": self.pattern.key,
            "rawPath": uri.path(),
            "rawQueryString": uri.query().unwrap_or_default(),
            "headers": header_map(headers, self.peer),
            "requestContext": {
                "accountId": ACCOUNT,
                "apiId": "local",
                "domainName": text(header::HOST),
                "domainPrefix": "local",
                "http": {
                    "method": self.request.method.as_str(),
                    "path": uri.path(),
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.peer.map(|ip| ip.to_string()).unwrap_or_default(),
                    "userAgent": text(header::USER_AGENT),
                },
                "requestId": request_id(),
                "routeKey": self.pattern.key,
                "stage": "$default",
                "timeEpoch": tabletap_runtime::clock::now_ms(),
            },
            "isBase64Encoded": false,
        });
        let cookies: Vec<&str> = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split("; "))
            .collect();
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        if let Some(query) = uri.query().filter(|query| !query.is_empty()) {
            event["queryStringParameters"] = query_map(query);
        }
        if !self.parameters.is_empty() {
            let parameters = self
                .parameters
                .iter()
                .map(|(k, v)| (k.clone(), v.as_str().into()));
            event["pathParameters"] = Value::Object(Map::from_iter(parameters));
        }
        self.add_body(&mut event);
        event
    }

    /// Text stays text; what is not goes in base64, and so do bytes that only claim to be text.
    fn add_body(&self, event: &mut Value) {
        if self.body.is_empty() {
            return;
        }
        match std::str::from_utf8(self.body) {
            Ok(text) if is_text(&self.request.headers) => event["body"] = text.into(),
            _ => {
                event["body"] = STANDARD.encode(self.body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let encoded = headers.contains_key(header::CONTENT_ENCODING);
    let text = [
        "text/",
        "application/json",
        "application/xml",
        "application/javascript",
    ];
    !encoded && (text.iter().any(|prefix| kind.starts_with(prefix)) || kind.contains("+json"))
}

/// Names in lower case, several values of one name joined by a comma, cookies left out.
fn header_map(headers: &HeaderMap, peer: Option<IpAddr>) -> Value {
    let mut map = Map::new();
    for name in headers.keys().filter(|name| *name != header::COOKIE) {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        map.insert(name.as_str().to_owned(), values.join(",").into());
    }
    // The gateway says this itself, whatever a client claims.
    map.insert("x-forwarded-proto".to_owned(), "http".into());
    let forwarded = forwarded(map.get("x-forwarded-for").and_then(Value::as_str), peer);
    map.insert("x-forwarded-for".to_owned(), forwarded.into());
    Value::Object(map)
}

/// The addresses on the way, as distribution and gateway append them: what was claimed, the viewer, the distribution. A peer on this very
/// machine that names others is a tunnel or a proxy, and stands where the distribution stands.
fn forwarded(claimed: Option<&str>, peer: Option<IpAddr>) -> String {
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    match claimed {
        Some(claimed) if peer.is_loopback() => format!("{claimed}, {peer}"),
        Some(claimed) => format!("{claimed}, {peer}, {}", Ipv4Addr::LOCALHOST),
        None => format!("{peer}, {}", Ipv4Addr::LOCALHOST),
    }
}

fn query_map(query: &str) -> Value {
    let mut map: Map<String, Value> = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let (name, value) = (name.into_owned(), value.into_owned());
        let joined = match map.get(&name).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value,
        };
        map.insert(name, joined.into());
    }
    Value::Object(map)
}

/// Decodes `%41`; what is no such code stays as it is.
pub(super) fn percent_decode(text: &str) -> String {
    let bytes = percent_encoding::percent_decode_str(text);
    bytes.decode_utf8_lossy().into_owned()
}
