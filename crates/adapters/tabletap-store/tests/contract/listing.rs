//! The list of all recent orders: to its end, a part at a time.

use crate::{samples::*, support::Table};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use tabletap_domain::{OrderId, StoreKey, time::UnixMillis};

#[tokio::test]
async fn a_list_of_all_recent_orders_ends_with_the_last_of_them_however_many_there_are() {
    let table = Table::open().await;
    let store = open_kumo(&table.store).await;
    // Two days ago there was one; the others are spread over yesterday and today.
    let seconds = |number: u32| match number {
        0 => -2 * 86_400,
        _ => -200 * i64::from(number),
    };
    let rows: Vec<_> = (0..620)
        .map(|number| listed(&store, &order_id(number), at(seconds(number))))
        .collect();
    for rows in rows.chunks(25) {
        let batch = table.client.batch_write_item();
        let sent = batch.request_items(&table.name, rows.to_vec()).send();
        sent.await.unwrap();
    }
    let mut list = tabletap_store::RecentOrders::new(store, NOW);
    let (mut orders, mut parts) = (Vec::new(), 0);
    while let Some(part) = table.store.next_recent_orders(&mut list).await.unwrap() {
        assert!(part.len() <= 100, "a part at a time");
        parts += 1;
        orders.extend(part);
    }
    let expected: Vec<_> = (1..620).rev().map(order_id).collect();
    assert_eq!(orders, expected, "oldest first, in {parts} parts");
}

/// What the list of a day knows of an order.
fn listed(store: &StoreKey, order: &OrderId, placed_at: UnixMillis) -> WriteRequest {
    let placed_at = tabletap_wire::time::rfc3339(placed_at);
    let of_store = format!("{}#{}", store.tenant, store.store);
    let row = PutRequest::builder()
        .item("pk", AttributeValue::S(format!("ORDER#{of_store}#{order}")))
        .item("sk", AttributeValue::S("HEAD".to_owned()))
        .item(
            "day_pk",
            AttributeValue::S(format!("DAY#{of_store}#{}", &placed_at[..10])),
        )
        .item("day_sk", AttributeValue::S(format!("{placed_at}#{order}")));
    let row = row.build().unwrap();
    WriteRequest::builder().put_request(row).build()
}
