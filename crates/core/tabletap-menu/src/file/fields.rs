//! Reading one node as one kind of value, saying what is wrong with it where it is not.
//!
//! Every reader returns `None` after it has reported, so that reading goes on and finds the next mistake.

use super::{
    comment, hint,
    mistake::{Place, Report},
    tree::{Key, Node, Value},
};
use std::{collections::BTreeMap, fmt::Display, str::FromStr};
use tabletap_domain::{InvalidId, text};

/// A node with its path in the file.
#[derive(Clone, Debug)]
pub(crate) struct Field<'n> {
    pub(crate) at: Place,
    pub(crate) path: String,
    value: &'n Value,
    cut: Option<&'n str>,
}

impl<'n> Field<'n> {
    pub(crate) fn new(node: &'n Node, path: String) -> Self {
        Self {
            at: node.at,
            path,
            value: &node.value,
            cut: node.cut.as_deref(),
        }
    }

    pub(crate) fn error(&self, report: &mut Report, message: impl Into<String>) {
        report.error(self.at, &self.path, message);
    }

    pub(crate) fn error_with_hint(
        &self,
        report: &mut Report,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        report.error_with_hint(self.at, &self.path, message, hint);
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// A scalar as it was written, without a word about what it should be.
    pub(crate) fn written(&self) -> Option<&'n str> {
        match self.value {
            Value::Text(text) => Some(text.trim()),
            Value::Nothing | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// A scalar as it was written, not empty.
    pub(crate) fn word(&self, report: &mut Report) -> Option<&'n str> {
        match self.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.trim()),
            Value::Text(_) | Value::Nothing => {
                let hint = self.cut.map(comment::hint_for_empty);
                self.error_with_hint(report, "this is empty", hint);
                None
            }
            Value::List(_) => self.not(report, "text", "a list"),
            Value::Map(_) => self.not(report, "text", "a mapping"),
        }
    }

    fn not<T>(&self, report: &mut Report, wanted: &str, found: &str) -> Option<T> {
        self.error(report, format!("expected {wanted}, found {found}"));
        None
    }

    /// A line of text people read, at most `chars_max` long.
    pub(crate) fn line(&self, report: &mut Report, chars_max: usize) -> Option<String> {
        let written = self.word(report)?;
        let cleaned = text::clean(written);
        if let Some(cut) = self.cut {
            let (message, hint) = comment::describe_cut(&cleaned, cut);
            report.warning_with_hint(self.at, &self.path, message, Some(hint));
        }
        let chars = cleaned.chars().count();
        if chars > chars_max {
            let message =
                format!("this text has {chars} characters; at most {chars_max} are allowed");
            self.error(report, message);
            return None;
        }
        Some(cleaned)
    }

    /// An id of type `T`.
    pub(crate) fn id<T: FromStr<Err = InvalidId>>(&self, report: &mut Report) -> Option<T> {
        let word = self.word(report)?;
        match word.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                let hint = hint::slug_of(word)
                    .filter(|slug| slug.parse::<T>().is_ok())
                    .map(|slug| format!("for example `{slug}`"));
                self.error_with_hint(report, format!("`{word}` is {error}"), hint);
                None
            }
        }
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, report: &mut Report) -> Option<bool> {
        match self.word(report)? {
            "true" => Some(true),
            "false" => Some(false),
            other => self.not(report, "true or false", &format!("`{other}`")),
        }
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn count(&self, report: &mut Report, least: u32, most: u32) -> Option<u32> {
        let word = self.word(report)?;
        let plain = word.bytes().all(|b| b.is_ascii_digit());
        match word.parse::<u32>() {
            Ok(count) if plain && (least..=most).contains(&count) => Some(count),
            _ => self.not(
                report,
                &format!("a whole number from {least} to {most}"),
                &format!("`{word}`"),
            ),
        }
    }

    /// One of the words that `parse` knows.
    pub(crate) fn one_of<'a, T>(
        &self,
        report: &mut Report,
        kind: &str,
        known: impl IntoIterator<Item = &'a str>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let word = self.word(report)?;
        let found = parse(word);
        if found.is_none() {
            let hint = hint::did_you_mean_or_list(word, known);
            self.error_with_hint(report, format!("there is no {kind} `{word}`"), hint);
        }
        found
    }

    /// The entries of a list of at most `most`.
    pub(crate) fn list(&self, report: &mut Report, most: usize) -> Vec<Field<'n>> {
        let nodes = match self.value {
            Value::List(nodes) => nodes,
            Value::Nothing => return Vec::new(),
            Value::Text(_) | Value::Map(_) => {
                self.error(
                    report,
                    "expected a list: lines that begin with `- `, or `[a, b]`",
                );
                return Vec::new();
            }
        };
        if nodes.len() > most {
            let message = format!(
                "this list has {} entries; at most {most} are allowed",
                nodes.len()
            );
            self.error(report, message);
        }
        let entry = |(index, node)| Field::new(node, format!("{}[{index}]", self.path));
        nodes.iter().enumerate().map(entry).collect()
    }

    /// The entries of a mapping with free keys, each key once, with the place of its key.
    pub(crate) fn entries(&self, report: &mut Report) -> Vec<(&'n Key, Field<'n>)> {
        let Value::Map(entries) = self.value else {
            self.error(report, "expected a mapping: lines of the form `key: value`");
            return Vec::new();
        };
        let mut first_lines: BTreeMap<&str, usize> = BTreeMap::new();
        let mut unique = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            let path = join(&self.path, &key.text);
            if let Some(line) = first_lines.get(key.text.as_str()) {
                let message = format!("`{}` appears here twice, first on line {line}", key.text);
                report.error(key.at, &path, message);
                continue;
            }
            first_lines.insert(&key.text, key.at.line);
            // What stands in several lines is told at its key: its first line is somebody else's.
            let at = match &node.value {
                Value::List(_) | Value::Map(_) => key.at,
                Value::Text(_) | Value::Nothing => node.at,
            };
            unique.push((
                key,
                Field {
                    at,
                    ..Field::new(node, path)
                },
            ));
        }
        unique
    }

    /// Opens a mapping whose keys are known; [`Fields::close`] reports the others.
    pub(crate) fn open(&self, report: &mut Report) -> Fields<'n> {
        let entries = self.entries(report).into_iter().map(Some).collect();
        Fields {
            at: self.at,
            path: self.path.clone(),
            entries,
            asked: Vec::new(),
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// A mapping being read key by key.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    pub(crate) at: Place,
    pub(crate) path: String,
    entries: Vec<Option<(&'n Key, Field<'n>)>>,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The value of `key`, if it is there.
    pub(crate) fn optional(&mut self, key: &'static str) -> Option<Field<'n>> {
        self.asked.push(key);
        let is_it = |entry: &&mut Option<(&'n Key, Field<'n>)>| {
            entry.as_ref().is_some_and(|(known, _)| known.text == key)
        };
        self.entries
            .iter_mut()
            .find(is_it)?
            .take()
            .map(|(_, field)| field)
    }

    /// The value of `key`, left to be read.
    pub(crate) fn peek(&self, key: &str) -> Option<&Field<'n>> {
        let mut entries = self.entries.iter().flatten();
        entries
            .find(|(known, _)| known.text == key)
            .map(|(_, field)| field)
    }

    /// The value of `key`, which must be there.
    pub(crate) fn required(&mut self, report: &mut Report, key: &'static str) -> Option<Field<'n>> {
        let field = self.optional(key);
        if field.is_none() {
            report.error(self.at, &self.path, format!("`{key}:` is missing"));
        }
        field
    }

    /// The `id:`, which must be there and not in `seen`.
    pub(crate) fn new_id<T>(
        &mut self,
        report: &mut Report,
        seen: &mut BTreeMap<T, usize>,
    ) -> Option<T>
    where
        T: FromStr<Err = InvalidId> + Ord + Clone + Display,
    {
        let field = self.required(report, "id")?;
        let id: T = field.id(report)?;
        is_new(seen, id.clone(), &field, report).then_some(id)
    }

    /// The value of a switch, or `absent` where it is left out.
    pub(crate) fn flag(
        &mut self,
        report: &mut Report,
        key: &'static str,
        absent: bool,
    ) -> Option<bool> {
        self.optional(key)
            .map_or(Some(absent), |field| field.flag(report))
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn close(self, report: &mut Report) {
        #[cfg(test)]
        super::schema::note(&self.path, &self.asked);
        for (key, field) in self.entries.into_iter().flatten() {
            let hint = hint::did_you_mean_or_list(&key.text, self.asked.iter().copied());
            let message = format!("`{}` is not a known key here", key.text);
            report.error_with_hint(key.at, &field.path, message, hint);
        }
    }
}

/// Reports an id that is taken; true when it is new.
pub(crate) fn is_new<T: Ord + Display>(
    seen: &mut BTreeMap<T, usize>,
    id: T,
    field: &Field<'_>,
    report: &mut Report,
) -> bool {
    if let Some(line) = seen.get(&id) {
        field.error(report, format!("`{id}` is already used on line {line}"));
        return false;
    }
    seen.insert(id, field.at.line);
    true
}
