//! YAML text as a tree whose nodes know their place, built from the parser's events.
//!
//! It keeps what a general loader loses or stops at: every scalar as it was written (`12.50` stays text, never a float) and every
//! repeated key. It never follows an alias, so no small file can grow large.

use super::mistake::{Place, Report};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Deepest nesting; the format itself needs 13.
const DEPTH_MAX: usize = 32;

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: Place,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// `key:` with nothing behind it, `~` or `null`.
    Nothing,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) at: Place,
    pub(crate) text: String,
}

/// Reads `text`; `None` when it is no YAML at all or empty, which `report` then says.
pub(crate) fn parse(text: &str, report: &mut Report) -> Option<Node> {
    let start = Place { line: 1, column: 1 };
    if text.len() > FILE_BYTES_MAX {
        report.error(start, "", "the file is larger than 1 MB");
        return None;
    }
    let mut builder = Builder {
        report,
        open: Vec::new(),
        root: None,
    };
    for event in Parser::new_from_str(text) {
        let (event, at) = match event {
            Ok((event, span)) => (event, place(&span.start)),
            Err(error) => {
                let at = place(error.marker());
                let message = format!("this is not valid YAML: {}", error.info());
                let hint = "check the indentation, and quote texts that contain `: ` or ` #`";
                builder
                    .report
                    .error_with_hint(at, "", message, Some(hint.to_owned()));
                return None;
            }
        };
        builder.take(event, at)?;
    }
    if builder.root.is_none() {
        builder.report.error(start, "", "the file is empty");
    }
    builder.root
}

fn place(marker: &Marker) -> Place {
    Place {
        line: marker.line().max(1),
        column: marker.col() + 1,
    }
}

/// A list or mapping whose end has not come yet.
struct Open {
    at: Place,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map(Vec<(Key, Node)>, Option<Key>),
}

struct Builder<'r> {
    report: &'r mut Report,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder<'_> {
    /// Takes one event; `None` when reading on makes no sense.
    fn take(&mut self, event: Event<'_>, at: Place) -> Option<()> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                self.report
                    .error(at, "", "a menu file is one document: remove this `---`");
                return None;
            }
            Event::Alias(_) => {
                let hint = "define it once under `groups:` and name it by its id";
                let message = "YAML aliases (`*name`) are not supported";
                self.report
                    .error_with_hint(at, "", message, Some(hint.to_owned()));
                self.add(Node {
                    at,
                    value: Value::Nothing,
                });
            }
            Event::Scalar(text, style, _, _) => {
                let nothing = style == ScalarStyle::Plain
                    && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL");
                let value = if nothing {
                    Value::Nothing
                } else {
                    Value::Text(text.into_owned())
                };
                self.add(Node { at, value });
            }
            Event::SequenceStart(..) => self.begin(at, Content::List(Vec::new()))?,
            Event::MappingStart(..) => self.begin(at, Content::Map(Vec::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { at, content } = self.open.pop()?;
                let value = match content {
                    Content::List(nodes) => Value::List(nodes),
                    Content::Map(entries, _) => Value::Map(entries),
                };
                self.add(Node { at, value });
            }
            Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::StreamStart
            | Event::StreamEnd
            | Event::Nothing => {}
        }
        Some(())
    }

    fn begin(&mut self, at: Place, content: Content) -> Option<()> {
        if self.open.len() >= DEPTH_MAX {
            self.report.error(at, "", "this is nested too deeply");
            return None;
        }
        self.open.push(Open { at, content });
        Some(())
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(nodes)) => nodes.push(node),
            Some(Content::Map(entries, waiting)) => match waiting.take() {
                Some(key) => entries.push((key, node)),
                None => *waiting = Some(key(node, self.report)),
            },
        }
    }
}

fn key(node: Node, report: &mut Report) -> Key {
    let text = match node.value {
        Value::Text(text) => text,
        Value::Nothing => String::new(),
        Value::List(_) | Value::Map(_) => {
            report.error(node.at, "", "a key must be a plain word");
            String::new()
        }
    };
    Key { at: node.at, text }
}
