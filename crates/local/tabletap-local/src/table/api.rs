//! DynamoDB's protocol in front of the embedded table: the operations that the code and its tests use.
//!
//! The library's own server is not used: it lets every page of every origin read and write, by its CORS headers, and keeps a connection
//! that says nothing for ever.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use dynoxide::{Database, DynoxideError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

/// See DynamoDB, "Quotas": a BatchWriteItem has 16 MB.
pub(super) const REQUEST_BYTES_MAX: usize = 16 * 1024 * 1024;
const VERSION: &str = "DynamoDB_20120810.";

/// The endpoint of the SDK, and `GET /` for whoever wants to know whether it is up.
pub(super) fn router(db: Database) -> Router {
    Router::new()
        .route("/", get(|| async { "up" }).post(answer))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(db)
}

async fn answer(State(db): State<Database>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target");
    let operation = target
        .and_then(|target| target.to_str().ok()?.strip_prefix(VERSION))
        .unwrap_or_default();
    let (status, text) = match run(&db, operation, &body) {
        None => {
            let unknown = json!({"__type": "com.amazon.coral.service#UnknownOperationException"});
            (StatusCode::BAD_REQUEST, unknown.to_string())
        }
        Some(Ok(text)) => (StatusCode::OK, text),
        Some(Err(error)) => {
            let status = StatusCode::from_u16(error.status_code());
            (
                status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                error.to_json(),
            )
        }
    };
    let kind = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    (status, kind, text).into_response()
}

/// What an operation answers; none where it is not imitated.
fn run(db: &Database, operation: &str, body: &[u8]) -> Option<Result<String, DynoxideError>> {
    Some(match operation {
        "GetItem" => act(body, |request| db.get_item(request)),
        "BatchGetItem" => act(body, |request| db.batch_get_item(request)),
        "Query" => act(body, |request| db.query(request)),
        "Scan" => act(body, |request| db.scan(request)),
        "PutItem" => act(body, |request| db.put_item(request)),
        "UpdateItem" => act(body, |request| db.update_item(request)),
        "DeleteItem" => act(body, |request| db.delete_item(request)),
        "TransactWriteItems" => act(body, |request| db.transact_write_items(request)),
        "TransactGetItems" => act(body, |request| db.transact_get_items(request)),
        "CreateTable" => act(body, |request| db.create_table(request)),
        "DescribeTable" => act(body, |request| db.describe_table(request)),
        "ListTables" => act(body, |request| db.list_tables(request)),
        "UpdateTimeToLive" => act(body, |request| db.update_time_to_live(request)),
        "DescribeTimeToLive" => act(body, |request| db.describe_time_to_live(request)),
        _ => return None,
    })
}

fn act<Request: DeserializeOwned, Answer: Serialize>(
    body: &[u8],
    run: impl FnOnce(Request) -> Result<Answer, DynoxideError>,
) -> Result<String, DynoxideError> {
    let malformed =
        |error: serde_json::Error| DynoxideError::SerializationException(error.to_string());
    let answer = run(serde_json::from_slice(body).map_err(malformed)?)?;
    serde_json::to_string(&answer)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
