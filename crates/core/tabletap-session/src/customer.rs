//! Who picks a takeout order up, sealed in a row beside it.

use crate::{CustomerKeys, Nonce, NotOpened};
use serde::{Deserialize, Serialize};
use tabletap_domain::{
    OrderId, StoreKey,
    customer::{Customer, Email, Phone},
};

#[derive(Serialize, Deserialize)]
struct Record {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

impl CustomerKeys {
    /// A customer as the row of their order keeps them.
    #[must_use]
    pub fn seal(
        &self,
        customer: &Customer,
        store: &StoreKey,
        order: &OrderId,
        nonce: Nonce,
    ) -> Vec<u8> {
        let record = Record {
            name: customer.name.clone(),
            email: customer.email.as_ref().map(|mail| mail.as_str().to_owned()),
            phone: customer
                .phone
                .as_ref()
                .map(|phone| phone.as_str().to_owned()),
        };
        self.seal_record(&record, bound_to(store, order), nonce)
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
        let record: Record = self.open_record(sealed, &bound_to(store, order))?;
        Ok(Customer {
            name: record.name,
            email: record.email.as_deref().and_then(Email::parse),
            phone: record.phone.as_deref().and_then(Phone::parse),
        })
    }
}

/// What the row belongs to: tenant, store and order.
fn bound_to(StoreKey { tenant, store }: &StoreKey, order: &OrderId) -> String {
    format!("tabletap customer 1#{tenant}#{store}#{order}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::{CustomerKeys, NONCE_LEN, WeakKey};
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
        let sealed = keys.seal(&ada(), &store("kumo-sushi"), &order(1), [7; NONCE_LEN]);
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
        let again = keys.seal(&ada(), &store("kumo-sushi"), &order(1), [8; NONCE_LEN]);
        assert_ne!(again[13..], sealed[13..], "another nonce, another text");
    }

    #[test]
    fn what_the_previous_key_sealed_opens_until_that_key_is_dropped() {
        let old = CustomerKeys::parse(OLD).unwrap();
        let sealed = old.seal(&ada(), &store("kumo-sushi"), &order(1), [7; NONCE_LEN]);
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

    /// Made by another AES and HMAC than ours: what earlier releases stored stays readable, and later ones write the same.
    #[test]
    fn what_is_sealed_and_digested_keeps_its_form() {
        let keys = CustomerKeys::parse(NEW).unwrap();
        let ada = Customer::new("Ada", "ada@example.com", "+1 212 555 0100").unwrap();
        let sealed = keys.seal(&ada, &store("kumo-sushi"), &order(1), [7; NONCE_LEN]);
        assert_eq!(
            hex::encode(sealed),
            "010707070707070707070707073b2c97e66172f88c822c561bf00289d2febe2ca054239f50342043ec24e47379d96093b2d4cecdcb1e8d95db4d8ce9b8\
             2e979d70a869956c4771de1c5bf532ab096c6e13bbfdd024b7bce90273aa72"
        );
        assert_eq!(
            keys.digest("body"),
            "c42a9481a0554b64f4433cf7b36755f700568ffb8bfc16bb0eb211724f8d5d21"
        );
        assert_eq!(keys.tag("unpaid e", "ada@example.com"), "5f1da3839da7ac1a");
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
            let mut sealed = keys.seal(&ada(), &store("kumo-sushi"), &order(1), [7; NONCE_LEN]);
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
