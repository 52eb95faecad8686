//! The command line.

mod commands;
mod money;
mod orders;
mod output;
mod photographs;
mod print;
mod running;
mod tables;

use std::{
    io::{self, Read},
    net::{IpAddr, ToSocketAddrs as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand, builder::FalseyValueParser};

use crate::{
    data_folder::DataFolder,
    descriptors,
    environment::Environment,
    part::Part,
    private,
    run::{self, Progress},
    settings::{ExternalStripe, Settings},
};

/// TableTap on one machine: from the sticker on a table to the ticket in the kitchen.
#[derive(Debug, Parser)]
#[command(name = "tabletap", version)]
pub struct Cli {
    /// Folder for all data.
    #[arg(
        long,
        env = "TABLETAP_DATA",
        default_value = ".tabletap",
        global = true
    )]
    data: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start everything (the default).
    Run(RunArguments),
    /// Run one part of a program that was started with `run --processes`.
    #[command(hide = true)]
    Part {
        /// The part.
        part: Part,
        #[command(flatten)]
        run: RunArguments,
    },
    /// Check, import and publish menu files.
    #[command(subcommand)]
    Menu(commands::Menu),
    /// Write printable sheets of stickers with the tables' codes.
    Qr(print::Qr),
    /// Mark a dish as sold out or available.
    #[command(subcommand)]
    Item(commands::Item),
    /// List, confirm and close tables.
    #[command(subcommand)]
    Seating(tables::Seating),
    /// Replace the stickers of tables.
    #[command(subcommand)]
    Table(tables::Table),
    /// List and show orders.
    #[command(subcommand)]
    Order(orders::Orders),
    /// List, confirm and reprint tickets.
    #[command(subcommand)]
    Ticket(commands::Ticket),
    Refund(money::Refund),
    Audit(money::AuditArguments),
    StripeSetup(money::StripeSetup),
}

#[derive(Debug, clap::Args)]
struct RunArguments {
    /// Port to open in a browser; 0 picks a free one.
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,
    /// Address to listen on; 0.0.0.0 lets phones on the same network in.
    #[arg(long, env = "HOST", default_value = "localhost", value_parser = address)]
    host: IpAddr,
    /// Let other machines use the console, its switches and the local Stripe's dashboard too; HOST=0.0.0.0 alone lets only guests in.
    #[arg(long, env = "TABLETAP_SHARE_CONSOLE", value_parser = FalseyValueParser::new())]
    share_console: bool,
    /// Run each part as its own process.
    #[arg(long)]
    processes: bool,
    /// How long a session at a table lasts, in seconds.
    #[arg(long, env = "SESSION_TTL_S", hide = true)]
    session_ttl_s: Option<String>,
    /// Accounts at the real Stripe, as JSON, in the place of the local one.
    #[arg(long, env = "STRIPE_ACCOUNTS", hide = true, hide_env_values = true)]
    stripe_accounts: Option<String>,
    /// Where its API is, if not at Stripe's own address.
    #[arg(long, env = "STRIPE_API_BASE", hide = true)]
    stripe_api_base: Option<String>,
    /// Speed of the virtual printers in mm/s; 0 means no delay.
    #[arg(long, env = "TABLETAP_PRINTER_MM_S", default_value_t = 0)]
    printer_mm_s: u32,
    /// Look for stream records this often instead of being told.
    #[arg(long, env = "TABLETAP_STREAM_POLL_MS", hide = true)]
    stream_poll_ms: Option<u64>,
    /// Fault points to arm, `name:fault,…`.
    #[arg(long, env = "TABLETAP_FAULT", hide = true, default_value = "")]
    fault: String,
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// What hinders it, in one sentence.
    pub async fn execute(self) -> Result<()> {
        let data = self.data;
        match self.command {
            None => {
                let arguments = RunArguments::try_parse()?;
                everything(arguments.settings(&data)?).await
            }
            Some(Command::Run(arguments)) => {
                arguments.arm()?;
                everything(arguments.settings(&data)?).await
            }
            Some(Command::Part { part, run }) => {
                run.arm()?;
                one_part(part, run.settings(&data)?).await
            }
            Some(Command::Menu(command)) => command.execute(&data).await,
            Some(Command::Qr(command)) => command.execute(&data).await,
            Some(Command::Item(command)) => command.execute(&data).await,
            Some(Command::Seating(command)) => command.execute(&data).await,
            Some(Command::Table(command)) => command.execute(&data).await,
            Some(Command::Order(command)) => command.execute(&data).await,
            Some(Command::Ticket(command)) => command.execute(&data).await,
            Some(Command::Refund(command)) => command.execute(&data).await,
            Some(Command::Audit(command)) => command.execute(&data).await,
            Some(Command::StripeSetup(command)) => command.execute(&data).await,
        }
    }
}

impl RunArguments {
    /// The arguments of a bare `tabletap`: environment and defaults.
    fn try_parse() -> Result<Self> {
        match Cli::try_parse_from(["tabletap", "run"])?.command {
            Some(Command::Run(arguments)) => {
                arguments.arm()?;
                Ok(arguments)
            }
            _ => unreachable!("`run` was parsed"),
        }
    }

    fn arm(&self) -> Result<()> {
        tabletap_fault::arm_from(&self.fault).map_err(anyhow::Error::msg)
    }

    fn settings(&self, data: &std::path::Path) -> Result<Settings> {
        let (accounts, api_base) = (&self.stripe_accounts, &self.stripe_api_base);
        Ok(Settings {
            stripe: ExternalStripe::read(accounts.as_deref(), api_base.as_deref())?,
            port: self.port,
            host: self.host,
            share_console: self.share_console,
            processes: self.processes,
            session_ttl_s: self.session_ttl_s.clone(),
            speed_mm_s: self.printer_mm_s,
            stream_poll: self.stream_poll_ms.map(Duration::from_millis),
            ..Settings::new(data)
        })
    }
}

async fn everything(settings: Settings) -> Result<()> {
    let progress = Progress::shown();
    // Made once: a Ctrl-C between the start and the wait must not be lost.
    let mut ended = std::pin::pin!(ended());
    let program = tokio::select! {
        started = run::start(settings, progress) => started?,
        // The next start finishes what this one has begun.
        () = &mut ended => return Ok(()),
    };
    let publisher = running::publisher_of(program.environment());
    let stores = publisher.stores().await?;
    let first = stores.first().context("there is no store")?;
    let codes = publisher.store.table_codes(&first.key).await?;
    let table = first.tables.first().context("the store has no table")?;
    let code = codes.get(&table.id).context("the table has no code")?;
    let link = format!("{}/t/{code}", program.run.public_url);
    progress.ready(
        program.url(),
        &format!("{}, {}", first.name, table.name),
        &link,
    );
    ended.await;
    program.stop().await;
    Ok(())
}

/// An address to listen on, as a number or a name.
fn address(text: &str) -> Result<IpAddr, String> {
    let unknown = || format!("this machine has no address `{text}`; use localhost or 0.0.0.0");
    if text == "localhost" {
        return Ok(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    }
    let mut found = (text, 0).to_socket_addrs().map_err(|_| unknown())?;
    found.next().map(|address| address.ip()).ok_or_else(unknown)
}

/// Runs one part until its parent ends.
async fn one_part(part: Part, settings: Settings) -> Result<()> {
    private::by_default();
    descriptors::raise_limit();
    let data = DataFolder::attach(&settings.data_folder);
    let run = data.read_running()?;
    let environment = Environment {
        settings,
        data: Arc::new(data),
        run,
    };
    let running = environment.start(part).await?;
    // The parent holds the other end of the input open for as long as it lives.
    let (told, orphaned) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        drop(told);
    });
    tokio::select! {
        () = ended() => {}
        _ = orphaned => {}
    }
    running.stop().await;
    Ok(())
}

/// Ctrl-C or a request to end.
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
