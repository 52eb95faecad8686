//! Every bad body and cart is refused with its code and field, and stores nothing.

use super::{Counter, ORDER, body_with};
use serde_json::{Value, json};
use tabletap_testkit::sample;

fn line(fields: Value) -> Value {
    let mut line = json!({"item_id": "tuna-tataki", "quantity": 1});
    line.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    json!({"lines": [line]})
}

fn edamame(choices: Value) -> Value {
    line(json!({"item_id": "edamame", "choices": choices}))
}

#[tokio::test]
async fn every_bad_cart_has_its_code_and_field() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    let salt = json!({"group_id": "seasoning", "option_id": "salt"});
    let garlic = json!({"group_id": "seasoning", "option_id": "chilli-garlic"});
    let one = json!({"item_id": "tuna-tataki", "quantity": 50});
    for (fields, code, field, why) in [
        (
            json!({"lines": []}),
            "cart_empty",
            "lines",
            "nothing wanted",
        ),
        (
            json!({"lines": vec![&one; 61]}),
            "too_many_lines",
            "lines",
            "a feast",
        ),
        (
            json!({"lines": vec![&one; 5]}),
            "too_many_dishes",
            "lines",
            "a wedding",
        ),
        (
            line(json!({"quantity": 0})),
            "quantity_out_of_range",
            "lines[0].quantity",
            "none",
        ),
        (
            line(json!({"quantity": -3})),
            "quantity_out_of_range",
            "lines[0].quantity",
            "negative",
        ),
        (
            line(json!({"quantity": 9_000_000_000_000_000_000_i64})),
            "quantity_out_of_range",
            "lines[0].quantity",
            "huge",
        ),
        (
            line(json!({"quantity": 1.5})),
            "invalid_field",
            "lines[0].quantity",
            "half",
        ),
        (
            line(json!({"quantity": "2"})),
            "invalid_field",
            "lines[0].quantity",
            "text",
        ),
        (
            line(json!({"price_minor": 1})),
            "invalid_field",
            "lines[0].price_minor",
            "a forged price",
        ),
        (
            line(json!({"item_id": "fugu"})),
            "unknown_item",
            "lines[0].item_id",
            "not on the menu",
        ),
        (
            line(json!({"item_id": "'; DROP TABLE"})),
            "unknown_item",
            "lines[0].item_id",
            "no id at all",
        ),
        (
            line(json!({"note": "n".repeat(300)})),
            "text_too_long",
            "lines[0].note",
            "an essay",
        ),
        (
            json!({"guest": "g".repeat(300)}),
            "text_too_long",
            "guest",
            "a long name",
        ),
        (
            edamame(json!([])),
            "too_few_choices",
            "lines[0].choices",
            "a required choice is missing",
        ),
        (
            edamame(json!([salt, garlic])),
            "too_many_choices",
            "lines[0].choices",
            "one too many",
        ),
        (
            edamame(json!([salt, salt])),
            "duplicate_choice",
            "lines[0].choices[1].option_id",
            "twice the same",
        ),
        (
            edamame(json!([{"group_id": "size", "option_id": "salt"}])),
            "unknown_option_group",
            "lines[0].choices[0].group_id",
            "no such question",
        ),
        (
            edamame(json!([{"group_id": "seasoning", "option_id": "gold"}])),
            "unknown_option",
            "lines[0].choices[0].option_id",
            "no such answer",
        ),
        (
            edamame(json!(vec![&salt; 61])),
            "choices_out_of_bounds",
            "lines[0].choices",
            "more than any dish has",
        ),
        (json!({"lines": {}}), "invalid_field", "lines", "no list"),
        (
            json!({"tip": 1}),
            "invalid_field",
            "tip",
            "an unknown field",
        ),
        (
            json!({"lang": "klingon!"}),
            "invalid_field",
            "lang",
            "no language",
        ),
    ] {
        let (status, refusal) = counter.refused(&session, body_with(fields)).await;
        assert_eq!(
            (status, refusal["code"].as_str()),
            (422, Some(code)),
            "{why}: {refusal}"
        );
        assert_eq!(refusal["field"], field, "{why}");
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_whole() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    let deep = format!(
        "{{\"order_id\":\"{ORDER}\",\"x\":{}{}}}",
        "[".repeat(9_000),
        "]".repeat(9_000)
    );
    let cut_off = sample("cart-intake/order.cut-off")["body"]
        .as_str()
        .unwrap()
        .to_owned();
    for (body, status, code, why) in [
        (
            cut_off.into_bytes(),
            400,
            "invalid_json",
            "cut off on the way",
        ),
        (b"".to_vec(), 400, "invalid_json", "nothing"),
        (vec![0xff, 0xfe, 0x00], 400, "invalid_json", "not UTF-8"),
        (
            deep.into_bytes(),
            400,
            "invalid_json",
            "nested beyond reading",
        ),
        (b"[]".to_vec(), 400, "invalid_json", "no object"),
        (vec![b' '; 1_000_000], 413, "body_too_large", "a megabyte"),
        (b"{}".to_vec(), 422, "invalid_field", "no id"),
        (
            body_with(json!({"order_id": "ord_1"})).into_bytes(),
            422,
            "invalid_field",
            "an id too short",
        ),
    ] {
        let (got, refusal) = counter.refused(&session, body).await;
        assert_eq!(
            (got, refusal["code"].as_str()),
            (status, Some(code)),
            "{why}"
        );
    }
}

#[tokio::test]
async fn what_could_command_a_printer_is_not_stored() {
    let counter = Counter::open().await;
    let fields = json!({"note": "\u{1b}@\u{1d}V\u{0}no onion\r\n🌶", "guest": "Ada\u{202e}\u{7}"});
    let (status, order) = counter
        .send(&counter.session("t1", 1), body_with(fields))
        .await;
    assert_eq!(status, 201, "{order}");
    assert_eq!(
        (&order["note"], &order["guest"]),
        (&json!("@Vno onion 🌶"), &json!("Ada"))
    );
}
