//! The due index: what somebody must look at, from when on, and what takes it out again.

use crate::{
    printing::{report, stored, with_ticket},
    samples::*,
    support::Table,
};
use tabletap_domain::{
    order::{Order, OrderStatus},
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
        async move { table.store.due(store, now, 10).await.unwrap() }
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
    assert!(
        table
            .store
            .due(&store, at(59), 10)
            .await
            .unwrap()
            .is_empty()
    );
    let settle = [Due::Seating {
        table: dining_table(1),
        seating: closing.to,
    }];
    assert_eq!(table.store.due(&store, at(60), 10).await.unwrap(), settle);
    assert!(
        table.store.due(&store, at(60), 0).await.unwrap().is_empty(),
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
        async move { table.store.due(store, now, 10).await.unwrap() }
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
    assert!(
        table
            .store
            .due(&store, long_after, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let release = || table.store.release_order(&store, &waiting.id, tapped);
    assert!(release().await.unwrap());
    let due = table.store.due(&store, tapped.plus(DISPATCH_AFTER), 10);
    let released = Order {
        held: false,
        ..waiting.clone()
    };
    assert_eq!(due.await.unwrap(), [Due::Order(released.clone())]);
    let (placed, ended) = (OrderStatus::Placed, OrderStatus::Cancelled);
    table
        .store
        .move_order(&released, placed, ended)
        .await
        .unwrap();
    assert!(
        table
            .store
            .due(&store, long_after, 10)
            .await
            .unwrap()
            .is_empty()
    );

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
    assert!(
        table
            .store
            .due(&store, long_after, 10)
            .await
            .unwrap()
            .is_empty()
    );
}
