//! Orders sent over HTTP, timed to the answer or to the last byte at the printer.

use crate::report::Samples;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tabletap_tests::{Guest, Program, eventually, fresh_order_id};

/// Tables of the sushi bar.
const TABLES: usize = 12;

/// Sends orders of one dish one after another and times each from the tap to its last byte at the printer.
pub(crate) async fn taps_to_paper(program: &Program, count: usize) -> Result<Samples> {
    // At one table after another: a single one would soon send more than a full table does, and wait for a waiter.
    let mut guests = Vec::new();
    for table in 0..TABLES {
        guests.push(program.guest("kumo-sushi", table).await);
    }
    let body = priced(&guests[0]).await;
    let mut tapped = BTreeMap::new();
    // The first few warm connections and caches, as a kitchen's first orders of the day do.
    for (index, guest) in (0..count + 10).zip(guests.iter().cycle()) {
        let (id, bytes) = renewed(&body);
        let at = micros(now());
        let reply = guest.send_bytes(bytes).await;
        anyhow::ensure!(reply.status == 201, "{}", reply.body);
        // One at a time: the next tap waits until the last report of this one is in.
        eventually("the order printed", async || {
            let seen = guest.look(&id).await.body;
            let tickets = seen["tickets"].as_array()?;
            let printed = tickets.iter().all(|ticket| ticket["state"] == "printed");
            (printed && !tickets.is_empty()).then_some(())
        })
        .await;
        if index >= 10 {
            tapped.insert(id, at);
        }
    }
    let mut samples = Vec::with_capacity(count);
    for (id, at) in &tapped {
        for paper in program.papers_of(id).await.iter().take(1) {
            // A paper's id begins with the microsecond its last byte was worked off.
            let cut = paper["paper_id"]
                .as_str()
                .and_then(|id| id.split('-').next());
            let printed: u64 = cut.context("a paper's id")?.parse()?;
            samples.push(Duration::from_micros(printed.saturating_sub(*at)));
        }
    }
    Ok(Samples::new(samples))
}

/// Sends `count` orders from `clients` phones, each at one table after another, as fast as they are answered; answers per second.
pub(crate) async fn orders_per_second(
    program: &Program,
    clients: usize,
    count: usize,
) -> Result<u64> {
    let taken = time_of_orders(program, clients, count).await?;
    Ok(per_second(count, taken))
}

/// The same, as the time all of them took.
pub(crate) async fn time_of_orders(
    program: &Program,
    clients: usize,
    count: usize,
) -> Result<Duration> {
    let mut guests = Vec::new();
    for table in 0..TABLES {
        guests.push(program.guest("kumo-sushi", table).await);
    }
    let body = priced(&guests[0]).await;
    let start = Instant::now();
    let mut sending = tokio::task::JoinSet::new();
    for client in 0..clients {
        let (guests, body) = (guests.clone(), body.clone());
        sending.spawn(async move {
            let tables = guests.iter().cycle().skip(client % TABLES);
            for (_, guest) in (0..count / clients).zip(tables) {
                let reply = guest.send_bytes(renewed(&body).1).await;
                assert_eq!(reply.status, 201, "{}", reply.body);
            }
        });
    }
    sending.join_all().await;
    Ok(start.elapsed())
}

/// How many a second.
pub(crate) fn per_second(count: usize, taken: Duration) -> u64 {
    let micros = taken.as_micros().max(1);
    u64::try_from(u128::try_from(count).unwrap_or_default() * 1_000_000 / micros)
        .unwrap_or_default()
}

async fn priced(guest: &Guest) -> Value {
    guest.quote(guest.cart(1).await).await
}

fn renewed(body: &Value) -> (String, Vec<u8>) {
    let mut body = body.clone();
    let id = fresh_order_id();
    body["order_id"] = json!(id);
    (id, body.to_string().into_bytes())
}

fn micros(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or_default()
}

#[expect(
    clippy::disallowed_methods,
    reason = "compared with the time on the paper"
)]
fn now() -> SystemTime {
    SystemTime::now()
}
