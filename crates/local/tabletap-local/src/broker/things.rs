//! Who is connected, what was counted, and the switches that take the broker away.
//!
//! One seat per thing: as with AWS IoT, a second connection with the same client id ends the first, and begins only
//! after the first has left (its will, too, is then behind us).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

/// What the console shows of the broker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Whether the broker is there, or plays dead.
    pub paused: bool,
    /// The connected things, by name.
    pub things: Vec<ConnectedThing>,
    /// Counts since the start.
    pub counts: BTreeMap<String, u64>,
}

/// One connected thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedThing {
    /// Thing name, client id and common name of the certificate.
    pub thing: String,
    /// Since when, in milliseconds of Unix time.
    pub since_ms: i64,
    /// Where it connects from.
    pub address: String,
}

#[derive(Debug, Default)]
pub(crate) struct Things {
    seats: Mutex<BTreeMap<String, Place>>,
    paused_until: Mutex<Option<Instant>>,
    pub(crate) ended_by_broker: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) delivered: AtomicU64,
    pub(crate) published: AtomicU64,
    pub(crate) rule_events: AtomicU64,
    pub(crate) rule_failures: AtomicU64,
}

#[derive(Debug, Default)]
struct Place {
    door: Arc<tokio::sync::Mutex<()>>,
    leave: CancellationToken,
    connected: Option<ConnectedThing>,
}

/// The right to be connected as one thing; given back when dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    things: Arc<Things>,
    thing: String,
    /// Cancelled when another connection takes the seat, or a switch ends it.
    pub(crate) leave: CancellationToken,
    _door: tokio::sync::OwnedMutexGuard<()>,
}

impl Things {
    /// Sends whoever sits there away, waits until it has left, and sits down.
    pub(crate) async fn take_seat(self: &Arc<Self>, thing: &str, address: SocketAddr) -> Seat {
        let leave = CancellationToken::new();
        let door = {
            let mut seats = lock(&self.seats);
            let place = seats.entry(thing.to_owned()).or_default();
            std::mem::replace(&mut place.leave, leave.clone()).cancel();
            Arc::clone(&place.door)
        };
        let door = door.lock_owned().await;
        if let Some(place) = lock(&self.seats).get_mut(thing) {
            place.connected = Some(ConnectedThing {
                thing: thing.to_owned(),
                since_ms: tabletap_runtime::clock::now_ms(),
                address: address.to_string(),
            });
        }
        Seat {
            things: Arc::clone(self),
            thing: thing.to_owned(),
            leave,
            _door: door,
        }
    }

    pub(crate) fn drop_connections(&self) {
        for place in lock(&self.seats).values() {
            place.leave.cancel();
        }
    }

    pub(crate) fn pause(&self, duration: Duration) {
        *lock(&self.paused_until) = Instant::now().checked_add(duration);
        self.drop_connections();
    }

    pub(crate) fn paused(&self) -> bool {
        lock(&self.paused_until).is_some_and(|until| Instant::now() < until)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let counts = [
            ("ended_by_broker", &self.ended_by_broker),
            ("received", &self.received),
            ("delivered", &self.delivered),
            ("published", &self.published),
            ("rule_events", &self.rule_events),
            ("rule_failures", &self.rule_failures),
        ];
        Snapshot {
            paused: self.paused(),
            things: lock(&self.seats)
                .values()
                .filter_map(|place| place.connected.clone())
                .collect(),
            counts: counts
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count.load(Ordering::Relaxed)))
                .collect(),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(place) = lock(&self.things.seats).get_mut(&self.thing) {
            place.connected = None;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
