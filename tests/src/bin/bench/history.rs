//! The same with many orders stored: cost per order must not grow with history.

use crate::{NO_MECHANISM, QUIET, load};
use anyhow::{Context, Result};
use dynoxide::Database;
use serde_json::{Value, json};
use std::time::Duration;
use tabletap_tests::{Program, fresh_order_id};

/// Rows of one request of the batch API.
const ROWS_AT_ONCE: usize = 25;

/// What was measured with some number of orders stored.
#[derive(Debug)]
pub(crate) struct WithHistory {
    /// Tap to paper, p50.
    pub(crate) tap: Duration,
    /// One order, one client.
    pub(crate) one: Duration,
    /// One order, 32 clients, by throughput.
    pub(crate) crowd: Duration,
}

/// Stores `stored` served orders with their tickets, then measures.
pub(crate) async fn measure(stored: usize, taps: usize, burst: usize) -> Result<WithHistory> {
    let mut program = Program::start_with(&[QUIET, NO_MECHANISM]).await;
    let order = program.guest("kumo-sushi", 0).await.order(1).await;
    let id = order["order_id"].as_str().context("an id")?.to_owned();
    program.await_papers(&id, 1).await;
    program.kill();
    let file = program.data().join("table.db");
    tokio::task::spawn_blocking(move || store_copies(&file, &id, stored)).await??;
    program.restart_after_kill().await;

    let tap = load::taps_to_paper(&program, taps).await?.p50();
    let per_order = |taken: Duration| taken / u32::try_from(burst).unwrap_or(1);
    let one = per_order(load::time_of_orders(&program, 1, burst).await?);
    let crowd = per_order(load::time_of_orders(&program, 32, burst).await?);
    Ok(WithHistory { tap, one, crowd })
}

/// Copies the rows of one order under new ids, as they are after the party left: out of the open and the due index.
fn store_copies(file: &std::path::Path, id: &str, count: usize) -> Result<()> {
    let database = Database::new(&file.display().to_string())?;
    let partition = json!({ "S": format!("ORDER#kumo-hospitality#kumo-sushi#{id}") });
    let query = json!({
        "TableName": "tabletap",
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": { ":pk": partition },
    });
    let found = serde_json::to_value(database.query(serde_json::from_value(query)?)?)?;
    let rows = found["Items"].as_array().context("rows")?.clone();
    anyhow::ensure!(!rows.is_empty(), "the pattern order has no rows");
    let mut puts = Vec::with_capacity(ROWS_AT_ONCE);
    for _ in 0..count {
        let copy = fresh_order_id();
        for row in &rows {
            puts.push(json!({ "PutRequest": { "Item": served(row, id, &copy)? } }));
        }
        if puts.len() + rows.len() > ROWS_AT_ONCE {
            write(&database, std::mem::take(&mut puts))?;
        }
    }
    write(&database, puts)?;
    drop(database);
    // Their facts were consumed long ago: without this the program would first read all of them.
    let connection = rusqlite::Connection::open(file)?;
    connection.execute("DELETE FROM _stream_records", ())?;
    Ok(())
}

fn served(row: &Value, id: &str, copy: &str) -> Result<Value> {
    let (hex, copy_hex) = (&id["ord_".len()..], &copy["ord_".len()..]);
    let mut row: Value = serde_json::from_str(&row.to_string().replace(hex, copy_hex))?;
    let attributes = row.as_object_mut().context("a row")?;
    for index in ["open_pk", "open_sk", "due_pk", "due_sk"] {
        attributes.remove(index);
    }
    if attributes.contains_key("status") {
        attributes.insert("status".to_owned(), json!({ "S": "served" }));
    }
    Ok(row)
}

fn write(database: &Database, puts: Vec<Value>) -> Result<()> {
    if puts.is_empty() {
        return Ok(());
    }
    let request = json!({ "RequestItems": { "tabletap": puts } });
    database.batch_write_item(serde_json::from_value(request)?)?;
    Ok(())
}
