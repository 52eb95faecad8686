//! Commands that act on the running program's table.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use tabletap_domain::{
    TicketId,
    store::StoreConfig,
    ticket::{TicketReport, TicketState},
};
use tabletap_menu::file::{self, Images, Mistake, Severity, StoreFile};
use tabletap_store::StoredTicket;

use super::{
    orders::find_ticket,
    output::say,
    print::PaperMenu,
    running::{StoreArguments, attach, now},
};
use crate::{
    addresses::url,
    cli::photographs,
    data_folder::DataFolder,
    functions::Invoker,
    publish::{Publisher, images_beside},
    words,
};

#[derive(Debug, Subcommand)]
pub(super) enum Menu {
    #[command(flatten)]
    File(MenuFile),
    /// Write the published menu as printable A4 pages.
    Paper(PaperMenu),
}

#[derive(Debug, Subcommand)]
pub(super) enum MenuFile {
    /// Check a menu file for mistakes, line by line.
    Check { file: PathBuf },
    /// Import a store's settings (names, stations, tables) without its menu.
    Import { file: PathBuf },
    /// Publish a menu: write a new version and the store's pages.
    Publish { file: PathBuf },
}

#[derive(Debug, Subcommand)]
pub(super) enum Item {
    /// Mark a dish as sold out.
    Off(ItemArguments),
    /// Mark a dish as available again.
    On(ItemArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct ItemArguments {
    /// Id of the dish in the menu file.
    item: String,
    /// The store's slug.
    #[arg(long)]
    store: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum Ticket {
    /// List the tickets that are not confirmed as printed.
    List(StoreArguments),
    /// Confirm that a ticket is on paper.
    Confirm(TicketArguments),
    /// Print a ticket again, marked as a possible duplicate.
    Reprint(TicketArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct TicketArguments {
    /// The order's number, such as K27; with the station, K27/hot, where it has several tickets; or the ticket's id.
    ticket: String,
    /// The store's slug.
    #[arg(long)]
    store: String,
}

impl Menu {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        match self {
            Self::File(command) => command.execute(data).await,
            Self::Paper(command) => command.execute(data).await,
        }
    }
}

impl MenuFile {
    async fn execute(self, data: &Path) -> Result<()> {
        let (Self::Check { file } | Self::Import { file } | Self::Publish { file }) = &self;
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        let images = images_beside(file);
        let stores = match file::read_stores(&text, &images) {
            Ok(stores) => stores,
            Err(mistakes) => {
                let errors = report(file, &mistakes)?;
                bail!(
                    "mistakes in {}: {errors}; nothing was changed",
                    file.display()
                );
            }
        };
        report(file, &warnings(&stores))?;
        let images = match self {
            Self::Publish { .. } => photographs::render(&stores, images).await?,
            Self::Check { .. } | Self::Import { .. } => images,
        };
        for read in &stores {
            self.one_store(read, &images, data).await?;
        }
        Ok(())
    }

    async fn one_store(&self, read: &StoreFile, images: &Images, data: &Path) -> Result<()> {
        let items = read.menu.items().count();
        let name = &read.store.name;
        match self {
            Self::Check { .. } => say(&format!("{name}: {items} items, no mistakes")),
            Self::Import { .. } => {
                let (publisher, _) = attach(data)?;
                publisher.import(&read.store).await?;
                await_printers(&read.store, data).await?;
                say(&format!("{name} is set up"))
            }
            Self::Publish { .. } => {
                let (publisher, _) = attach(data)?;
                // Nothing can be ordered from a station before its printer is there.
                publisher.import(&read.store).await?;
                await_printers(&read.store, data).await?;
                publisher.publish(read, images).await?;
                await_pages(&publisher, read).await?;
                say(&format!(
                    "{name}: version {} with {items} items is now published",
                    read.menu.version
                ))
            }
        }
    }
}

/// Waits until the running program has started the printers of a new store; says which are not there.
async fn await_printers(store: &StoreConfig, data: &Path) -> Result<()> {
    let data = DataFolder::attach(data);
    let mut missing = Vec::new();
    for _ in 0..100 {
        let run = data.running()?;
        missing = store.stations.iter().collect();
        missing.retain(|station| {
            !run.printers.iter().any(|printer| {
                printer.store == store.slug.as_str()
                    && printer.printer == station.printer.as_str()
                    && printer.agent == station.agent.as_str()
            })
        });
        if missing.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for station in missing {
        say(&format!(
            "printer {} of {} starts with the next `tabletap run`; until then its tickets wait",
            station.printer, station.name
        ))?;
    }
    Ok(())
}

/// Waits until the pages of a store show its new menu; says where they do not yet.
async fn await_pages(publisher: &Publisher, read: &StoreFile) -> Result<()> {
    for _ in 0..100 {
        if publisher.shows(&read.store, &read.menu.version)? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    say(&format!(
        "the pages of {} do not show the new menu yet; see the program's log and dead-letters/menu-publisher.jsonl",
        read.store.name
    ))
}

/// What is told of a file's stores, each mistake once: locations share most of what they say.
fn warnings(stores: &[StoreFile]) -> Vec<Mistake> {
    let mut told = Vec::new();
    for mistake in stores.iter().flat_map(|store| &store.warnings) {
        if !told.contains(mistake) {
            told.push(mistake.clone());
        }
    }
    told
}

/// Prints every mistake as `file: line …` and counts the errors.
fn report(file: &Path, mistakes: &[Mistake]) -> Result<usize> {
    for mistake in mistakes {
        say(&format!("{}: {mistake}", file.display()))?;
    }
    Ok(mistakes
        .iter()
        .filter(|mistake| mistake.severity == Severity::Error)
        .count())
}

impl Item {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let (arguments, on) = match &self {
            Self::Off(arguments) => (arguments, false),
            Self::On(arguments) => (arguments, true),
        };
        let (publisher, _) = attach(data)?;
        publisher
            .switch_item(&arguments.store, &arguments.item, on)
            .await?;
        say(&format!(
            "{} is {}",
            arguments.item,
            if on { "available again" } else { "sold out" }
        ))
    }
}

impl Ticket {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let (publisher, run) = attach(data)?;
        match self {
            Self::List(arguments) => list_tickets(&publisher, &arguments.store).await,
            Self::Confirm(arguments) => confirm_ticket(&publisher, &arguments).await,
            Self::Reprint(arguments) => {
                let (store, id) = arguments.read(&publisher).await?;
                let ticket = publisher
                    .store
                    .reprint_ticket(&store.key, &id, now())
                    .await?;
                // It is due at once; the sweep that sends it need not wait for its minute.
                Invoker::new(url(run.addresses.functions))
                    .with_token(&run.token)
                    .event("sweeper", "{}")
                    .await?;
                say(&format!(
                    "{id} will be printed again as attempt {}, marked as a possible duplicate",
                    ticket.status.attempt
                ))
            }
        }
    }
}

async fn list_tickets(publisher: &Publisher, slug: &str) -> Result<()> {
    let store = publisher.store_of(slug).await?;
    let tickets = publisher.store.open_tickets(&store.key).await?;
    if tickets.is_empty() {
        return say("all tickets are printed");
    }
    for ticket in tickets {
        let StoredTicket { job, status, .. } = &ticket;
        // A call's slip has no number.
        let number = job.number.as_ref();
        let number = number.map_or("call".to_owned(), |number| {
            format!("{number}/{}", job.station)
        });
        let problem = status.problem.as_deref().map(words::problem);
        say(&format!(
            "{number}\t{}\tattempt {}\t{}\t{}\t{}",
            job.printer,
            status.attempt,
            words::ticket(status.state),
            problem.unwrap_or_default(),
            status.id
        ))?;
    }
    Ok(())
}

async fn confirm_ticket(publisher: &Publisher, arguments: &TicketArguments) -> Result<()> {
    let (store, id) = arguments.read(publisher).await?;
    let ticket = publisher
        .store
        .ticket(&store.key, &id)
        .await?
        .context("there is no such ticket")?;
    let report = TicketReport {
        attempt: ticket.status.attempt,
        state: TicketState::Printed,
    };
    publisher
        .store
        .report_ticket(&store.key, &ticket.thing, &id, report, Some("staff"), now())
        .await?;
    say(&format!("{id} is confirmed as printed"))
}

impl TicketArguments {
    async fn read(&self, publisher: &Publisher) -> Result<(StoreConfig, TicketId)> {
        let store = publisher.store_of(&self.store).await?;
        let ticket = find_ticket(&publisher.store, &store, &self.ticket).await?;
        Ok((store, ticket))
    }
}
