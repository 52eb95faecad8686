//! The calls, each by its method and path.

use serde_json::Value;

use super::{
    Call, checkout,
    list::{lines, list},
    webhooks,
};
use crate::{
    acts::{Act, NewRefund},
    error::ApiError,
    params::Param,
};

/// Does what `call` asks for; what it returns is expanded and answered.
pub(super) fn route(act: &mut Act<'_>, call: &Call) -> Result<Value, ApiError> {
    let segments: Vec<&str> = call.path.split('/').skip(2).collect();
    let (account, params) = (call.account.as_str(), Param::all(&call.params));
    match (call.method.as_str(), segments.as_slice()) {
        ("POST", ["checkout", "sessions"]) => {
            let new = checkout::read(&params, act.now_s())?;
            Ok(act.begin(account, &new)?.object)
        }
        ("GET", ["checkout", "sessions"]) => {
            params.may_hold("customer customer_details ending_before expand limit payment_intent starting_after status")?;
            let parent = params.at("payment_intent").text()?;
            list(act, call, "checkout.session", parent)
        }
        ("GET", ["checkout", "sessions", id]) => {
            params.may_hold("expand")?;
            Ok(act.session(account, id)?.object)
        }
        ("POST", ["checkout", "sessions", id, "expire"]) => {
            params.may_hold("expand")?;
            Ok(act.expire(account, id)?.object)
        }
        ("GET", ["checkout", "sessions", id, "line_items"]) => {
            params.may_hold("ending_before expand limit starting_after")?;
            lines(&act.session(account, id)?.object["line_items"], &params)
        }
        ("GET", ["payment_intents", id]) => {
            params.may_hold("client_secret expand")?;
            Ok(act.find(account, "payment_intent", id, "intent")?.object)
        }
        ("GET", ["charges", id]) => {
            params.may_hold("expand")?;
            Ok(act.find(account, "charge", id, "id")?.object)
        }
        ("GET", ["charges"]) => {
            params.may_hold(
                "created customer ending_before expand limit payment_intent starting_after",
            )?;
            let parent = params.at("payment_intent").text()?;
            list(act, call, "charge", parent)
        }
        ("GET", ["disputes"]) => {
            params.may_hold(
                "charge created ending_before expand limit payment_intent starting_after",
            )?;
            let parent = params.at("payment_intent").text()?;
            list(act, call, "dispute", parent)
        }
        ("GET", ["disputes", id]) => {
            params.may_hold("expand")?;
            Ok(act.find(account, "dispute", id, "dispute")?.object)
        }
        ("POST", ["refunds"]) => refund(act, account, &params),
        ("GET", ["refunds"]) => refunds(act, call, &params),
        ("GET", ["refunds", id]) => {
            params.may_hold("expand")?;
            Ok(act.find(account, "refund", id, "refund")?.object)
        }
        ("GET", ["events"]) => {
            params.may_hold(
                "created delivery_success ending_before expand limit starting_after type types",
            )?;
            let parent = params.at("type").text()?;
            list(act, call, "event", parent)
        }
        ("GET", ["events", id]) => {
            params.may_hold("expand")?;
            Ok(act.find(account, "event", id, "id")?.object)
        }
        (_, ["webhook_endpoints", ..]) => webhooks::route(act, call),
        _ => Err(ApiError::unknown_route(&call.method, &call.path)),
    }
}

fn refund(act: &mut Act<'_>, account: &str, params: &Param<'_>) -> Result<Value, ApiError> {
    params.may_hold("amount charge expand instructions_email metadata payment_intent reason")?;
    let new = NewRefund {
        amount: params.at("amount").integer_in(1, 99_999_999)?,
        reason: params
            .at("reason")
            .one_of("duplicate fraudulent requested_by_customer")?
            .map(str::to_owned),
        metadata: params.at("metadata").metadata()?,
    };
    let intent = params.at("payment_intent").text()?;
    let charge = match (intent, params.at("charge").text()?) {
        (Some(id), None) => {
            let intent = act.find(account, "payment_intent", id, "payment_intent")?;
            act.charge_of(&intent)?
        }
        (None, Some(id)) => act.find(account, "charge", id, "charge")?,
        (None, None) => {
            let sentence = "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(ApiError::invalid(sentence).code("parameter_missing"));
        }
        (Some(_), Some(_)) => {
            let sentence = "You may only specify one of these parameters: payment_intent, charge.";
            return Err(ApiError::invalid(sentence));
        }
    };
    Ok(act.refund(charge, &new)?.object)
}

fn refunds(act: &mut Act<'_>, call: &Call, params: &Param<'_>) -> Result<Value, ApiError> {
    params.may_hold("charge created ending_before expand limit payment_intent starting_after")?;
    let charge = match params.at("charge").text()? {
        Some(id) => Some(act.find(&call.account, "charge", id, "charge")?),
        None => None,
    };
    let parent = match &charge {
        Some(charge) => charge.parent.as_deref(),
        None => params.at("payment_intent").text()?,
    };
    list(act, call, "refund", parent)
}
