//! Seals what a guest said of an allergy, for the row beside their order, and opens it again.

use crate::{CustomerKeys, NotOpened, NotSealed};
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
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn seal_statement(
        &self,
        statement: &AllergyStatement,
        store: &StoreKey,
        order: &OrderId,
    ) -> Result<Vec<u8>, NotSealed> {
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
        let text = serde_json::to_vec(&record).expect("a record holds only text and numbers");
        self.seal_text(text, bound_to(store, order))
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
        self.open_text(sealed, &bound_to(store, order), read)
    }
}

/// What the row belongs to: no customer opens as a statement, nor the statement of another order.
fn bound_to(StoreKey { tenant, store }: &StoreKey, order: &OrderId) -> Vec<u8> {
    format!("tabletap allergy statement 1#{tenant}#{store}#{order}").into_bytes()
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

fn read(text: &[u8]) -> Option<AllergyStatement> {
    let record: Record = serde_json::from_slice(text).ok()?;
    let line = |line: LineRecord| AcceptedLine {
        place: line.place,
        dish: line.dish,
        allergens: allergens(&line.allergens),
        words: line.words,
    };
    Some(AllergyStatement {
        stated: allergens(&record.stated),
        lang: Lang::parse(&record.lang).ok()?,
        at: UnixMillis(record.at_ms),
        lines: record.lines.into_iter().map(line).collect(),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

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
        let sealed = keys.seal_statement(&statement, &store, &order(1)).unwrap();
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
}
