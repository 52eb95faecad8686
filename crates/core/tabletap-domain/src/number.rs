//! The short number a guest says and a cook calls: a letter and digits, `K27`.

use crate::{InvalidId, OrderId};
use std::{fmt, str::FromStr};

/// Letters that are not mistaken for each other or for digits when called across a kitchen or read in steam.
const LETTERS: &[u8; 20] = b"ABCDEFGHJKLMNPRTUWXY";

/// How many digits the candidates have: two as long as a restaurant has that few orders open, more only when those are taken.
const DIGITS: [u32; 4] = [2, 2, 3, 6];

/// An order's speakable number, unique among the open orders of its store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// Parses the text form.
    ///
    /// # Errors
    /// [`InvalidId`] when the text has another shape.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let (letter, digits) = text.split_at_checked(1).unwrap_or_default();
        let known = letter.bytes().all(|b| LETTERS.contains(&b)) && (2..=6).contains(&digits.len());
        if known && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId {
                kind: "order number",
                shape: "a letter and 2 to 6 digits",
            })
        }
    }

    /// The text form, e.g. `K27`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrderNumber {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The numbers to try for an order, in order of liking: derived from its id, so a resend tries the same ones.
///
/// `attempt` 0 is the first try; each later one gives other numbers, should all of the earlier ones have been taken meanwhile.
#[must_use]
pub fn candidates(order: &OrderId, attempt: u32) -> [OrderNumber; DIGITS.len()] {
    // FNV-1a over the id: spreads ids that differ in one digit; it guards nothing.
    let seed = order.hex().bytes().chain(attempt.to_be_bytes());
    let mut hash = seed.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    DIGITS.map(|digits| {
        let letter = usize::try_from(hash % 20).unwrap_or_default();
        let number = (hash / 20) % 10_u64.pow(digits);
        hash = hash.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let width = usize::try_from(digits).unwrap_or_default();
        OrderNumber(format!("{}{number:0width$}", char::from(LETTERS[letter])))
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_resend_tries_the_same_numbers_and_a_later_attempt_others() {
        let order = OrderId::parse("ord_0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(candidates(&order, 0), candidates(&order, 0));
        assert_ne!(candidates(&order, 0), candidates(&order, 1));
        for number in candidates(&order, 0) {
            assert_eq!(OrderNumber::parse(number.as_str()).unwrap(), number);
        }
    }

    #[test]
    fn a_hundred_orders_get_well_spread_first_numbers() {
        let first =
            |i: u32| candidates(&OrderId::parse(&format!("ord_{i:032x}")).unwrap(), 0)[0].clone();
        let distinct: BTreeSet<_> = (0..100).map(first).collect();
        assert!(distinct.len() > 90, "{} of 100", distinct.len());
    }
}
