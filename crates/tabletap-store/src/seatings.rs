//! Dining tables: what a sticker's code leads to, who sits there, and the conditional moves of a table's row.

use crate::{
    Store,
    batch::Question,
    config::{owner, set_up},
    due::due_later,
    error::{MoveError, StoreError},
    key::{self, Key},
    row::{Read, Row, ms, n, s},
    schema,
    write::Change,
};
use tabletap_domain::{
    OrderId, StoreKey, TableCode, TableId,
    seating::{SeatingMove, TableSeating},
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
    ) -> Result<Option<(TableCode, TableSeating)>, StoreError> {
        let row = self.get(key::table(store, table)).await?;
        row.map(|row| Ok((row.get_as("code")?, seating(&row)?)))
            .transpose()
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
    /// [`MoveError::Moved`] when the table does not stand like `from`, down to its last order: read it again.
    pub async fn move_seating(
        &self,
        store: &StoreKey,
        table: &TableId,
        step: &SeatingMove,
        due: Option<UnixMillis>,
    ) -> Result<(), MoveError> {
        let expression = match due {
            Some(_) => format!("{SET_SEATING}, #due_pk = :due_pk, #due_sk = :due_sk"),
            None => format!("{SET_SEATING} REMOVE #due_pk, #due_sk"),
        };
        let condition =
            "#seating = :from_seating AND #state = :from_state AND #last_order_at = :from_at";
        let mut change = seating_change(expression, step)
            .only_if(condition)
            .value("from_at", ms(step.from.last_order_at));
        if let Some(at) = due {
            change = due_seating(change, store, table, at);
        }
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

const SET_SEATING: &str = "SET #seating = :to_seating, #state = :to_state, #last_order_at = :to_at";

/// A change of a table's row by [`SET_SEATING`] and more; its condition may use `:from_seating` and `:from_state`.
fn seating_change(expression: String, step: &SeatingMove) -> Change {
    Change::new(expression)
        .names(["seating", "state", "last_order_at", "due_pk", "due_sk"])
        .value("from_seating", n(step.from.number))
        .value("from_state", s(step.from.state))
        .value("to_seating", n(step.to.number))
        .value("to_state", s(step.to.state))
        .value("to_at", ms(step.to.last_order_at))
}

fn due_seating(change: Change, store: &StoreKey, table: &TableId, at: UnixMillis) -> Change {
    let [due_pk, due_sk] = due_later(store, &format!("{}{table}", key::TABLE), at);
    change.value(due_pk.0, due_pk.1).value(due_sk.0, due_sk.1)
}

/// What an order does to its table's row. It may stand like `from`, or already like `to`: the first orders of two phones at an idle
/// table both open the same seating, and neither shall lose. When the last order came is not compared.
///
/// A table that is due already stays due then: an order must not put off what a confirmation or a closing left to be settled, and
/// whoever settles says when to look again.
pub(crate) fn ordered(
    store: &StoreKey,
    table: &TableId,
    step: &SeatingMove,
    due: UnixMillis,
) -> Change {
    let expression = format!(
        "{SET_SEATING}, #due_pk = if_not_exists(#due_pk, :due_pk), #due_sk = if_not_exists(#due_sk, :due_sk)"
    );
    let condition = "(#seating = :from_seating AND #state = :from_state) OR \
                     (#seating = :to_seating AND #state = :to_state)";
    due_seating(
        seating_change(expression, step).only_if(condition),
        store,
        table,
        due,
    )
}

/// The seating in a table's row.
pub(crate) fn seating(row: &Row) -> Result<TableSeating, StoreError> {
    Ok(TableSeating {
        number: row.get_as("seating")?,
        state: row.get_as("state")?,
        last_order_at: row.time("last_order_at")?,
    })
}

/// The order that an index entry leads to.
pub(crate) fn order_of(entry: &Row) -> Result<OrderId, StoreError> {
    Key::of(entry)
        .and_then(|key| key.order())
        .ok_or_else(|| entry.corrupt("pk"))
}
