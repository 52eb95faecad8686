//! Importing stores.

use crate::{samples::*, support::Table};
use tabletap_domain::{
    order::OrderStatus,
    seating::TableState,
    ticket::{TicketReport, TicketState},
};
use tabletap_store::{Cause, ImportStoreError, ReportError};

#[tokio::test]
async fn a_store_reads_back_as_it_was_imported() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let expected = config(&store, "kumo-sushi");
    assert_eq!(
        table.store.stores().await.unwrap(),
        std::slice::from_ref(&store)
    );
    assert_eq!(
        table.store.store(&store).await.unwrap(),
        Some(expected.clone())
    );
    let by_slug = table.store.store_by_slug(&expected.slug).await.unwrap();
    assert_eq!(by_slug, Some(expected));
    assert_eq!(
        table.store.table_codes(&store).await.unwrap(),
        codes("kumo")
    );
    let nobody = "nobody".parse().unwrap();
    assert_eq!(table.store.store_by_slug(&nobody).await.unwrap(), None);
}

#[tokio::test]
async fn codes_and_counters_survive_a_second_import() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let placed = order(&store, 1);
    table
        .store
        .place_order(&placed, &first_order(), None)
        .await
        .unwrap();
    table
        .store
        .write_tickets(
            &store,
            Cause::Order(&placed),
            vec![draft(&placed, "bar")],
            NOW,
        )
        .await
        .unwrap();

    let mut renamed = config(&store, "kumo-sushi");
    renamed.name = "Kumo".to_owned();
    table
        .store
        .import_store(&renamed, &codes("another"))
        .await
        .unwrap();

    assert_eq!(table.store.store(&store).await.unwrap(), Some(renamed));
    assert_eq!(
        table.store.table_codes(&store).await.unwrap(),
        codes("kumo")
    );
    let scanned = table
        .store
        .scan(&codes("kumo")[&dining_table(1)])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (scanned.seating.number, scanned.seating.state),
        (1, TableState::Open)
    );
    let other = codes("another")[&dining_table(1)].clone();
    assert_eq!(
        table.store.scan(&other).await.unwrap(),
        None,
        "a code that was not needed leads nowhere"
    );
    let second = self::placed(&table.store, &store, 2).await;
    let next = table
        .other_store()
        .write_tickets(
            &store,
            Cause::Order(&second),
            vec![draft(&second, "bar")],
            NOW,
        )
        .await;
    assert_eq!(next.unwrap()[0].job.seq, 2);
}

#[tokio::test]
async fn a_slug_that_belongs_to_another_store_is_refused_and_nothing_is_written() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    let before = table.rows().await;
    let thief = config(&key("thief", "thief"), "kumo-sushi");
    let refused = table.store.import_store(&thief, &codes("thief")).await;
    assert_eq!(refused, Err(ImportStoreError::SlugTaken(thief.slug)));
    assert_eq!(table.rows().await, before);
}

#[tokio::test]
async fn a_table_without_a_code_is_refused_and_nothing_is_written() {
    let table = Table::open().await;
    let mut codes = codes("kumo");
    codes.remove(&dining_table(2));
    let refused = table
        .store
        .import_store(&config(&kumo(), "kumo-sushi"), &codes)
        .await;
    assert_eq!(refused, Err(ImportStoreError::CodeMissing(dining_table(2))));
    assert!(table.rows().await.is_empty());
}

#[tokio::test]
async fn a_code_of_another_table_is_refused() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    let bakery = config(&key("corner-bakery-co", "corner-bakery"), "corner-bakery");
    let refused = table.store.import_store(&bakery, &codes("kumo")).await;
    assert_eq!(refused, Err(ImportStoreError::CodeTaken(dining_table(1))));
    let scanned = table
        .store
        .scan(&codes("kumo")[&dining_table(1)])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(scanned.store.key, kumo());
}

#[tokio::test]
async fn equal_ids_of_two_tenants_stay_apart() {
    let table = Table::open().await;
    let ours = open_kumo(&table.store).await;
    let theirs = key("another-tenant", "kumo-sushi");
    table
        .store
        .import_store(&config(&theirs, "another"), &codes("theirs"))
        .await
        .unwrap();
    for store in [&ours, &theirs] {
        let placed = order(store, 1);
        table
            .store
            .place_order(&placed, &first_order(), None)
            .await
            .unwrap();
        let written = table
            .store
            .write_tickets(
                store,
                Cause::Order(&placed),
                vec![draft(&placed, "bar")],
                NOW,
            )
            .await
            .unwrap();
        assert_eq!(written[0].job.seq, 1, "each has its own counter");
    }
    let (stored, _) = table
        .store
        .order(&theirs, &order_id(1))
        .await
        .unwrap()
        .unwrap();
    table
        .store
        .move_order(&stored, stored.status, OrderStatus::Served)
        .await
        .unwrap();

    let open = table
        .store
        .open_orders_of(&ours, &dining_table(1), 1)
        .await
        .unwrap();
    assert_eq!(open, [order_id(1)], "theirs was served, ours was not");
    assert!(
        table
            .store
            .open_orders_of(&theirs, &dining_table(1), 1)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(table.store.open_tickets(&ours).await.unwrap().len(), 1);
    let printed = TicketReport {
        attempt: 1,
        state: TicketState::Printed,
    };
    let (thief, ticket) = (thing(&theirs), ticket_id(&order(&ours, 1), "bar"));
    let stolen = table
        .store
        .report_ticket(&ours, &thief, &ticket, printed, None, NOW);
    assert_eq!(stolen.await, Err(ReportError::NotYours));
}
