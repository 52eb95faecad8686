//! Each printer agent as it last said hello: the journal it spoke from (a new one means that nobody knows what the old one had accepted), and
//! what it can do.

use crate::{
    Store,
    error::{StoreError, WriteError},
    key,
    row::{Read, s},
    write::Change,
};
use std::collections::BTreeSet;
use tabletap_domain::{StoreKey, ThingName};

/// A printer agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredAgent {
    /// The journal it last spoke from.
    pub journal: String,
    /// What it can do, by the names of its hello; nothing where an earlier release wrote the row.
    pub can: BTreeSet<String>,
}

impl Store {
    /// An agent; `None` before its first word.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn agent(
        &self,
        store: &StoreKey,
        thing: &ThingName,
    ) -> Result<Option<StoredAgent>, StoreError> {
        let row = self.get(key::agent(store, thing)).await?;
        row.map(|row| {
            let can: Option<String> = row.maybe("can")?;
            let can = can.unwrap_or_default();
            Ok(StoredAgent {
                journal: row.get_as("journal")?,
                can: can.split_whitespace().map(str::to_owned).collect(),
            })
        })
        .transpose()
    }

    /// Notes what an agent said of itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_agent(
        &self,
        store: &StoreKey,
        thing: &ThingName,
        agent: &StoredAgent,
    ) -> Result<(), StoreError> {
        let can: Vec<&str> = agent.can.iter().map(String::as_str).collect();
        let change = Change::new("SET #journal = :journal, #can = :can")
            .value("journal", s(&agent.journal))
            .value("can", s(can.join(" ")));
        match self.update(key::agent(store, thing), change).await {
            // It has no condition to be refused by.
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}
