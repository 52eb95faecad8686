//! Static files with the headers CloudFront adds in production: the site's bucket, and the built frontend.
//!
//! Files are read when they are asked for, so a menu that was published a moment ago is the one that is served. What is in the
//! bucket goes out with the headers it was written with.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use tower_http::compression::CompressionLayer;

use super::event::percent_decode;
use crate::{bucket::Bucket, replies::refuse};

/// Where the files are.
#[derive(Clone, Debug)]
pub struct Site {
    /// Published menus and pages.
    pub published: Bucket,
    /// The built frontend: `assets/` for the diner's page, `console/` for the console.
    pub frontend: PathBuf,
    /// What the console's pages show to the local API.
    pub token: String,
}

/// Stands for the token in the console's pages.
const TOKEN: &str = "__TOKEN__";

const REST_OF_POLICY: &str = "img-src 'self' data:; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

const DRAWING: &str = "image/svg+xml";
/// A drawing is a document too: opened by itself it runs nothing and fetches nothing. The distribution says the same.
const DRAWING_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

impl Site {
    /// `/m/…`, `/menus/…`, `/assets/…` and the console at `/`.
    pub fn router(self) -> Router {
        let site = Arc::new(self);
        Router::new()
            .route("/", get(console))
            .route("/console/{*path}", get(console))
            .route("/m/{*path}", get(published))
            .route("/menus/{*path}", get(published))
            .route("/assets/{*path}", get(assets))
            .with_state(site)
            .layer(CompressionLayer::new().br(true).gzip(true))
    }
}

async fn published(State(site): State<Arc<Site>>, request: Request) -> Response {
    let mut key = percent_decode(&without_code(request.uri().path()));
    if key.ends_with('/') {
        key += "index.html";
    }
    let key = key.trim_start_matches('/').to_owned();
    let bucket = site.published.clone();
    let path = PathBuf::from(&key);
    let read = tokio::task::spawn_blocking(move || bucket.get(&key)).await;
    let object = match read {
        Ok(Ok(Some(object))) => object,
        Ok(Ok(None)) => return missing(),
        // Too many open files, say: the page is there, and a copy of "there is none" would stay.
        _ => return unreadable(),
    };
    let mut headers = headers(&path, &object.bytes);
    let own = object.headers;
    for (name, value) in [
        (header::CONTENT_TYPE, own.content_type),
        (header::CACHE_CONTROL, own.cache_control),
    ] {
        if let Some(value) = value.and_then(|value| value.parse().ok()) {
            headers.insert(name, value);
        }
    }
    answer(headers, object.bytes, request.headers())
}

/// A table's page is the store's: `/m/{slug}/t/{code}/{lang}/` is the file of `/m/{slug}/{lang}/`, as the distribution has it too.
fn without_code(path: &str) -> String {
    let mut segments: Vec<&str> = path.split('/').collect();
    if let ["", "m", _, "t", _, _, ..] = segments.as_slice() {
        segments.drain(3..5);
    }
    segments.join("/")
}

/// Where an address leads that lacks its last slash, or a table's that lacks its language, as the distribution's `FolderIndex` has it.
pub(super) fn moved(address: &Uri) -> Option<String> {
    let path = address.path();
    let segments: Vec<&str> = path.split('/').collect();
    let path = match segments.as_slice() {
        ["", "t", code, ""] | ["", "m", _, "t", code] | ["", "m", _, "t", code, ""]
            if !code.is_empty() =>
        {
            format!("/t/{code}")
        }
        ["", "m", .., last] if !last.is_empty() && !last.contains('.') => format!("{path}/"),
        _ => return None,
    };
    Some(match address.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    })
}

async fn assets(State(site): State<Arc<Site>>, request: Request) -> Response {
    file(&site.frontend, request.uri().path(), request.headers()).await
}

async fn console(State(site): State<Arc<Site>>, request: Request) -> Response {
    let path = request.uri().path();
    let path = if path == "/" {
        "/console/index.html"
    } else {
        path
    };
    let response = match path.ends_with(".html") {
        true => page(&site, path, request.headers()).await,
        false => file(&site.frontend, path, request.headers()).await,
    };
    if response.status() == StatusCode::NOT_FOUND && path == "/console/index.html" {
        let sentence = "The pages are not built yet: run `make build`, then load this page again.";
        return refuse(StatusCode::NOT_FOUND, "not_found", sentence);
    }
    framing(response)
}

/// A page of the console, with the token of this run: no other origin can read it there, and no cache keeps it.
async fn page(site: &Site, path: &str, request: &HeaderMap) -> Response {
    let Some(path) = inside(&site.frontend, &percent_decode(path)) else {
        return missing();
    };
    let text = match tokio::fs::read_to_string(&path).await {
        Ok(text) => text,
        Err(error) => return not_read(&error),
    };
    let text = text.replace(TOKEN, &site.token).into_bytes();
    let mut headers = headers(&path, &text);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer(headers, text, request)
}

/// The console shows mails in a frame, and may; no other page frames anything.
fn framing(mut response: Response) -> Response {
    let policy = response.headers().get(header::CONTENT_SECURITY_POLICY);
    let policy = policy.and_then(|policy| policy.to_str().ok());
    let wider = policy.map(|policy| format!("{policy}; frame-src 'self'"));
    if let Some(wider) = wider.and_then(|policy| HeaderValue::try_from(policy).ok()) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, wider);
    }
    response
}

fn missing() -> Response {
    refuse(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing at this address.",
    )
}

fn unreadable() -> Response {
    refuse(
        StatusCode::SERVICE_UNAVAILABLE,
        "try_again",
        "The page can’t be read right now. Please try again.",
    )
}

fn not_read(error: &std::io::Error) -> Response {
    use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    match error.kind() {
        NotFound | IsADirectory | NotADirectory => missing(),
        _ => unreadable(),
    }
}

async fn file(root: &Path, path: &str, request: &HeaderMap) -> Response {
    let Some(path) = inside(root, &percent_decode(path)) else {
        return missing();
    };
    match tokio::fs::read(&path).await {
        Ok(bytes) => answer(headers(&path, &bytes), bytes, request),
        Err(error) => not_read(&error),
    }
}

fn answer(mut headers: HeaderMap, bytes: Vec<u8>, request: &HeaderMap) -> Response {
    if unchanged(request, &headers) {
        headers.remove(header::CONTENT_TYPE);
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, bytes).into_response()
}

/// The file of a path, `index.html` for a folder; none where the path would leave `root`.
fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let mut file = root.to_owned();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let plain = !segment.starts_with('.') && !segment.contains(['\\', '\0']);
        file.push(plain.then_some(segment)?);
    }
    Some(if path.ends_with('/') {
        file.join("index.html")
    } else {
        file
    })
}

fn headers(path: &Path, bytes: &[u8]) -> HeaderMap {
    let kind = match path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "json" => "application/json",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => DRAWING,
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    };
    let hash = STANDARD.encode(Sha256::digest(bytes));
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: &str| {
        headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
    };
    // Weak, because the same file is also sent compressed.
    set(header::ETAG, &format!("W/\"{}\"", &hash[..22]));
    set(header::CONTENT_TYPE, kind);
    // What was written with no header of its own is asked for each time. An answer of 304 costs next to nothing.
    set(header::CACHE_CONTROL, "public, max-age=0, must-revalidate");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    if kind.starts_with("text/javascript") {
        // The pages' service worker lies with the other assets.
        set(HeaderName::from_static("service-worker-allowed"), "/m/");
    }
    if kind == DRAWING {
        set(header::CONTENT_SECURITY_POLICY, DRAWING_POLICY);
    }
    if kind.starts_with("text/html") {
        set(
            header::CONTENT_SECURITY_POLICY,
            &policy(&String::from_utf8_lossy(bytes)),
        );
    }
    headers
}

/// The page's policy: its inline styles and scripts are allowed by their hashes, nothing else inline is.
fn policy(page: &str) -> String {
    let (styles, scripts) = (hashes(page, "style"), hashes(page, "script"));
    format!(
        "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; {REST_OF_POLICY}"
    )
}

/// The hashes of what stands inside the elements called `name`; one that only names a file has nothing inside.
fn hashes(page: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let inside = page.split(&open).skip(1).filter_map(|part| {
        let (_, rest) = part.split_once('>')?;
        let (text, _) = rest.split_once(&close)?;
        (!text.is_empty()).then(|| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(text))))
    });
    inside.collect()
}

fn unchanged(request: &HeaderMap, file: &HeaderMap) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = request
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let tag = file.get(header::ETAG).and_then(|value| value.to_str().ok());
    match (known, tag) {
        (Some(known), Some(tag)) => {
            known.trim() == "*" || known.split(',').any(|one| strong(one) == strong(tag))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_its_folder() {
        let root = Path::new("/site");
        assert_eq!(
            inside(root, "/m/kumo/en/"),
            Some("/site/m/kumo/en/index.html".into())
        );
        for path in ["/m/../secrets.json", "/m/.hidden", "/m/..%2f", "/m/a\\b"] {
            let decoded = percent_decode(path);
            assert_eq!(inside(root, &decoded), None, "{path}");
        }
    }

    #[test]
    fn a_tables_page_is_the_stores_page_whatever_its_code() {
        for (path, expected) in [
            ("/m/kumo/t/CODE/en/", "/m/kumo/en/"),
            ("/m/kumo/en/", "/m/kumo/en/"),
            ("/m/t/en/", "/m/t/en/"),
            ("/m/kumo/t/CODE", "/m/kumo/t/CODE"),
            ("/menus/kumo/t/CODE/en.json", "/menus/kumo/t/CODE/en.json"),
        ] {
            assert_eq!(without_code(path), expected);
        }
    }

    #[test]
    fn an_address_that_a_person_typed_leads_on() {
        let samples = include_str!("../../../../../frontend/shared/addresses.samples.json");
        let samples: Vec<(String, Option<String>)> =
            serde_json::from_str(samples).expect("pairs of addresses");
        for (address, expected) in samples {
            let address: Uri = address.parse().expect("an address");
            assert_eq!(moved(&address), expected, "{address}");
        }
    }

    #[test]
    fn the_service_worker_may_look_after_the_pages() {
        let scope = |path| headers(Path::new(path), b"").remove("service-worker-allowed");
        assert_eq!(scope("assets/sw.js"), Some(HeaderValue::from_static("/m/")));
        assert_eq!(scope("m/kumo/en/index.html"), None);
    }

    #[test]
    fn a_drawing_runs_nothing_here_and_behind_the_distribution() {
        let headers = headers(Path::new("menus/kumo/images/ramen.svg"), b"<svg/>");
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], DRAWING_POLICY);
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let template = include_str!("../../../../../infra/frontend.yaml");
        assert!(template.contains(&format!("ContentSecurityPolicy: {DRAWING_POLICY}\n")));
    }

    #[test]
    fn a_page_may_use_its_own_inline_style_and_script_and_no_other() {
        let policy = policy(
            "<style>a{}</style><script>b()</script><script src=\"/assets/diner.js\"></script>",
        );
        let [style, script] = ["a{}", "b()"].map(|text| STANDARD.encode(Sha256::digest(text)));
        assert!(policy.starts_with(&format!(
            "default-src 'none'; script-src 'self' 'sha256-{script}'; style-src 'self' 'sha256-{style}'; "
        )));
        assert!(!policy.contains("unsafe"));
    }
}
