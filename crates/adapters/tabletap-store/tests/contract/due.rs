//! The due index: what somebody must look at, from when on, and what takes it out again.

use crate::{
    printing::{report, stored, with_ticket},
    samples::*,
    support::{Table, text},
};
use std::collections::BTreeMap;
use tabletap_domain::{
    order::{Order, OrderStatus, PickupWish},
    seating::IDLE_MAX,
    ticket::{ALARM_AFTER, DISPATCH_AFTER, TicketState},
    time::UnixMillis,
};
use tabletap_store::{Cause, Due};

#[tokio::test]
async fn due_finds_what_is_late_and_forgets_what_is_done() {
    let table = Table::open().await;
    let (store, _, ticket) = with_ticket(&table).await;
    let id = &ticket.status.id;
    let due = |now| {
        let table = &table;
        let store = &store;
        async move { table.due(store, now).await }
    };
    assert!(due(at(4)).await.is_empty());
    assert_eq!(
        due(at(5)).await,
        [Due::Ticket(ticket.clone())],
        "to the millisecond"
    );

    table
        .store
        .postpone_ticket(&store, id, 1, at(20))
        .await
        .unwrap();
    assert!(due(at(19)).await.is_empty());
    table
        .store
        .postpone_ticket(&store, id, 1, at(10))
        .await
        .unwrap();
    table
        .store
        .postpone_ticket(&store, id, 2, at(99))
        .await
        .unwrap();
    assert_eq!(
        stored(&table, id).await.due,
        Some(at(20)),
        "not brought forward, not by another attempt's timer"
    );

    report(&table, &ticket, 1, TicketState::Printed, at(21)).await;
    table
        .store
        .postpone_ticket(&store, id, 1, at(99))
        .await
        .unwrap();
    assert_eq!(stored(&table, id).await.due, None);
    let idle = NOW.plus(IDLE_MAX);
    let seating = first_order().to;
    assert_eq!(
        due(idle).await,
        [Due::Seating {
            table: dining_table(1),
            seating
        }]
    );
    let closing = seating.close().unwrap();
    table
        .store
        .move_seating(&store, &dining_table(1), &closing, None)
        .await
        .unwrap();
    assert!(due(idle).await.is_empty());
}

#[tokio::test]
async fn a_closed_table_is_due_when_it_is_to_be_settled() {
    let table = Table::open().await;
    let (store, _, ticket) = with_ticket(&table).await;
    report(&table, &ticket, 1, TicketState::Printed, at(1)).await;
    let closing = first_order().to.close().unwrap();
    table
        .store
        .move_seating(&store, &dining_table(1), &closing, Some(at(60)))
        .await
        .unwrap();
    assert!(table.due(&store, at(59)).await.is_empty());
    let settle = [Due::Seating {
        table: dining_table(1),
        seating: closing.to,
    }];
    assert_eq!(table.due(&store, at(60)).await, settle);
    assert!(
        table
            .store
            .later_due(&store, at(60), 0)
            .await
            .unwrap()
            .is_empty(),
        "no more than asked for"
    );
}

#[tokio::test]
async fn an_order_is_due_from_its_placing_until_it_has_tickets() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let placed = placed(&table.store, &store, 1).await;
    let late = NOW.plus(DISPATCH_AFTER);
    let due = |now| {
        let (table, store) = (&table, &store);
        async move { table.due(store, now).await }
    };
    assert!(due(UnixMillis(late.0 - 1)).await.is_empty());
    assert_eq!(due(late).await, [Due::Order(placed.clone())]);
    let later = late.plus(ALARM_AFTER);
    for at in [later, late] {
        table
            .store
            .postpone_order(&store, &placed.id, at)
            .await
            .unwrap();
    }
    assert!(
        due(late).await.is_empty(),
        "put off, and not brought forward"
    );
    assert_eq!(due(later).await, [Due::Order(placed.clone())]);

    table.requests.take();
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
    let asked = table.requests.take().into_iter();
    let writes = asked.filter(|request| request.operation == "TransactWriteItems");
    assert_eq!(writes.count(), 1, "with the tickets, in one request");
    let left = due(later).await;
    assert!(
        matches!(left.as_slice(), [Due::Ticket(_)]),
        "its ticket only: {left:?}"
    );
    table
        .store
        .postpone_order(&store, &placed.id, later)
        .await
        .unwrap();
    assert_eq!(due(later).await.len(), 1, "what is not due stays so");
}

#[tokio::test]
async fn an_order_that_waits_is_due_with_the_staffs_tap_and_one_that_ended_never() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let waiting = Order {
        held: true,
        ..order(&store, 1)
    };
    table
        .store
        .place_order(&waiting, &first_order(), None)
        .await
        .unwrap();
    let (long_after, tapped) = (at(3600), at(60));
    assert!(table.due(&store, long_after).await.is_empty());
    let release = || table.store.release_order(&store, &waiting.id, tapped);
    assert!(release().await.unwrap());
    let due = table.due(&store, tapped.plus(DISPATCH_AFTER));
    let released = Order {
        held: false,
        ..waiting.clone()
    };
    assert_eq!(due.await, [Due::Order(released.clone())]);
    let (placed, ended) = (OrderStatus::Placed, OrderStatus::Cancelled);
    table
        .store
        .move_order(&released, placed, ended)
        .await
        .unwrap();
    assert!(table.due(&store, long_after).await.is_empty());

    let called_off = Order {
        held: true,
        ..order(&store, 2)
    };
    table
        .store
        .place_order(&called_off, &first_order(), None)
        .await
        .unwrap();
    table
        .store
        .move_order(&called_off, placed, ended)
        .await
        .unwrap();
    let release = table.store.release_order(&store, &called_off.id, tapped);
    assert!(!release.await.unwrap(), "an index that lags lists it still");
    assert!(table.due(&store, long_after).await.is_empty());
}

#[tokio::test]
async fn what_a_kitchen_waits_for_is_read_page_by_page_to_the_end_whatever_becomes_of_a_page() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    for number in 1..=5 {
        placed(&table.store, &store, number).await;
    }
    let late = NOW.plus(DISPATCH_AFTER);
    let (mut from, mut seen) = (None, Vec::new());
    loop {
        let page = table.store.kitchen_due(&store, late, from, 2);
        let page = page.await.unwrap();
        for due in page.due {
            let Due::Order(order) = due else {
                panic!("{due:?}")
            };
            let later = late.plus(ALARM_AFTER);
            let put_off = table.store.postpone_order(&store, &order.id, later);
            put_off.await.unwrap();
            seen.push(order.id);
        }
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    let all: Vec<_> = (1..=5).map(order_id).collect();
    assert_eq!(seen, all);
    assert_eq!(table.due(&store, late).await, []);
}

#[tokio::test]
async fn what_can_wait_stands_apart_from_what_a_kitchen_waits_for() {
    let table = Table::open().await;
    let (store, order, _) = with_ticket(&table).await;
    let unpaid = takeout_order(&store, 9, PickupWish::Asap);
    table
        .store
        .place_takeout(&unpaid, b"sealed".to_vec(), &uncapped(), None)
        .await
        .unwrap();
    placed(&table.store, &store, 8).await;
    let call = crate::calling::call(&store, 7);
    table
        .store
        .place_call(&call, None, &first_order().to.stay())
        .await
        .unwrap();
    let mut partitions = BTreeMap::new();
    for row in table.rows().await {
        if row.contains_key("due_pk") {
            let partition = text(&row, "due_pk");
            let kind = partition.split('#').next().unwrap_or_default().to_owned();
            partitions.insert((text(&row, "pk"), text(&row, "sk")), kind);
        }
    }
    let kinds = |kind: &str| partitions.values().filter(|of| *of == kind).count();
    assert_eq!((kinds("DUE"), kinds("LATER")), (3, 2), "{partitions:?}");
    let ticket = format!("ORDER#{}#{}#{}", store.tenant, store.store, order.id);
    let ticket = partitions.iter().find(|((pk, _), _)| *pk == ticket);
    assert_eq!(ticket.map(|(_, kind)| kind.as_str()), Some("DUE"));
}
