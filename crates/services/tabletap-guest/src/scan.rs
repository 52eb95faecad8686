//! Resolves a sticker's code to its table, and gives the phone that scanned it a session. Reads only.

use crate::{GuestConfig, Reason, Refusal, log_store};
use std::time::Duration;
use tabletap_domain::{TableCode, time::UnixMillis};
use tabletap_runtime::{ConfigError, Env, random};
use tabletap_session::{Scope, Session};
use tabletap_store::{ScannedTable, Store};

/// One hour.
const SESSION_TTL_S: u64 = 3600;

/// The configuration of each function that follows table codes.
#[derive(Clone, Debug)]
pub struct ScanConfig {
    /// As every function that guests call.
    pub guest: GuestConfig,
    /// `SESSION_TTL_S`: how long a session at a table lasts.
    pub session_ttl: Duration,
}

impl ScanConfig {
    /// Reads it.
    ///
    /// # Errors
    /// [`ConfigError`]; stop.
    pub fn from_env(env: Env<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            guest: GuestConfig::from_env(env)?,
            session_ttl: Duration::from_secs(env.parsed_or("SESSION_TTL_S", SESSION_TTL_S)?),
        })
    }
}

/// Follows table codes.
#[derive(Clone, Debug)]
pub struct Scanner {
    store: Store,
    session_ttl: Duration,
}

impl Scanner {
    /// Reads through `store`; its sessions last for `session_ttl`.
    #[must_use]
    pub fn new(store: Store, session_ttl: Duration) -> Self {
        Self { store, session_ttl }
    }

    /// What a code leads to; the request's span names the store from then on. A text that is no code leads nowhere, and no row is
    /// read for it.
    ///
    /// # Errors
    /// [`Refusal`]: 404 `unknown_table`, 410 `sticker_replaced`, or the database failed.
    pub async fn scan(&self, code: &str) -> Result<ScannedTable, Refusal> {
        let code = TableCode::parse(code).map_err(|_| Reason::UnknownTable)?;
        let Some(scanned) = self.store.scan(&code).await? else {
            return Err(match self.store.code_replaced(&code).await? {
                true => Reason::StickerReplaced.into(),
                false => Reason::UnknownTable.into(),
            });
        };
        log_store(&scanned.store.key);
        Ok(scanned)
    }

    /// The right to order for the seating that an order would open or join now. A phone whose session, still good or expired, is of a party
    /// that sits here stays with it and keeps its own id, so that it reads back what it gave. So does a phone of a party that another one
    /// followed, while it has orders to pay: loading the page again must not take its bill away. Any other phone is a new one.
    ///
    /// # Errors
    /// [`Refusal`] where the database failed.
    pub async fn session(
        &self,
        scanned: &ScannedTable,
        before: Option<&Session>,
        now: UnixMillis,
    ) -> Result<Session, Refusal> {
        let party = before.filter(|session| session.store == scanned.store.key);
        let party = party.and_then(|session| match session.at_table() {
            Some((table, seating)) if *table == scanned.table.id => Some((session, seating)),
            _ => None,
        });
        let stays = match party {
            Some((_, seating)) if scanned.seating.seats(seating) => party,
            Some((_, seating)) if scanned.seating.followed(seating) => {
                let (store, table) = (&scanned.store.key, &scanned.table.id);
                let open = self.store.open_orders_of(store, table, seating).await?;
                party.filter(|_| !open.is_empty())
            }
            _ => None,
        };
        let phone = stays.and_then(|(session, _)| session.phone().cloned());
        Ok(Session {
            store: scanned.store.key.clone(),
            scope: Scope::Table {
                table: scanned.table.id.clone(),
                seating: stays.map_or(scanned.seating.number_for_scan(), |(_, seating)| seating),
                phone: Some(phone.unwrap_or_else(random::id)),
            },
            expires_at: now.plus(self.session_ttl),
        })
    }
}
