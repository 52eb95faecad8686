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

/// All code below a folder of `crates`.
fn sources(folder: &str) -> String {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut code, mut folders) = (String::new(), vec![crates.join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                code += &fs::read_to_string(path).unwrap();
            }
        }
    }
    code
}

#[test]
fn the_contract_names_exactly_the_codes_that_the_code_can_answer() {
    let code = sources("functions") + &sources("services/tabletap-guest/src");
    let is_given = |reason: &str| {
        let name = format!("Reason::{reason}");
        let mut uses = code.split(&name).skip(1);
        uses.any(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let sentences = include_str!("../../../services/tabletap-guest/src/sentences.txt");
    let mut known = BTreeSet::new();
    for block in sentences.split("\n\n") {
        let mut words = block.lines().next().unwrap().split(' ');
        let reason = words.next().unwrap();
        assert!(is_given(reason), "nothing is refused for {reason}");
        known.insert(words.nth(1).unwrap().to_owned());
    }
    // Stripe is no guest: it hears nothing of why.
    let webhook = sources("functions/stripe-webhook/src");
    let refused = webhook.split("refused(").skip(1);
    known.extend(refused.filter_map(|call| Some(call.split('"').nth(1)?.to_owned())));
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
