//! Ids and secrets that look like Stripe's: a prefix that says what it is, then random letters and digits.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `prefix` and `length` random characters.
pub(crate) fn id(prefix: &str, length: usize) -> String {
    let mut random = vec![0_u8; length];
    getrandom::fill(&mut random).expect("the system's random source works");
    let character = |byte: u8| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]);
    prefix
        .chars()
        .chain(random.into_iter().map(character))
        .collect()
}

/// A session's id, as long as Stripe's.
pub(crate) fn session() -> String {
    id("cs_test_a1", 56)
}

/// The id of any other object.
pub(crate) fn object(prefix: &str) -> String {
    id(&format!("{prefix}_3"), 23)
}
