//! `docs/openapi.yaml` and the code say the same: error codes, enums, examples.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};
use tabletap_contract::OPENAPI_JSON;
use tabletap_domain::{
    call::CallKind,
    order::{OrderStatus, OrderType, PaymentStatus},
    ticket::TicketState,
};

fn contract() -> Value {
    serde_json::from_str(OPENAPI_JSON).unwrap()
}

fn words(schema: &str) -> BTreeSet<String> {
    let contract = contract();
    let words = contract["components"]["schemas"][schema]["enum"]
        .as_array()
        .unwrap();
    words
        .iter()
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

fn source(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let code = text.split("#[cfg(test)]").next().unwrap();
    // However it is laid out.
    let words: Vec<&str> = code.split_whitespace().collect();
    words.join(" ").replace("( ", "(")
}

/// The snake-case literals that stand right behind one of `openings`.
fn codes(text: &str, openings: &[&str]) -> BTreeSet<String> {
    let behind = |opening: &&str| {
        let parts: Vec<String> = text.split(*opening).skip(1).map(str::to_owned).collect();
        parts
    };
    let literal = |text: String| {
        let quoted = text
            .trim_start()
            .strip_prefix('"')?
            .split('"')
            .next()?
            .to_owned();
        let is_code = quoted.contains('_') || quoted == "internal";
        (is_code && quoted.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')).then_some(quoted)
    };
    openings
        .iter()
        .flat_map(behind)
        .filter_map(literal)
        .collect()
}

#[test]
fn the_contract_names_exactly_the_codes_that_the_code_can_answer() {
    let made = ["ErrorBody::new(", "ErrorBody::at(", "unknown("];
    let mut known = codes(&source("core/tabletap-domain/src/cart.rs"), &["=> "]);
    known.extend(codes(
        &source("core/tabletap-domain/src/customer.rs"),
        &["=> "],
    ));
    known.extend(codes(
        &source("core/tabletap-wire/src/order_request.rs"),
        &made,
    ));
    known.extend(codes(&source("core/tabletap-wire/src/pickup.rs"), &made));
    known.extend(codes(
        &source("functions/table-session/src/pickup.rs"),
        &made,
    ));
    known.extend(codes(
        &source("services/tabletap-intake/src/refusal.rs"),
        &made,
    ));
    known.extend(codes(&source("functions/table-session/src/lib.rs"), &made));
    known.extend(codes(&source("services/tabletap-guest/src/scan.rs"), &made));
    known.extend(codes(&source("functions/order-status/src/lib.rs"), &made));
    known.extend(codes(&source("functions/table-calls/src/lib.rs"), &made));
    known.extend(codes(
        &source("services/tabletap-guest/src/lib.rs"),
        &["ErrorBody::new(", "invalid("],
    ));
    known.extend(codes(&source("functions/order-form/src/lib.rs"), &made));
    for status in ["400", "401", "403", "409", "410", "429", "500", "503"] {
        let opening = format!("Self::new({status}, ");
        known.extend(codes(
            &source("services/tabletap-intake/src/refusal.rs"),
            &[&opening],
        ));
    }
    for status in [400, 404, 409, 422, 429, 503] {
        let openings = [
            format!("new({status}, "),
            format!(" at({status}, "),
            format!("refused({status}, "),
        ];
        let openings = openings.each_ref().map(String::as_str);
        known.extend(codes(
            &source("functions/checkout/src/refusal.rs"),
            &openings,
        ));
        known.extend(codes(
            &source("functions/stripe-webhook/src/lib.rs"),
            &openings,
        ));
    }
    assert_eq!(known, words("ErrorCode"));
}

#[test]
fn every_enum_of_the_contract_is_the_domains() {
    let texts = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let all = |words: Vec<&str>| texts(&words);
    assert_eq!(
        words("OrderStatus"),
        all(OrderStatus::ALL.iter().map(|word| word.as_str()).collect())
    );
    assert_eq!(
        words("PaymentStatus"),
        all(PaymentStatus::ALL
            .iter()
            .map(|word| word.as_str())
            .collect())
    );
    assert_eq!(
        words("OrderType"),
        all(OrderType::ALL.iter().map(|word| word.as_str()).collect())
    );
    assert_eq!(
        words("CallKind"),
        all(CallKind::ALL.iter().map(|word| word.as_str()).collect())
    );
    assert_eq!(
        words("TicketState"),
        all(TicketState::ALL.iter().map(|word| word.as_str()).collect())
    );
}

#[test]
fn every_reference_leads_somewhere_and_every_example_fits_its_schema() {
    let contract = contract();
    let mut examples = 0;
    visit(&contract, &mut |node| {
        if let Some(reference) = node["$ref"].as_str() {
            let target = contract.pointer(reference.trim_start_matches('#'));
            assert!(target.is_some(), "{reference} leads nowhere");
        }
        if node["example"].is_object() {
            let mut schema = node["schema"].clone();
            schema["components"] = contract["components"].clone();
            let validator = jsonschema::validator_for(&schema).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&node["example"])
                .map(|error| error.to_string())
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{:#}", node["example"]);
            examples += 1;
        }
    });
    assert!(examples >= 6, "{examples} examples");
}

#[test]
fn the_menu_schema_takes_what_is_published() {
    let contract = contract();
    let schema = json!({"$ref": "#/components/schemas/Menu", "components": contract["components"]});
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, lang) in [("kumo-sushi", "ja"), ("corner-bakery", "de")] {
        let file = tabletap_testkit::demo(name);
        let lang = tabletap_domain::Lang::parse(lang).unwrap();
        let menu = tabletap_wire::menu::PublicMenu::new(&file.store, &file.menu, &lang);
        let menu = serde_json::to_value(menu).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&menu)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{name}");
    }
}

fn visit(node: &Value, look: &mut impl FnMut(&Value)) {
    look(node);
    match node {
        Value::Object(fields) => fields.values().for_each(|node| visit(node, look)),
        Value::Array(nodes) => nodes.iter().for_each(|node| visit(node, look)),
        _ => {}
    }
}
