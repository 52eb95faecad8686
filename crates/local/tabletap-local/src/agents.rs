//! Printer agents: the real `printer-agent` as a child of this program, one for each agent the stores name.
//!
//! An agent that ends is started again; all end with this program, however it ends, because their standard input does.

use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use crate::{
    addresses::{RunFile, VirtualPrinter},
    certs::{Certs, ThingFiles},
    data_folder::write_whole,
    settings::Settings,
};

/// Where the agents' logs are, in the data folder: a file for each.
pub const LOGS: &str = "logs/agents";
/// How long an agent may take to end.
const END_WITHIN: Duration = Duration::from_secs(2);
/// Wait before an agent that ended is started again.
const RESTART_AFTER: Duration = Duration::from_millis(500);
/// Longest wait, for one that ends again and again.
const RESTART_AT_MOST: Duration = Duration::from_secs(3);
/// The file beside an agent's configuration that holds its last words.
const ENDED: &str = "ended";
/// Last words are news for this long: an agent that cannot start ends again within it.
const ENDED_LATELY: Duration = Duration::from_secs(10);
/// A log that is longer than this is put aside; one older log is kept.
const LOG_BYTES_MAX: u64 = 5 * 1024 * 1024;
/// How often the length of a log is looked at.
const LOOK_AT_LOG_EVERY: Duration = Duration::from_secs(5);
/// An agent that ran this long did start.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

/// Writes the configuration of every agent and says where.
///
/// # Errors
/// When a certificate or file cannot be written.
pub fn configure(
    folder: &Path,
    run: &RunFile,
    certs: &Certs,
    fonts: &[PathBuf],
) -> Result<Vec<PathBuf>> {
    let mut printers: BTreeMap<&str, Vec<&VirtualPrinter>> = BTreeMap::new();
    for printer in &run.printers {
        printers.entry(&printer.agent).or_default().push(printer);
    }
    let mut files = Vec::new();
    for (thing, printers) in printers {
        let agent = folder.join(thing.replace(':', "."));
        let text = configuration(thing, run, &certs.thing(thing)?, &agent, fonts, &printers);
        let file = agent.join("agent.toml");
        write_whole(&file, text.as_bytes()).context("an agent's configuration")?;
        files.push(file);
    }
    Ok(files)
}

fn configuration(
    thing: &str,
    run: &RunFile,
    files: &ThingFiles,
    agent: &Path,
    fonts: &[PathBuf],
    printers: &[&VirtualPrinter],
) -> String {
    let fonts: Vec<_> = fonts.iter().filter(|folder| folder.is_dir()).collect();
    let mut text = format!(
        "# Written anew at each start.\nthing = {thing:?}\nendpoint = {:?}\nca = {:?}\ncertificate = {:?}\nkey = {:?}\ndata = {:?}\nfonts = {fonts:?}\n",
        format!("localhost:{}", run.addresses.mqtt.port()),
        files.ca,
        files.cert,
        files.key,
        agent.join("data"),
    );
    for printer in printers {
        let (id, address) = (&printer.printer, printer.address.to_string());
        let _ = write!(text, "\n[[printer]]\nid = {id:?}\naddress = {address:?}\n");
    }
    text
}

/// Runs one agent until `stop`, which lets it end its work and say that it is away. It writes its log into a file of its own in `logs`.
///
/// # Errors
/// When the program is not there.
pub async fn run(
    settings: &Settings,
    configuration: &Path,
    logs: &Path,
    stop: CancellationToken,
) -> Result<()> {
    let program = settings.programs.join("printer-agent");
    if !program.is_file() {
        bail!(
            "{} is missing: run `make run`, which builds it",
            program.display()
        );
    }
    let log = log_of(logs, configuration);
    let mut wait = RESTART_AFTER;
    loop {
        let began = Instant::now();
        match start(&program, configuration, &log) {
            Ok(mut agent) => {
                // Waiting closes an input it still owns.
                let input = agent.stdin.take();
                let ended = tokio::select! {
                    ended = end_of(&mut agent, &log) => ended,
                    () = stop.cancelled() => {
                        drop(input);
                        let _ = tokio::time::timeout(END_WITHIN, agent.wait()).await;
                        return Ok(());
                    }
                };
                let said = last_line(&log);
                if let Some(folder) = configuration.parent() {
                    // Whoever shows the agent finds it; without it the terminal still says so.
                    let _ = std::fs::write(folder.join(ENDED), &said);
                }
                tracing::warn!(?ended, agent = %configuration.display(), said, "a printer agent ended; it is started again");
                // One that ends at once would fill the terminal.
                wait = if began.elapsed() < SETTLED_AFTER {
                    (wait * 2).min(RESTART_AT_MOST)
                } else {
                    RESTART_AFTER
                };
            }
            Err(error) => tracing::error!(%error, "a printer agent does not start"),
        }
        tokio::time::sleep(wait).await;
    }
}

/// Why the agent `thing` cannot work, in its own words, where it has ended lately; `folder` is the one of [`configure`].
#[must_use]
pub fn ended(folder: &Path, thing: &str) -> Option<String> {
    let file = folder.join(thing.replace(':', ".")).join(ENDED);
    let at = file.metadata().and_then(|of| of.modified()).ok()?;
    let is_news = at.elapsed().is_ok_and(|age| age < ENDED_LATELY);
    is_news
        .then(|| std::fs::read_to_string(file).ok())
        .flatten()
}

/// `kumo-hospitality.kumo-sushi.kitchen-pc.log` of the agent whose configuration stands in a folder of that name.
fn log_of(logs: &Path, configuration: &Path) -> PathBuf {
    let agent = configuration.parent().and_then(Path::file_name);
    let name = agent.unwrap_or_default().to_string_lossy();
    logs.join(format!("{name}.log"))
}

/// Waits until the agent has ended, and keeps its log short until then.
async fn end_of(agent: &mut Child, log: &Path) -> std::io::Result<std::process::ExitStatus> {
    loop {
        if let Ok(ended) = tokio::time::timeout(LOOK_AT_LOG_EVERY, agent.wait()).await {
            return ended;
        }
        if let Err(error) = keep_short(log, LOG_BYTES_MAX) {
            tracing::warn!(%error, log = %log.display(), "the log of a printer agent grows on");
        }
    }
}

/// Puts what stands in `log` aside where it is longer than `bytes_max`, in the place of what was put aside before.
///
/// The agent has the file open and goes on writing at its end, so the file is copied and emptied; a line that it writes in between is lost.
fn keep_short(log: &Path, bytes_max: u64) -> std::io::Result<()> {
    if log.metadata()?.len() > bytes_max {
        std::fs::copy(log, log.with_extension("log.old"))?;
        std::fs::File::options()
            .write(true)
            .truncate(true)
            .open(log)?;
    }
    Ok(())
}

/// Why an agent ended, in its own words.
fn last_line(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().next_back().unwrap_or_default().to_owned()
}

fn start(program: &Path, configuration: &Path, log: &Path) -> Result<Child> {
    if let Some(logs) = log.parent() {
        std::fs::create_dir_all(logs)?;
    }
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log)?;
    let agent = Command::new(program)
        .args(["run", "--with-parent", "--config"])
        .arg(configuration)
        // The agent sees the end of this program as the end of its input, also after `kill -9`.
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()?;
    if let (Some(pid), Some(folder)) = (agent.id(), configuration.parent()) {
        std::fs::write(folder.join("pid"), pid.to_string())?;
    }
    Ok(agent)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_log_that_has_grown_is_put_aside_once_while_its_agent_writes_on() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("kumo.kitchen-pc.log");
        let old = folder.path().join("kumo.kitchen-pc.log.old");
        let mut agent = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let read = |file: &Path| std::fs::read_to_string(file).unwrap();
        let mut write =
            |text: &str| std::io::Write::write_all(&mut agent, text.as_bytes()).unwrap();

        write("12345678");
        keep_short(&log, 8).unwrap();
        assert_eq!((read(&log).as_str(), old.exists()), ("12345678", false));
        write("9");
        keep_short(&log, 8).unwrap();
        assert_eq!(
            (read(&log).as_str(), read(&old).as_str()),
            ("", "123456789")
        );
        write("the next line");
        assert_eq!(read(&log), "the next line", "from the beginning again");
        keep_short(&log, 8).unwrap();
        assert_eq!(read(&old), "the next line", "one older log is kept");
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 2);
    }

    #[test]
    fn each_agent_has_a_log_of_its_own() {
        let of = |thing: &str| {
            let configuration = Path::new("agents").join(thing).join("agent.toml");
            log_of(Path::new("logs/agents"), &configuration)
        };
        let log = Path::new("logs/agents/kumo-hospitality.kumo-sushi.kitchen-pc.log");
        assert_eq!(of("kumo-hospitality.kumo-sushi.kitchen-pc"), log);
        assert_ne!(of("kumo-hospitality.kumo-sushi.bar-pc"), log);
    }

    #[test]
    fn the_last_words_of_an_agent_are_shown_while_they_are_news() {
        let folder = tempfile::tempdir().unwrap();
        let thing = "kumo-hospitality:kumo-sushi:kitchen-pc";
        assert_eq!(ended(folder.path(), thing), None, "it never ended");
        let own = folder.path().join("kumo-hospitality.kumo-sushi.kitchen-pc");
        std::fs::create_dir(&own).unwrap();
        let (log, words) = (own.join("log"), "the journal is damaged; move it away");
        std::fs::write(&log, format!("{{\"level\":\"ERROR\"}}\n{words}\n")).unwrap();
        std::fs::write(own.join(ENDED), last_line(&log)).unwrap();
        assert_eq!(ended(folder.path(), thing).as_deref(), Some(words));
        let file = std::fs::File::options().append(true).open(own.join(ENDED));
        let file = file.unwrap();
        let long_ago = file.metadata().unwrap().modified().unwrap() - ENDED_LATELY;
        file.set_modified(long_ago).unwrap();
        assert_eq!(ended(folder.path(), thing), None, "it works again");
    }
}
