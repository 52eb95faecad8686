//! The printers' agents of all stores; and both printers and agents of a store that is set up while the program runs.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use tokio::{net::TcpSocket, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::ports;
use crate::{addresses::url, agents, certs::Certs, environment::Environment, publish::Publisher};

/// How soon the printers of a new store are there. Nobody waits for them before the first order.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// Every agent with the file it runs on.
#[derive(Debug)]
pub(super) struct Kitchens {
    environment: Environment,
    publisher: Publisher,
    certs: Certs,
    /// Keeps the printers' ports from being given to others.
    held: Vec<TcpSocket>,
    agents: BTreeMap<PathBuf, Agent>,
    stop: CancellationToken,
}

impl Kitchens {
    /// Starts the agents that `environment` names.
    ///
    /// # Errors
    /// When a certificate or file cannot be written.
    pub(super) async fn start(
        environment: Environment,
        publisher: Publisher,
        certs: Certs,
        stop: CancellationToken,
    ) -> Result<Self> {
        let mut kitchens = Self {
            environment,
            publisher,
            certs,
            held: Vec::new(),
            agents: BTreeMap::new(),
            stop,
        };
        kitchens.start_agents().await?;
        Ok(kitchens)
    }

    /// Starts what is new, until the program is stopped and every agent has ended.
    pub(super) async fn keep(mut self) {
        let stop = self.stop.clone();
        while stop
            .run_until_cancelled(tokio::time::sleep(CHECK_EVERY))
            .await
            .is_some()
        {
            if let Err(error) = self.check_stores().await {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "the printers of a new store do not start"
                );
            }
        }
        for agent in self.agents.into_values() {
            agent.end().await;
        }
    }

    async fn check_stores(&mut self) -> Result<()> {
        let stores = self.publisher.stores().await?;
        let known = self.environment.run.printers.len();
        let mut run = self.environment.run.clone();
        let held = ports::add_printers(&mut run, &stores)?;
        if run.printers.len() == known {
            return Ok(());
        }
        let part = format!("{}/local/printers", url(run.addresses.printers));
        for printer in &run.printers[known..] {
            let sent = self
                .environment
                .client()
                .post(&part)
                .json(printer)
                .send()
                .await;
            sent.and_then(reqwest::Response::error_for_status)
                .context("a printer")?;
        }
        self.environment.run = run;
        self.held.extend(held);
        self.start_agents().await?;
        // Whoever imports waits for this, see `menu publish`.
        Ok(self.environment.data.write_running(&self.environment.run)?)
    }

    /// Starts the agents that are new, and those again whose printers are others than before.
    async fn start_agents(&mut self) -> Result<()> {
        let Environment {
            settings,
            data,
            run,
        } = &self.environment;
        for file in agents::configure(&data.join("agents"), run, &self.certs, &settings.fonts)? {
            let configuration = fs::read_to_string(&file)?;
            match self.agents.remove(&file) {
                Some(agent) if agent.configuration == configuration => {
                    self.agents.insert(file, agent);
                    continue;
                }
                // Two of one name would fight for the journal.
                Some(agent) => agent.end().await,
                None => {}
            }
            let stop = self.stop.child_token();
            let (settings, logs) = (settings.clone(), data.join(agents::LOGS));
            let (path, until) = (file.clone(), stop.clone());
            let mut task = JoinSet::new();
            task.spawn(async move {
                if let Err(error) = agents::run(&settings, &path, &logs, until).await {
                    tracing::error!(error = format!("{error:#}"), "no printer agent");
                }
            });
            let agent = Agent {
                configuration,
                stop,
                task,
            };
            self.agents.insert(file, agent);
        }
        Ok(())
    }
}

/// An agent that runs, and is started again when it ends.
#[derive(Debug)]
struct Agent {
    configuration: String,
    stop: CancellationToken,
    task: JoinSet<()>,
}

impl Agent {
    async fn end(mut self) {
        self.stop.cancel();
        while self.task.join_next().await.is_some() {}
    }
}
