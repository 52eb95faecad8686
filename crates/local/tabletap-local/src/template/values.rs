//! Values of properties, and the intrinsic functions they use.

use serde_json::Value;

use super::Values;

/// What a value may refer to.
pub(super) struct Scope<'a> {
    /// The template the value stands in.
    pub(super) document: &'a Value,
    /// What the local program supplies.
    pub(super) values: Values<'a>,
}

impl Scope<'_> {
    /// Resolves `Ref`, `Fn::Sub`, `Fn::GetAtt` and `{{resolve:secretsmanager:…}}` to text.
    pub(super) fn text(&self, value: &Value) -> Result<String, String> {
        match value {
            Value::String(text) => self.secret(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            Value::Object(call) => match call.iter().next() {
                Some((name, argument)) if call.len() == 1 => self.call(name, argument),
                _ => Err(format!("{value} is no value")),
            },
            Value::Null | Value::Array(_) => Err(format!("{value} is no value")),
        }
    }

    fn call(&self, function: &str, argument: &Value) -> Result<String, String> {
        match (function, argument) {
            ("Ref", Value::String(name)) => self.named(name),
            ("Fn::GetAtt", Value::String(path)) => self.named(path),
            ("Fn::Sub", Value::String(text)) => self.secret(&self.substitute(text)?),
            _ => Err(format!(
                "`{function}` is not imitated locally; see crates/local/tabletap-local"
            )),
        }
    }

    /// What the program supplies, else the parameter's default.
    fn named(&self, name: &str) -> Result<String, String> {
        (self.values)(name)
            .or_else(|| match &self.document["Parameters"][name]["Default"] {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            })
            .ok_or_else(|| format!("the local program has no value for `{name}`"))
    }

    fn substitute(&self, text: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after
                .split_once('}')
                .ok_or(format!("`{text}` does not end"))?;
            out += before;
            out += &self.named(name)?;
            rest = tail;
        }
        Ok(out + rest)
    }

    fn secret(&self, text: &str) -> Result<String, String> {
        match text
            .strip_prefix("{{resolve:secretsmanager:")
            .and_then(|t| t.strip_suffix("}}"))
        {
            Some(name) => self.named(name),
            None if text.contains("{{resolve:") => Err(format!("`{text}` is not imitated locally")),
            None => Ok(text.to_owned()),
        }
    }
}

/// Refuses settings that would change what happens and are not imitated.
pub(super) fn only(properties: &Value, known: &[&str]) -> Result<(), String> {
    match entries(properties).find(|(name, _)| !known.contains(&name.as_str())) {
        Some((other, _)) => Err(format!("`{other}` is not imitated locally")),
        None => Ok(()),
    }
}

pub(super) fn reports_item_failures(properties: &Value) -> bool {
    let types = properties["FunctionResponseTypes"].as_array();
    types.is_some_and(|types| types.iter().any(|kind| kind == "ReportBatchItemFailures"))
}

pub(super) fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

pub(super) fn number<T: TryFrom<u64>>(value: &Value) -> Result<Option<T>, String> {
    if value.is_null() {
        return Ok(None);
    }
    let number = value.as_u64().and_then(|number| T::try_from(number).ok());
    number
        .map(Some)
        .ok_or_else(|| format!("{value} is no count"))
}
