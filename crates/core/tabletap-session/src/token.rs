//! The diner's session: a token, signed with HMAC-SHA-256, bound to tenant, store and what it gives the right to: a seating at a table, a
//! guest's own takeout, or one order to look at and pay.
//!
//! It holds no secret and no name; its bearer has the right until it expires.
//! Form: `tt1.<payload>.<mac>`, both base64url without padding; the MAC covers `tt1.<payload>`.

use crate::keys::{KeyRing, WeakKey, mac_key};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use ring::hmac;
use serde::{Deserialize, Serialize};
use tabletap_domain::{
    GuestSessionId, OrderId, StoreId, StoreKey, TableId, TenantId, order::Order, time::UnixMillis,
};

/// What a session gives the right to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub store: StoreKey,
    pub scope: Scope,
    /// When the right ends at the latest.
    pub expires_at: UnixMillis,
}

/// What a session is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Ordering for a party at a table, and seeing all of its orders.
    Table {
        table: TableId,
        /// The party's number at that table.
        seating: u32,
        /// The phone's own id: tells whose orders are whose. Absent in sessions of before phones had one.
        phone: Option<GuestSessionId>,
    },
    /// Ordering takeout, and seeing the orders made with this session.
    Takeout {
        /// The session's own id.
        session: GuestSessionId,
    },
    /// One order, to be seen and paid: the read token of links in mails and back from payment. It orders nothing.
    Order { order: OrderId },
}

impl Session {
    /// Whether the order is its bearer's: the one rule of *yours*.
    #[must_use]
    pub fn owns(&self, order: &Order) -> bool {
        self.store == order.store
            && match &self.scope {
                Scope::Table { table, seating, .. } => order.is_of(table, *seating),
                Scope::Takeout { session } => {
                    let takeout = order.takeout.as_ref();
                    takeout.is_some_and(|takeout| takeout.session == *session)
                }
                Scope::Order { order: own } => order.id == *own,
            }
    }

    /// Whether its bearer may read who an order is for, its notes and its allergies: only the phone that gave them. Others of the party,
    /// and the link to a table's order that the payer comes back by, see dishes, number, state and money.
    #[must_use]
    pub fn knows_guest(&self, order: &Order) -> bool {
        match &order.seat {
            Some(seat) => {
                self.owns(order) && self.phone().is_some() && self.phone() == seat.phone.as_ref()
            }
            None => self.owns(order),
        }
    }

    /// The phone's own id at a table.
    #[must_use]
    pub fn phone(&self) -> Option<&GuestSessionId> {
        match &self.scope {
            Scope::Table { phone, .. } => phone.as_ref(),
            Scope::Takeout { .. } | Scope::Order { .. } => None,
        }
    }

    /// The table and party it orders for, if it does.
    #[must_use]
    pub fn at_table(&self) -> Option<(&TableId, u32)> {
        match &self.scope {
            Scope::Table { table, seating, .. } => Some((table, *seating)),
            Scope::Takeout { .. } | Scope::Order { .. } => None,
        }
    }

    /// Whether the session has run out.
    #[must_use]
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at
    }
}

/// Signs and verifies sessions. Keep the previous key while tokens signed with it are alive.
#[derive(Clone)]
pub struct SessionKeys(KeyRing<hmac::Key>);

impl std::fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKeys(..)")
    }
}

/// A token that was not signed by us, or was changed since. An expired session is still authentic: see [`Session::is_expired`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session is not authentic")]
pub struct Forged;

#[derive(Serialize, Deserialize)]
struct Payload {
    t: String,
    s: String,
    #[serde(flatten)]
    scope: ScopePayload,
    e: i64,
}

/// Told apart by their letters: tokens are short because they stand in addresses.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ScopePayload {
    Table {
        d: String,
        n: u32,
        /// What an older release does not look for, and ignores.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        p: Option<String>,
    },
    Takeout {
        g: String,
    },
    Order {
        o: String,
    },
}

impl From<&Scope> for ScopePayload {
    fn from(scope: &Scope) -> Self {
        match scope {
            Scope::Table {
                table,
                seating,
                phone,
            } => Self::Table {
                d: table.to_string(),
                n: *seating,
                p: phone.as_ref().map(ToString::to_string),
            },
            Scope::Takeout { session } => Self::Takeout {
                g: session.to_string(),
            },
            Scope::Order { order } => Self::Order {
                o: order.to_string(),
            },
        }
    }
}

impl ScopePayload {
    fn read(&self) -> Option<Scope> {
        Some(match self {
            Self::Table { d, n, p } => Scope::Table {
                table: TableId::parse(d).ok()?,
                seating: *n,
                phone: p.as_deref().map(GuestSessionId::parse).transpose().ok()?,
            },
            Self::Takeout { g } => Scope::Takeout {
                session: GuestSessionId::parse(g).ok()?,
            },
            Self::Order { o } => Scope::Order {
                order: OrderId::parse(o).ok()?,
            },
        })
    }
}

const PREFIX: &str = "tt1";

impl SessionKeys {
    /// Keys from text: the current one, and the one before it, separated by a comma.
    ///
    /// # Errors
    /// [`WeakKey`]: refuse to start.
    pub fn parse(text: &str) -> Result<Self, WeakKey> {
        KeyRing::parse(text, mac_key).map(Self)
    }

    /// The token of a session.
    #[must_use]
    pub fn sign(&self, session: &Session) -> String {
        let payload = Payload {
            t: session.store.tenant.to_string(),
            s: session.store.store.to_string(),
            scope: (&session.scope).into(),
            e: session.expires_at.0,
        };
        let json = serde_json::to_vec(&payload).expect("a payload holds only text and numbers");
        let signed = format!("{PREFIX}.{}", BASE64.encode(json));
        let mac = hmac::sign(&self.0.current, signed.as_bytes());
        format!("{signed}.{}", BASE64.encode(mac.as_ref()))
    }

    /// The session of a token.
    ///
    /// # Errors
    /// [`Forged`] for anything that was not signed with one of our keys; compared in constant time.
    pub fn verify(&self, token: &str) -> Result<Session, Forged> {
        let (signed, mac) = token.rsplit_once('.').ok_or(Forged)?;
        let mac = BASE64.decode(mac).map_err(|_| Forged)?;
        let ours = |key| hmac::verify(key, signed.as_bytes(), &mac).is_ok();
        if !self.0.iter().any(ours) {
            return Err(Forged);
        }
        read(signed).ok_or(Forged)
    }
}

fn read(signed: &str) -> Option<Session> {
    let payload = signed.strip_prefix(PREFIX)?.strip_prefix('.')?;
    let payload: Payload = serde_json::from_slice(&BASE64.decode(payload).ok()?).ok()?;
    Some(Session {
        store: StoreKey {
            tenant: TenantId::parse(&payload.t).ok()?,
            store: StoreId::parse(&payload.s).ok()?,
        },
        scope: payload.scope.read()?,
        expires_at: UnixMillis(payload.e),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    const OLD: &str = "an-old-key-of-thirty-two-bytes-or-more";
    const NEW: &str = "a-newer-key-of-thirty-two-bytes-or-more";

    fn session() -> Session {
        of(Scope::Table {
            table: TableId::parse("t7").unwrap(),
            seating: 3,
            phone: None,
        })
    }

    fn of(scope: Scope) -> Session {
        Session {
            store: StoreKey {
                tenant: TenantId::parse("kumo-hospitality").unwrap(),
                store: StoreId::parse("kumo-sushi").unwrap(),
            },
            scope,
            expires_at: UnixMillis(1_000),
        }
    }

    #[test]
    fn a_signed_session_reads_back_and_knows_when_it_ends() {
        let keys = SessionKeys::parse(NEW).unwrap();
        let read = keys.verify(&keys.sign(&session())).unwrap();
        assert_eq!(read, session());
        assert!(!read.is_expired(UnixMillis(999)));
        assert!(read.is_expired(UnixMillis(1_000)));
    }

    #[test]
    fn a_session_of_each_kind_reads_back_as_what_it_is() {
        let keys = SessionKeys::parse(NEW).unwrap();
        let hex = "0123456789abcdef0123456789abcdef";
        for scope in [
            Scope::Table {
                table: TableId::parse("t7").unwrap(),
                seating: 3,
                phone: Some(format!("tos_{hex}").parse().unwrap()),
            },
            Scope::Takeout {
                session: format!("tos_{hex}").parse().unwrap(),
            },
            Scope::Order {
                order: format!("ord_{hex}").parse().unwrap(),
            },
        ] {
            let session = of(scope);
            assert_eq!(keys.verify(&keys.sign(&session)).unwrap(), session);
        }
    }

    #[test]
    fn a_token_of_before_there_was_takeout_is_good() {
        let payload = r#"{"t":"kumo-hospitality","s":"kumo-sushi","d":"t7","n":3,"e":1000}"#;
        let signed = format!("{PREFIX}.{}", BASE64.encode(payload));
        // Made by another HMAC than ours.
        let token = format!("{signed}.rO_KrqNC72YumACtrQblRSQTDQJOvoKWnpnjaPhUf2Y");
        let keys = SessionKeys::parse(NEW).unwrap();
        assert_eq!(keys.verify(&token).unwrap(), session());
        assert_eq!(keys.sign(&session()), token);
    }

    #[test]
    fn a_release_that_knows_no_phones_reads_a_token_that_names_one() {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Older {
            Table { d: String, n: u32 },
            Takeout { g: String },
        }
        let scope = Scope::Table {
            table: TableId::parse("t7").unwrap(),
            seating: 3,
            phone: Some(format!("tos_{:032x}", 7).parse().unwrap()),
        };
        let token = SessionKeys::parse(NEW).unwrap().sign(&of(scope));
        let payload = BASE64.decode(token.split('.').nth(1).unwrap()).unwrap();
        match serde_json::from_slice(&payload).unwrap() {
            Older::Table { d, n } => assert_eq!((d.as_str(), n), ("t7", 3)),
            Older::Takeout { g } => panic!("{g}"),
        }
    }

    #[test]
    fn a_token_of_the_previous_key_is_good_until_that_key_is_dropped() {
        let token = SessionKeys::parse(OLD).unwrap().sign(&session());
        assert!(
            SessionKeys::parse(&format!("{NEW},{OLD}"))
                .unwrap()
                .verify(&token)
                .is_ok()
        );
        assert_eq!(SessionKeys::parse(NEW).unwrap().verify(&token), Err(Forged));
    }

    #[test]
    fn short_keys_are_refused() {
        assert_eq!(SessionKeys::parse("short").unwrap_err(), WeakKey);
        assert_eq!(
            SessionKeys::parse(&format!("{NEW},short")).unwrap_err(),
            WeakKey
        );
    }

    proptest! {
        #[test]
        fn a_token_changed_anywhere_is_forged(position in any::<prop::sample::Index>(), byte in b'!'..=b'~') {
            let keys = SessionKeys::parse(NEW).unwrap();
            let token = keys.sign(&session());
            let mut changed = token.clone().into_bytes();
            let index = position.index(changed.len());
            prop_assume!(changed[index] != byte);
            changed[index] = byte;
            prop_assert_eq!(keys.verify(&String::from_utf8(changed).unwrap()), Err(Forged));
        }

        #[test]
        fn any_text_is_at_most_forged(token in any::<String>()) {
            prop_assert_eq!(SessionKeys::parse(NEW).unwrap().verify(&token), Err(Forged));
        }
    }
}
