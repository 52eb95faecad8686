//! The broker part: MQTT over mutual TLS for printer agents, the IoT data plane for functions, topic rules to functions.
//!
//! Plays AWS IoT Core with the policy and rules of the SAM templates. It holds no order and no job that the table does
//! not have: killed at any moment, nothing is lost but time.

mod data_plane;
mod front;
mod hub;
pub mod policy;
mod rules;
mod session;
#[cfg(test)]
mod tests;
mod things;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::things::{ConnectedThing, Snapshot};
use self::{
    data_plane::DataPlane,
    hub::{Hub, Publisher},
    policy::Policy,
    rules::Rules,
    session::Shared,
    things::Things,
};
use crate::certs::Certs;
use crate::functions::Invoker;
use crate::guard::Guard;
use crate::http;
use crate::template::TopicRule;

/// The largest message. See AWS IoT, "Message broker and protocol limits".
pub const PAYLOAD_BYTES_MAX: usize = 128 * 1024;

/// What a broker is made of.
#[derive(Debug)]
pub struct BrokerConfig {
    /// Where agents connect (MQTT 3.1.1 over mutual TLS).
    pub mqtt: TcpListener,
    /// Where functions publish (HTTP); on loopback, for it asks nobody who they are.
    pub data_plane: TcpListener,
    /// Who is let in to the data plane.
    pub guard: Guard,
    /// The authority whose certificates are let in.
    pub certs: Certs,
    /// What a thing may do.
    pub policy: Policy,
    /// Which messages become events of which function.
    pub rules: Vec<TopicRule>,
    /// Where the functions are invoked.
    pub functions: Invoker,
    /// Folder for events that were given up.
    pub dead_letters: PathBuf,
    /// Ends the broker.
    pub stop: CancellationToken,
}

/// A running broker.
#[derive(Debug)]
pub struct Broker {
    mqtt: SocketAddr,
    data_plane: SocketAddr,
    things: Arc<Things>,
    tasks: TaskTracker,
}

/// Starts the broker; it is ready when this returns.
///
/// # Errors
/// When a certificate is broken or a rule's SQL is not understood.
pub async fn start(config: BrokerConfig) -> Result<Broker> {
    let acceptor = TlsAcceptor::from(Arc::new(config.certs.server_config()?));
    let (mqtt, data_plane) = (config.mqtt.local_addr()?, config.data_plane.local_addr()?);
    let (hub, things) = (
        Arc::new(Hub::start(config.stop.clone())),
        Arc::new(Things::default()),
    );

    let rules = Rules {
        hub: Arc::clone(&hub),
        things: Arc::clone(&things),
        invoker: config.functions,
        dead_letters: config.dead_letters,
        stop: config.stop.clone(),
    };
    for (number, rule) in config.rules.iter().enumerate() {
        rules
            .start(number, rule)
            .with_context(|| format!("the topic rule of {}", rule.function))?;
    }
    let plane = DataPlane {
        publisher: Publisher::start(&hub)?,
        things: Arc::clone(&things),
    };
    let shared = Shared {
        hub,
        policy: config.policy,
        things: Arc::clone(&things),
        stop: config.stop.clone(),
    };

    let tasks = TaskTracker::new();
    tasks.spawn(Arc::new(shared).serve(config.mqtt, acceptor));
    // One byte more than is allowed is enough to know that it is too much.
    let router = http::bounded(plane.router(), |_| PAYLOAD_BYTES_MAX + 1);
    let (router, stop) = (config.guard.before(router), config.stop.cancelled_owned());
    tasks.spawn(http::serve(config.data_plane, router, stop));
    tasks.close();
    Ok(Broker {
        mqtt,
        data_plane,
        things,
        tasks,
    })
}

impl Broker {
    /// Where agents connect.
    #[must_use]
    pub fn mqtt_address(&self) -> SocketAddr {
        self.mqtt
    }

    /// The IoT data endpoint, as `AWS_ENDPOINT_URL_IOT_DATA_PLANE` takes it.
    #[must_use]
    pub fn data_plane_url(&self) -> String {
        format!("http://{}", self.data_plane)
    }

    /// Who is connected, and the counts. Other processes read it at `GET /local/broker` of the data plane.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.things.snapshot()
    }

    /// Plays dead for `duration`: connections end, new ones close at once, publishing answers 503. What is queued stays.
    pub fn pause(&self, duration: Duration) {
        self.things.pause(duration);
    }

    /// Ends every agent's connection, as a router that loses its power.
    pub fn drop_connections(&self) {
        self.things.drop_connections();
    }

    /// Waits until everything has ended after `stop`.
    pub async fn stopped(&self) {
        self.tasks.wait().await;
    }
}
