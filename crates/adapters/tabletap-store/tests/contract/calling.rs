//! Guests' calls: one row for each table and kind, due until its slip is written.

use crate::{samples::*, support::Table};
use tabletap_domain::{
    StoreKey,
    call::{Call, CallKind},
    order::OrderType,
    ticket::{DISPATCH_AFTER, TicketReport, TicketState},
};
use tabletap_store::{Cause, Due, MoveError};

/// A call for a person from table 1, five seconds in.
pub(crate) fn call(store: &StoreKey, number: u32) -> Call {
    Call {
        id: order_id(number).as_str().parse().unwrap(),
        store: store.clone(),
        table: dining_table(1),
        seating: 1,
        kind: CallKind::Staff,
        called_at: at(5),
        held: false,
    }
}

/// Its slip, for the printer of the bar.
fn slip(call: &Call) -> (tabletap_domain::ThingName, tabletap_wire::print::PrintJob) {
    let mut slip = draft(&order(&call.store, 1), "bar");
    slip.1.ticket_id.order = call.id.as_order();
    (slip.1.number, slip.1.call) = (None, Some(call.kind));
    slip.1.order_type = OrderType::DineIn;
    slip
}

async fn last(table: &Table, store: &StoreKey, kind: CallKind) -> Option<Call> {
    let t1 = dining_table(1);
    let asked = table.store.read_for_call(store, &t1, kind).await;
    asked.unwrap().last
}

#[tokio::test]
async fn of_two_calls_at_once_one_is_stored_and_the_other_told() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    assert_eq!(last(&table, &store, CallKind::Staff).await, None);

    let (first, second) = (call(&store, 1), call(&store, 2));
    table
        .store
        .place_call(&first, None, &NEW_TABLE.stay())
        .await
        .unwrap();
    let lost = table
        .store
        .place_call(&second, None, &NEW_TABLE.stay())
        .await;
    assert_eq!(lost, Err(MoveError::Moved));
    let now = last(&table, &store, CallKind::Staff).await;
    assert_eq!(now.as_ref(), Some(&first));
    let bill = last(&table, &store, CallKind::Bill).await;
    assert_eq!(bill, None, "another kind is another call");

    let stay = NEW_TABLE.stay();
    let later = table.store.place_call(&second, Some(&first.id), &stay);
    later.await.unwrap();
    let now = last(&table, &store, CallKind::Staff).await;
    assert_eq!(now, Some(second));
}

#[tokio::test]
async fn a_call_is_due_until_its_slip_is_written_and_the_slip_until_it_is_printed() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let call = call(&store, 1);
    table
        .store
        .place_call(&call, None, &NEW_TABLE.stay())
        .await
        .unwrap();
    assert!(table.store.slip_waits(&store, &call.id).await.unwrap());
    let late = call.called_at.plus(DISPATCH_AFTER);
    assert!(table.due(&store, at(19)).await.is_empty());
    let due = table.due(&store, late).await;
    assert_eq!(due, [Due::Call(call.clone())]);
    table.store.postpone_call(&call, at(80)).await.unwrap();
    assert!(table.due(&store, at(79)).await.is_empty());

    for _ in 0..2 {
        let written = table
            .store
            .write_tickets(&store, Cause::Call(&call), vec![slip(&call)], at(6))
            .await
            .unwrap();
        assert_eq!((written.len(), written[0].job.seq), (1, 1), "once only");
    }
    let due = table.due(&store, at(90)).await;
    assert!(matches!(due.as_slice(), [Due::Ticket(_)]), "{due:?}");
    assert!(table.store.slip_waits(&store, &call.id).await.unwrap());
    let printed = TicketReport {
        attempt: 1,
        state: TicketState::Printed,
    };
    let slip = slip(&call).1.ticket_id;
    table
        .store
        .report_ticket(
            &store,
            &thing(&store),
            &slip,
            printed,
            Some("status"),
            at(7),
        )
        .await
        .unwrap();
    assert!(!table.store.slip_waits(&store, &call.id).await.unwrap());
    assert!(table.due(&store, at(90)).await.is_empty());
}
