//! The journal that each printer agent last spoke from: a new one means that nobody knows what the old one had accepted.

use crate::{
    Store,
    error::{StoreError, WriteError},
    key,
    row::{Read, s},
    write::Change,
};
use tabletap_domain::{StoreKey, ThingName};

impl Store {
    /// The journal an agent last spoke from; `None` before its first word.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn agent_journal(
        &self,
        store: &StoreKey,
        thing: &ThingName,
    ) -> Result<Option<String>, StoreError> {
        let row = self.get(key::agent(store, thing)).await?;
        row.map_or(Ok(None), |row| row.maybe("journal"))
    }

    /// Notes which journal an agent speaks from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_agent_journal(
        &self,
        store: &StoreKey,
        thing: &ThingName,
        journal: &str,
    ) -> Result<(), StoreError> {
        let change = Change::new("SET #journal = :journal")
            .names(["journal"])
            .value("journal", s(journal));
        match self.update(key::agent(store, thing), change).await {
            // It has no condition to be refused by.
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}
