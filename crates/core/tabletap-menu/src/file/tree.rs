//! YAML text as a tree whose nodes know their place, built from the parser's events.
//!
//! It keeps what a general loader loses or stops at: every scalar as it was written (`12.50` stays text, never a float) and every
//! repeated key. It never follows an alias, so no small file can grow large.

use super::{
    comment, invisible,
    mistake::{Place, Report},
};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Deepest nesting; the format itself needs 13.
const DEPTH_MAX: usize = 32;

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: Place,
    pub(crate) value: Value,
    /// What follows a scalar on its line as a comment, where it looks like a part of the text.
    pub(crate) cut: Option<String>,
}

impl Node {
    pub(crate) fn new(at: Place, value: Value) -> Self {
        let cut = None;
        Self { at, value, cut }
    }
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
    // The parser takes a byte order mark at the beginning only; files that were put together have them elsewhere.
    let text = text.replace('\u{feff}', "");
    let lines: Vec<&str> = text.lines().collect();
    let mut builder = Builder {
        report,
        lines: &lines,
        open: Vec::new(),
        root: None,
    };
    for event in Parser::new_from_str(&text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = place(error.marker());
                let message = format!("this is not valid YAML: {}", error.info());
                let hint = comment::find_swallowed_bracket(&lines, at).unwrap_or_else(|| {
                    "check the indentation, and quote texts that contain `: ` or ` #`".to_owned()
                });
                builder.report.error_with_hint(at, "", message, Some(hint));
                return None;
            }
        };
        builder.take(event, &span)?;
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
    lines: &'r [&'r str],
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder<'_> {
    /// Takes one event; `None` when reading on makes no sense.
    fn take(&mut self, event: Event<'_>, span: &Span) -> Option<()> {
        let at = place(&span.start);
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
                self.add(Node::new(at, Value::Nothing));
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_marks(at, anchor, tag.as_deref());
                let node = self.scalar(&text, style, span);
                self.add(node);
            }
            Event::SequenceStart(..) => self.begin(at, Content::List(Vec::new()))?,
            Event::MappingStart(..) => self.begin(at, Content::Map(Vec::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { at, content } = self.open.pop()?;
                let value = match content {
                    Content::List(nodes) => Value::List(nodes),
                    Content::Map(entries, _) => Value::Map(entries),
                };
                self.add(Node::new(at, value));
            }
            Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::StreamStart
            | Event::StreamEnd
            | Event::Nothing => {}
        }
        Some(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: &Span) -> Node {
        let at = place(&span.start);
        let cut = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => None,
            _ => comment::find_suspicious(self.lines, at, place(&span.end)),
        };
        let nothing =
            style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL");
        let value = match nothing {
            true => Value::Nothing,
            false => Value::Text(invisible::strip(text, |found| {
                let at = invisible::locate(self.lines, found.character, at, place(&span.end));
                let hint = Some("delete it, and type the text again if need be".to_owned());
                self.report.error_with_hint(at, "", found.to_string(), hint);
            })),
        };
        Node { at, value, cut }
    }

    /// A word that begins with `&` or `!` is YAML's own and would silently be left out of the text.
    fn refuse_marks(&mut self, at: Place, anchor: usize, tag: Option<&Tag>) {
        let is_own = tag.is_some_and(|tag| !tag.is_yaml_core_schema());
        let message = match (anchor, is_own) {
            (0, false) => return,
            (0, true) => "a word that begins with `!` is not part of the text (a YAML tag)",
            _ => "a word that begins with `&` is not part of the text (a YAML anchor)",
        };
        let hint = "put the text in quotes".to_owned();
        self.report.error_with_hint(at, "", message, Some(hint));
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
