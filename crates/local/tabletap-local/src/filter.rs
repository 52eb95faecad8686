//! Event patterns as event source mappings and rules of event buses use them: a pattern is a JSON object whose leaves are arrays of
//! what the event may hold there. See AWS Lambda, "Control which events Lambda sends to your function", and EventBridge, "Comparison
//! operators for use in event patterns".
//!
//! Imitated: equality, `null`, `prefix`, `suffix`, `equals-ignore-case`, `exists`, `anything-but` (values, `prefix`, `suffix`),
//! `numeric`, `$or`. Another operator is an error at start, because a filter that quietly matches nothing would be an order that
//! never reaches the kitchen.

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
        Self::new(serde_json::from_str(pattern).map_err(|error| error.to_string())?)
    }

    /// Checks a pattern.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn new(pattern: Value) -> Result<Self, String> {
        check(&pattern)?;
        Ok(Self(pattern))
    }

    /// Whether `event` passes.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        fields_match(&self.0, Some(event))
    }
}

fn check(pattern: &Value) -> Result<(), String> {
    let fields = pattern.as_object().filter(|fields| !fields.is_empty());
    let fields = fields.ok_or_else(|| format!("{pattern} is no pattern"))?;
    for (name, value) in fields {
        match value {
            Value::Array(patterns) if name == "$or" => patterns.iter().try_for_each(check)?,
            Value::Object(_) => check(value)?,
            Value::Array(rules) if !rules.is_empty() => rules.iter().try_for_each(check_rule)?,
            _ => return Err(format!("{value} must be a list of what is allowed")),
        }
    }
    Ok(())
}

fn check_rule(rule: &Value) -> Result<(), String> {
    let unknown = || Err(format!("operator {rule} is not imitated locally"));
    let operator = match rule {
        Value::Object(operator) if operator.len() == 1 => operator,
        Value::Object(_) | Value::Array(_) => return unknown(),
        _ => return Ok(()),
    };
    let known = operator
        .iter()
        .all(|(name, argument)| match (name.as_str(), argument) {
            ("prefix" | "suffix" | "equals-ignore-case", Value::String(_)) => true,
            ("exists", Value::Bool(_)) => true,
            ("anything-but", Value::String(_) | Value::Number(_)) => true,
            ("anything-but", Value::Array(others)) => {
                others.iter().all(|o| o.is_string() || o.is_number())
            }
            ("anything-but", Value::Object(inner)) => {
                let text = |(name, text): (&String, &Value)| {
                    ["prefix", "suffix"].contains(&name.as_str()) && text.is_string()
                };
                inner.len() == 1 && inner.iter().all(text)
            }
            ("numeric", Value::Array(parts)) => {
                !parts.is_empty() && parts.chunks(2).all(|chunk| comparison(chunk).is_some())
            }
            _ => false,
        });
    if known { Ok(()) } else { unknown() }
}

fn fields_match(pattern: &Value, found: Option<&Value>) -> bool {
    let fields = pattern.as_object();
    fields
        .into_iter()
        .flatten()
        .all(|(name, pattern)| match pattern {
            Value::Array(patterns) if name == "$or" => {
                patterns.iter().any(|pattern| fields_match(pattern, found))
            }
            Value::Array(rules) => {
                let found = found.and_then(|value| value.get(name));
                rules.iter().any(|rule| allows(rule, name, found))
            }
            pattern => fields_match(pattern, found.and_then(|value| value.get(name))),
        })
}

fn allows(rule: &Value, field: &str, found: Option<&Value>) -> bool {
    // A list passes where one of what it holds does.
    if let Some(Value::Array(values)) = found {
        return values.iter().any(|value| allows(rule, field, Some(value)));
    }
    let Some((name, argument)) = rule.as_object().and_then(|operator| operator.iter().next())
    else {
        return found == Some(rule);
    };
    match (name.as_str(), argument) {
        // Only a leaf exists.
        ("exists", Value::Bool(wanted)) => found.is_some_and(|value| !value.is_object()) == *wanted,
        ("anything-but", Value::Array(others)) => {
            found.is_some_and(|value| !others.contains(value))
        }
        ("anything-but", Value::Object(_)) => {
            found.is_some_and(|value| value.is_string() && !allows(argument, field, found))
        }
        ("anything-but", other) => found.is_some_and(|value| value != other),
        ("numeric", Value::Array(parts)) => number(field, found).is_some_and(|number| {
            parts
                .chunks(2)
                .all(|chunk| comparison(chunk).is_some_and(|(test, limit)| test(number, limit)))
        }),
        (name, Value::String(wanted)) => {
            found
                .and_then(Value::as_str)
                .is_some_and(|text| match name {
                    "prefix" => text.starts_with(wanted.as_str()),
                    "suffix" => text.ends_with(wanted.as_str()),
                    _ => text.to_lowercase() == wanted.to_lowercase(),
                })
        }
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

/// In a row's image numbers are text, `{"N": "5"}`; anywhere else text is no number.
fn number(field: &str, found: Option<&Value>) -> Option<f64> {
    match found? {
        Value::String(text) if field == "N" => text.parse().ok(),
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

    fn assert_passes(cases: &[(Value, bool, &str)]) {
        let event = json!({"source": "tabletap", "detail-type": "order.moved",
            "detail": {"status": "ready", "count": 5, "text": "5", "tags": ["a", "b"], "was": {"status": "placed"}, "gone": null}});
        for (pattern, expected, reason) in cases {
            let filter = Filter::new(pattern.clone()).unwrap();
            assert_eq!(filter.matches(&event), *expected, "{reason}");
        }
    }

    #[test]
    fn a_rule_passes_where_all_its_fields_do_or_one_of_two() {
        let of = |detail: Value| json!({ "detail": detail });
        let kinds = json!(["order.placed", "order.moved"]);
        assert_passes(&[
            (
                json!({"source": ["tabletap"], "detail-type": kinds}),
                true,
                "both",
            ),
            (json!({"source": ["aws.s3"]}), false, "another source"),
            (of(json!({"was": {"status": ["placed"]}})), true, "nested"),
            (
                of(json!({"tags": ["b", "c"]})),
                true,
                "one of a list in the event",
            ),
            (of(json!({"gone": [null]})), true, "null"),
            (of(json!({"missing": [{"exists": false}]})), true, "absent"),
            (of(json!({"was": [{"exists": true}]})), false, "no leaf"),
            (
                json!({"$or": [{"source": ["x"]}, of(json!({"count": [5]}))]}),
                true,
                "one of two",
            ),
            (
                json!({"source": ["x"], "$or": [of(json!({"count": [5]}))]}),
                false,
                "and another",
            ),
            (
                of(json!({"$or": [{"status": ["x"]}, {"count": [6]}]})),
                false,
                "neither",
            ),
        ]);
    }

    #[test]
    fn each_operator_of_a_rule_says_what_a_value_may_be() {
        let status = |rule: Value| json!({"detail": {"status": [rule]}});
        let five = json!({"numeric": ["=", 5]});
        assert_passes(&[
            (status(json!({"prefix": "re"})), true, "beginning"),
            (status(json!({"suffix": "xx"})), false, "end"),
            (status(json!({"equals-ignore-case": "READY"})), true, "case"),
            (status(json!({"anything-but": "ready"})), false, "but this"),
            (
                status(json!({"anything-but": ["placed", "served"]})),
                true,
                "but those",
            ),
            (
                status(json!({"anything-but": {"prefix": "rea"}})),
                false,
                "but this beginning",
            ),
            (
                status(json!({"anything-but": {"suffix": "ed"}})),
                true,
                "but this end",
            ),
            (
                json!({"detail": {"missing": [{"anything-but": "x"}]}}),
                false,
                "nothing",
            ),
            (json!({"detail": {"count": [five]}}), true, "a number"),
            (
                json!({"detail": {"text": [five]}}),
                false,
                "text is no number",
            ),
        ]);
    }

    #[test]
    fn an_operator_that_is_not_imitated_is_refused() {
        for pattern in [
            r#"{"a":[{"wildcard":"x*"}]}"#,
            r#"{"a":"x"}"#,
            r#"{"a":[]}"#,
            r#"{"a":[{"cidr":"10.0.0.0/8"}]}"#,
            r#"{"a":[{"prefix":"x","suffix":"y"}]}"#,
            r#"{"a":[{"anything-but":{"wildcard":"x*"}}]}"#,
            r#"{"$or":[{"a":[{"wildcard":"x*"}]}]}"#,
            r#"{"a":[{"numeric":["~",1]}]}"#,
            "[]",
        ] {
            assert!(Filter::parse(pattern).is_err(), "{pattern}");
        }
    }
}
