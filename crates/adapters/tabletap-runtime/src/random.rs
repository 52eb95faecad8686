//! Randomness: the one place where ids and nonces are drawn.

/// `N` random bytes.
///
/// # Panics
/// Where the system has no random source. Linux always answers so small a request once it is up, so there is nothing to recover from.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system's random source works");
    bytes
}

/// A new id.
#[must_use]
pub fn id<T: From<[u8; 16]>>() -> T {
    bytes().into()
}
