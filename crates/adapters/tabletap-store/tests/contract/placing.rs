//! Placing orders, and their way to their end.

use crate::{samples::*, support::Table};
use std::collections::BTreeSet;
use tabletap_domain::{
    number::candidates,
    order::{Order, OrderStatus},
    seating::{SeatingMove, Tab, TableState},
    store::HouseRule,
};
use tabletap_store::{MoveError, PlaceOrderError};
use tokio::task::JoinSet;

/// Places all at once; answers in no order.
async fn place_all(
    table: &Table,
    orders: Vec<(Order, SeatingMove)>,
) -> Vec<Result<(), PlaceOrderError>> {
    let mut racing = JoinSet::new();
    for (order, step) in orders {
        let store = table.other_store();
        racing.spawn(async move { store.place_order(&order, &step, None).await });
    }
    racing.join_all().await
}

#[tokio::test]
async fn fifty_phones_that_send_the_same_order_place_it_once() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    // Each is decided at its own moment and claims its own number; only the id is the same.
    let racing = (0..50).map(|i| {
        let mut same = order(&store, 1);
        same.placed_at = at(i);
        same.number = candidates(&order_id(u32::try_from(i).unwrap()), 1)[3].clone();
        (same, first_order())
    });
    let answers = place_all(&table, racing.collect()).await;
    let placed = answers.iter().filter(|answer| answer.is_ok()).count();
    let known = answers
        .iter()
        .filter(|answer| **answer == Err(PlaceOrderError::AlreadyExists))
        .count();
    assert_eq!((placed, known), (1, 49));
    let rows = table.rows().await;
    for kind in ["ORDER#", "NUMBER#"] {
        let of_kind = rows
            .iter()
            .filter(|row| crate::support::text(row, "pk").starts_with(kind));
        assert_eq!(of_kind.count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn the_very_same_order_is_placed_by_one_caller_and_exists_for_the_other() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let same = order(&store, 1);
    assert_eq!(
        table.store.place_order(&same, &first_order(), None).await,
        Ok(())
    );
    let again = table.store.place_order(&same, &first_order(), None).await;
    assert_eq!(again, Err(PlaceOrderError::AlreadyExists));
    assert_eq!(
        table.store.day_orders(&store, TODAY, 10).await.unwrap(),
        [same.id]
    );
}

#[tokio::test]
async fn another_body_under_the_same_id_changes_nothing() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    table
        .store
        .place_order(&order(&store, 1), &first_order(), None)
        .await
        .unwrap();
    let before = table.rows().await;
    let mut other = order(&store, 1);
    other.body_digest = "another".to_owned();
    other.number = order(&store, 2).number;
    let refused = table.store.place_order(&other, &first_order(), None).await;
    assert_eq!(refused, Err(PlaceOrderError::AlreadyExists));
    assert_eq!(table.rows().await, before);
    let numbers = candidates(&other.id, 0);
    let context = table
        .store
        .read_for_order(&store, &dining_table(1), &other.id, &numbers)
        .await;
    assert!(context.is_err(), "no menu is published yet");
}

#[tokio::test]
async fn everything_a_decision_needs_comes_with_one_request() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let menu = crate::selling::menu("m0123456789abcdef");
    table.store.publish_menu(&store, &menu).await.unwrap();
    let placed = order(&store, 1);
    table
        .store
        .place_order(&placed, &first_order(), None)
        .await
        .unwrap();
    let numbers = candidates(&placed.id, 0);
    table.requests.take();
    let context = table
        .store
        .read_for_order(&store, &dining_table(1), &placed.id, &numbers)
        .await
        .unwrap();
    let asked: Vec<String> = table
        .requests
        .take()
        .into_iter()
        .map(|request| request.operation)
        .collect();
    assert_eq!(asked, ["BatchGetItem"]);
    assert_eq!(context.stored, Some(placed.clone()));
    assert_eq!(context.menu.version, menu.version);
    assert_eq!(context.seating, first_order().to);
    assert_eq!(context.taken, BTreeSet::from([placed.number]));
    let other = table
        .store
        .read_for_order(&store, &dining_table(2), &order_id(2), &[])
        .await
        .unwrap();
    assert_eq!((other.stored, other.seating), (None, NEW_TABLE));
}

#[tokio::test]
async fn an_order_of_a_seating_that_was_closed_meanwhile_is_refused_and_nothing_is_stored() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    table
        .store
        .place_order(&order(&store, 1), &first_order(), None)
        .await
        .unwrap();
    let seated = first_order().to;
    let late = seated.order(1, HouseRule::Open, at(60)).unwrap();
    let closing = seated.close().unwrap();
    table
        .store
        .move_seating(&store, &dining_table(1), &closing, None)
        .await
        .unwrap();
    let before = table.rows().await;
    let refused = table
        .store
        .place_order(&order(&store, 2), &late, None)
        .await;
    assert_eq!(refused, Err(PlaceOrderError::SeatingMoved));
    assert_eq!(table.rows().await, before);
}

#[tokio::test]
async fn an_order_whose_number_is_taken_is_refused_and_nothing_is_stored() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let first = order(&store, 1);
    table
        .store
        .place_order(&first, &first_order(), None)
        .await
        .unwrap();
    let before = table.rows().await;
    let second = Order {
        number: first.number,
        ..order(&store, 2)
    };
    let refused = table.store.place_order(&second, &first_order(), None).await;
    assert_eq!(refused, Err(PlaceOrderError::NumberTaken));
    assert_eq!(table.rows().await, before);
}

#[tokio::test]
async fn the_first_orders_of_many_phones_at_one_idle_table_all_open_the_same_seating() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let racing = (1..=8).map(|number| (order(&store, number), first_order()));
    for answer in place_all(&table, racing.collect()).await {
        assert_eq!(answer, Ok(()));
    }
    let seatings = table.store.table_seatings(&store).await.unwrap();
    let seated = first_order().to;
    assert_eq!(
        (seatings[0].1.number, seatings[0].1.state),
        (seated.number, seated.state)
    );
    assert_eq!(seatings[0].1.tab, Tab::Owed(8), "each is counted");
    assert_eq!(seatings[1].1, NEW_TABLE);
    let open = table
        .store
        .open_orders_of(&store, &dining_table(1), 1)
        .await
        .unwrap();
    assert_eq!(open.len(), 8);
}

#[tokio::test]
async fn an_order_at_its_end_frees_its_number_and_leaves_the_open_orders() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let first = order(&store, 1);
    table
        .store
        .place_order(&first, &first_order(), None)
        .await
        .unwrap();
    table
        .store
        .move_order(&first, OrderStatus::Placed, OrderStatus::Preparing)
        .await
        .unwrap();
    let stale = table
        .store
        .move_order(&first, OrderStatus::Placed, OrderStatus::Cancelled)
        .await;
    assert_eq!(stale, Err(MoveError::Moved));
    let t1 = dining_table(1);
    let open = || table.store.open_orders_of(&store, &t1, 1);
    assert_eq!(
        open().await.unwrap(),
        [order_id(1)],
        "a refused end changes nothing"
    );

    table
        .store
        .move_order(&first, OrderStatus::Preparing, OrderStatus::Served)
        .await
        .unwrap();
    assert!(open().await.unwrap().is_empty());
    let (served, _) = table.store.order(&store, &first.id).await.unwrap().unwrap();
    assert_eq!(
        served,
        Order {
            status: OrderStatus::Served,
            ..first.clone()
        }
    );
    let second = Order {
        number: first.number,
        ..order(&store, 2)
    };
    assert_eq!(
        table.store.place_order(&second, &first_order(), None).await,
        Ok(()),
        "the number is free"
    );
    let of_day = table.store.day_orders(&store, TODAY, 10).await.unwrap();
    assert_eq!(
        of_day,
        [order_id(2), order_id(1)],
        "the day keeps both, newest first"
    );
}

#[tokio::test]
async fn an_order_that_waits_is_released_once() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let waiting = Order {
        held: true,
        ..order(&store, 1)
    };
    let step = NEW_TABLE.order(1, HouseRule::StaffTap, NOW).unwrap();
    table
        .store
        .place_order(&waiting, &step, None)
        .await
        .unwrap();
    assert_eq!(
        table.store.table_seatings(&store).await.unwrap()[0].1.state,
        TableState::Unconfirmed
    );
    assert!(
        table
            .store
            .release_order(&store, &waiting.id, NOW)
            .await
            .unwrap()
    );
    assert!(
        !table
            .store
            .release_order(&store, &waiting.id, NOW)
            .await
            .unwrap()
    );
    assert!(
        !table
            .store
            .release_order(&store, &order_id(9), NOW)
            .await
            .unwrap(),
        "there is none"
    );
    let (released, _) = table
        .store
        .order(&store, &waiting.id)
        .await
        .unwrap()
        .unwrap();
    assert!(!released.held);
    assert_eq!(table.store.order(&store, &order_id(9)).await.unwrap(), None);
}

#[tokio::test]
async fn a_table_moves_only_from_where_it_was_seen() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    table
        .store
        .place_order(&order(&store, 1), &first_order(), None)
        .await
        .unwrap();
    let seen = first_order().to;
    let again = seen.order(1, HouseRule::Open, at(5)).unwrap();
    table
        .store
        .place_order(&order(&store, 2), &again, None)
        .await
        .unwrap();
    let closing = seen.close().unwrap();
    let refused = table
        .store
        .move_seating(&store, &dining_table(1), &closing, None)
        .await;
    assert_eq!(
        refused,
        Err(MoveError::Moved),
        "the party has ordered since"
    );
    assert_eq!(
        table.store.table_seatings(&store).await.unwrap()[0].1,
        again.to
    );
}

#[tokio::test]
async fn recent_orders_are_those_of_today_and_yesterday_newest_first() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    for (number, seconds) in [(1, -2 * 86_400), (2, -86_400), (3, -60), (4, 0)] {
        let placed = Order {
            placed_at: at(seconds),
            ..order(&store, number)
        };
        table
            .store
            .place_order(&placed, &first_order(), None)
            .await
            .unwrap();
    }
    let recent = table.store.recent_orders(&store, NOW, 10).await.unwrap();
    assert_eq!(recent, [order_id(4), order_id(3), order_id(2)]);
    assert_eq!(
        table.store.recent_orders(&store, NOW, 2).await.unwrap(),
        [order_id(4), order_id(3)]
    );
}

#[tokio::test]
async fn an_open_order_is_found_by_its_number_until_it_ends() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    let placed = order(&store, 1);
    let step = first_order();
    table.store.place_order(&placed, &step, None).await.unwrap();
    let found = || table.store.numbered_order(&store, &placed.number);
    assert_eq!(found().await.unwrap(), Some(order_id(1)));
    let other = key("kumo", "other");
    let there = table.store.numbered_order(&other, &placed.number).await;
    assert_eq!(there.unwrap(), None, "of another store");
    let served = table
        .store
        .move_order(&placed, OrderStatus::Placed, OrderStatus::Served);
    served.await.unwrap();
    assert_eq!(found().await.unwrap(), None, "the number is free again");
}
