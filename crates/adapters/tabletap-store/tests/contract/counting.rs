//! What a table's row counts: what its party owes, and what it sends, from many phones at once.

use crate::{
    calling::call,
    paying::{payment, settlement},
    samples::*,
    support::Table,
};
use tabletap_domain::{
    order::PaymentStatus,
    payment::PaymentState,
    seating::{BURST_DISHES_MAX, BURST_WINDOW, SeatingMove, Tab, TableSeating, TableState},
    store::HouseRule,
    ticket::ALARM_AFTER,
};
use tabletap_store::{Due, MoveError, OrderStep, PlaceOrderError};

async fn seating(table: &Table) -> TableSeating {
    table.store.table_seatings(&kumo()).await.unwrap()[0].1
}

/// Orders as the intake does: reads, decides, places, and begins again where somebody was faster. Whether it waits.
async fn place(table: &Table, number: u32, dishes: u32, now: i64) -> bool {
    let store = table.other_store();
    loop {
        let read = store.table_seatings(&kumo()).await.unwrap()[0].1;
        let step = read.order(read.number_for_scan(), HouseRule::Open, at(now));
        let step = step.unwrap().carrying(size_of(dishes), MINOR_MAX);
        let mut order = order(&kumo(), number);
        order.held = step.holds_order();
        match store.place_order(&order, &step, None).await {
            Ok(()) => return order.held,
            Err(PlaceOrderError::SeatingMoved) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// A payment of these orders is settled.
async fn pay(table: &Table, orders: &[u32], now: i64) -> Result<(), MoveError> {
    let ids: Vec<_> = orders.iter().map(|number| order_id(*number)).collect();
    let bills = table.store.bills(&kumo(), &ids).await.unwrap();
    let begun = payment(&bills[0].order, orders[0]);
    table
        .store
        .open_payment(&begun, &bills[..1], None, None, at(now))
        .await
        .unwrap();
    let stored = table.store.payment(&kumo(), &begun.id).await.unwrap();
    let bills = table.store.bills(&kumo(), &ids).await.unwrap();
    let steps = bills.into_iter().take(1);
    let steps = steps.map(|bill| (bill, OrderStep::Pay(PaymentStatus::Paid)));
    let mut paid = settlement(PaymentState::Paid, steps.collect());
    let step = seating(table).await.pay(1, 1, at(now));
    paid.table = step.map(|step| (dining_table(1), step));
    table.store.settle_payment(&stored.unwrap(), &paid).await
}

#[tokio::test]
async fn of_many_phones_at_once_a_window_lets_no_more_than_its_limit_through() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    // Twenty orders of a sixth of the limit.
    let each = BURST_DISHES_MAX / 6;
    let placing = (1..=20).map(|number| place(&table, number, each, 0));
    let held = futures_util::future::join_all(placing).await;
    assert_eq!(held.iter().filter(|held| !**held).count(), 6);
    let stands = seating(&table).await;
    assert_eq!(
        (stands.state, stands.sent.dishes),
        (TableState::Unconfirmed, 6 * each)
    );
    assert_eq!(stands.tab, Tab::Owed(20), "what waits is owed too");

    let confirm = stands.confirm().unwrap();
    let t1 = dining_table(1);
    table
        .store
        .move_seating(&kumo(), &t1, &confirm, None)
        .await
        .unwrap();
    assert!(!place(&table, 21, each, 1).await, "a tap lets them go on");
    assert!(!place(&table, 22, 5 * each, 1).await);
    let window = i64::try_from(BURST_WINDOW.as_secs()).unwrap();
    assert!(
        !place(&table, 23, 6 * each, 1 + window).await,
        "so does the next window"
    );
    assert!(place(&table, 24, 1, 1 + window).await);
}

#[tokio::test]
async fn a_table_that_begins_to_wait_is_due_for_its_alarm_and_not_hours_later() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    assert!(!place(&table, 1, BURST_DISHES_MAX, 0).await);
    assert!(
        place(&table, 2, 1, 10).await,
        "more than a full table sends"
    );
    // One more of them does not put the alarm off.
    assert!(place(&table, 3, 1, 40).await);
    let waits = Due::Seating {
        table: dining_table(1),
        seating: seating(&table).await,
    };
    let alarm = 10 + i64::try_from(ALARM_AFTER.as_secs()).unwrap();
    assert!(!table.due(&kumo(), at(alarm - 1)).await.contains(&waits));
    assert!(table.due(&kumo(), at(alarm)).await.contains(&waits));
}

#[tokio::test]
async fn a_table_is_paid_in_the_transaction_that_pays_its_last_order_and_due_to_be_closed() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    place(&table, 1, 1, 0).await;
    place(&table, 2, 1, 1).await;
    pay(&table, &[1], 2).await.unwrap();
    assert_eq!(seating(&table).await.tab, Tab::Owed(1));
    pay(&table, &[2], 3).await.unwrap();
    let paid = seating(&table).await;
    assert_eq!((paid.paid_at(), paid.number_for_scan()), (Some(at(3)), 2));
    let due = table.due(&kumo(), at(3)).await;
    assert!(
        due.contains(&Due::Seating {
            table: dining_table(1),
            seating: paid
        }),
        "{due:?}"
    );

    // A coffee, and its party owes again.
    place_of(&table, 3, 1).await;
    assert_eq!(seating(&table).await.tab, Tab::Owed(1));
    pay(&table, &[3], 5).await.unwrap();
    place(&table, 4, 1, 6).await;
    let next = seating(&table).await;
    assert_eq!(
        (next.number, next.tab),
        (2, Tab::Owed(1)),
        "the next party ends the paid one"
    );
}

#[tokio::test]
async fn nobody_joins_a_party_that_orders_again_after_it_paid_and_the_next_party_takes_its_table() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    place(&table, 1, 1, 0).await;
    pay(&table, &[1], 2).await.unwrap();
    place_of(&table, 2, 1).await;
    let coffee = seating(&table).await;
    assert_eq!((coffee.number, coffee.tab), (1, Tab::Owed(1)));
    assert_eq!(coffee.number_for_scan(), 2, "a scan is the next party");
    assert!(
        coffee.seats(2),
        "and stays it, whatever the first one orders"
    );

    // Both phones of the next party send their first order at once, and the first party one more.
    let first = coffee.order(1, HouseRule::Open, at(5)).unwrap();
    let (three, four) = tokio::join!(place(&table, 3, 1, 5), place(&table, 4, 1, 5));
    assert!(!three && !four);
    let next = seating(&table).await;
    assert_eq!(
        (next.number, next.tab, next.number_for_scan()),
        (2, Tab::Owed(2), 2),
        "it owes its own orders"
    );
    let late = first.carrying(size_of(1), MINOR_MAX);
    let one_more = order(&kumo(), 5);
    let late = table.store.place_order(&one_more, &late, None);
    assert_eq!(late.await, Err(PlaceOrderError::SeatingMoved));
    let due = table.due(&kumo(), at(5 + 60)).await;
    let settled = Due::Seating {
        table: dining_table(1),
        seating: next,
    };
    assert!(due.contains(&settled), "the first party is ended: {due:?}");
}

#[tokio::test]
async fn whoever_settles_a_table_that_is_paid_meanwhile_leaves_it_due_to_be_closed() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    place(&table, 1, 1, 0).await;
    let seen = seating(&table).await;
    pay(&table, &[1], 2).await.unwrap();
    let (t1, hours) = (dining_table(1), at(4 * 60 * 60));
    let moved =
        async |step: &SeatingMove, due| table.store.move_seating(&kumo(), &t1, step, due).await;
    for step in [seen.stay(), seen.close().unwrap()] {
        let before = table.rows().await;
        assert_eq!(moved(&step, Some(hours)).await, Err(MoveError::Moved));
        assert_eq!(table.rows().await, before);
    }
    let paid = seating(&table).await;
    let due = table.due(&kumo(), at(2)).await;
    let closes = Due::Seating {
        table: t1.clone(),
        seating: paid,
    };
    assert!(due.contains(&closes), "{due:?}");
    // Nor does it move a table whose party ordered again in between.
    place_of(&table, 2, 1).await;
    assert_eq!(moved(&paid.stay(), None).await, Err(MoveError::Moved));
    let again = seating(&table).await;
    moved(&again.stay(), None).await.unwrap();
    assert_eq!(seating(&table).await, again, "as it was read");
}

/// The party with number 1 orders again.
async fn place_of(table: &Table, number: u32, dishes: u32) {
    let step = seating(table)
        .await
        .order(1, HouseRule::Open, at(4))
        .unwrap();
    let step = step.carrying(size_of(dishes), MINOR_MAX);
    table
        .store
        .place_order(&order(&kumo(), number), &step, None)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_payment_that_settles_while_its_party_orders_reads_the_table_again() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    place(&table, 1, 1, 0).await;
    let seen = seating(&table).await.pay(1, 1, at(1)).unwrap();
    place(&table, 2, 1, 2).await;
    let bills = table.store.bills(&kumo(), &[order_id(1)]).await.unwrap();
    let begun = payment(&bills[0].order, 1);
    table
        .store
        .open_payment(&begun, &bills, None, None, at(3))
        .await
        .unwrap();
    let stored = table
        .store
        .payment(&kumo(), &begun.id)
        .await
        .unwrap()
        .unwrap();
    let bills = table.store.bills(&kumo(), &[order_id(1)]).await.unwrap();
    let pay = (bills[0].clone(), OrderStep::Pay(PaymentStatus::Paid));
    let mut paid = settlement(PaymentState::Paid, vec![pay]);
    paid.table = Some((dining_table(1), seen));
    let before = table.rows().await;
    let refused = table.store.settle_payment(&stored, &paid).await;
    assert_eq!(refused, Err(MoveError::Moved), "two are unpaid by now");
    assert_eq!(table.rows().await, before);
}

#[tokio::test]
async fn an_order_that_an_older_release_placed_leaves_its_party_uncounted() {
    let table = Table::open().await;
    open_kumo(&table.store).await;
    place(&table, 1, 1, 0).await;
    // It moves the time of the last order, and knows no counters.
    let key = |name: &str, value: &str| {
        let value = aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned());
        (name.to_owned(), value)
    };
    let row = [
        key("pk", "STORE#kumo-hospitality#kumo-sushi"),
        key("sk", "TABLE#t1"),
    ];
    let later = aws_sdk_dynamodb::types::AttributeValue::N(at(9).0.to_string());
    table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(row.into()))
        .update_expression("SET last_order_at = :at")
        .expression_attribute_values(":at", later)
        .send()
        .await
        .unwrap();
    assert_eq!(seating(&table).await.tab, Tab::Uncounted);
    assert!(!place(&table, 2, 1, 10).await);
    let stands = seating(&table).await;
    assert_eq!((stands.tab, stands.number_for_scan()), (Tab::Uncounted, 1));
    pay(&table, &[1], 11).await.unwrap();
    assert_eq!(
        seating(&table).await.tab,
        Tab::Uncounted,
        "never paid by itself"
    );

    let closed = seating(&table).await.close().unwrap();
    let t1 = dining_table(1);
    table
        .store
        .move_seating(&kumo(), &t1, &closed, None)
        .await
        .unwrap();
    place(&table, 3, 1, 12).await;
    assert_eq!(
        seating(&table).await.tab,
        Tab::Owed(1),
        "the next party is counted"
    );
}

#[tokio::test]
async fn a_call_that_waits_is_due_from_the_staffs_tap_on() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let waiting = tabletap_domain::call::Call {
        held: true,
        ..call(&store, 1)
    };
    let step = NEW_TABLE
        .call(1, HouseRule::StaffTap, waiting.called_at)
        .unwrap();
    table.store.place_call(&waiting, None, &step).await.unwrap();
    let stands = seating(&table).await;
    assert_eq!((stands.number, stands.state), (1, TableState::Unconfirmed));
    let due = table.due(&store, at(600)).await;
    let seated = Due::Seating {
        table: dining_table(1),
        seating: stands,
    };
    assert_eq!(due, [seated], "the table waits, and no slip is due");
    let t1 = dining_table(1);
    let waits = table.store.waiting_calls(&store, &t1).await.unwrap();
    assert_eq!(waits, std::slice::from_ref(&waiting));
    assert!(table.store.release_call(&waiting, at(30)).await.unwrap());
    assert!(
        !table.store.release_call(&waiting, at(30)).await.unwrap(),
        "once"
    );
    let due = table.due(&store, at(600)).await;
    let released = tabletap_domain::call::Call {
        held: false,
        ..waiting
    };
    assert!(due.contains(&Due::Call(released)), "{due:?}");
}

#[tokio::test]
async fn a_code_that_was_replaced_leads_nowhere_and_is_known_as_such() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let t1 = dining_table(1);
    place(&table, 1, 1, 0).await;
    let old = table.store.table_code(&store, &t1).await.unwrap().unwrap();
    let new = "a-new-code-for-table-1".parse().unwrap();
    table
        .store
        .rotate_code(&store, &t1, &old, &new)
        .await
        .unwrap();
    assert_eq!(table.store.scan(&old.code).await.unwrap(), None);
    assert!(table.store.code_replaced(&old.code).await.unwrap());
    assert!(!table.store.code_replaced(&new).await.unwrap());
    let scanned = table.store.scan(&new).await.unwrap().unwrap();
    assert_eq!((scanned.table.id, scanned.seating.number), (t1.clone(), 1));
    let sticker = table.store.table_code(&store, &t1).await.unwrap().unwrap();
    assert_eq!(
        sticker.code_for(1),
        None,
        "who sits here may have the old sticker"
    );
    assert_eq!(sticker.code_for(2), Some(&new));
    let again = table.store.rotate_code(&store, &t1, &old, &new).await;
    assert_eq!(again, Err(MoveError::Moved), "it has another code by now");
}
