//! Commands about dining tables: who sits there, and the codes on their stickers.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Subcommand;
use tabletap_domain::{
    TableId,
    seating::{TableSeating, TableState},
    store::{DiningTable, StoreConfig},
};
use tabletap_seating::{SeatingActionError, Unpaid};

use super::{
    output::say,
    print::Sheets,
    running::{StoreArguments, attach, now},
};
use crate::publish::Publisher;

#[derive(Debug, Subcommand)]
pub(super) enum Seating {
    /// List all tables, who is seated there, and what is waiting.
    List(StoreArguments),
    /// Confirm a table: its waiting orders go to the kitchen, its calls to the staff.
    Confirm(SeatingArguments),
    /// Close a table: its guests can no longer order. Refused while something is unpaid.
    Close(CloseArguments),
}

#[derive(Debug, Subcommand)]
pub(super) enum Table {
    /// Give a table a new code and write its new sticker; the old sticker stops working.
    RotateCode(RotateArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct RotateArguments {
    #[command(flatten)]
    at: SeatingArguments,
    #[command(flatten)]
    sheets: Sheets,
}

#[derive(Debug, clap::Args)]
pub(super) struct SeatingArguments {
    /// The table's id or its name.
    table: String,
    /// The store's slug.
    #[arg(long)]
    store: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct CloseArguments {
    #[command(flatten)]
    at: SeatingArguments,
    /// Close it even if it is not paid here: its orders count as served, and waiting ones are cancelled.
    #[arg(long)]
    unpaid: bool,
}

impl Table {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let Self::RotateCode(RotateArguments { at, sheets }) = self;
        let (publisher, run) = attach(data)?;
        let (store, table) = at.read(&publisher).await?;
        publisher.rotate_code(&store, &table).await?;
        say(&format!(
            "table {table} of {} has a new code; its old sticker no longer works",
            store.name
        ))?;
        let tables = [table.to_string()];
        let written = sheets.write(data, &publisher, &store, &run.public_url, &tables);
        written.await
    }
}

impl Seating {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let (publisher, _) = attach(data)?;
        match self {
            Self::List(arguments) => list(&publisher, &arguments.store).await,
            Self::Confirm(arguments) => {
                let (store, table) = arguments.read(&publisher).await?;
                let done =
                    tabletap_seating::confirm(&publisher.store, &store.key, &table, now()).await?;
                say(&format!(
                    "table {table} is confirmed; orders sent to the kitchen: {}, calls sent to the staff: {}",
                    done.released, done.calls
                ))
            }
            Self::Close(arguments) => {
                let (store, table) = arguments.at.read(&publisher).await?;
                let unpaid = match arguments.unpaid {
                    true => Unpaid::Accepted,
                    false => Unpaid::Refused,
                };
                let closed =
                    tabletap_seating::close(&publisher.store, &store.key, &table, unpaid, now());
                match closed.await {
                    Ok(done) => say(&format!(
                        "table {table} is closed; orders served: {}, cancelled: {}",
                        done.served, done.cancelled
                    )),
                    Err(SeatingActionError::Unsettled(open)) => bail!(
                        "table {table} was not closed. {open}. Use --unpaid to close it anyway"
                    ),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }
}

async fn list(publisher: &Publisher, slug: &str) -> Result<()> {
    let store = publisher.store_of(slug).await?;
    for (table, seating) in publisher.store.table_seatings(&store.key).await? {
        let mut told = format!(
            "{}\t{}\tseating {}\t{}",
            table.id, table.name, seating.number, seating.state
        );
        if let Some(more) = standing(publisher, &store, &table.id, seating).await? {
            told.push('\t');
            told.push_str(&more);
        }
        say(&told)?;
    }
    Ok(())
}

/// What there is to say of a table besides its state.
async fn standing(
    publisher: &Publisher,
    store: &StoreConfig,
    table: &TableId,
    seating: TableSeating,
) -> Result<Option<String>> {
    if seating.state == TableState::Unconfirmed {
        let open = tabletap_seating::open_at(&publisher.store, &store.key, table).await?;
        return Ok(Some(format!(
            "orders waiting: {}, calls waiting: {}",
            open.waiting.len(),
            open.calls
        )));
    }
    Ok(seating.paid_at().map(|_| "paid".to_owned()))
}

impl SeatingArguments {
    async fn read(&self, publisher: &Publisher) -> Result<(StoreConfig, TableId)> {
        let store = publisher.store_of(&self.store).await?;
        let table = table_of(&store, &self.table)?;
        Ok((store, table))
    }
}

/// The table that staff name by its id, by its name, or by the end of its name: `7` is Table 7.
fn table_of(store: &StoreConfig, text: &str) -> Result<TableId> {
    let wanted = text.trim().to_lowercase();
    let by = |is: &dyn Fn(&DiningTable) -> bool| -> Vec<&DiningTable> {
        store.tables.iter().filter(|table| is(table)).collect()
    };
    let exact = by(&|table| table.id.as_str() == wanted || table.name.to_lowercase() == wanted);
    let last_word = |table: &DiningTable| {
        let name = table.name.to_lowercase();
        name.split_whitespace().next_back() == Some(&wanted)
    };
    let found = if exact.is_empty() {
        by(&last_word)
    } else {
        exact
    };
    let names = |tables: &[&DiningTable]| -> String {
        let names = tables
            .iter()
            .map(|table| format!("{} ({})", table.id, table.name));
        names.collect::<Vec<_>>().join(", ")
    };
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => {
            let all: Vec<&DiningTable> = store.tables.iter().collect();
            bail!(
                "{} has no table `{text}`; there are: {}",
                store.name,
                names(&all)
            )
        }
        several => bail!(
            "`{text}` may be one of {}; name it by its id",
            names(several)
        ),
    }
}
