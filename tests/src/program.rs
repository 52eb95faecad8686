//! The program `tabletap` as a child process with a data folder of its own.

use crate::{Guest, eventually_within};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

/// A running program. It is killed, with everything it started, when this is dropped.
#[derive(Debug)]
pub struct Program {
    data: tempfile::TempDir,
    child: Child,
    url: String,
    http: reqwest::Client,
    how: How,
}

/// How a program is started.
#[derive(Clone, Debug, Default)]
pub struct How {
    /// Environment variables, e.g. `SESSION_TTL_S` or `TABLETAP_FAULT`.
    pub environment: Vec<(String, String)>,
    /// Arguments behind `tabletap run`.
    pub arguments: Vec<String>,
    /// The folder it is started in; a test's own where there is none.
    pub folder: Option<PathBuf>,
}

impl How {
    /// With these environment variables.
    #[must_use]
    pub fn with(environment: &[(&str, &str)]) -> Self {
        let environment = environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Self {
            environment: environment.collect(),
            ..Self::default()
        }
    }
}

impl Program {
    /// Starts it on a new data folder and waits until all parts are up.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with environment variables, e.g. `SESSION_TTL_S` or `TABLETAP_FAULT`.
    pub async fn start_with(environment: &[(&str, &str)]) -> Self {
        Self::start_as(How::with(environment)).await
    }

    /// The same, started as `how` says.
    pub async fn start_as(how: How) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder can be made");
        Self::start_in(data, how).await
    }

    /// Starts it on what is in a folder already.
    pub async fn start_on(data: tempfile::TempDir) -> Self {
        Self::start_in(data, How::default()).await
    }

    async fn start_in(data: tempfile::TempDir, how: How) -> Self {
        let child = spawn(data.path(), &how);
        let mut program = Self {
            data,
            child,
            url: String::new(),
            http: reqwest::Client::new(),
            how,
        };
        program.await_ready().await;
        program
    }

    /// Ends it as `kill -9` does and starts it again on the same data, with other environment variables.
    pub async fn restart_after_kill_with(&mut self, environment: &[(&str, &str)]) {
        self.how = How::with(environment);
        self.restart_after_kill().await;
    }

    /// Ends it as `kill -9` does and starts it again on the same data. It may be dead already.
    pub async fn restart_after_kill(&mut self) {
        self.kill();
        self.child = spawn(self.data.path(), &self.how);
        self.await_ready().await;
    }

    /// Starts it again, knowing that it will refuse, and returns what it said. It must have ended.
    pub async fn start_refused(&mut self) -> String {
        self.child = spawn(self.data.path(), &self.how);
        self.await_end().await;
        self.said()
    }

    /// Starts it again, after its end, with environment variables that it dies of.
    pub async fn restart_to_die_with(&mut self, environment: &[(&str, &str)]) {
        self.how = How::with(environment);
        self.start_refused().await;
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().expect("the program can be killed");
        self.child.wait().expect("the program can be waited for");
    }

    /// Whether it has ended by itself, e.g. at a fault point.
    pub fn has_ended(&mut self) -> bool {
        self.child
            .try_wait()
            .expect("the program can be waited for")
            .is_some()
    }

    /// Waits until it has ended by itself, e.g. at a fault point.
    pub async fn await_end(&mut self) {
        let child = &mut self.child;
        let look = async || child.try_wait().expect("the program can be waited for");
        eventually_within(Duration::from_secs(60), "the program ended", look).await;
    }

    async fn await_ready(&mut self) {
        let log = self.log_path();
        let child = &mut self.child;
        let look = async || {
            if let Some(status) = child.try_wait().expect("the program can be waited for") {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                panic!("the program ended with {status} before it was ready:\n{said}");
            }
            let said = std::fs::read_to_string(&log).ok()?;
            let ready = said.lines().find_map(|line| line.strip_prefix("ready "))?;
            Some(ready.trim().to_owned())
        };
        self.url = eventually_within(Duration::from_secs(60), "the line `ready`", look).await;
        self.http = client(&self.token());
    }

    fn log_path(&self) -> PathBuf {
        self.data.path().with_extension("log")
    }

    /// What it has said so far, standard output and error.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Its address, `http://localhost:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the local endpoints demand until it is started again.
    #[must_use]
    pub fn token(&self) -> String {
        let text = std::fs::read(self.data().join("run.json")).expect("run.json is there");
        let run: Value = serde_json::from_slice(&text).expect("run.json is JSON");
        run["token"].as_str().unwrap_or_default().to_owned()
    }

    /// Its client.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it, or a part of it at an address of its own, answers to this run's token.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn fetch(&self, path: &str) -> reqwest::Response {
        let url = match path.starts_with('/') {
            true => format!("{}{path}", self.url),
            false => path.to_owned(),
        };
        self.http.get(url).send().await.expect("it answers")
    }

    /// A JSON document of it.
    ///
    /// # Panics
    /// When the answer is no JSON of status 200.
    pub async fn get(&self, path: &str) -> Value {
        let reply = self.http.get(format!("{}{path}", self.url)).send().await;
        let reply = reply.expect("the program answers");
        assert_eq!(reply.status(), 200, "{path}");
        reply.json().await.expect("the answer is JSON")
    }

    /// Sends JSON to a local endpoint and returns the status.
    pub async fn post(&self, path: &str, body: &Value) -> u16 {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        request
            .send()
            .await
            .expect("the program answers")
            .status()
            .as_u16()
    }

    /// A JSON document of it, where it answers with one.
    pub async fn try_get(&self, path: &str) -> Option<Value> {
        let reply = self.http.get(format!("{}{path}", self.url)).send().await;
        reply.ok()?.json().await.ok()
    }

    /// The code on the `index`th table of a store.
    pub async fn table_code(&self, slug: &str, index: usize) -> String {
        let stores = self.get("/local/stores").await;
        let store = stores
            .as_array()
            .and_then(|all| all.iter().find(|s| s["slug"] == slug));
        let store = store.expect("the demo store is there");
        store["tables"][index]["table_code"]
            .as_str()
            .expect("a table has a code")
            .to_owned()
    }

    /// A guest who scans the `index`th table of a store.
    pub async fn guest(&self, slug: &str, index: usize) -> Guest {
        let code = self.table_code(slug, index).await;
        Guest::scan(&self.http, &self.url, slug, &code).await
    }

    /// A guest who opens a store's page at home.
    pub async fn takeout_guest(&self, slug: &str) -> Guest {
        Guest::takeout(&self.http, &self.url, slug).await
    }

    /// The same from another network: a proxy on this machine says whose request it is.
    pub async fn takeout_guest_from(&self, slug: &str, address: &str) -> Guest {
        let address = address.parse().expect("an address");
        let headers = [(HeaderName::from_static("x-forwarded-for"), address)];
        let http = reqwest::Client::builder().default_headers(headers.into_iter().collect());
        let http = http.build().expect("a client");
        Guest::takeout(&http, &self.url, slug).await
    }

    /// The papers that belong to an order.
    pub async fn papers_of(&self, order_id: &str) -> Vec<Value> {
        let all = self.papers().await.into_iter();
        all.filter(|paper| paper["order_id"] == order_id).collect()
    }

    /// Everything that came out of any printer.
    pub async fn papers(&self) -> Vec<Value> {
        let mut papers = Vec::new();
        let printers = self.get("/local/printers").await;
        for printer in printers.as_array().expect("a list") {
            let id = printer["id"].as_str().expect("a printer has an id");
            let all = self.get(&format!("/local/printers/{id}/papers")).await;
            papers.extend(all.as_array().expect("a list").iter().cloned());
        }
        papers
    }

    /// Waits until every ticket of an order is on paper, and returns the papers.
    pub async fn await_papers(&self, order_id: &str, tickets: usize) -> Vec<Value> {
        let what = format!("{tickets} tickets of {order_id} on paper");
        eventually_within(Duration::from_secs(120), &what, async || {
            let papers = self.papers_of(order_id).await;
            let mut ids: Vec<_> = papers
                .iter()
                .map(|paper| paper["ticket_id"].to_string())
                .collect();
            ids.sort();
            ids.dedup();
            (ids.len() >= tickets).then_some(papers)
        })
        .await
    }

    /// Runs a command of the program's command line on its data folder.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Output {
        self.command_with(arguments, &[])
    }

    /// The same with environment variables.
    #[must_use]
    pub fn command_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new(binary("tabletap"));
        command
            .args(arguments)
            .envs(environment.iter().copied())
            .env("TABLETAP_DATA", self.data.path());
        command.output().expect("the command line runs")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(self.log_path());
    }
}

fn spawn(data: &Path, how: &How) -> Child {
    let log = File::create(data.with_extension("log")).expect("a log can be made");
    let errors = log.try_clone().expect("a log can be shared");
    Command::new(binary("tabletap"))
        .arg("run")
        .args(&how.arguments)
        .current_dir(how.folder.as_deref().unwrap_or(Path::new(".")))
        .env("TABLETAP_DATA", data)
        .env("PORT", "0")
        .envs(how.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .expect("the program starts; `make build` builds it")
}

/// A client that the local endpoints let in.
fn client(token: &str) -> reqwest::Client {
    let token = HeaderValue::from_str(token).expect("a token is plain text");
    let headers = HeaderMap::from_iter([(HeaderName::from_static("x-tabletap-token"), token)]);
    let client = reqwest::Client::builder().default_headers(headers).build();
    client.expect("a client without TLS settings can be built")
}

/// A program of this workspace, beside the one that runs now.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let running = std::env::current_exe().expect("a running program has a path");
    let folder = running.parent().expect("a program is in a folder");
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    folder.join(name)
}
