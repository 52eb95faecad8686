//! The bucket by S3's protocol, as far as it is used: PutObject with its conditions, GetObject, HeadObject, ListObjectsV2, path-style.
//!
//! See the S3 API reference. A request that asks for more is refused, never half done.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use serde::Deserialize;

use super::{Bucket, Condition, Headers, Object, PutError};

/// Larger than any page or picture.
const OBJECT_BYTES_MAX: usize = 16 * 1024 * 1024;

#[derive(Clone, Debug)]
struct S3 {
    name: &'static str,
    bucket: Bucket,
}

#[derive(Deserialize)]
struct Listing {
    #[serde(default)]
    prefix: String,
    #[serde(rename = "max-keys", default = "keys_max")]
    max_keys: usize,
}

fn keys_max() -> usize {
    1000
}

/// The endpoint of one bucket called `name`.
pub fn router(name: &'static str, bucket: Bucket) -> Router {
    Router::new()
        .route("/{bucket}", get(list))
        .route("/{bucket}/", get(list))
        .route("/{bucket}/{*key}", any(object))
        .layer(DefaultBodyLimit::max(OBJECT_BYTES_MAX))
        .with_state(S3 { name, bucket })
}

async fn object(
    State(s3): State<S3>,
    Path((name, key)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if name != s3.name {
        return error(StatusCode::NOT_FOUND, "NoSuchBucket");
    }
    let work = tokio::task::spawn_blocking(move || match method {
        Method::PUT => put(&s3.bucket, &key, &headers, body),
        Method::GET | Method::HEAD => read(&s3.bucket, &key),
        _ => error(StatusCode::NOT_IMPLEMENTED, "NotImplemented"),
    });
    work.await
        .unwrap_or_else(|_| error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"))
}

fn put(bucket: &Bucket, key: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let text = |name: HeaderName| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    // A copy, or a body in signed chunks.
    if headers.contains_key("x-amz-copy-source")
        || headers.contains_key("x-amz-decoded-content-length")
    {
        return error(StatusCode::NOT_IMPLEMENTED, "NotImplemented");
    }
    let condition = match (
        text(header::IF_MATCH),
        text(header::IF_NONE_MATCH).as_deref(),
    ) {
        (None, None) => Condition::None,
        (Some(etag), None) => Condition::Is(etag),
        (None, Some("*")) => Condition::Absent,
        _ => return error(StatusCode::NOT_IMPLEMENTED, "NotImplemented"),
    };
    let object = Object {
        bytes: body.into(),
        headers: Headers {
            content_type: text(header::CONTENT_TYPE),
            cache_control: text(header::CACHE_CONTROL),
        },
    };
    match bucket.put(key, &object, &condition) {
        Ok(etag) => [(header::ETAG, etag)].into_response(),
        Err(PutError::Condition) => error(StatusCode::PRECONDITION_FAILED, "PreconditionFailed"),
        Err(PutError::Key) => error(StatusCode::BAD_REQUEST, "InvalidArgument"),
        Err(PutError::Disk(problem)) => broken(&problem),
    }
}

/// The answer to GET; to HEAD the server sends it without its body.
fn read(bucket: &Bucket, key: &str) -> Response {
    let object = match bucket.get(key) {
        Ok(Some(object)) => object,
        Ok(None) => return error(StatusCode::NOT_FOUND, "NoSuchKey"),
        Err(problem) => return broken(&problem),
    };
    let mut headers = HeaderMap::new();
    let etag = object.etag();
    let Headers {
        content_type,
        cache_control,
    } = object.headers;
    for (name, value) in [
        (header::ETAG, Some(etag)),
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, cache_control),
    ] {
        headers.extend(value.and_then(|value| Some((name, value.parse().ok()?))));
    }
    (headers, object.bytes).into_response()
}

async fn list(
    State(s3): State<S3>,
    Path(name): Path<String>,
    Query(listing): Query<Listing>,
) -> Response {
    if name != s3.name {
        return error(StatusCode::NOT_FOUND, "NoSuchBucket");
    }
    let found = match tokio::task::spawn_blocking(move || {
        let found = s3.bucket.list(&listing.prefix)?;
        Ok::<_, std::io::Error>((found, listing.max_keys))
    })
    .await
    {
        Ok(Ok(found)) => found,
        Ok(Err(problem)) => return broken(&problem),
        Err(_) => return error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
    };
    let (found, max_keys) = found;
    let contents: String = found
        .iter()
        .take(max_keys)
        .map(|(key, size)| {
            let key = escape(key);
            format!("<Contents><Key>{key}</Key><Size>{size}</Size></Contents>")
        })
        .collect();
    let count = found.len().min(max_keys);
    let truncated = found.len() > max_keys;
    xml(
        StatusCode::OK,
        &format!(
            "<ListBucketResult><Name>{name}</Name><KeyCount>{count}</KeyCount><MaxKeys>{max_keys}</MaxKeys>\
             <IsTruncated>{truncated}</IsTruncated>{contents}</ListBucketResult>"
        ),
    )
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

fn broken(problem: &std::io::Error) -> Response {
    tracing::error!(%problem, "the bucket's folder");
    error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError")
}

fn error(status: StatusCode, code: &str) -> Response {
    xml(status, &format!("<Error><Code>{code}</Code></Error>"))
}

fn xml(status: StatusCode, body: &str) -> Response {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    (status, [(header::CONTENT_TYPE, "application/xml")], text).into_response()
}
