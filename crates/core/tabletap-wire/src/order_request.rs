//! `POST /v1/orders`: the body as it is sent, read in two steps, because a stored order id is answered before its body is judged.

use crate::{body, pickup::PickupRequest};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use tabletap_domain::{
    GroupId, ItemId, Lang, Minor, OptionId, OrderId,
    cart::{Cart, CartError, CartLine, CartProblem, Choice},
    customer::{Customer, CustomerError},
    limits,
    menu::Allergen,
    refusal::{BodyError, FieldProblem},
};
use tabletap_wire_derive::domain_fields;

/// The body, checked for its shape.
#[domain_fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// Made by the browser before the first send.
    pub order_id: OrderId,
    /// The menu the guest saw. It informs, it does not decide.
    pub menu_version: String,
    /// The guest's language; the store's first where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// What is wanted.
    pub lines: Vec<LineRequest>,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest: Option<String>,
    /// For the whole order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What somebody of the party must not eat.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub allergies: BTreeSet<Allergen>,
    /// Who picks it up, for takeout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerRequest>,
    /// When it is wanted, for takeout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup: Option<PickupRequest>,
    /// The total the guest saw: compared, never believed.
    pub expected_total_minor: Minor,
}

/// Who picks an order up, as they typed it. `Debug` tells nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerRequest {
    /// The name to call.
    #[serde(default)]
    pub name: String,
    /// For the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Another way to be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl std::fmt::Debug for CustomerRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerRequest(..)")
    }
}

impl CustomerRequest {
    /// The customer.
    ///
    /// # Errors
    /// [`CustomerError`].
    pub fn customer(&self) -> Result<Customer, CustomerError> {
        let typed = |text: &Option<String>| text.clone().unwrap_or_default();
        Customer::new(&self.name, &typed(&self.email), &typed(&self.phone))
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRequest {
    /// The dish. Any text here: a text that is no id is an unknown dish.
    pub item_id: String,
    /// How many.
    pub quantity: i64,
    /// Answers to its option groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ChoiceRequest>,
    /// For the cook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The guest knows that it holds what `allergies` names.
    #[serde(default, skip_serializing_if = "is_false")]
    pub acknowledged: bool,
}

/// One chosen option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceRequest {
    /// The question.
    pub group_id: String,
    /// The answer.
    pub option_id: String,
    /// How many of it on one dish.
    #[serde(default = "one")]
    pub quantity: i64,
    /// Answers to its own groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ChoiceRequest>,
}

fn one() -> i64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A body of which the order id and the digest are known, and the rest is not judged yet.
#[derive(Debug)]
pub struct RawOrderRequest {
    /// The idempotency key.
    pub order_id: OrderId,
    /// SHA-256 of the body in canonical form (keys sorted, no spaces), in hex: the same order sent again has the same.
    pub body_digest: String,
    body: serde_json::Value,
}

impl RawOrderRequest {
    /// Reads a body as far as it must be known to look the order up.
    ///
    /// # Errors
    /// [`BodyError`] for a body that is too large, is no JSON, or has no order id.
    pub fn read(body: &[u8]) -> Result<Self, BodyError> {
        let body = body::object(body, limits::BODY_BYTES_MAX)?;
        let id = body
            .get("order_id")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        let order_id = OrderId::parse(id)
            .map_err(|_| BodyError::Field("order_id".to_owned(), FieldProblem::OrderId))?;
        let body_digest = hex::encode(Sha256::digest(body.to_string()));
        Ok(Self {
            order_id,
            body_digest,
            body,
        })
    }

    /// Reads the rest.
    ///
    /// # Errors
    /// [`BodyError::Field`] for the first field that is missing, unknown or of another type.
    pub fn parse(self) -> Result<OrderRequest, BodyError> {
        serde_path_to_error::deserialize(self.body).map_err(|error| {
            let (path, problem) = (error.path().to_string(), error.inner().to_string());
            let missing = problem
                .strip_prefix("missing field `")
                .and_then(|rest| rest.split('`').next());
            match missing {
                Some(name) if path == "." => {
                    BodyError::Field(name.to_owned(), FieldProblem::Missing)
                }
                Some(name) => BodyError::Field(format!("{path}.{name}"), FieldProblem::Missing),
                None if problem.starts_with("unknown field") => {
                    BodyError::Field(path, FieldProblem::Unknown)
                }
                None => BodyError::Field(path, FieldProblem::Wrong),
            }
        })
    }
}

impl OrderRequest {
    /// The cart that is asked for.
    ///
    /// # Errors
    /// [`CartError`] for an id that is no id: nothing on any menu has it.
    pub fn cart(&self) -> Result<Cart, CartError> {
        let line =
            |(index, line): (usize, &LineRequest)| line.cart_line(&format!("lines[{index}]"));
        Ok(Cart {
            lines: self
                .lines
                .iter()
                .enumerate()
                .map(line)
                .collect::<Result<_, _>>()?,
            note: self.note.clone().unwrap_or_default(),
            guest: self.guest.clone().unwrap_or_default(),
            allergies: self.allergies.clone(),
        })
    }
}

impl LineRequest {
    /// The line that is asked for; `field` is where it stands in its request.
    ///
    /// # Errors
    /// [`CartError`] for an id that is no id: nothing on any menu has it.
    pub fn cart_line(&self, field: &str) -> Result<CartLine, CartError> {
        Ok(CartLine {
            item: ItemId::parse(&self.item_id).map_err(|_| CartError {
                field: format!("{field}.item_id"),
                problem: CartProblem::UnknownItem,
            })?,
            quantity: self.quantity,
            choices: choices(&self.choices, field)?,
            note: self.note.clone().unwrap_or_default(),
            acknowledged: self.acknowledged,
        })
    }
}

fn choices(sent: &[ChoiceRequest], field: &str) -> Result<Vec<Choice>, CartError> {
    let choice = |(index, choice): (usize, &ChoiceRequest)| {
        let field = format!("{field}.choices[{index}]");
        let unknown = |problem, part| CartError {
            field: format!("{field}.{part}"),
            problem,
        };
        Ok(Choice {
            group: GroupId::parse(&choice.group_id)
                .map_err(|_| unknown(CartProblem::UnknownGroup(None), "group_id"))?,
            option: OptionId::parse(&choice.option_id)
                .map_err(|_| unknown(CartProblem::UnknownOption(None), "option_id"))?,
            quantity: choice.quantity,
            choices: choices(&choice.choices, &field)?,
        })
    };
    sent.iter().enumerate().map(choice).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const ID: &str = "ord_0123456789abcdef0123456789abcdef";

    fn body(rest: &str) -> Vec<u8> {
        format!(
            r#"{{"order_id":"{ID}","menu_version":"m1","lines":[{rest}],"expected_total_minor":0}}"#
        )
        .into_bytes()
    }

    #[test]
    fn the_same_order_has_the_same_digest_however_its_json_is_laid_out() {
        let one = RawOrderRequest::read(
            br#"{"order_id":"ord_0123456789abcdef0123456789abcdef","note":"a"}"#,
        );
        let two = RawOrderRequest::read(
            b"{ \"note\":\"a\",\n\"order_id\":\"ord_0123456789abcdef0123456789abcdef\"}",
        );
        assert_eq!(one.unwrap().body_digest, two.unwrap().body_digest);
    }

    #[test]
    fn bodies_that_cannot_be_read_say_which_field_and_why() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let large = vec![b' '; limits::BODY_BYTES_MAX + 1];
        let field = |field: &str, problem| BodyError::Field(field.to_owned(), problem);
        for (body, expected, why) in [
            (large, BodyError::TooLarge, "longer than any dinner"),
            (b"{".to_vec(), BodyError::NotJson, "cut off"),
            (vec![0xff, 0xfe], BodyError::NotJson, "not UTF-8"),
            (
                deep.into_bytes(),
                BodyError::NotJson,
                "nested beyond reading",
            ),
            (b"[]".to_vec(), BodyError::NotAnObject, "no object"),
            (
                b"{}".to_vec(),
                field("order_id", FieldProblem::OrderId),
                "no id",
            ),
            (
                body(r#"{"item_id":"x","quantity":1.5}"#),
                field("lines[0].quantity", FieldProblem::Wrong),
                "half a dish",
            ),
            (
                body(r#"{"item_id":"x","quantity":1,"price_minor":1}"#),
                field("lines[0].price_minor", FieldProblem::Unknown),
                "a price in a request",
            ),
            (
                body(r#"{"quantity":1}"#),
                field("lines[0].item_id", FieldProblem::Missing),
                "no dish",
            ),
        ] {
            let error = RawOrderRequest::read(&body)
                .and_then(RawOrderRequest::parse)
                .unwrap_err();
            assert_eq!(error, expected, "{why}");
        }
    }

    #[test]
    fn an_id_that_is_no_id_is_an_unknown_dish() {
        let raw = RawOrderRequest::read(&body(r#"{"item_id":"Tuna Roll!","quantity":1}"#)).unwrap();
        let error = raw.parse().unwrap().cart().unwrap_err();
        assert_eq!(error.problem, CartProblem::UnknownItem);
        assert_eq!(error.field, "lines[0].item_id");
    }
}
