//! Stores' set-ups, kept in memory for a short while: a kitchen waits, and stations change once a month.

use crate::DispatchError;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tabletap_domain::{StationId, StoreKey, store::StoreConfig, time::UnixMillis};
use tabletap_store::Store;

/// A station that moved to another printer is heard of after this long.
const AGE_MAX: Duration = Duration::from_secs(60);
/// More are forgotten together; they are read again one by one.
const STORES_MAX: usize = 1000;

/// The set-ups, each with the time it was read.
#[derive(Debug, Default)]
pub(crate) struct Stores {
    kept: Mutex<BTreeMap<StoreKey, (UnixMillis, Arc<StoreConfig>)>>,
}

impl Stores {
    /// A store's set-up; read anew where it is old, or lacks one of `stations`.
    pub(crate) async fn get(
        &self,
        store: &Store,
        key: &StoreKey,
        stations: &[&StationId],
        now: UnixMillis,
    ) -> Result<Arc<StoreConfig>, DispatchError> {
        let known = self
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned();
        if let Some((read_at, config)) = known {
            let has_all = stations
                .iter()
                .all(|station| config.station(station).is_some());
            if has_all && now < read_at.plus(AGE_MAX) {
                return Ok(config);
            }
        }
        let config = store.store(key).await?.map(Arc::new);
        let config = config.ok_or_else(|| DispatchError::NoStore(key.store.clone()))?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= STORES_MAX {
            kept.clear();
        }
        kept.insert(key.clone(), (now, Arc::clone(&config)));
        Ok(config)
    }
}
