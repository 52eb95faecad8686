//! Seals what says who a guest is, for a row of the table, and opens it again: AES-256-GCM, with the order in the associated data, so that
//! a sealed row moved to another order opens nowhere.
//!
//! The mail address that a guest typed at the payment provider is sealed as a customer without a name, in its payment's row.
//!
//! Whoever erases these rows erases the person: nothing else of an order says who they are, and what is derived from it (the digest of a
//! request's body) takes the key to compare. See NIST SP 800-38D.

use crate::keys::{KeyRing, WeakKey, mac_key};
use ring::{
    aead::{self, AES_256_GCM, Aad, LessSafeKey, UnboundKey},
    hmac,
};
use serde::{Serialize, de::DeserializeOwned};

pub use ring::aead::NONCE_LEN;

/// Random bytes for one sealing: used a second time with one key, they would reveal what they sealed.
pub type Nonce = [u8; NONCE_LEN];

/// Seals with the current key, opens with it or the one before. Keep the previous key while anything sealed with it is to be read.
#[derive(Clone)]
pub struct CustomerKeys(KeyRing<Key>);

impl std::fmt::Debug for CustomerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerKeys(..)")
    }
}

#[derive(Clone)]
struct Key {
    seal: LessSafeKey,
    digest: hmac::Key,
}

/// Bytes that were not sealed by us for this order, or with a key that was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was sealed cannot be opened")]
pub struct NotOpened;

/// Version of the sealed form: one byte, the nonce, then ciphertext and tag.
const VERSION: u8 = 1;

impl Key {
    /// Two keys of one text, so that what is sealed and what is compared never share one.
    fn new(text: &[u8]) -> Self {
        let root = mac_key(text);
        let seal = hmac::sign(&root, b"tabletap customer seal 1");
        let digest = hmac::sign(&root, b"tabletap customer digest 1");
        let seal = UnboundKey::new(&AES_256_GCM, seal.as_ref());
        Self {
            seal: LessSafeKey::new(seal.expect("SHA-256 gives the 32 bytes of an AES-256 key")),
            digest: mac_key(digest.as_ref()),
        }
    }

    fn digest(&self, text: &str) -> String {
        hex::encode(hmac::sign(&self.digest, text.as_bytes()))
    }
}

impl CustomerKeys {
    /// Keys from text: the current one, and the one before it, separated by a comma.
    ///
    /// # Errors
    /// [`WeakKey`]: refuse to start.
    pub fn parse(text: &str) -> Result<Self, WeakKey> {
        KeyRing::parse(text, Key::new).map(Self)
    }

    /// A record sealed for what it is `bound_to`: its kind and its order.
    pub(crate) fn seal_record(
        &self,
        record: &impl Serialize,
        bound_to: String,
        nonce: Nonce,
    ) -> Vec<u8> {
        let mut text = serde_json::to_vec(record).expect("a record holds only text and numbers");
        let unique = aead::Nonce::assume_unique_for_key(nonce);
        let key = &self.0.current.seal;
        key.seal_in_place_append_tag(unique, Aad::from(bound_to), &mut text)
            .expect("only 64 GiB are too long to seal");
        [&[VERSION], nonce.as_slice(), &text].concat()
    }

    pub(crate) fn open_record<T: DeserializeOwned>(
        &self,
        sealed: &[u8],
        bound_to: &str,
    ) -> Result<T, NotOpened> {
        let (version, rest) = sealed.split_first().ok_or(NotOpened)?;
        let (nonce, text) = rest.split_first_chunk().ok_or(NotOpened)?;
        if *version != VERSION {
            return Err(NotOpened);
        }
        let open = |key: &Key| {
            let nonce = aead::Nonce::assume_unique_for_key(*nonce);
            let mut text = text.to_vec();
            let opened = key
                .seal
                .open_in_place(nonce, Aad::from(bound_to), &mut text);
            serde_json::from_slice(opened.ok()?).ok()
        };
        self.0.iter().find_map(open).ok_or(NotOpened)
    }

    /// A digest that takes the key to compare: for a text that holds who a customer is.
    #[must_use]
    pub fn digest(&self, text: &str) -> String {
        self.0.current.digest(text)
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
        self.0.iter().any(|key| key.digest(text) == digest)
    }
}
