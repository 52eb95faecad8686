//! A store's set-up: imported from its owner's files, read by every function.

use crate::{
    Store,
    batch::Question,
    error::{StoreError, WriteError},
    key::{self, Key},
    row::{Read, Row, n, row, s},
};
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{
    Slug, StoreKey, TableCode, TableId, seating::TableState, store::StoreConfig,
};
use tabletap_wire::store_record::StoreRecord;

/// Why a store was not imported. What was written before stays; importing again goes on from there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportStoreError {
    /// The slug is another store's; nothing was written.
    #[error("the slug `{0}` belongs to another store")]
    SlugTaken(Slug),
    /// The code leads to another table already; this table has none yet.
    #[error("the code for table `{0}` belongs to another table")]
    CodeTaken(TableId),
    /// A table has neither a code of its own nor one in the list; nothing was written.
    #[error("there is no code for table `{0}`")]
    CodeMissing(TableId),
    /// The table itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes a store's set-up. Importing again replaces the set-up and touches nothing that lives: a table keeps its code and its
    /// seatings, a printer its counter, so a code given for a table that has one is ignored.
    ///
    /// # Errors
    /// [`ImportStoreError`]: tell it to whoever wrote the files.
    pub async fn import_store(
        &self,
        store: &StoreConfig,
        codes: &BTreeMap<TableId, TableCode>,
    ) -> Result<(), ImportStoreError> {
        let known = self.table_codes(&store.key).await?;
        let new: Vec<&TableId> = store
            .tables
            .iter()
            .map(|table| &table.id)
            .filter(|id| !known.contains_key(*id))
            .collect();
        if let Some(without) = new.iter().find(|id| !codes.contains_key(**id)) {
            return Err(ImportStoreError::CodeMissing((*without).clone()));
        }
        self.put_set_up(store).await?;
        for table in new {
            self.put_table(&store.key, table, &codes[table]).await?;
        }
        let printers: BTreeSet<_> = store
            .stations
            .iter()
            .map(|station| &station.printer)
            .collect();
        for printer in printers {
            self.put_new(row(key::printer(&store.key, printer), [("next_seq", n(1))]))
                .await?;
        }
        Ok(())
    }

    async fn put_set_up(&self, store: &StoreConfig) -> Result<(), ImportStoreError> {
        let owner = [
            ("tenant", s(&store.key.tenant)),
            ("store", s(&store.key.store)),
        ];
        let config = row(
            key::config(&store.key),
            [("doc", s(StoreRecord::write(store)))],
        );
        let slug = crate::write::Change::new("SET #tenant = :tenant, #store = :store")
            .only_if("attribute_not_exists(pk) OR (#tenant = :tenant AND #store = :store)")
            .value("tenant", s(&store.key.tenant))
            .value("store", s(&store.key.store));
        let parts = vec![
            self.part(key::slug(&store.slug), slug),
            self.part_put(config, None),
            self.part_put(row(key::listed_store(&store.key), owner), None),
        ];
        self.transact(parts).await.map_err(|error| match error {
            WriteError::Conditions(_) => ImportStoreError::SlugTaken(store.slug.clone()),
            WriteError::Store(error) => ImportStoreError::Store(error),
        })
    }

    async fn put_table(
        &self,
        store: &StoreKey,
        table: &TableId,
        code: &TableCode,
    ) -> Result<(), ImportStoreError> {
        let seating = row(
            key::table(store, table),
            [
                ("code", s(code)),
                ("seating", n(0)),
                ("state", s(TableState::Idle)),
                ("last_order_at", n(0)),
            ],
        );
        let leads_to = row(
            key::code(code),
            [
                ("tenant", s(&store.tenant)),
                ("store", s(&store.store)),
                ("table", s(table)),
            ],
        );
        let parts = vec![self.part_new(seating), self.part_new(leads_to)];
        match self.transact(parts).await {
            Ok(()) => Ok(()),
            // Another import of the same store was faster; its code stands.
            Err(error) if error.refused(0) => Ok(()),
            Err(WriteError::Conditions(_)) => Err(ImportStoreError::CodeTaken(table.clone())),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    }

    /// All stores.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stores(&self) -> Result<Vec<StoreKey>, StoreError> {
        let question = Question::of(key::STORES.to_owned());
        self.query(question).await?.iter().map(owner).collect()
    }

    /// A store's set-up, if there is such a store.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn store(&self, store: &StoreKey) -> Result<Option<StoreConfig>, StoreError> {
        self.get(key::config(store))
            .await?
            .as_ref()
            .map(set_up)
            .transpose()
    }

    /// The same by the store's name in addresses.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn store_by_slug(&self, slug: &Slug) -> Result<Option<StoreConfig>, StoreError> {
        match self.get(key::slug(slug)).await? {
            Some(row) => Ok(self
                .store(&owner(&row)?)
                .await?
                .filter(|store| store.slug == *slug)),
            None => Ok(None),
        }
    }

    /// The code on each table's sticker.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn table_codes(
        &self,
        store: &StoreKey,
    ) -> Result<BTreeMap<TableId, TableCode>, StoreError> {
        let rows = self
            .query(Question::beginning(key::store_partition(store), key::TABLE))
            .await?;
        rows.iter()
            .map(|row| {
                let table = Key::of(row).and_then(|key| key.table());
                Ok((table.ok_or_else(|| row.corrupt("sk"))?, row.get_as("code")?))
            })
            .collect()
    }
}

/// The store that a row leads to.
pub(crate) fn owner(row: &Row) -> Result<StoreKey, StoreError> {
    Ok(StoreKey {
        tenant: row.get_as("tenant")?,
        store: row.get_as("store")?,
    })
}

/// The set-up in a store's CONFIG row.
pub(crate) fn set_up(row: &Row) -> Result<StoreConfig, StoreError> {
    let document: String = row.get_as("doc")?;
    StoreRecord::read(&document).map_err(|_| row.corrupt("doc"))
}
