//! A dish that its guest is allergic to: what is kept of their saying that they want it, and where.

use super::{Counter, ORDER, body, body_with};
use serde_json::json;
use std::collections::BTreeSet;
use tabletap_domain::{StoreKey, menu::Allergen, statement::AllergyStatement};
use tabletap_session::CustomerKeys;
use tabletap_testkit::CUSTOMER_KEY;

fn statement(sealed: &[u8], store: &StoreKey) -> AllergyStatement {
    let keys = CustomerKeys::parse(CUSTOMER_KEY).unwrap();
    keys.open_statement(sealed, store, &ORDER.parse().unwrap())
        .unwrap()
}

#[tokio::test]
async fn what_a_guest_accepts_is_kept_sealed_with_its_words_and_on_the_line_for_the_ticket() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    let mut fields =
        json!({"lines": [{"item_id": "tuna-tataki", "quantity": 1, "acknowledged": true}]});
    fields["allergies"] = json!(["fish", "celery"]);
    fields["lang"] = json!("ja");
    let (_, refusal) = counter.send(&session, body_with(fields.clone())).await;
    fields["expected_total_minor"] = refusal["quote"]["total_minor"].clone();
    let (status, reply) = counter.send(&session, body_with(fields)).await;
    assert_eq!(status, 201, "{reply}");

    let (store, id) = (&counter.kitchen.sushi.key, ORDER.parse().unwrap());
    let stored = counter.kitchen.store.order(store, &id).await.unwrap();
    let order = stored.unwrap().0;
    let fish = BTreeSet::from([Allergen::Fish]);
    assert_eq!(order.cart.lines[0].accepted, fish);
    let sealed = counter.kitchen.store.allergy_statement(store, &id).await;
    let sealed = sealed.unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&sealed).contains("fish"));
    let said = statement(&sealed, store);
    assert_eq!(
        said.stated,
        BTreeSet::from([Allergen::Fish, Allergen::Celery])
    );
    assert_eq!((said.lang.as_str(), said.at), ("ja", order.placed_at));
    assert_eq!((said.lines[0].place, &said.lines[0].allergens), (0, &fish));
    assert_eq!(said.lines[0].dish, order.cart.lines[0].name.guest);
    assert!(
        said.lines[0].words.contains("魚"),
        "{}",
        said.lines[0].words
    );
}

#[tokio::test]
async fn where_nothing_is_accepted_nothing_is_kept_of_it() {
    let counter = Counter::open().await;
    let session = counter.session("t1", 1);
    let (status, _) = counter.send(&session, body().to_string()).await;
    assert_eq!(status, 201);
    let (store, id) = (&counter.kitchen.sushi.key, ORDER.parse().unwrap());
    let kept = counter.kitchen.store.allergy_statement(store, &id).await;
    assert_eq!(kept.unwrap(), None);
}

#[tokio::test]
async fn a_combo_is_refused_for_what_a_dish_in_it_contains_though_neither_option_nor_combo_lists_it()
 {
    let counter = Counter::open().await;
    let mut menu = counter.kitchen.sushi_menu.clone();
    let items = menu.categories.iter_mut().flat_map(|c| &mut c.items);
    for set in items.filter(|item| item.id.as_str() == "ramen-set") {
        set.allergens.clear();
        for option in &mut set.option_groups[0].options {
            option.allergens.clear();
        }
    }
    // As it lay in the table before options inherited.
    menu.version = "m00000000000000ff".parse().unwrap();
    let store = &counter.kitchen.sushi.key;
    counter
        .kitchen
        .store
        .publish_menu(store, &menu)
        .await
        .unwrap();

    let set = |acknowledged: bool| {
        json!({
            "lines": [{"item_id": "ramen-set", "quantity": 1, "acknowledged": acknowledged, "choices": [
                {"group_id": "set-ramen", "option_id": "shoyu-ramen"},
                {"group_id": "set-drink", "option_id": "sencha"},
            ]}],
            "allergies": ["egg"],
        })
    };
    let session = counter.session("t1", 1);
    let (status, refusal) = counter.refused(&session, body_with(set(false))).await;
    assert_eq!(
        (status, &refusal["code"]),
        (422, &json!("allergen_conflict")),
        "{refusal}"
    );
    let mut known = set(true);
    let (_, refusal) = counter.refused(&session, body_with(known.clone())).await;
    known["expected_total_minor"] = refusal["quote"]["total_minor"].clone();
    let (status, order) = counter.send(&session, body_with(known)).await;
    assert_eq!(status, 201, "{order}");
}
