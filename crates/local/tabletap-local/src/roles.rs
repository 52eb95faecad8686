//! What a function's role does not allow is refused, as AWS would refuse it: a right that the template forgot shows here, not on the first
//! evening.
//!
//! It stands in each function's HTTP client, the one place where a request and whose it is are seen together.

use crate::template::{Act, Role};
use aws_config::SdkConfig;
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
        },
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// `sdk` for the function called `function`: as it is, and with its role's rights only.
#[must_use]
pub fn of_role(sdk: &SdkConfig, function: &str, role: &Role) -> SdkConfig {
    let Some(client) = sdk.http_client() else {
        return sdk.clone();
    };
    let guard = Arc::new((function.to_owned(), role.clone()));
    let guarded = http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Guarded {
            guard: guard.clone(),
            inner: client.http_connector(settings, components),
        })
    });
    sdk.to_builder().http_client(guarded).build()
}

#[derive(Debug)]
struct Guarded {
    guard: Arc<(String, Role)>,
    inner: SharedHttpConnector,
}

impl HttpConnector for Guarded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (function, role) = &*self.guard;
        let refused = acts(&request).into_iter().find(|act| !role.allows(act));
        match refused {
            None => self.inner.call(request),
            Some(act) => {
                tracing::error!(function, ?act, "its policy in infra/ does not allow this");
                HttpConnectorFuture::ready(Ok(refusal(&act)))
            }
        }
    }
}

/// See DynamoDB, "Error handling": it answers 400 where other services answer 403; the SDK reads the type either way.
fn refusal(act: &Act) -> HttpResponse {
    let body = json!({
        "__type": "com.amazon.coral.service#AccessDeniedException",
        "message": format!("not authorized to perform: {}", act.action),
    });
    let status = StatusCode::try_from(400).expect("400 is a status");
    HttpResponse::new(status, SdkBody::from(body.to_string()))
}

/// What a request does. A request of a service that no function uses is an act that no statement allows.
fn acts(request: &HttpRequest) -> Vec<Act> {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let body = request.body().bytes().unwrap_or_default();
    match target.split_once('.') {
        Some((service, operation)) if service.starts_with("DynamoDB_") => {
            of_table(operation, &serde_json::from_slice(body).unwrap_or_default())
        }
        Some((_, operation)) => vec![plain(format!("events:{operation}"))],
        None => vec![plain(of_path(request).to_owned())],
    }
}

/// Services that are called by method and path.
fn of_path(request: &HttpRequest) -> &'static str {
    let path = request.uri().split_once("//").map_or("", |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    match request.method() {
        "POST" if path.starts_with("topics/") => "iot:Publish",
        "POST" if path.starts_with("v2/email/outbound-emails") => "ses:SendEmail",
        "PUT" => "s3:PutObject",
        "GET" | "HEAD" => "s3:GetObject",
        _ => "unknown",
    }
}

fn of_table(operation: &str, body: &Value) -> Vec<Act> {
    let act = |operation: &str, partitions: Vec<String>| Act {
        action: format!("dynamodb:{operation}"),
        index: body["IndexName"].as_str().map(str::to_owned),
        partitions,
    };
    let all = |key: &str| body[key].as_array().into_iter().flatten();
    match operation {
        "TransactWriteItems" => all("TransactItems")
            .filter_map(|part| part.as_object()?.iter().next())
            .map(|(kind, part)| {
                let operation = match kind.as_str() {
                    "ConditionCheck" => "ConditionCheckItem".to_owned(),
                    kind => format!("{kind}Item"),
                };
                act(&operation, partition(part))
            })
            .collect(),
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object();
            let keys = tables.into_iter().flat_map(Map::values);
            let keys = keys.flat_map(|table| table["Keys"].as_array().into_iter().flatten());
            let partitions = keys.filter_map(|key| text(&key["pk"])).collect();
            vec![act(operation, partitions)]
        }
        "Query" => {
            let of = text(&body["ExpressionAttributeValues"][":pk"]);
            vec![act(operation, of.into_iter().collect())]
        }
        _ => vec![act(operation, partition(body))],
    }
}

fn partition(part: &Value) -> Vec<String> {
    let keys = [&part["Key"]["pk"], &part["Item"]["pk"]];
    keys.into_iter().filter_map(text).collect()
}

fn text(value: &Value) -> Option<String> {
    value["S"].as_str().map(str::to_owned)
}

fn plain(action: String) -> Act {
    Act {
        action,
        index: None,
        partitions: Vec::new(),
    }
}
