//! Event filter patterns as event source mappings use them. See AWS Lambda, "Control which events Lambda sends to
//! your function": a pattern is a JSON object whose leaves are arrays of what the record may hold there.
//!
//! Imitated: equality, `null`, `prefix`, `suffix`, `exists`, `anything-but`, `numeric`. Another operator is an error
//! at start, because a filter that quietly matches nothing would be an order that never reaches the kitchen.

use serde_json::Value;

/// A checked pattern.
#[derive(Clone, Debug)]
pub struct Filter(Value);

impl Filter {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(pattern).map_err(|error| error.to_string())?;
        check(&value)?;
        Ok(Self(value))
    }

    /// Whether `record` passes.
    #[must_use]
    pub fn matches(&self, record: &Value) -> bool {
        matches(&self.0, Some(record))
    }
}

fn check(pattern: &Value) -> Result<(), String> {
    let Value::Object(fields) = pattern else {
        return Err(format!("{pattern} is no pattern"));
    };
    for value in fields.values() {
        match value {
            Value::Object(_) => check(value)?,
            Value::Array(rules) => rules.iter().try_for_each(check_rule)?,
            _ => return Err(format!("{value} must be a list of what is allowed")),
        }
    }
    Ok(())
}

fn check_rule(rule: &Value) -> Result<(), String> {
    let Value::Object(operator) = rule else {
        return Ok(());
    };
    let unknown = || Err(format!("operator {rule} is not imitated locally"));
    match operator.iter().next() {
        Some((name, argument)) if operator.len() == 1 => match (name.as_str(), argument) {
            ("prefix" | "suffix", Value::String(_)) | ("exists", Value::Bool(_)) => Ok(()),
            ("anything-but", Value::String(_) | Value::Number(_) | Value::Array(_)) => Ok(()),
            ("numeric", Value::Array(parts))
                if parts.chunks(2).all(|c| comparison(c).is_some()) =>
            {
                Ok(())
            }
            _ => unknown(),
        },
        _ => unknown(),
    }
}

fn matches(pattern: &Value, found: Option<&Value>) -> bool {
    match pattern {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, pattern)| matches(pattern, found.and_then(|value| value.get(name)))),
        Value::Array(rules) => rules.iter().any(|rule| allows(rule, found)),
        _ => false,
    }
}

fn allows(rule: &Value, found: Option<&Value>) -> bool {
    let Some((name, argument)) = rule.as_object().and_then(|operator| operator.iter().next())
    else {
        return found == Some(rule);
    };
    let text = found.and_then(Value::as_str);
    match (name.as_str(), argument) {
        ("exists", Value::Bool(wanted)) => found.is_some() == *wanted,
        ("prefix", Value::String(prefix)) => text.is_some_and(|t| t.starts_with(prefix.as_str())),
        ("suffix", Value::String(suffix)) => text.is_some_and(|t| t.ends_with(suffix.as_str())),
        ("anything-but", Value::Array(others)) => {
            found.is_some_and(|value| !others.contains(value))
        }
        ("anything-but", other) => found.is_some_and(|value| value != other),
        ("numeric", Value::Array(parts)) => number(found).is_some_and(|number| {
            parts
                .chunks(2)
                .all(|chunk| comparison(chunk).is_some_and(|(test, limit)| test(number, limit)))
        }),
        _ => false,
    }
}

type Test = fn(f64, f64) -> bool;

fn comparison(chunk: &[Value]) -> Option<(Test, f64)> {
    let [Value::String(operator), limit] = chunk else {
        return None;
    };
    let test: Test = match operator.as_str() {
        "=" => |a, b| a.total_cmp(&b).is_eq(),
        "<" => |a, b| a < b,
        "<=" => |a, b| a <= b,
        ">" => |a, b| a > b,
        ">=" => |a, b| a >= b,
        _ => return None,
    };
    Some((test, limit.as_f64()?))
}

/// DynamoDB numbers arrive as text.
fn number(found: Option<&Value>) -> Option<f64> {
    match found? {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pattern_lets_through_what_it_describes() {
        let record = json!({"eventName": "INSERT", "dynamodb": {
            "Keys": {"sk": {"S": "HEAD"}}, "NewImage": {"n": {"N": "5"}, "held": {"BOOL": false}}}});
        let cases = [
            (
                r#"{"eventName":["INSERT","MODIFY"]}"#,
                true,
                "one of a list",
            ),
            (r#"{"eventName":["REMOVE"]}"#, false, "none of the list"),
            (
                r#"{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":["HEAD"]}}}}"#,
                true,
                "all fields",
            ),
            (
                r#"{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":["NUMBER"]}}}}"#,
                false,
                "one field differs",
            ),
            (
                r#"{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"HE"}]}}}}"#,
                true,
                "prefix",
            ),
            (
                r#"{"dynamodb":{"Keys":{"sk":{"S":[{"suffix":"AD"}]}}}}"#,
                true,
                "suffix",
            ),
            (
                r#"{"dynamodb":{"OldImage":{"pk":{"S":[{"exists":false}]}}}}"#,
                true,
                "absent",
            ),
            (
                r#"{"dynamodb":{"NewImage":{"n":{"N":[{"exists":true}]}}}}"#,
                true,
                "present",
            ),
            (
                r#"{"dynamodb":{"NewImage":{"held":{"BOOL":[true]}}}}"#,
                false,
                "a flag",
            ),
            (
                r#"{"dynamodb":{"NewImage":{"n":{"N":[{"numeric":[">",1,"<=",5]}]}}}}"#,
                true,
                "within a range",
            ),
            (
                r#"{"eventName":[{"anything-but":["REMOVE"]}]}"#,
                true,
                "anything but",
            ),
        ];
        for (pattern, expected, reason) in cases {
            assert_eq!(
                Filter::parse(pattern).unwrap().matches(&record),
                expected,
                "{reason}"
            );
        }
    }

    #[test]
    fn an_operator_that_is_not_imitated_is_refused() {
        for pattern in [
            r#"{"a":[{"wildcard":"x*"}]}"#,
            r#"{"a":"x"}"#,
            r#"{"a":[{"numeric":["~",1]}]}"#,
            "[]",
        ] {
            assert!(Filter::parse(pattern).is_err(), "{pattern}");
        }
    }
}
