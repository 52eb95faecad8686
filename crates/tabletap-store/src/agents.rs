//! The last state each printer agent told.

use crate::{
    Store,
    batch::Question,
    error::{StoreError, WriteError},
    key::{self, Key},
    row::{Read, ms, s},
    write::Change,
};
use tabletap_domain::{StoreKey, ThingName};
use tabletap_wire::print::AgentState;

impl Store {
    /// Keeps an agent's state, unless a newer one (by the agent's own clock) is kept already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_agent_state(
        &self,
        store: &StoreKey,
        thing: &ThingName,
        state: &AgentState,
    ) -> Result<(), StoreError> {
        let document = serde_json::to_string(state);
        let document = document.map_err(|_| StoreError::Corrupt(format!("{thing}: no JSON")))?;
        let newer = Change::new("SET #doc = :doc, #told_at = :told_at")
            .only_if("attribute_not_exists(#told_at) OR #told_at < :told_at")
            .names(["doc", "told_at"])
            .value("doc", s(document))
            .value("told_at", ms(state.at));
        match self.update(key::agent(store, thing), newer).await {
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// The last state of every agent of a store that ever told one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn agent_states(
        &self,
        store: &StoreKey,
    ) -> Result<Vec<(ThingName, AgentState)>, StoreError> {
        let rows = self
            .query(Question::beginning(key::store_partition(store), key::AGENT))
            .await?;
        rows.iter()
            .map(|row| {
                let thing = Key::of(row)
                    .and_then(|key| key.agent())
                    .ok_or_else(|| row.corrupt("sk"))?;
                let document: String = row.get_as("doc")?;
                let state = serde_json::from_str(&document).map_err(|_| row.corrupt("doc"))?;
                Ok((thing, state))
            })
            .collect()
    }
}
