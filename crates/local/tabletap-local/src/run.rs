//! Starts everything in its order, and says what happens.

mod children;
mod kitchens;
mod ports;
mod terminal;

use std::{collections::BTreeSet, sync::Arc};

use anyhow::{Context, Result};
use tabletap_domain::store::StoreConfig;
use tabletap_menu::file;
use tabletap_wire::event::{Fact, OfStore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use kitchens::Kitchens;
pub use terminal::Progress;

use crate::{
    addresses::{RunFile, VirtualPrinter, url},
    agents, aws,
    data_folder::DataFolder,
    descriptors,
    environment::Environment,
    names::{EVENT_BUS, request_id},
    part::Part,
    parts::Running,
    private,
    publish::{DEMO, DEMO_STORES, Publisher, demo_images},
    settings::Settings,
};

/// A program that runs. Its parts end when it is stopped or dropped.
#[derive(Debug)]
pub struct Program {
    /// Where everything is.
    pub run: RunFile,
    environment: Environment,
    parts: Vec<Running>,
    kitchens: JoinSet<()>,
    children: JoinSet<()>,
    /// Keeps the parts' ports from being given to others.
    _held: Vec<tokio::net::TcpSocket>,
    stop: CancellationToken,
}

/// Starts the program and returns when it is ready.
///
/// # Errors
/// What hinders it, in one sentence.
pub async fn start(settings: Settings, progress: Progress) -> Result<Program> {
    private::by_default();
    descriptors::raise_limit();
    let data = Arc::new(DataFolder::open(&settings.data_folder)?);
    // Looked at before the table is opened, so that a copy can be put back beside nothing else.
    if std::fs::metadata(data.join("table.db")).map_or(0, |file| file.len()) == 0 {
        data.has_published_nothing()?;
    }
    let (run, mut held) = ports::choose(&settings, data.read_running().ok().as_ref())?;
    let mut environment = Environment {
        settings,
        data,
        run,
    };
    // Everything that can be wrong with files is said before anything is started.
    environment.template()?;
    let certs = environment.certs()?;
    let mut program = Program {
        run: environment.run.clone(),
        parts: Vec::new(),
        kitchens: JoinSet::new(),
        children: JoinSet::new(),
        _held: Vec::new(),
        stop: CancellationToken::new(),
        environment: environment.clone(),
    };

    // A part that is a process reads here where the others are.
    environment.data.write_running(&environment.run)?;
    progress.say("table");
    program.start(&environment, Part::Table).await?;
    // As a process of its own the part answers before it has created its table.
    environment.create_table().await?;
    // What the first menus set off finds everybody there.
    for part in [
        Part::Bus,
        Part::Bucket,
        Part::Mail,
        Part::Broker,
        Part::Functions,
    ] {
        progress.say(part.name());
        program.start(&environment, part).await?;
    }
    let publisher = Publisher {
        store: environment.store(),
        site: environment.site(),
    };
    let known = publisher.stores().await;
    let known = known.context("the table cannot be read")?;
    if known.is_empty() {
        environment.data.has_published_nothing()?;
    }
    stock(&publisher, &known, progress).await?;
    let images = demo_images();
    for store in &known {
        publisher.restore_pictures(store, &images).await?;
    }
    let stores = publisher.stores().await?;
    held.extend(ports::add_printers(&mut environment.run, &stores)?);
    environment.data.write_running(&environment.run)?;

    program.open_to_guests(&environment, progress).await?;
    announce(&environment, &known).await?;
    let logs = environment.data.join(agents::LOGS);
    progress.say(&format!("printer agents, logs in {}", logs.display()));
    let (around, stop) = (environment.clone(), program.stop.clone());
    let kitchens = Kitchens::start(around, publisher.clone(), certs, stop).await?;
    program.kitchens.spawn(kitchens.keep());
    program._held = held;
    program.run = environment.run.clone();
    program.environment = environment;
    program.await_up().await;
    await_pages(&publisher).await?;
    Ok(program)
}

/// Imports and publishes those restaurants of the demo that sell nothing yet: all of them at the first start, and the rest of them where a
/// start before was interrupted. The menu is the last that is written of a store, and all of it can be written twice.
///
/// # Errors
/// When the table cannot be read or written.
async fn stock(publisher: &Publisher, known: &[StoreConfig], progress: Progress) -> Result<()> {
    let mut selling = BTreeSet::new();
    for store in known {
        if publisher.store.current_menu(&store.key).await?.is_some() {
            selling.insert(store.slug.as_str());
        }
    }
    if DEMO_STORES.iter().all(|slug| selling.contains(slug)) {
        return Ok(());
    }
    let images = demo_images();
    for text in DEMO {
        let stores = file::read_stores(text, &images).map_err(|mistakes| {
            let list: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("a demo menu has mistakes: {}", list.join("; "))
        })?;
        for menu in stores {
            if selling.contains(menu.store.slug.as_str()) {
                continue;
            }
            progress.say(&format!("menu of {}", menu.store.name));
            publisher.publish(&menu, &images).await?;
        }
    }
    Ok(())
}

/// Tells the bus of every store that was there before, as after a deployment: this program may bring newer pages than the one that wrote them.
async fn announce(environment: &Environment, stores: &[StoreConfig]) -> Result<()> {
    let facts: Vec<Fact> = stores
        .iter()
        .map(|store| Fact::StoreChanged(OfStore::new(request_id(), store.key.clone())))
        .collect();
    let sdk = aws::of_functions(&environment.run);
    let bus = event_relay::Bus::new(&sdk, EVENT_BUS.to_owned());
    Ok(bus.put(&facts).await?)
}

/// Waits until every store has its first pages, for some seconds: without, its guests wait.
async fn await_pages(publisher: &Publisher) -> Result<()> {
    for _ in 0..500 {
        if publisher.has_pages().await? {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    tracing::warn!("not all pages are published yet");
    Ok(())
}

impl Program {
    /// Starts what guests reach: printers, who takes the money, and the edge.
    async fn open_to_guests(
        &mut self,
        environment: &Environment,
        progress: Progress,
    ) -> Result<()> {
        let elsewhere = environment.settings.stripe.as_ref();
        if let Some(elsewhere) = elsewhere {
            let place = &elsewhere.api_base;
            progress.say(&format!(
                "payments at {place}, with the keys of STRIPE_ACCOUNTS"
            ));
        }
        for part in [Part::Printers, Part::Stripe, Part::Edge] {
            if part == Part::Stripe && elsewhere.is_some() {
                continue;
            }
            progress.say(part.name());
            self.start(environment, part).await?;
        }
        Ok(())
    }

    async fn start(&mut self, environment: &Environment, part: Part) -> Result<()> {
        if environment.settings.processes {
            self.children
                .spawn(children::keep(environment.clone(), part));
            return children::await_up(environment, part).await;
        }
        self.parts.push(environment.start(part).await?);
        Ok(())
    }

    /// Waits until every agent is connected, for some seconds: without, tickets wait and nothing is lost.
    async fn await_up(&self) {
        let health = format!("{}/local/health", url(self.run.addresses.edge));
        let client = self.environment.client();
        for _ in 0..500 {
            let up = client
                .get(&health)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success());
            if up {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        tracing::warn!("not all printer agents are connected yet");
    }

    /// What a browser opens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.run.url
    }

    /// The printers' stations and addresses.
    #[must_use]
    pub fn printers(&self) -> &[VirtualPrinter] {
        &self.run.printers
    }

    /// The table.
    #[must_use]
    pub fn store(&self) -> tabletap_store::Store {
        self.environment.store()
    }

    /// What the program was started with.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Ends everything: agents first, so that no report is cut off, then the parts in reverse order.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.kitchens.join_next().await.is_some() {}
        self.children.shutdown().await;
        while let Some(part) = self.parts.pop() {
            part.stop().await;
        }
    }
}
