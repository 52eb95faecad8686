//! Checks replies against `docs/openapi.yaml`.

use lambda_http::{Body, Response};
use serde_json::{Value, json};
use tabletap_contract::OPENAPI_JSON;

/// Panics unless the contract allows this reply to this operation, e.g. `post`, `/v1/orders`: its status, its body, its content type.
pub fn assert_contract(method: &str, path: &str, response: &Response<Body>) {
    let contract: Value = serde_json::from_str(OPENAPI_JSON).unwrap();
    let status = response.status().as_u16().to_string();
    let replies = &contract["paths"][path][method]["responses"];
    let mut described = &replies[&status];
    if let Some(name) = described["$ref"].as_str() {
        described = contract.pointer(name.trim_start_matches('#')).unwrap();
    }
    assert!(
        described.is_object(),
        "the contract has no {status} for {method} {path}"
    );
    let content = &described["content"];
    if response.body().is_empty() {
        assert!(
            content.is_null(),
            "the contract has a body for {status} of {method} {path}"
        );
        return;
    }
    let kind = response.headers()["content-type"].to_str().unwrap();
    let kind = kind.split(';').next().unwrap();
    let mut schema = content[kind]["schema"].clone();
    assert!(
        schema.is_object(),
        "the contract has no {kind} for {status} of {method} {path}"
    );
    if kind != "application/json" {
        return;
    }
    schema["components"] = contract["components"].clone();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    let errors: Vec<Value> = schema
        .iter_errors(&body)
        .map(|error| json!({"at": error.instance_path().to_string(), "what": error.to_string()}))
        .collect();
    assert!(
        errors.is_empty(),
        "{status} of {method} {path}: {errors:#?}\n{body:#}"
    );
}
