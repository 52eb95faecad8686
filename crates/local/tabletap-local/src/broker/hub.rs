//! The message core: `rumqttd`'s router (sessions, queues, retained messages, matching), reached through links in
//! memory. It knows nothing of identity or rights; whoever holds a link has been let in by the front.
//!
//! No socket lies between front and router, so a hop costs two thread wake-ups and no timer. The router keeps
//! everything in memory: after a restart agents find no session, say what they have, and get the rest from the table.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use futures_util::FutureExt as _;
use rumqttd::local::{LinkBuilder, LinkRx, LinkTx};
use rumqttd::protocol::{Disconnect, DisconnectReasonCode, LastWill, Packet, PingReq, Publish};
use rumqttd::{Notification, Router, RouterConfig};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// Agents of one machine, the data plane and the rules; the router reserves memory for each place.
const CONNECTIONS_MAX: usize = 200;
/// What waits for an absent agent at most, per topic filter; the table has everything beyond it.
const SEGMENT_BYTES_MAX: usize = 1024 * 1024;
const SEGMENTS_MAX: usize = 3;
/// Packets handed to one link before the router turns to the next.
const BURST_MAX: u64 = 200;

type Connected = (LinkTx, LinkRx, Notification);
type Connect = Box<dyn Fn(&str, bool) -> Result<Connected> + Send + Sync>;

/// The router, running in a thread of its own until the process ends.
pub(crate) struct Hub {
    connect: Connect,
    stop: CancellationToken,
}

impl Hub {
    pub(crate) fn start(stop: CancellationToken) -> Hub {
        let router = Router::new(
            0,
            RouterConfig {
                max_connections: CONNECTIONS_MAX,
                max_outgoing_packet_count: BURST_MAX,
                max_segment_size: SEGMENT_BYTES_MAX,
                max_segment_count: SEGMENTS_MAX,
                ..RouterConfig::default()
            },
        )
        .spawn();
        // A closure, because the type of the router's channel cannot be named outside its crate.
        Hub {
            stop,
            connect: Box::new(move |client_id, clean| {
                LinkBuilder::new(client_id, router.clone())
                    .clean_session(clean)
                    .dynamic_filters(true)
                    .build()
                    .map_err(|error| anyhow!("the router takes no connection: {error}"))
            }),
        }
    }

    /// Joins the router. Answers both halves of the link and the CONNACK that is due.
    pub(crate) fn connect(&self, client_id: &str, clean: bool) -> Result<(Sender, LinkRx, Packet)> {
        let (tx, rx, connack) = (self.connect)(client_id, clean)?;
        let connack =
            Option::<Packet>::from(connack).context("the router answered without a CONNACK")?;
        Ok((
            Sender {
                tx,
                will: None,
                stop: self.stop.clone(),
            },
            rx,
            connack,
        ))
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

/// The half of a link that writes. Dropping it leaves the router, and publishes the will if one is still set.
pub(crate) struct Sender {
    tx: LinkTx,
    /// Taken out on a clean farewell.
    pub(crate) will: Option<LastWill>,
    stop: CancellationToken,
}

impl Sender {
    pub(crate) fn send(&mut self, packet: Packet) -> Result<()> {
        // `LinkTx::send` is an async function without a wait in it.
        self.tx
            .send(packet)
            .now_or_never()
            .context("the router's link waits")??;
        Ok(())
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        // When the broker itself goes, nobody is told that the thing died.
        if let Some(will) = self.will.take().filter(|_| !self.stop.is_cancelled()) {
            let publish = Publish::new(will.topic, will.message, will.retain);
            self.send(Packet::Publish(publish, None)).ok();
        }
        let farewell = Disconnect {
            reason_code: DisconnectReasonCode::NormalDisconnection,
        };
        self.send(Packet::Disconnect(farewell, None)).ok();
    }
}

/// Publishes for parts that are no thing, and knows when the router has taken a message.
#[derive(Clone)]
pub(crate) struct Publisher {
    inner: Arc<Mutex<Outbox>>,
}

struct Outbox {
    sender: Sender,
    /// Whoever waits for the answer to a ping, first come first served.
    waiting: VecDeque<oneshot::Sender<()>>,
}

impl Publisher {
    pub(crate) fn start(hub: &Hub) -> Result<Publisher> {
        let (sender, mut rx, _) = hub.connect("tabletap-data-plane", true)?;
        let outbox = Outbox {
            sender,
            waiting: VecDeque::new(),
        };
        let publisher = Publisher {
            inner: Arc::new(Mutex::new(outbox)),
        };
        let answers = Arc::downgrade(&publisher.inner);
        tokio::spawn(async move {
            while let Ok(notification) = rx.next().await {
                let Some(outbox) = answers.upgrade() else {
                    return;
                };
                if let Some(Packet::PingResp(_)) = notification.and_then(Option::<Packet>::from) {
                    let first = lock(&outbox).waiting.pop_front();
                    first.map(|waiting| waiting.send(()));
                }
            }
        });
        Ok(publisher)
    }

    /// Publishes and waits until the router has queued the message for its subscribers: a ping behind the message is
    /// answered after it. (The router's own links may publish with QoS 0 only; subscribers get their own QoS.)
    pub(crate) async fn publish(&self, topic: &str, payload: Bytes, retain: bool) -> Result<()> {
        let (done, taken) = oneshot::channel();
        {
            let mut outbox = lock(&self.inner);
            let publish = Publish::new(Bytes::from(topic.to_owned()), payload, retain);
            outbox.sender.send(Packet::Publish(publish, None))?;
            outbox.sender.send(Packet::PingReq(PingReq))?;
            outbox.waiting.push_back(done);
        }
        taken.await.context("the router is gone")
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
