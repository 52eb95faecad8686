//! Webhook endpoints that a client creates, beside each account's own.

use serde_json::{Value, json};

use super::{Call, list::list};
use crate::{
    acts::{Act, endpoint_object},
    database::Record,
    error::ApiError,
    ids,
    params::Param,
};

const KIND: &str = "webhook_endpoint";

pub(super) fn route(act: &mut Act<'_>, call: &Call) -> Result<Value, ApiError> {
    let segments: Vec<&str> = call.path.split('/').skip(3).collect();
    let params = Param::all(&call.params);
    let found = |act: &Act<'_>, id: &str| act.find(&call.account, KIND, id, "webhook_endpoint");
    match (call.method.as_str(), segments.as_slice()) {
        ("POST", []) => create(act, &call.account, &params),
        ("GET", []) => list(act, call, KIND, None),
        ("GET", [id]) => Ok(found(act, id)?.object),
        ("POST", [id]) => {
            let endpoint = found(act, id)?;
            update(act, endpoint, &params)
        }
        ("DELETE", [id]) => {
            let endpoint = found(act, id)?;
            act.tx.remove(endpoint.id())?;
            Ok(json!({"id": endpoint.id(), "object": KIND, "deleted": true}))
        }
        _ => Err(ApiError::unknown_route(&call.method, &call.path)),
    }
}

fn create(act: &mut Act<'_>, account: &str, params: &Param<'_>) -> Result<Value, ApiError> {
    params.may_hold("api_version connect description enabled_events expand metadata url")?;
    let url = params.at("url");
    let address = url.url()?.ok_or_else(|| url.missing())?;
    let events = events(params)?.ok_or_else(|| params.at("enabled_events").missing())?;
    let version = params.at("api_version").text()?;
    let id = ids::id("we_1", 23);
    let mut object = endpoint_object(&id, address, &events, version);
    object["description"] = json!(params.at("description").text()?);
    object["metadata"] = params.at("metadata").metadata()?;
    let secret = ids::id("whsec_", 32);
    let endpoint = Record {
        account: account.to_owned(),
        parent: None,
        object,
        own: json!({"secret": secret}),
    };
    act.tx.put(&endpoint)?;
    // Shown once, in this answer only.
    let mut object = endpoint.object;
    object["secret"] = json!(secret);
    Ok(object)
}

fn update(act: &mut Act<'_>, mut endpoint: Record, params: &Param<'_>) -> Result<Value, ApiError> {
    params.may_hold("description disabled enabled_events expand metadata url")?;
    if let Some(url) = params.at("url").url()? {
        endpoint.object["url"] = json!(url);
    }
    if let Some(events) = events(params)? {
        endpoint.object["enabled_events"] = events;
    }
    if let Some(description) = params.at("description").text()? {
        endpoint.object["description"] = json!(description);
    }
    if params.at("metadata").is_given() {
        endpoint.object["metadata"] = params.at("metadata").metadata()?;
    }
    match params.at("disabled").one_of("true false")? {
        Some("true") => endpoint.object["status"] = json!("disabled"),
        Some(_) => endpoint.object["status"] = json!("enabled"),
        None => {}
    }
    act.tx.put(&endpoint)?;
    Ok(endpoint.object)
}

fn events(params: &Param<'_>) -> Result<Option<Value>, ApiError> {
    let mut names = Vec::new();
    for item in params.at("enabled_events").items()? {
        names.push(item.needed_text()?);
    }
    Ok((!names.is_empty()).then(|| json!(names)))
}
