//! Form bodies and queries with keys in brackets: `line_items[0][price_data][currency]=usd`, `expand[]=line_items`.
//!
//! What they say is compared as it is parsed, never as bytes: clients order the same parameters differently each time.

use serde_json::{Map, Value};

use crate::error::ApiError;

const DEPTH_MAX: usize = 12;
const PAIRS_MAX: usize = 5_000;

/// The parameters as a tree of objects, lists and texts.
pub(crate) fn parse(text: &[u8]) -> Result<Value, ApiError> {
    let mut tree = Map::new();
    for (index, (key, value)) in form_urlencoded::parse(text).enumerate() {
        if index >= PAIRS_MAX {
            return Err(ApiError::invalid("There are too many parameters."));
        }
        let path = segments(&key).ok_or_else(|| {
            ApiError::invalid(format!("Invalid parameter name: {key}")).param(key.as_ref())
        })?;
        insert(&mut tree, &path, value.into_owned()).map_err(|()| {
            ApiError::invalid(format!("Invalid {key}: it is given twice.")).param(key.as_ref())
        })?;
    }
    Ok(lists(Value::Object(tree)))
}

/// `a[b][]` → `a`, `b`, and an empty text for "one more".
fn segments(key: &str) -> Option<Vec<&str>> {
    let (first, mut rest) = match key.find('[') {
        Some(at) => key.split_at(at),
        None => (key, ""),
    };
    if first.is_empty() {
        return None;
    }
    let mut path = vec![first];
    while !rest.is_empty() {
        let (segment, tail) = rest.strip_prefix('[')?.split_once(']')?;
        path.push(segment);
        rest = tail;
    }
    (path.len() <= DEPTH_MAX).then_some(path)
}

fn insert(tree: &mut Map<String, Value>, path: &[&str], value: String) -> Result<(), ()> {
    let (first, rest) = path.split_first().ok_or(())?;
    let key = match *first {
        "" => tree.len().to_string(),
        name => name.to_owned(),
    };
    if rest.is_empty() {
        return match tree.insert(key, Value::String(value)) {
            None => Ok(()),
            Some(_) => Err(()),
        };
    }
    let below = tree.entry(key).or_insert_with(|| Value::Object(Map::new()));
    insert(below.as_object_mut().ok_or(())?, rest, value)
}

/// Objects whose keys are all numbers are lists.
fn lists(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    let is_list = !map.is_empty() && map.keys().all(|key| key.parse::<usize>().is_ok());
    if !is_list {
        return Value::Object(
            map.into_iter()
                .map(|(key, value)| (key, lists(value)))
                .collect(),
        );
    }
    let mut items: Vec<(usize, Value)> = map
        .into_iter()
        .filter_map(|(key, value)| Some((key.parse().ok()?, lists(value))))
        .collect();
    items.sort_by_key(|(index, _)| *index);
    Value::Array(items.into_iter().map(|(_, value)| value).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use serde_json::json;

    #[test]
    fn keys_in_brackets_become_a_tree_whatever_their_order() {
        let one = parse(b"a[1][x]=2&a[0][x]=1&m[k]=v&expand[]=p&expand[]=q&n=%C3%A9+f").unwrap();
        let other =
            parse(b"n=%C3%A9%20f&expand[0]=p&expand[1]=q&m[k]=v&a[0][x]=1&a[1][x]=2").unwrap();
        let expected = json!({"a": [{"x": "1"}, {"x": "2"}], "m": {"k": "v"}, "expand": ["p", "q"], "n": "é f"});
        assert_eq!((&one, &other), (&expected, &expected));
    }

    #[test]
    fn a_key_that_is_no_key_is_refused() {
        for text in ["[a]=1", "a[b=1", "a[b]c=1", "a=1&a=2", "a=1&a[b]=2"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
