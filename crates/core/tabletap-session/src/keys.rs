//! A key and the one before it: how every secret of ours is replaced without a moment when what it protected is lost.

use ring::hmac;

/// Shortest key, in bytes of text. RFC 2104 asks for keys at least as long as the hash.
pub const KEY_BYTES_MIN: usize = 32;

/// A key that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key needs at least {KEY_BYTES_MIN} bytes")]
pub struct WeakKey;

/// Protects with the current key; accepts what it or the one before protected.
#[derive(Clone)]
pub(crate) struct KeyRing<K> {
    pub(crate) current: K,
    previous: Option<K>,
}

impl<K> KeyRing<K> {
    /// Keys from text, the current one and the one before it, separated by a comma; `make` turns each into its purpose's form.
    pub(crate) fn parse(text: &str, make: impl Fn(&[u8]) -> K) -> Result<Self, WeakKey> {
        let key = |text: &str| {
            let text = text.trim().as_bytes();
            (text.len() >= KEY_BYTES_MIN)
                .then(|| make(text))
                .ok_or(WeakKey)
        };
        let mut keys = text.split(',');
        Ok(Self {
            current: key(keys.next().unwrap_or_default())?,
            previous: keys.next().map(key).transpose()?,
        })
    }

    /// The current key first, because most of what comes was made with it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &K> {
        [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
    }
}

/// A key for HMAC-SHA-256.
pub(crate) fn mac_key(key: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "an-old-key-of-thirty-two-bytes-or-more";
    const NEW: &str = "a-newer-key-of-thirty-two-bytes-or-more";

    #[test]
    fn the_current_key_comes_first_and_the_one_before_it_stays_known() {
        let ring = KeyRing::parse(&format!("{NEW}, {OLD}"), <[u8]>::to_vec).ok();
        let keys = ring.map(|ring| ring.iter().cloned().collect::<Vec<_>>());
        assert_eq!(keys, Some(vec![NEW.into(), OLD.into()]));
    }

    #[test]
    fn short_keys_are_refused() {
        for short in ["", "short", &format!("{NEW},short"), &format!("{NEW},")] {
            let ring = KeyRing::parse(short, <[u8]>::to_vec);
            assert_eq!(ring.map(|_| ()), Err(WeakKey), "{short}");
        }
    }
}
