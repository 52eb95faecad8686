//! What a guest said of an allergy, sealed in a row beside their order.

use crate::{CustomerKeys, Nonce, NotOpened};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tabletap_domain::{
    Lang, OrderId, StoreKey,
    menu::Allergen,
    statement::{AcceptedLine, AllergyStatement},
    time::UnixMillis,
};

#[derive(Serialize, Deserialize)]
struct Record {
    stated: Vec<String>,
    lang: String,
    at_ms: i64,
    lines: Vec<LineRecord>,
}

#[derive(Serialize, Deserialize)]
struct LineRecord {
    place: usize,
    dish: String,
    allergens: Vec<String>,
    words: String,
}

impl CustomerKeys {
    /// What was said of an allergy, as the row beside the order keeps it.
    #[must_use]
    pub fn seal_statement(
        &self,
        statement: &AllergyStatement,
        store: &StoreKey,
        order: &OrderId,
        nonce: Nonce,
    ) -> Vec<u8> {
        let line = |line: &AcceptedLine| LineRecord {
            place: line.place,
            dish: line.dish.clone(),
            allergens: words(&line.allergens),
            words: line.words.clone(),
        };
        let record = Record {
            stated: words(&statement.stated),
            lang: statement.lang.to_string(),
            at_ms: statement.at.0,
            lines: statement.lines.iter().map(line).collect(),
        };
        self.seal_record(&record, bound_to(store, order), nonce)
    }

    /// What was said with an order.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn open_statement(
        &self,
        sealed: &[u8],
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<AllergyStatement, NotOpened> {
        let record: Record = self.open_record(sealed, &bound_to(store, order))?;
        record.read().ok_or(NotOpened)
    }
}

/// What the row belongs to: no customer opens as a statement, nor the statement of another order.
fn bound_to(StoreKey { tenant, store }: &StoreKey, order: &OrderId) -> String {
    format!("tabletap allergy statement 1#{tenant}#{store}#{order}")
}

fn words(allergens: &BTreeSet<Allergen>) -> Vec<String> {
    allergens.iter().map(ToString::to_string).collect()
}

fn allergens(words: &[String]) -> BTreeSet<Allergen> {
    words
        .iter()
        .filter_map(|word| Allergen::parse(word))
        .collect()
}

impl Record {
    fn read(self) -> Option<AllergyStatement> {
        let line = |line: LineRecord| AcceptedLine {
            place: line.place,
            dish: line.dish,
            allergens: allergens(&line.allergens),
            words: line.words,
        };
        Some(AllergyStatement {
            stated: allergens(&self.stated),
            lang: Lang::parse(&self.lang).ok()?,
            at: UnixMillis(self.at_ms),
            lines: self.lines.into_iter().map(line).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::NONCE_LEN;

    #[test]
    fn a_statement_is_opened_only_for_its_own_order_and_never_as_a_customer() {
        let keys = CustomerKeys::parse("a-key-of-at-least-thirty-two-bytes").unwrap();
        let store = StoreKey {
            tenant: "kumo-hospitality".parse().unwrap(),
            store: "kumo-sushi".parse().unwrap(),
        };
        let order = |n: u32| -> OrderId { format!("ord_{n:032x}").parse().unwrap() };
        let statement = AllergyStatement {
            stated: BTreeSet::from([Allergen::Egg, Allergen::Milk]),
            lang: Lang::parse("ja").unwrap(),
            at: UnixMillis(1_795_287_841_250),
            lines: vec![AcceptedLine {
                place: 2,
                dish: "ラーメン".to_owned(),
                allergens: BTreeSet::from([Allergen::Egg]),
                words: "それでも注文します".to_owned(),
            }],
        };
        let sealed = keys.seal_statement(&statement, &store, &order(1), [7; NONCE_LEN]);
        let opened = keys.open_statement(&sealed, &store, &order(1));
        assert_eq!(opened, Ok(statement.clone()));
        assert_eq!(
            keys.open_statement(&sealed, &store, &order(2)),
            Err(NotOpened)
        );
        assert_eq!(keys.open(&sealed, &store, &order(1)), Err(NotOpened));
        assert!(!String::from_utf8_lossy(&sealed).contains("egg"));
        let told = format!("{statement:?} {:?}", statement.lines);
        assert!(
            !told.contains("Egg") && !told.contains("ラーメン"),
            "{told}"
        );
    }

    /// Made by another AES and HMAC than ours.
    #[test]
    fn a_sealed_statement_keeps_its_form() {
        let keys = CustomerKeys::parse("a-newer-key-of-thirty-two-bytes-or-more").unwrap();
        let store = StoreKey {
            tenant: "kumo-hospitality".parse().unwrap(),
            store: "kumo-sushi".parse().unwrap(),
        };
        let order = format!("ord_{:032x}", 1).parse().unwrap();
        let statement = AllergyStatement {
            stated: BTreeSet::from([Allergen::Egg]),
            lang: Lang::parse("en").unwrap(),
            at: UnixMillis(1_795_287_841_250),
            lines: vec![AcceptedLine {
                place: 2,
                dish: "Ramen".to_owned(),
                allergens: BTreeSet::from([Allergen::Egg]),
                words: "Yes".to_owned(),
            }],
        };
        let sealed = keys.seal_statement(&statement, &store, &order, [7; NONCE_LEN]);
        assert_eq!(
            hex::encode(sealed),
            "010707070707070707070707073b2c8af36d63bfd282576958b749cc95cef367a01777da136a6366e77ea93c68c15ad0a29999ded005c8cf8c14d1ffb3\
             3e899c6ebb37c9371732cd1630ac6d289dc7e53ed4c8fe8751031848ad9c0e851e7ee2b416a9d40b543e2d7610bae90f28a7af9e4f70532e7a04aca1ef\
             307e0b70855e683bfdc2c137d30bd7bb8c5a73a497d67eee5da1ef7d8779"
        );
    }
}
