//! Menus, and that documents read back as they were written.

use crate::{
    arbitrary::{menus, orders},
    samples::*,
    support::Table,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use tabletap_domain::{
    Currency, ItemId, Lang,
    menu::{Category, Menu, PricingRules, Texts},
};
use tabletap_store::{CurrentMenu, PublishMenuError};
use tabletap_wire::order_record::{OrderRecord, OrderStates};

/// A menu without dishes.
pub(crate) fn menu(version: &str) -> Menu {
    Menu {
        version: version.parse().unwrap(),
        currency: Currency::from_code("USD").unwrap(),
        languages: vec!["en".parse().unwrap()],
        pricing: PricingRules::default(),
        categories: Vec::new(),
        favourites: None,
    }
}

fn with_text(version: &str, text: String) -> Menu {
    let texts = |text: String| Texts(BTreeMap::from([(Lang::parse("en").unwrap(), text)]));
    let category = Category {
        id: "all".parse().unwrap(),
        name: texts("All".to_owned()),
        note: texts(text),
        items: Vec::new(),
    };
    Menu {
        categories: vec![category],
        ..menu(version)
    }
}

#[tokio::test]
async fn a_published_version_never_changes_and_the_newest_is_sold() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    assert_eq!(table.store.current_menu(&store).await.unwrap(), None);
    let (first, second) = (
        with_text("m0000000000000001", "one".to_owned()),
        menu("m0000000000000002"),
    );
    for menu in [&first, &second] {
        table.store.publish_menu(&store, menu).await.unwrap();
    }
    let current = table.store.current_menu(&store).await.unwrap().unwrap();
    assert_eq!(
        current,
        CurrentMenu {
            version: second.version.clone(),
            off: BTreeSet::new()
        }
    );
    table
        .store
        .publish_menu(&store, &menu("m0000000000000001"))
        .await
        .unwrap();
    let stored = table.store.menu(&store, &first.version).await.unwrap();
    assert_eq!(stored, Some(first), "the first of that version stands");
    assert_eq!(
        table
            .store
            .menu(&store, &"m00000000000000ff".parse().unwrap())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_dish_that_is_switched_off_stays_off_when_a_menu_is_published() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let (tuna, soup) = (
        ItemId::parse("tuna-roll").unwrap(),
        ItemId::parse("soup").unwrap(),
    );
    assert!(
        table.store.switch_item(&store, &tuna, false).await.is_err(),
        "there is no menu"
    );
    assert_eq!(table.store.current_menu(&store).await.unwrap(), None);
    table
        .store
        .publish_menu(&store, &menu("m0000000000000001"))
        .await
        .unwrap();
    for item in [&tuna, &soup, &tuna] {
        table.store.switch_item(&store, item, false).await.unwrap();
    }
    table
        .store
        .publish_menu(&store, &menu("m0000000000000002"))
        .await
        .unwrap();
    let off = |menu: CurrentMenu| menu.off;
    let both = BTreeSet::from([tuna.clone(), soup.clone()]);
    assert_eq!(
        off(table.store.current_menu(&store).await.unwrap().unwrap()),
        both
    );
    assert_eq!(
        off(table.store.switch_item(&store, &tuna, true).await.unwrap()),
        BTreeSet::from([soup.clone()])
    );
    assert_eq!(
        off(table.store.switch_item(&store, &soup, true).await.unwrap()),
        BTreeSet::new()
    );
}

#[tokio::test]
async fn a_menu_too_large_for_a_row_is_refused_and_the_one_before_is_still_sold() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    table
        .store
        .publish_menu(&store, &menu("m0000000000000001"))
        .await
        .unwrap();
    let before = table.rows().await;
    // A text that does not compress: the states of a small random generator.
    let mut state = 88_172_645_463_325_252_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("{state:016x}")
    });
    let huge = with_text("m0000000000000002", noise.take(60_000).collect());
    let refused = table.store.publish_menu(&store, &huge).await;
    assert!(
        matches!(refused, Err(PublishMenuError::TooLarge { bytes }) if bytes > tabletap_store::MENU_BYTES_MAX)
    );
    assert_eq!(table.rows().await, before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_reads_back_from_its_document_as_it_was(order in orders()) {
        let states = OrderStates::from(&order);
        prop_assert_eq!(OrderRecord::read(&OrderRecord::write(&order), states).unwrap(), order);
    }
}

#[test]
fn any_menu_reads_back_from_its_row_as_it_was() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let table = runtime.block_on(Table::open());
    let written = |menu: &Menu| {
        let store = table.other_store();
        runtime.block_on(async {
            store.publish_menu(&kumo(), menu).await.unwrap();
            store.menu(&kumo(), &menu.version).await.unwrap().unwrap()
        })
    };
    let config = ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(menu in menus().prop_map(Menu::inheriting))| {
        prop_assert_eq!(written(&menu), menu);
    });
}
