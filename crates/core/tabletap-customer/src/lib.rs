//! Seals a customer's name, mail and phone for the table, and opens them again: AES-256-GCM, with the order in the associated data, so that a
//! sealed row moved to another order opens nowhere.
//!
//! What a guest said of an allergy is sealed in the same way, in a row of its own beside the order.
//!
//! Whoever erases these rows erases the person: nothing else of an order says who they are, and what is derived from it (the digest of a
//! request's body) takes the key to compare. Pure but for the nonce. See NIST SP 800-38D.

mod statement;

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use serde::{Deserialize, Serialize};
use tabletap_domain::{
    OrderId, StoreKey,
    customer::{Customer, Email, Phone},
};

/// Seals with the current key, opens with it or the one before. Keep the previous key while anything sealed with it is to be read.
#[derive(Clone)]
pub struct CustomerKeys {
    current: Key,
    previous: Option<Key>,
}

impl std::fmt::Debug for CustomerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerKeys(..)")
    }
}

#[derive(Clone)]
struct Key {
    seal: [u8; 32],
    digest: hmac::Key,
}

/// A key that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a customer key needs at least {KEY_BYTES_MIN} bytes")]
pub struct WeakKey;

/// Shortest key, in bytes of text.
pub const KEY_BYTES_MIN: usize = 32;

/// The system gave no randomness for a nonce: try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no randomness to seal with")]
pub struct NotSealed;

/// Bytes that were not sealed by us for this order, or with a key that was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the customer cannot be opened")]
pub struct NotOpened;

/// Version of the sealed form: one byte, the nonce, then ciphertext and tag.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Record {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

impl Key {
    /// Two keys of one text, so that what is sealed and what is compared never share one.
    fn new(text: &str) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes());
        let derived = |purpose: &[u8]| {
            let mut key = [0; 32];
            key.copy_from_slice(hmac::sign(&root, purpose).as_ref());
            key
        };
        Self {
            seal: derived(b"tabletap customer seal 1"),
            digest: hmac::Key::new(hmac::HMAC_SHA256, &derived(b"tabletap customer digest 1")),
        }
    }

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, &self.seal).expect("the key has 32 bytes");
        LessSafeKey::new(key)
    }

    fn digest(&self, text: &str) -> String {
        let mac = hmac::sign(&self.digest, text.as_bytes());
        let hex = mac.as_ref().iter().map(|byte| format!("{byte:02x}"));
        hex.collect()
    }
}

impl CustomerKeys {
    /// Keys from text: the current one, and the one before it, separated by a comma.
    ///
    /// # Errors
    /// [`WeakKey`]: refuse to start.
    pub fn parse(text: &str) -> Result<Self, WeakKey> {
        let mut keys = text.split(',').map(str::trim);
        let current = keys.next().unwrap_or_default();
        let previous = keys.next();
        let strong = |key: &str| key.len() >= KEY_BYTES_MIN;
        if !strong(current) || !previous.is_none_or(strong) {
            return Err(WeakKey);
        }
        Ok(Self {
            current: Key::new(current),
            previous: previous.map(Key::new),
        })
    }

    /// A customer as the row of their order keeps them.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn seal(
        &self,
        customer: &Customer,
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<Vec<u8>, NotSealed> {
        let record = Record {
            name: customer.name.clone(),
            email: customer
                .email
                .as_ref()
                .map(|email| email.as_str().to_owned()),
            phone: customer
                .phone
                .as_ref()
                .map(|phone| phone.as_str().to_owned()),
        };
        let text = serde_json::to_vec(&record).expect("a record holds only text");
        self.seal_text(text, bound_to(store, order))
    }

    fn seal_text(&self, mut text: Vec<u8>, bound_to: Vec<u8>) -> Result<Vec<u8>, NotSealed> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| NotSealed)?;
        let cipher = self.current.cipher();
        let sealed_for = Aad::from(bound_to);
        cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), sealed_for, &mut text)
            .map_err(|_| NotSealed)?;
        Ok([&[VERSION], nonce.as_slice(), &text].concat())
    }

    /// The customer of an order.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn open(
        &self,
        sealed: &[u8],
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<Customer, NotOpened> {
        self.open_text(sealed, &bound_to(store, order), read)
    }

    fn open_text<T>(
        &self,
        sealed: &[u8],
        bound_to: &[u8],
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, NotOpened> {
        let (version, rest) = sealed.split_first().ok_or(NotOpened)?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN).ok_or(NotOpened)?;
        if *version != VERSION {
            return Err(NotOpened);
        }
        let open = |key: &Key| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut text = text.to_vec();
            let sealed_for = Aad::from(bound_to);
            let opened = key.cipher().open_in_place(nonce, sealed_for, &mut text);
            read(opened.ok()?)
        };
        let keys = [Some(&self.current), self.previous.as_ref()];
        keys.into_iter().flatten().find_map(open).ok_or(NotOpened)
    }

    /// A digest that takes the key to compare: for a text that holds who a customer is.
    #[must_use]
    pub fn digest(&self, text: &str) -> String {
        self.current.digest(text)
    }

    /// A short digest to count by, of a text that may say who a customer is; another `purpose` gives another digest of the same text.
    #[must_use]
    pub fn tag(&self, purpose: &str, text: &str) -> String {
        let mut digest = self.digest(&format!("{purpose}: {text}"));
        digest.truncate(16);
        digest
    }

    /// Whether a text has this digest, by the current key or the one before.
    #[must_use]
    pub fn has_digest(&self, text: &str, digest: &str) -> bool {
        let keys = [Some(&self.current), self.previous.as_ref()];
        keys.into_iter()
            .flatten()
            .any(|key| key.digest(text) == digest)
    }
}

/// What the row belongs to: tenant, store and order.
fn bound_to(StoreKey { tenant, store }: &StoreKey, order: &OrderId) -> Vec<u8> {
    format!("tabletap customer 1#{tenant}#{store}#{order}").into_bytes()
}

fn read(text: &[u8]) -> Option<Customer> {
    let record: Record = serde_json::from_slice(text).ok()?;
    Some(Customer {
        name: record.name,
        email: record.email.as_deref().and_then(Email::parse),
        phone: record.phone.as_deref().and_then(Phone::parse),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    const OLD: &str = "an-old-key-of-thirty-two-bytes-or-more";
    const NEW: &str = "a-newer-key-of-thirty-two-bytes-or-more";

    fn store(name: &str) -> StoreKey {
        StoreKey {
            tenant: "kumo-hospitality".parse().unwrap(),
            store: name.parse().unwrap(),
        }
    }

    fn order(number: u32) -> OrderId {
        format!("ord_{number:032x}").parse().unwrap()
    }

    fn ada() -> Customer {
        Customer::new("Ada 愛", "ada@example.com", "+1 212 555 0100").unwrap()
    }

    #[test]
    fn a_customer_is_opened_only_for_their_own_order() {
        let keys = CustomerKeys::parse(NEW).unwrap();
        let sealed = keys.seal(&ada(), &store("kumo-sushi"), &order(1)).unwrap();
        assert_eq!(
            keys.open(&sealed, &store("kumo-sushi"), &order(1)),
            Ok(ada())
        );
        assert_eq!(
            keys.open(&sealed, &store("kumo-sushi"), &order(2)),
            Err(NotOpened)
        );
        assert_eq!(
            keys.open(&sealed, &store("kumo-ramen"), &order(1)),
            Err(NotOpened)
        );
        let text = String::from_utf8_lossy(&sealed);
        assert!(
            !text.contains("Ada") && !text.contains("example"),
            "it is sealed"
        );
        let again = keys.seal(&ada(), &store("kumo-sushi"), &order(1)).unwrap();
        assert_ne!(again, sealed, "the same customer looks another each time");
    }

    #[test]
    fn what_the_previous_key_sealed_opens_until_that_key_is_dropped() {
        let old = CustomerKeys::parse(OLD).unwrap();
        let sealed = old.seal(&ada(), &store("kumo-sushi"), &order(1)).unwrap();
        let both = CustomerKeys::parse(&format!("{NEW},{OLD}")).unwrap();
        assert!(both.open(&sealed, &store("kumo-sushi"), &order(1)).is_ok());
        assert!(both.has_digest("body", &old.digest("body")));
        let new = CustomerKeys::parse(NEW).unwrap();
        assert_eq!(
            new.open(&sealed, &store("kumo-sushi"), &order(1)),
            Err(NotOpened)
        );
        assert!(!new.has_digest("body", &old.digest("body")));
    }

    #[test]
    fn short_keys_are_refused() {
        assert_eq!(CustomerKeys::parse("short").unwrap_err(), WeakKey);
        assert!(CustomerKeys::parse(&format!("{NEW},short")).is_err());
    }

    proptest! {
        #[test]
        fn a_sealed_row_changed_anywhere_opens_nowhere(position in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let keys = CustomerKeys::parse(NEW).unwrap();
            let mut sealed = keys.seal(&ada(), &store("kumo-sushi"), &order(1)).unwrap();
            let index = position.index(sealed.len());
            prop_assume!(sealed[index] != byte);
            sealed[index] = byte;
            prop_assert_eq!(keys.open(&sealed, &store("kumo-sushi"), &order(1)), Err(NotOpened));
        }

        #[test]
        fn any_bytes_are_at_most_not_opened(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let keys = CustomerKeys::parse(NEW).unwrap();
            prop_assert_eq!(keys.open(&bytes, &store("kumo-sushi"), &order(1)), Err(NotOpened));
        }
    }
}
