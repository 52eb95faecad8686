//! Whether a store's kitchen is out of reach, as the sweeper last found it: takeout takes no money then.

use crate::{
    Store,
    error::{StoreError, WriteError},
    key,
    row::{Read, Row, ms, n},
    write::Change,
};
use std::time::Duration;
use tabletap_domain::{StoreKey, time::UnixMillis};

/// How long the row outlives what it says.
const KEPT: Duration = Duration::from_hours(1);

impl Store {
    /// Until when a store's kitchen counts as out of reach; `None` where nobody found it so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn kitchen_unreachable_until(
        &self,
        store: &StoreKey,
    ) -> Result<Option<UnixMillis>, StoreError> {
        let row = self.get(key::kitchen(store)).await?;
        Ok(row.as_ref().map(unreachable_until).transpose()?.flatten())
    }

    /// Says that a store's kitchen is out of reach until then, or is in reach again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_kitchen(
        &self,
        store: &StoreKey,
        unreachable_until: Option<UnixMillis>,
    ) -> Result<(), StoreError> {
        let change = match unreachable_until {
            Some(until) => {
                Change::new("SET #unreachable_until = :until, #expires_at = :expires_at")
                    .value("until", ms(until))
                    .value("expires_at", n(until.plus(KEPT).seconds()))
            }
            None => Change::new("REMOVE #unreachable_until").only_if("attribute_exists(pk)"),
        };
        match self.update(key::kitchen(store), change).await {
            Ok(_) | Err(WriteError::Conditions(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

/// Until when a kitchen's row says that it is out of reach.
pub(crate) fn unreachable_until(row: &Row) -> Result<Option<UnixMillis>, StoreError> {
    Ok(row.maybe("unreachable_until")?.map(UnixMillis))
}
