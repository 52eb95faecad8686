//! What cannot be beaten: the same transaction on the table alone, one MQTT hop, one TCP write.

use crate::{load::per_second, report::Samples};
use anyhow::{Context, Result};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tabletap_domain::{
    OrderId, StoreKey, number::candidates, order::Order, seating::TableSeating, store::HouseRule,
};
use tabletap_local::{addresses::RunFile, aws::sdk_config};
use tabletap_store::Store;
use tabletap_tests::{Program, fresh_order_id};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Bytes of a usual ticket.
const TICKET_BYTES: usize = 1_500;

/// The floors of one order's way.
#[derive(Debug)]
pub(crate) struct Floors {
    transaction: Samples,
    mqtt_hop: Samples,
    tcp_write: Samples,
}

impl Floors {
    pub(crate) fn named(&self) -> [(&'static str, &Samples); 3] {
        [
            ("floor: the order's transaction", &self.transaction),
            ("floor: one MQTT hop, data plane to client", &self.mqtt_hop),
            ("floor: one TCP write", &self.tcp_write),
        ]
    }

    pub(crate) fn sum(&self) -> Duration {
        self.transaction.p50() + self.mqtt_hop.p50() + self.tcp_write.p50()
    }
}

/// Measures each floor `count` times.
pub(crate) async fn measure(program: &Program, count: usize) -> Result<Floors> {
    let table = Table::open(program, 11).await?;
    let mut transaction = Vec::with_capacity(count);
    for _ in 0..count {
        let order = table.next_order();
        let start = Instant::now();
        table.place(&order).await?;
        transaction.push(start.elapsed());
    }
    let tcp_write = tcp_writes(count).await?;
    let mqtt_hop = crate::hop::hops(program, count).await?;
    Ok(Floors {
        transaction: Samples::new(transaction),
        mqtt_hop,
        tcp_write,
    })
}

/// The table's ceiling: the order's transaction and nothing else, from `clients` at once.
pub(crate) async fn transactions_per_second(
    program: &Program,
    clients: usize,
    count: usize,
) -> Result<u64> {
    let mut tables = Vec::new();
    for client in 0..clients {
        tables.push(Table::open(program, client % 12).await?);
    }
    let start = Instant::now();
    let mut placing = tokio::task::JoinSet::new();
    for table in tables {
        placing.spawn(async move {
            for _ in 0..count / clients {
                table.place(&table.next_order()).await?;
            }
            anyhow::Ok(())
        });
    }
    for placed in placing.join_all().await {
        placed?;
    }
    Ok(per_second(count, start.elapsed()))
}

/// The table, reached as the functions reach it, with an order to vary.
#[derive(Clone)]
struct Table {
    store: Store,
    pattern: Arc<Order>,
    seating: TableSeating,
}

impl Table {
    async fn open(program: &Program, table: usize) -> Result<Self> {
        let run = std::fs::read(program.data().join("run.json"))?;
        let run: RunFile = serde_json::from_slice(&run)?;
        let config = sdk_config(&format!("http://{}", run.addresses.table), &run.token);
        let store = Store::from_sdk(&config, "tabletap");
        let guest = program.guest("kumo-sushi", table).await;
        let placed = guest.order(1).await;
        let id = OrderId::parse(placed["order_id"].as_str().context("an id")?)?;
        let keys = store.stores().await?;
        let key: &StoreKey = keys
            .iter()
            .find(|key| key.store.as_str() == "kumo-sushi")
            .context("the demo store")?;
        let (pattern, _) = store.order(key, &id).await?.context("the order")?;
        let table_id = pattern.seat.as_ref().context("a table")?.table.clone();
        let code = store
            .table_codes(key)
            .await?
            .remove(&table_id)
            .context("a code")?;
        let seating = store.scan(&code).await?.context("the table")?.seating;
        // Held orders print nothing: the ceiling is the table's alone.
        let pattern = Arc::new(Order {
            held: true,
            ..pattern
        });
        Ok(Self {
            store,
            pattern,
            seating,
        })
    }

    fn next_order(&self) -> Order {
        let id = OrderId::parse(&fresh_order_id()).expect("a fresh id is an id");
        let [.., number] = candidates(&id, 0);
        Order {
            id,
            number,
            ..(*self.pattern).clone()
        }
    }

    async fn place(&self, order: &Order) -> Result<()> {
        let (party, at) = (self.seating.number, self.seating.last_order_at);
        let step = self.seating.order(party, HouseRule::Open, at)?;
        Ok(self.store.place_order(order, &step, None).await?)
    }
}

/// Writes a ticket's bytes to a listener on this machine and times them until the last is read.
async fn tcp_writes(count: usize) -> Result<Samples> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut sender = TcpStream::connect(listener.local_addr()?).await?;
    sender.set_nodelay(true)?;
    let (mut receiver, _) = listener.accept().await?;
    let (ticket, mut read) = (vec![b'x'; TICKET_BYTES], vec![0; TICKET_BYTES]);
    let mut samples = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        sender.write_all(&ticket).await?;
        receiver.read_exact(&mut read).await?;
        samples.push(start.elapsed());
    }
    Ok(Samples::new(samples))
}
