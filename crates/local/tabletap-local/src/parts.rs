//! The parts of the program. Each finds the others by their addresses, so one process and many are the same code.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    addresses::url,
    aws,
    broker::{self, Broker, BrokerConfig, policy::Policy},
    bucket,
    bus::Bus,
    edge::{self, site::Site},
    environment::Environment,
    functions::{self, Host},
    http, local_api,
    mail::{Identities, Mail},
    names::{CONFIGURATION_SET, MAIL_FROM, SITE_BUCKET, TABLE},
    part::Part,
    printers::{PrinterConfig, PrintersConfig, VirtualPrinters},
    schedule,
    stream::{FIRST_WAIT, StreamPoller},
    stripe,
    table::{Positions, Table},
};

/// Larger than anything the parts send each other; each has limits of its own below it.
const REQUEST_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A part that runs; it ends when this is dropped.
#[derive(Debug, Default)]
pub struct Running {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    table: Option<Table>,
    broker: Option<Broker>,
}

impl Running {
    /// Ends it.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(broker) = self.broker.take() {
            // The hub's threads end by themselves; a second is more than their queue needs.
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), broker.stopped()).await;
        }
        self.tasks.shutdown().await;
        if let Some(mut table) = self.table.take() {
            let _ = tokio::task::spawn_blocking(move || table.stop()).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Environment {
    /// Serves what only this program calls.
    async fn serve(
        &self,
        running: &mut Running,
        address: SocketAddr,
        router: axum::Router,
    ) -> Result<()> {
        let router = http::bounded(router, |_| REQUEST_BYTES_MAX);
        listen(running, address, self.guard().before(router)).await
    }

    /// Starts `part`; it is ready when this returns.
    ///
    /// # Errors
    /// What hinders it, in words.
    pub async fn start(&self, part: Part) -> Result<Running> {
        let started = match part {
            Part::Table => self.start_table().await,
            Part::Bus => self.start_bus().await,
            Part::Bucket => self.start_bucket().await,
            Part::Mail => self.start_mail().await,
            Part::Functions => self.start_functions().await,
            Part::Broker => self.start_broker().await,
            Part::Printers => self.start_printers().await,
            Part::Stripe => self.start_stripe().await,
            Part::Edge => self.start_edge().await,
        };
        started.with_context(|| format!("the part `{}` does not start", part.name()))
    }

    async fn start_table(&self) -> Result<Running> {
        let listener = std::net::TcpListener::bind(self.run.addresses.table)?;
        let path = self.data.join("table.db");
        let table = Table::serve(&path, listener, self.guard())
            .map_err(|error| self.data.broken(error.to_string()))?;
        self.create_table().await?;

        let positions = Arc::new(Positions::default());
        for function in self.template()?.functions {
            for source in function.streams {
                let poller = StreamPoller {
                    stream: table.stream.clone(),
                    table: TABLE.to_owned(),
                    source,
                    function: function.name.clone(),
                    invoker: self.invoker(),
                    checkpoints: self.data.join("checkpoints"),
                    dead_letters: self.data.join("dead-letters"),
                    first_wait: FIRST_WAIT,
                    poll: self.settings.stream_poll,
                    positions: Arc::clone(&positions),
                };
                table.runtime.spawn(async move {
                    if let Err(error) = poller.run().await {
                        tracing::error!(%error, "the stream is not delivered");
                    }
                });
            }
        }
        table.runtime.spawn(
            table
                .stream
                .clone()
                .maintain(path, TABLE.to_owned(), positions),
        );
        let mut running = Running::default();
        running.table = Some(table);
        Ok(running)
    }

    async fn start_bus(&self) -> Result<Running> {
        let mut running = Running::default();
        let template = self.template()?;
        let (file, dead_letters) = (self.data.join("queues.db"), self.data.join("dead-letters"));
        let (bus, pollers) = Bus::open(&file, template, &self.invoker(), &dead_letters)
            .map_err(|error| self.data.broken(error.to_string()))?;
        for poller in pollers {
            running.tasks.spawn(poller.run());
        }
        self.serve(&mut running, self.run.addresses.bus, bus.router())
            .await?;
        Ok(running)
    }

    async fn start_bucket(&self) -> Result<Running> {
        let mut running = Running::default();
        let router = bucket::s3::router(SITE_BUCKET, self.site());
        self.serve(&mut running, self.run.addresses.bucket, router)
            .await?;
        Ok(running)
    }

    async fn start_mail(&self) -> Result<Running> {
        let mut running = Running::default();
        let identities = Identities {
            from: MAIL_FROM.to_owned(),
            configuration_set: CONFIGURATION_SET.to_owned(),
        };
        let mail = Mail::open(&self.data.join("mail.db"), identities)
            .map_err(|error| self.data.broken(error.to_string()))?;
        let bus = (url(self.run.addresses.bus), self.client());
        running
            .tasks
            .spawn(Arc::clone(&mail).publish_events(bus.0, bus.1));
        self.serve(&mut running, self.run.addresses.mail, mail.router())
            .await?;
        Ok(running)
    }

    async fn start_functions(&self) -> Result<Running> {
        let mut running = Running::default();
        let template = self.template()?;
        let handlers = functions::handlers(&template, &aws::of_functions(&self.run))?;
        let host = Arc::new(Host::new(
            handlers,
            &template,
            self.data.join("dead-letters"),
        ));
        self.serve(&mut running, self.run.addresses.functions, host.router())
            .await?;
        for function in template.functions {
            for period in function.schedules {
                running
                    .tasks
                    .spawn(schedule::run(self.invoker(), function.name.clone(), period));
            }
        }
        Ok(running)
    }

    async fn start_broker(&self) -> Result<Running> {
        let mut running = Running::default();
        let broker = broker::start(BrokerConfig {
            mqtt: TcpListener::bind(self.run.addresses.mqtt).await?,
            data_plane: TcpListener::bind(self.run.addresses.data_plane).await?,
            guard: self.guard(),
            certs: self.certs()?,
            policy: Policy::embedded()?,
            rules: self.template()?.rules,
            functions: self.invoker(),
            dead_letters: self.data.join("dead-letters"),
            stop: running.stop.clone(),
        });
        running.broker = Some(broker.await?);
        Ok(running)
    }

    async fn start_printers(&self) -> Result<Running> {
        let mut running = Running::default();
        let printers: Vec<PrinterConfig> = self
            .run
            .printers
            .iter()
            .map(|printer| PrinterConfig {
                id: printer.id.clone(),
                port: printer.address.port(),
                speed_mm_s: self.settings.speed_mm_s,
            })
            .collect();
        let config = PrintersConfig {
            papers: self.data.join("papers"),
            fonts: self.settings.fonts.clone(),
            printers,
        };
        let printers = VirtualPrinters::start(config).await?;
        let known = self.run.printers.clone();
        let router = local_api::printers::router(printers, known, self.settings.speed_mm_s);
        self.serve(&mut running, self.run.addresses.printers, router)
            .await?;
        Ok(running)
    }

    async fn start_stripe(&self) -> Result<Running> {
        let mut running = Running::default();
        let stripe = stripe::open(&self.data, &self.run)?;
        running.tasks.spawn(stripe.clone().run());
        let router = http::bounded(stripe.router(), |_| REQUEST_BYTES_MAX);
        let guard = self.guard_of(self.run.addresses.stripe, stripe::access);
        listen(
            &mut running,
            self.run.addresses.stripe,
            guard.before(router),
        )
        .await?;
        Ok(running)
    }

    async fn start_edge(&self) -> Result<Running> {
        let mut running = Running::default();
        let api = edge::Api::new(&self.template()?, self.invoker());
        let site = Site {
            published: self.site(),
            frontend: self.settings.frontend.clone(),
            token: self.run.token.clone(),
        };
        let router = edge::router(local_api::router(self.clone()).merge(site.router()), api);
        let guard = self.guard_of(self.run.addresses.edge, edge::access);
        listen(&mut running, self.run.addresses.edge, guard.before(router)).await?;
        Ok(running)
    }
}

async fn listen(running: &mut Running, address: SocketAddr, router: axum::Router) -> Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} is taken"))?;
    let stop = running.stop.clone().cancelled_owned();
    running.tasks.spawn(http::serve(listener, router, stop));
    Ok(())
}
