//! Lists by pages: objects the newest first, a session's lines the first one first.

use serde_json::{Value, json};

use super::Call;
use crate::{
    acts::Act,
    database::{Query, Record},
    error::ApiError,
    params::Param,
};

/// A list of objects, the newest first, by pages.
pub(super) fn list(
    act: &Act<'_>,
    call: &Call,
    kind: &str,
    parent: Option<&str>,
) -> Result<Value, ApiError> {
    let params = Param::all(&call.params);
    let limit = params.at("limit").integer_in(1, 100)?.unwrap_or(10);
    let limit = u32::try_from(limit).unwrap_or(10);
    let (before, after) = (params.at("starting_after"), params.at("ending_before"));
    for cursor in [&before, &after] {
        if let Some(id) = cursor.text()? {
            act.find(&call.account, kind, id, "starting_after")?;
        }
    }
    let mut found = act.tx.list(&Query {
        kind,
        account: Some(&call.account),
        parent,
        before: before.text()?,
        after: after.text()?,
        limit: Some(limit + 1),
    })?;
    let has_more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if has_more {
        match after.is_given() {
            true => drop(found.remove(0)),
            false => drop(found.pop()),
        }
    }
    let data: Vec<Value> = found
        .into_iter()
        .map(|record: Record| record.object)
        .collect();
    Ok(json!({"object": "list", "data": data, "has_more": has_more, "url": call.path}))
}

/// A window on a session's lines, the first one first.
pub(super) fn lines(list: &Value, params: &Param<'_>) -> Result<Value, ApiError> {
    let limit = params.at("limit").integer_in(1, 100)?.unwrap_or(10);
    let limit = usize::try_from(limit).unwrap_or(10);
    let all = list["data"].as_array().map_or(&[][..], Vec::as_slice);
    let place = |id: &str| all.iter().position(|line| line["id"] == id);
    let unknown = |id: &str| ApiError::missing("line item", id, "starting_after");
    let window = match (
        params.at("starting_after").text()?,
        params.at("ending_before").text()?,
    ) {
        (Some(id), _) => &all[place(id).ok_or_else(|| unknown(id))? + 1..],
        (None, Some(id)) => {
            let end = place(id).ok_or_else(|| unknown(id))?;
            &all[end.saturating_sub(limit)..end]
        }
        (None, None) => all,
    };
    let shown = &window[..window.len().min(limit)];
    let has_more = shown.len() < window.len();
    Ok(json!({"object": "list", "data": shown, "has_more": has_more, "url": list["url"]}))
}
