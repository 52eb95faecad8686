//! Published menus, kept in memory: a version never changes, so only which one is current, and what is switched off, is read anew.

use std::sync::{Arc, Mutex, PoisonError};
use tabletap_domain::{StoreKey, menu::Menu, refusal::PlaceError};
use tabletap_store::{CurrentMenu, Store, StoreError};

/// A menu of 60 dishes takes a fifth of a megabyte.
const MENUS_MAX: usize = 32;

/// The menus used last, the latest at the end.
#[derive(Debug, Default)]
pub(crate) struct Menus {
    kept: Mutex<Vec<(StoreKey, CurrentMenu, Arc<Menu>)>>,
}

impl Menus {
    /// The current menu of a store with its sold-out dishes marked.
    pub(crate) async fn get(
        &self,
        store: &Store,
        key: &StoreKey,
        current: &CurrentMenu,
    ) -> Result<Arc<Menu>, PlaceError> {
        if let Some(menu) = self.find(key, current) {
            return Ok(menu);
        }
        let published = store.menu(key, &current.version).await?.ok_or_else(|| {
            StoreError::Corrupt(format!(
                "menu {} of {}: missing",
                current.version, key.store
            ))
        })?;
        let menu = Arc::new(published.without(&current.off));
        self.keep(key, current, &menu);
        Ok(menu)
    }

    fn find(&self, key: &StoreKey, current: &CurrentMenu) -> Option<Arc<Menu>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(k, c, _)| k == key && c == current)?;
        let entry = kept.remove(at);
        let menu = Arc::clone(&entry.2);
        kept.push(entry);
        Some(menu)
    }

    fn keep(&self, key: &StoreKey, current: &CurrentMenu, menu: &Arc<Menu>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(k, c, _)| !(k == key && c == current));
        if kept.len() == MENUS_MAX {
            kept.remove(0);
        }
        kept.push((key.clone(), current.clone(), Arc::clone(menu)));
    }
}
