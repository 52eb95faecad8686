//! The parts of the program. Each finds the others by their addresses, so one process and many are the same code.

mod part;

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use tabletap_store::Store;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub use part::Part;

use crate::{
    aws,
    broker::{self, Broker, BrokerConfig, policy::Policy},
    bucket::{self, Bucket},
    bus::Bus,
    certs::Certs,
    data_folder::{Addresses, DataFolder, RunFile},
    edge::{self, site::Site},
    functions::{self, Host, Invoker},
    guard::{Access, Guard},
    http, local_api,
    mail::{Identities, Mail},
    printers::{PrinterConfig, PrintersConfig, VirtualPrinters},
    schedule,
    settings::Settings,
    stream::{FIRST_WAIT, Pump},
    stripe,
    table::{Positions, Table},
    template::Template,
};

/// Larger than anything the parts send each other; each has limits of its own below it.
const REQUEST_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Name of the one table.
pub const TABLE: &str = "tabletap";
/// Name of the one event bus.
pub const EVENT_BUS: &str = "tabletap";
/// Name of the site's bucket.
pub const SITE_BUCKET: &str = "site";
/// Where mails come from.
pub const MAIL_FROM: &str = "receipts@tabletap.localhost";
/// Name of the one configuration set: what is told of a mail's way.
pub const CONFIGURATION_SET: &str = "tabletap";

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

/// What parts are started with.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// How the program was started.
    pub settings: Settings,
    /// Where it keeps its data.
    pub data: Arc<DataFolder>,
    /// Where the parts are.
    pub run: RunFile,
}

impl Surroundings {
    /// The table, for the program's own questions.
    #[must_use]
    pub fn store(&self) -> Store {
        let config = aws::sdk_config(&url(self.run.addresses.table), &self.run.token);
        Store::from_sdk(&config, TABLE)
    }

    /// Reads the template with what this program puts in for parameters.
    ///
    /// # Errors
    /// When the template cannot be imitated, or the secrets cannot be read.
    pub fn template(&self) -> Result<Template> {
        let secrets = self.data.secrets()?;
        let iot = url(self.run.addresses.data_plane);
        let stripe_accounts = stripe::accounts_json(self)?;
        let values = |name: &str| match name {
            "TableName" => Some(TABLE.to_owned()),
            "SessionKeyArn" => Some("session-key".to_owned()),
            // What `{{resolve:secretsmanager:session-key}}` stands for.
            "session-key" => Some(secrets.session_key.clone()),
            "CustomerKeyArn" => Some("customer-key".to_owned()),
            "customer-key" => Some(secrets.customer_key.clone()),
            "SessionTtlSeconds" => Some(
                self.settings
                    .session_ttl_s
                    .clone()
                    .unwrap_or("3600".to_owned()),
            ),
            // They are read at each start.
            "SecretsRevision" => Some("1".to_owned()),
            "StripeAccountsArn" => Some("stripe-accounts".to_owned()),
            "stripe-accounts" => Some(stripe_accounts.clone()),
            "StripeApiBase" => Some(stripe::api_base(self)),
            "IotEndpoint" => Some(iot.clone()),
            "EventBus" | "EventBusName" => Some(EVENT_BUS.to_owned()),
            "MailFrom" => Some(MAIL_FROM.to_owned()),
            "MailEvents" => Some(CONFIGURATION_SET.to_owned()),
            "SiteBucketName" => Some(SITE_BUCKET.to_owned()),
            "SiteOrigins" | "SiteUrl" => Some(self.run.url.clone()),
            "Stage" => Some("local".to_owned()),
            _ => None,
        };
        Ok(Template::embedded(&values)?)
    }

    fn invoker(&self) -> Invoker {
        Invoker::new(url(self.run.addresses.functions)).with_token(&self.run.token)
    }

    /// A client that the parts let in.
    #[must_use]
    pub fn client(&self) -> reqwest::Client {
        http::client_with(&self.run.token)
    }

    fn guard(&self) -> Guard {
        Guard::of_part(&self.run.token)
    }

    fn guard_of(&self, address: SocketAddr, access: fn(&str) -> Access) -> Guard {
        let shares_console = self.settings.share_console;
        Guard::new(&self.run.token, address.ip(), shares_console, access)
    }

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
                let pump = Pump {
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
                    if let Err(error) = pump.run().await {
                        tracing::error!(%error, "the stream is not delivered");
                    }
                });
            }
        }
        table.runtime.spawn(
            table
                .stream
                .clone()
                .chores(path, TABLE.to_owned(), positions),
        );
        let mut running = Running::default();
        running.table = Some(table);
        Ok(running)
    }

    /// Creates the table where it is not there yet.
    ///
    /// # Errors
    /// When the table's part does not answer.
    pub async fn create_table(&self) -> Result<()> {
        let config = aws::sdk_config(&url(self.run.addresses.table), &self.run.token);
        let client = aws_sdk_dynamodb::Client::new(&config);
        Ok(tabletap_store::schema::create(&client, TABLE).await?)
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
        running.tasks.spawn(Arc::clone(&mail).tell(bus.0, bus.1));
        self.serve(&mut running, self.run.addresses.mail, mail.router())
            .await?;
        Ok(running)
    }

    /// The site's files.
    #[must_use]
    pub fn site(&self) -> Bucket {
        Bucket::new(self.data.join("site"))
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

    /// The certificates, made on first use.
    ///
    /// # Errors
    /// When one of the files is broken.
    pub fn certs(&self) -> Result<Certs> {
        Certs::open(&self.data.join("certs"))
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

/// Where the bucket says that it is up: the list of what nobody has written.
#[must_use]
pub fn bucket_health(at: &Addresses) -> String {
    format!("{}/{SITE_BUCKET}?list-type=2&prefix=none/", url(at.bucket))
}

/// The base address of a listener.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}
