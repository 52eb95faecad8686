//! What is wrong with a menu file, told so that whoever wrote it finds and mends it: line, column, path, sentence, hint.

use std::fmt;

/// Whether a mistake keeps the file from being published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be published.
    Error,
    /// It can, but a guest will notice: a text that is not translated.
    Warning,
}

/// One mistake in a menu file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Whether it keeps the file from being published.
    pub severity: Severity,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Where in the file's structure, e.g. `categories[0].items[2].price`; empty for the whole file.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it, where that can be guessed.
    pub hint: Option<String>,
}

/// One line: `line 12, column 9: error: categories[0].items[2].price: … (did you mean …?)`.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(
            f,
            "line {}, column {}: {severity}: ",
            self.line, self.column
        )?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// A position in the text, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Collects the mistakes of one reading.
#[derive(Debug, Default)]
pub(crate) struct Report {
    mistakes: Vec<Mistake>,
}

impl Report {
    pub(crate) fn error(&mut self, at: Place, path: &str, message: impl Into<String>) {
        self.add(Severity::Error, at, path, message.into(), None);
    }

    pub(crate) fn error_with_hint(
        &mut self,
        at: Place,
        path: &str,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.add(Severity::Error, at, path, message.into(), hint);
    }

    pub(crate) fn warning(&mut self, at: Place, path: &str, message: impl Into<String>) {
        self.add(Severity::Warning, at, path, message.into(), None);
    }

    pub(crate) fn warning_with_hint(
        &mut self,
        at: Place,
        path: &str,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.add(Severity::Warning, at, path, message.into(), hint);
    }

    fn add(
        &mut self,
        severity: Severity,
        at: Place,
        path: &str,
        message: String,
        hint: Option<String>,
    ) {
        let Place { line, column } = at;
        let path = path.to_owned();
        self.mistakes.push(Mistake {
            severity,
            line,
            column,
            path,
            message,
            hint,
        });
    }

    /// Takes those that are not told yet: what several locations share is read for each.
    pub(crate) fn add_new(&mut self, mistakes: Vec<Mistake>) {
        for mistake in mistakes {
            if !self.mistakes.contains(&mistake) {
                self.mistakes.push(mistake);
            }
        }
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.mistakes.len()
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.mistakes
            .iter()
            .any(|mistake| mistake.severity == Severity::Error)
    }

    /// All mistakes in the order of the file.
    pub(crate) fn into_mistakes(mut self) -> Vec<Mistake> {
        self.mistakes
            .sort_by_key(|mistake| (mistake.line, mistake.column, mistake.severity));
        self.mistakes
    }
}
