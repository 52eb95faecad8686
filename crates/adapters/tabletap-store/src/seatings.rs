//! Dining tables: what a sticker's code leads to, who sits there, and the conditional moves of a table's row.

mod counting;

pub(crate) use counting::{ordered, settled};

use crate::{
    Store,
    batch::Question,
    config::{owner, set_up},
    due::DueTime,
    error::{MoveError, StoreError},
    key::{self, Key},
    row::{Read, Row, ms, n, row, s},
    schema,
    write::Change,
};
use tabletap_domain::{
    OrderId, StoreKey, TableCode, TableId,
    seating::{Burst, SeatingMove, Tab, TableSeating, TableState},
    store::{DiningTable, StoreConfig},
    time::UnixMillis,
};

/// What a sticker's code leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedTable {
    /// The store.
    pub store: StoreConfig,
    /// The table.
    pub table: DiningTable,
    /// Who sits there.
    pub seating: TableSeating,
}

/// The sticker on a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sticker {
    /// Its code.
    pub code: TableCode,
    /// Parties up to this number may have come by an older sticker; 0 where there was none.
    pub hidden_from: u32,
    /// Who sits at the table.
    pub seating: TableSeating,
}

impl Sticker {
    /// The code as a party may be shown it: one that may have come by an older sticker does not learn the new code from us.
    #[must_use]
    pub fn code_for(&self, party: u32) -> Option<&TableCode> {
        (party > self.hidden_from).then_some(&self.code)
    }
}

impl Store {
    /// Follows a sticker's code; `None` when it leads nowhere (any more). Two round trips.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan(&self, code: &TableCode) -> Result<Option<ScannedTable>, StoreError> {
        let Some(leads_to) = self.get(key::code(code)).await? else {
            return Ok(None);
        };
        let (store, table) = (owner(&leads_to)?, leads_to.get_as("table")?);
        let (config_key, table_key) = (key::config(&store), key::table(&store, &table));
        let rows = self
            .get_all(vec![config_key.clone(), table_key.clone()])
            .await?;
        let (Some(config), Some(row)) = (rows.get(&config_key), rows.get(&table_key)) else {
            return Ok(None);
        };
        let store = set_up(config)?;
        let Some(table) = store.table(&table).cloned() else {
            return Ok(None);
        };
        Ok(Some(ScannedTable {
            seating: seating(row)?,
            store,
            table,
        }))
    }

    /// The sticker's code of a table and who sits there; `None` where there is no such table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn table_code(
        &self,
        store: &StoreKey,
        table: &TableId,
    ) -> Result<Option<Sticker>, StoreError> {
        let row = self.get(key::table(store, table)).await?;
        row.map(|row| {
            Ok(Sticker {
                code: row.get_as("code")?,
                hidden_from: row.maybe("hidden_from")?.unwrap_or_default(),
                seating: seating(&row)?,
            })
        })
        .transpose()
    }

    /// Puts a new code in the place of a table's old one, which leads nowhere from then on, and is remembered as replaced.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when the table has another code by now, or the new one is taken: read again, and draw another.
    pub async fn rotate_code(
        &self,
        store: &StoreKey,
        table: &TableId,
        old: &Sticker,
        new: &TableCode,
    ) -> Result<(), MoveError> {
        let owner = || {
            [
                ("tenant", s(&store.tenant)),
                ("store", s(&store.store)),
                ("table", s(table)),
            ]
        };
        let replace = Change::new("SET #code = :new, #hidden_from = :party")
            .only_if("#code = :old")
            .value("new", s(new))
            .value("old", s(&old.code))
            .value("party", n(old.seating.number_for_scan()));
        let parts = vec![
            self.part(key::table(store, table), replace),
            self.part_new(row(key::code(new), owner())),
            self.part_delete(key::code(&old.code)),
            self.part_put(row(key::replaced(&old.code), owner()), None),
        ];
        Ok(self.transact(parts).await?)
    }

    /// Whether a code was on a sticker that was replaced.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn code_replaced(&self, code: &TableCode) -> Result<bool, StoreError> {
        Ok(self.get(key::replaced(code)).await?.is_some())
    }

    /// Every table of the set-up, in its order, and who sits there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn table_seatings(
        &self,
        store: &StoreKey,
    ) -> Result<Vec<(DiningTable, TableSeating)>, StoreError> {
        let question = Question::beginning(key::store_partition(store), key::TABLE);
        let (config, rows) = tokio::try_join!(self.store(store), self.query(question))?;
        let mut tables = Vec::new();
        for table in config.map(|config| config.tables).unwrap_or_default() {
            let row = rows
                .iter()
                .find(|row| Key::of(row).and_then(|key| key.table()).as_ref() == Some(&table.id));
            if let Some(row) = row {
                tables.push((table, seating(row)?));
            }
        }
        Ok(tables)
    }

    /// Moves a table from one state to another, and says when to look at it again, if ever.
    ///
    /// # Errors
    /// [`MoveError::Moved`] when the table does not stand like `from`, down to its last order and whether it is paid: read it again.
    pub async fn move_seating(
        &self,
        store: &StoreKey,
        table: &TableId,
        step: &SeatingMove,
        due: Option<UnixMillis>,
    ) -> Result<(), MoveError> {
        let mut gone: Vec<&str> = Vec::new();
        if step.to.sent != step.from.sent {
            gone.extend(SENT);
        }
        if step.to.tab != step.from.tab {
            gone.extend(TAB);
        }
        let mut change = set_seating(step);
        match due {
            Some(at) => change = change.also_due(due_seating(store, table, at)),
            None => gone.extend(["due_pk", "due_sk"]),
        }
        let condition =
            "#seating = :from_seating AND #state = :from_state AND #last_order_at = :from_at";
        let change = without(change, &gone)
            .only_if(condition)
            .value("from_at", ms(step.from.last_order_at));
        // A payment moves none of these, and says when the table is to be closed.
        let change = match step.from.tab {
            Tab::Paid(at) => change
                .and_only_if("#paid_at = :from_paid_at".to_owned())
                .value("from_paid_at", ms(at)),
            Tab::Owed(_) => change.and_only_if("attribute_not_exists(#paid_at)".to_owned()),
            Tab::Uncounted => change,
        };
        self.update(key::table(store, table), change).await?;
        Ok(())
    }

    /// The orders of one seating that have not ended, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_orders_of(
        &self,
        store: &StoreKey,
        table: &TableId,
        seating: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let question = Question {
            index: Some(schema::OPEN_ORDERS.name),
            condition: "open_pk = :pk AND begins_with(open_sk, :sk)",
            sort: Some(key::open_prefix(Some(table), seating)),
            ..Question::of(key::open_partition(store))
        };
        self.query(question).await?.iter().map(order_of).collect()
    }
}

/// The attributes that count what a table owes, and since when it owes nothing.
const TAB: [&str; 3] = ["unpaid", "counted_at", "paid_at"];
/// The attributes that count what it has sent.
const SENT: [&str; 4] = ["sent_since", "sent_dishes", "sent_minor", "sent_calls"];

/// A change of a table's row; its condition may use `:from_seating` and `:from_state`.
fn set_seating(step: &SeatingMove) -> Change {
    Change::new("SET #seating = :to_seating, #state = :to_state, #last_order_at = :to_at")
        .value("from_seating", n(step.from.number))
        .value("from_state", s(step.from.state))
        .value("to_seating", n(step.to.number))
        .value("to_state", s(step.to.state))
        .value("to_at", ms(step.to.last_order_at))
}

/// The same, and these attributes go.
fn without(change: Change, gone: &[&'static str]) -> Change {
    if gone.is_empty() {
        return change;
    }
    let names: Vec<String> = gone.iter().map(|name| format!("#{name}")).collect();
    change.then(&format!("REMOVE {}", names.join(", ")))
}

fn due_seating(store: &StoreKey, table: &TableId, at: UnixMillis) -> DueTime {
    DueTime::later(store, format!("{}{table}", key::TABLE), at)
}

/// The seating in a table's row.
pub(crate) fn seating(row: &Row) -> Result<TableSeating, StoreError> {
    let (state, last_order_at) = (row.get_as("state")?, row.time("last_order_at")?);
    let counted_at: Option<i64> = row.maybe("counted_at")?;
    let tab = match counted_at {
        Some(at) if UnixMillis(at) == last_order_at => match row.maybe("paid_at")? {
            Some(at) => Tab::Paid(UnixMillis(at)),
            None => Tab::Owed(row.get_as("unpaid")?),
        },
        // Whoever placed the last order did not count it.
        Some(_) => Tab::Uncounted,
        None if state == TableState::Idle => Tab::Owed(0),
        None => Tab::Uncounted,
    };
    let number = row.get_as("seating")?;
    let paid_party: Option<u32> = row.maybe("paid_party")?;
    Ok(TableSeating {
        number,
        state,
        last_order_at,
        tab,
        paid_before: state != TableState::Idle && paid_party == Some(number),
        sent: Burst {
            since: UnixMillis(row.maybe("sent_since")?.unwrap_or_default()),
            dishes: row.maybe("sent_dishes")?.unwrap_or_default(),
            minor: row.maybe("sent_minor")?.unwrap_or_default(),
            calls: row.maybe("sent_calls")?.unwrap_or_default(),
        },
    })
}

/// The order that an index entry leads to.
pub(crate) fn order_of(entry: &Row) -> Result<OrderId, StoreError> {
    Key::of(entry)
        .and_then(|key| key.order())
        .ok_or_else(|| entry.corrupt("pk"))
}
