//! Every bad body and cart is refused with its code and field, and stores nothing.

use super::{Counter, ORDER, body_with};
use serde_json::{Value, json};
use tabletap_testkit::sample;

/// Fields of the body, the code and field of the refusal, and why.
type Case = (Value, &'static str, &'static str, &'static str);

fn line(fields: Value) -> Value {
    let mut line = json!({"item_id": "tuna-tataki", "quantity": 1});
    line.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    json!({"lines": [line]})
}

fn quantity(quantity: Value) -> Value {
    line(json!({"quantity": quantity}))
}

fn edamame(choices: Value) -> Value {
    line(json!({"item_id": "edamame", "choices": choices}))
}

async fn all_refused(cases: impl IntoIterator<Item = Case>) {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    for (fields, code, field, why) in cases {
        let (status, refusal) = counter.refused(&session, body_with(fields)).await;
        let got = (status, refusal["code"].as_str(), refusal["field"].as_str());
        assert_eq!(got, (422, Some(code), Some(field)), "{why}: {refusal}");
    }
}

#[tokio::test]
async fn a_cart_beyond_its_bounds_is_refused() {
    let many = json!({"item_id": "tuna-tataki", "quantity": 50});
    let huge = json!(9_000_000_000_000_000_000_i64);
    let (note, guest) = ("n".repeat(300), "g".repeat(300));
    all_refused([
        (json!({"lines": []}), "cart_empty", "lines", "nothing"),
        (
            json!({"lines": vec![&many; 61]}),
            "too_many_lines",
            "lines",
            "a feast",
        ),
        (
            json!({"lines": vec![&many; 5]}),
            "too_many_dishes",
            "lines",
            "a wedding",
        ),
        (
            quantity(json!(0)),
            "quantity_out_of_range",
            "lines[0].quantity",
            "none",
        ),
        (
            quantity(json!(-3)),
            "quantity_out_of_range",
            "lines[0].quantity",
            "negative",
        ),
        (
            quantity(huge),
            "quantity_out_of_range",
            "lines[0].quantity",
            "huge",
        ),
        (
            line(json!({"note": note})),
            "text_too_long",
            "lines[0].note",
            "an essay",
        ),
        (
            json!({"guest": guest}),
            "text_too_long",
            "guest",
            "a long name",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_dish_that_the_guest_must_not_eat_is_refused_until_they_say_that_they_know() {
    let fish = |acknowledged: Value| {
        let mut fields = line(json!({"acknowledged": acknowledged}));
        fields["allergies"] = json!(["fish", "celery"]);
        fields
    };
    all_refused([
        (
            fish(json!(false)),
            "allergen_conflict",
            "lines[0].acknowledged",
            "tuna is fish",
        ),
        (
            fish(json!("yes")),
            "invalid_field",
            "lines[0].acknowledged",
            "no yes or no",
        ),
        (
            json!({"allergies": ["mondays"]}),
            "invalid_field",
            "allergies",
            "no allergen",
        ),
    ])
    .await;
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    let (_, refusal) = counter.send(&session, body_with(fish(json!(false)))).await;
    assert_eq!(
        refusal["message"],
        "Tuna tataki contains fish. Please confirm that you want it, or remove it."
    );
    let mut known = fish(json!(true));
    let (_, refusal) = counter.send(&session, body_with(known.clone())).await;
    known["expected_total_minor"] = refusal["quote"]["total_minor"].clone();
    let (status, order) = counter.send(&session, body_with(known)).await;
    assert_eq!(status, 201, "{order}");
    assert_eq!(order["allergies"], json!(["fish", "celery"]));
}

#[tokio::test]
async fn a_cart_of_another_shape_is_refused() {
    all_refused([
        (
            quantity(json!(1.5)),
            "invalid_field",
            "lines[0].quantity",
            "half a dish",
        ),
        (
            quantity(json!("2")),
            "invalid_field",
            "lines[0].quantity",
            "a text",
        ),
        (
            line(json!({"price_minor": 1})),
            "invalid_field",
            "lines[0].price_minor",
            "a price",
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
    ])
    .await;
}

#[tokio::test]
async fn a_cart_that_asks_for_what_is_not_on_the_menu_is_refused() {
    let salt = json!({"group_id": "seasoning", "option_id": "salt"});
    let garlic = json!({"group_id": "seasoning", "option_id": "chilli-garlic"});
    let size = json!([{"group_id": "size", "option_id": "salt"}]);
    let gold = json!([{"group_id": "seasoning", "option_id": "gold"}]);
    let choices = "lines[0].choices";
    let group = "lines[0].choices[0].group_id";
    let option = "lines[0].choices[0].option_id";
    let second = "lines[0].choices[1].option_id";
    all_refused([
        (
            line(json!({"item_id": "fugu"})),
            "unknown_item",
            "lines[0].item_id",
            "no such dish",
        ),
        (
            line(json!({"item_id": "'; DROP"})),
            "unknown_item",
            "lines[0].item_id",
            "no id",
        ),
        (
            edamame(json!([])),
            "too_few_choices",
            choices,
            "a required choice is missing",
        ),
        (
            edamame(json!([salt, garlic])),
            "too_many_choices",
            choices,
            "one too many",
        ),
        (
            edamame(json!([salt, salt])),
            "duplicate_choice",
            second,
            "twice the same",
        ),
        (
            edamame(size),
            "unknown_option_group",
            group,
            "no such question",
        ),
        (edamame(gold), "unknown_option", option, "no such answer"),
        (
            edamame(json!(vec![&salt; 61])),
            "choices_out_of_bounds",
            choices,
            "too many by far",
        ),
    ])
    .await;
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

#[tokio::test]
async fn a_refusal_speaks_the_language_of_the_order() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    for (lang, says) in [
        (
            "ja",
            "まぐろのたたきには魚が含まれます。承知のうえで注文することをご確認いただくか、注文から外してください。",
        ),
        (
            "de",
            "Tuna tataki enthält Fisch. Bitte bestätigen Sie, dass Sie es möchten, oder entfernen Sie es.",
        ),
    ] {
        let mut fields = line(json!({"acknowledged": false}));
        fields["allergies"] = json!(["fish"]);
        fields["lang"] = json!(lang);
        let (_, refusal) = counter.refused(&session, body_with(fields)).await;
        assert_eq!(refusal["message"], says);
    }
}
