//! The agent's configuration file: TOML, unknown keys refused, every problem named with its line.
//!
//! Its contract is `docs/printer-agent.md`, whose example a test reads. Paths are relative to the file's folder.

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use tabletap_domain::{PrinterId, ThingName};
use toml::Spanned;

/// A valid configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The agent's name: thing, MQTT client id and common name of its certificate.
    pub thing: ThingName,
    /// The broker's address.
    pub endpoint: HostPort,
    /// Who signed the broker's certificate (PEM).
    pub ca: PathBuf,
    /// The agent's certificate (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
    /// The journal's folder.
    pub data: PathBuf,
    /// Folders with fonts for text a printer has no characters for; may be empty.
    pub fonts: Vec<PathBuf>,
    /// What to do about a ticket whose outcome is unknown.
    pub unknown_outcome: UnknownOutcomePolicy,
    /// The printers, at least one.
    pub printers: Vec<Printer>,
    /// Intervals and timeouts.
    pub timing: Timing,
}

/// One printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printer {
    /// Its id in the store.
    pub id: PrinterId,
    /// Where it listens.
    pub address: HostPort,
    /// How it proves that a ticket is on paper.
    pub fence: Fence,
}

/// A host name or address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// A host name or an IP address.
    pub host: String,
    /// A TCP port.
    pub port: u16,
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// What to do about a ticket that may be on paper or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownOutcomePolicy {
    /// Print it once more with the banner POSSIBLE DUPLICATE; if that ends unknown too, ask.
    #[default]
    Reprint,
    /// Print nothing and report it: staff look and decide.
    Ask,
}

/// How a printer proves that a ticket is on paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fence {
    /// It answers `GS r 1` when all before it is printed.
    #[default]
    Gsr,
    /// It does not answer that. A good status before and after is the only sign.
    None,
}

/// Intervals and timeouts; the defaults are right for a restaurant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long to wait before a printer that is not ready is asked again.
    pub retry_interval: Duration,
    /// How long a status answer may take.
    pub answer_timeout: Duration,
    /// How long a printer may take to answer the fence; a second more for each 200 mm of paper.
    pub fence_timeout: Duration,
    /// How often an idle printer is asked for its status.
    pub heartbeat_interval: Duration,
    /// The longest wait between two attempts to reach the broker.
    pub backoff_max: Duration,
    /// How often what guests wrote on finished tickets is removed from the journal.
    pub tidy_interval: Duration,
}

/// Why the configuration cannot be used: one clear sentence per problem, with its line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    thing: Spanned<String>,
    endpoint: Spanned<String>,
    ca: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    data: PathBuf,
    #[serde(default)]
    fonts: Vec<PathBuf>,
    #[serde(default)]
    unknown_outcome: UnknownOutcomePolicy,
    #[serde(default)]
    printer: Vec<FilePrinter>,
    #[serde(default)]
    timing: FileTiming,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePrinter {
    id: Spanned<String>,
    address: Spanned<String>,
    width: Option<Spanned<u16>>,
    #[serde(default)]
    fence: Fence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FileTiming {
    ask_again_ms: u64,
    answer_ms: u64,
    fence_ms: u64,
    heartbeat_ms: u64,
    backoff_max_ms: u64,
    tidy_ms: u64,
}

impl Default for FileTiming {
    fn default() -> Self {
        Self {
            ask_again_ms: 2_000,
            answer_ms: 1_000,
            fence_ms: 10_000,
            heartbeat_ms: 10_000,
            backoff_max_ms: 30_000,
            tidy_ms: 3_600_000,
        }
    }
}

/// Dots across the paper that tickets are laid out for.
const WIDTH_DOTS: u16 = 576;

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`ConfigError`] when it cannot be read or used; show its sentences to the person who wrote the file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|error| {
            ConfigError(vec![format!(
                "cannot read the configuration {}: {error}",
                path.display()
            )])
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, folder).map_err(|ConfigError(problems)| {
            let name = path.display();
            ConfigError(
                problems
                    .into_iter()
                    .map(|problem| format!("{name}: {problem}"))
                    .collect(),
            )
        })
    }

    /// Reads a configuration's text; relative paths start at `folder`.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, folder: &Path) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            ConfigError(vec![format!(
                "line {line}: {}",
                error.message().replace('\n', " ")
            )])
        })?;
        let mut problems = Problems {
            text,
            found: Vec::new(),
        };
        let thing = problems.check(&file.thing, |text| {
            ThingName::parse(text)
                .map_err(|_| format!("`{text}` is not a thing name: expected tenant:store:agent"))
        });
        let endpoint = problems.check(&file.endpoint, |text| host_port(text));
        let printers = problems.printers(&file.printer);
        let (Some(thing), Some(endpoint), []) = (thing, endpoint, problems.found.as_slice()) else {
            return Err(ConfigError(problems.found));
        };
        Ok(Self {
            thing,
            endpoint,
            ca: folder.join(file.ca),
            certificate: folder.join(file.certificate),
            key: folder.join(file.key),
            data: folder.join(file.data),
            fonts: file.fonts.iter().map(|path| folder.join(path)).collect(),
            unknown_outcome: file.unknown_outcome,
            printers,
            timing: Timing {
                retry_interval: Duration::from_millis(file.timing.ask_again_ms),
                answer_timeout: Duration::from_millis(file.timing.answer_ms),
                fence_timeout: Duration::from_millis(file.timing.fence_ms),
                heartbeat_interval: Duration::from_millis(file.timing.heartbeat_ms),
                backoff_max: Duration::from_millis(file.timing.backoff_max_ms),
                tidy_interval: Duration::from_millis(file.timing.tidy_ms),
            },
        })
    }
}

struct Problems<'a> {
    text: &'a str,
    found: Vec<String>,
}

impl Problems<'_> {
    fn check<T, V>(
        &mut self,
        value: &Spanned<V>,
        parse: impl FnOnce(&V) -> Result<T, String>,
    ) -> Option<T> {
        match parse(value.get_ref()) {
            Ok(parsed) => Some(parsed),
            Err(problem) => {
                let line = line_of(self.text, value.span().start);
                self.found.push(format!("line {line}: {problem}"));
                None
            }
        }
    }

    fn printers(&mut self, entries: &[FilePrinter]) -> Vec<Printer> {
        if entries.is_empty() {
            self.found
                .push("no [[printer]] is configured: the agent would print nothing".to_owned());
        }
        let mut ids = BTreeSet::new();
        let mut printers = Vec::new();
        for entry in entries {
            let id = self.check(&entry.id, |text| {
                let id = PrinterId::parse(text).map_err(|error| format!("`{text}` is {error}"))?;
                match ids.insert(id.clone()) {
                    true => Ok(id),
                    false => Err(format!("printer `{text}` is named twice")),
                }
            });
            let address = self.check(&entry.address, |text| host_port(text));
            if let Some(width) = &entry.width {
                self.check(width, |dots| match *dots == WIDTH_DOTS {
                    true => Ok(()),
                    false => Err(format!(
                        "tickets are laid out for {WIDTH_DOTS} dots (80 mm paper), not for {dots}"
                    )),
                });
            }
            if let (Some(id), Some(address)) = (id, address) {
                printers.push(Printer {
                    id,
                    address,
                    fence: entry.fence,
                });
            }
        }
        printers
    }
}

fn host_port(text: &str) -> Result<HostPort, String> {
    let parts = text
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse().ok()?)));
    match parts {
        Some((host, port)) if !host.is_empty() && port != 0 => Ok(HostPort {
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
        }),
        _ => Err(format!("`{text}` is not an address: expected host:port")),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

#[cfg(test)]
mod tests;
