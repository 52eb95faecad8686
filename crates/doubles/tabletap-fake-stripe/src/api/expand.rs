//! `expand[]=payment_intent.latest_charge`: ids in an answer become the objects they name. See Stripe, "Expanding responses".

use serde_json::Value;

use crate::{acts::Act, error::ApiError};

/// Properties that hold an id which can be expanded.
const EXPANDABLE: [&str; 4] = ["payment_intent", "latest_charge", "charge", "source"];
const DEPTH_MAX: usize = 4;
const LINES_SHOWN: usize = 10;

/// `answer` with what `paths` ask for, and without what must be asked for.
pub(super) fn expand(
    act: &Act<'_>,
    account: &str,
    mut answer: Value,
    paths: &Value,
) -> Result<Value, ApiError> {
    let paths: Vec<Vec<&str>> = match paths {
        Value::Null => Vec::new(),
        Value::Array(paths) => paths
            .iter()
            .map(|path| path.as_str().unwrap_or_default().split('.').collect())
            .collect(),
        _ => return Err(ApiError::invalid("Invalid array").param("expand")),
    };
    for path in &paths {
        if path.len() > DEPTH_MAX {
            let sentence = "You cannot expand more than 4 levels of a property.";
            return Err(ApiError::invalid(sentence).param("expand"));
        }
        at(act, account, &mut answer, path, &path.join("."))?;
    }
    let first: Vec<&str> = paths.iter().flat_map(|path| path.iter().copied()).collect();
    hide(&mut answer, first.contains(&"line_items"));
    Ok(answer)
}

fn at(
    act: &Act<'_>,
    account: &str,
    value: &mut Value,
    path: &[&str],
    whole: &str,
) -> Result<(), ApiError> {
    let Some((key, rest)) = path.split_first() else {
        return Ok(());
    };
    if let Value::Array(items) = value {
        for item in items {
            at(act, account, item, path, whole)?;
        }
        return Ok(());
    }
    let is_list = value["object"] == "list" && *key == "data";
    let is_session_lines = value["object"] == "checkout.session" && *key == "line_items";
    let is_known = EXPANDABLE.contains(key) && value.get(*key).is_some();
    if !(is_list || is_session_lines || is_known) {
        let sentence = format!("This property cannot be expanded ({whole}).");
        return Err(ApiError::invalid(sentence).param("expand"));
    }
    if is_known && let Some(id) = value[*key].as_str() {
        let found = act.tx.get(id)?.filter(|found| found.account == account);
        if let Some(found) = found {
            value[*key] = found.object;
        }
    }
    match &mut value[*key] {
        // Nothing there yet, as the payment intent of a session that nobody paid.
        Value::Null => Ok(()),
        below => at(act, account, below, rest, whole),
    }
}

/// A session shows its lines only when they are asked for, and then the first ten.
fn hide(value: &mut Value, keeps_lines: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, keeps_lines)),
        Value::Object(map) => {
            let is_session = map
                .get("object")
                .is_some_and(|kind| kind == "checkout.session");
            if is_session && !keeps_lines {
                map.remove("line_items");
            }
            if let Some(lines) = map.get_mut("line_items")
                && let Some(data) = lines["data"].as_array_mut()
                && data.len() > LINES_SHOWN
            {
                data.truncate(LINES_SHOWN);
                lines["has_more"] = Value::Bool(true);
            }
            map.values_mut().for_each(|below| hide(below, keeps_lines));
        }
        _ => {}
    }
}
