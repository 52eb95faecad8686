//! Reads parameters, and refuses what Stripe refuses, in its words.

use serde_json::{Map, Value, json};

use crate::error::ApiError;

/// A place in the parameters.
#[derive(Clone, Debug)]
pub(crate) struct Param<'a> {
    value: &'a Value,
    /// As an error names it: `line_items[0][quantity]`.
    name: String,
}

impl<'a> Param<'a> {
    /// All parameters of a request.
    pub(crate) fn all(value: &'a Value) -> Self {
        Self {
            value,
            name: String::new(),
        }
    }

    /// What is called `key` here; it may be absent.
    pub(crate) fn at(&self, key: &str) -> Self {
        let name = match self.name.as_str() {
            "" => key.to_owned(),
            above => format!("{above}[{key}]"),
        };
        Self {
            value: &self.value[key],
            name,
        }
    }

    pub(crate) fn is_given(&self) -> bool {
        !self.value.is_null()
    }

    /// Refuses every name that is not in `known`, words apart from each other by spaces.
    pub(crate) fn may_hold(&self, known: &str) -> Result<(), ApiError> {
        let names = self.value.as_object().into_iter().flat_map(Map::keys);
        for name in names {
            if !known.split_whitespace().any(|known| known == name) {
                let name = self.at(name).name;
                return Err(
                    ApiError::invalid(format!("Received unknown parameter: {name}"))
                        .code("parameter_unknown")
                        .param(name),
                );
            }
        }
        Ok(())
    }

    /// A text; an empty one counts as absent, as Stripe's way to unset.
    pub(crate) fn text(&self) -> Result<Option<&'a str>, ApiError> {
        match self.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            _ => Err(self.wrong(format!("Invalid string: {}", self.value))),
        }
    }

    /// A text of at most `max` characters.
    pub(crate) fn short_text(&self, max: usize) -> Result<Option<&'a str>, ApiError> {
        let text = self.text()?;
        match text.filter(|text| text.chars().count() > max) {
            None => Ok(text),
            Some(_) => Err(self
                .wrong(format!(
                    "Invalid {}: it must be at most {max} characters",
                    self.name
                ))
                .code("parameter_invalid_string_too_long")),
        }
    }

    /// A text that must be there.
    pub(crate) fn needed_text(&self) -> Result<&'a str, ApiError> {
        self.text()?.ok_or_else(|| self.missing())
    }

    /// A whole number.
    pub(crate) fn integer(&self) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text()? else {
            return Ok(None);
        };
        let number = text.parse().map_err(|_| {
            self.wrong(format!("Invalid integer: {text}"))
                .code("parameter_invalid_integer")
        })?;
        Ok(Some(number))
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn integer_in(&self, least: i64, most: i64) -> Result<Option<i64>, ApiError> {
        let number = self.integer()?;
        let bound = match number {
            Some(number) if number < least => format!("greater than or equal to {least}"),
            Some(number) if number > most => format!("less than or equal to {most}"),
            _ => return Ok(number),
        };
        Err(self
            .wrong(format!(
                "Invalid {}: this value must be {bound}.",
                self.name
            ))
            .code("parameter_invalid_integer"))
    }

    /// One of some words, apart from each other by spaces.
    pub(crate) fn one_of(&self, words: &str) -> Result<Option<&'a str>, ApiError> {
        let text = self.text()?;
        match text.filter(|text| !words.split_whitespace().any(|word| word == *text)) {
            None => Ok(text),
            Some(_) => Err(self.wrong(format!(
                "Invalid {}: must be one of {}",
                self.name,
                words.split_whitespace().collect::<Vec<_>>().join(", ")
            ))),
        }
    }

    /// An address of the web.
    pub(crate) fn url(&self) -> Result<Option<&'a str>, ApiError> {
        let text = self.short_text(5_000)?;
        let is_url = |text: &&str| {
            let rest = text
                .strip_prefix("https://")
                .or(text.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
                && !text.contains(char::is_whitespace)
        };
        match text {
            Some(text) if !is_url(&text) => Err(self
                .wrong("Not a valid URL. URLs must begin with http or https.")
                .code("url_invalid")),
            text => Ok(text),
        }
    }

    /// The members of a list.
    pub(crate) fn items(&self) -> Result<Vec<Self>, ApiError> {
        match self.value {
            Value::Null => Ok(Vec::new()),
            Value::Array(items) => Ok(items
                .iter()
                .enumerate()
                .map(|(index, value)| Self {
                    value,
                    name: format!("{}[{index}]", self.name),
                })
                .collect()),
            _ => Err(self.wrong("Invalid array")),
        }
    }

    /// Metadata within their limits: 50 keys of 40 characters, values of 500.
    pub(crate) fn metadata(&self) -> Result<Value, ApiError> {
        let empty = Map::new();
        let map = match self.value {
            Value::Null => &empty,
            Value::Object(map) => map,
            _ => return Err(self.wrong("Invalid hash")),
        };
        if map.len() > 50 {
            return Err(self.wrong("Metadata can have at most 50 keys."));
        }
        let mut metadata = json!({});
        for key in map.keys() {
            if key.chars().count() > 40 {
                return Err(self.wrong(format!(
                    "Metadata key '{key}' is longer than 40 characters."
                )));
            }
            if let Some(text) = self.at(key).short_text(500)? {
                metadata[key] = json!(text);
            }
        }
        Ok(metadata)
    }

    /// This parameter is not there, but must be.
    pub(crate) fn missing(&self) -> ApiError {
        self.wrong(format!("Missing required param: {}.", self.name))
            .code("parameter_missing")
    }

    /// This parameter is wrong.
    pub(crate) fn wrong(&self, message: impl Into<String>) -> ApiError {
        ApiError::invalid(message).param(self.name.clone())
    }
}
