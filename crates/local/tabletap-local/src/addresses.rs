//! Where the parts of the running program are: `run.json`, and what it leads to.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::names::SITE_BUCKET;

/// Where the parts of the running program listen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// The table, DynamoDB's protocol.
    pub table: SocketAddr,
    /// The Invoke API.
    pub functions: SocketAddr,
    /// The broker, for agents.
    pub mqtt: SocketAddr,
    /// The IoT data plane.
    pub data_plane: SocketAddr,
    /// The event bus, EventBridge's protocol, and its queues.
    pub bus: SocketAddr,
    /// The site's bucket, S3's protocol.
    pub bucket: SocketAddr,
    /// Mails, SES's protocol.
    pub mail: SocketAddr,
    /// The virtual printers' own API.
    pub printers: SocketAddr,
    /// The local Stripe, its checkout pages included: as open to the network as the edge.
    pub stripe: SocketAddr,
    /// What a browser opens.
    pub edge: SocketAddr,
}

/// `run.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFile {
    /// The running program.
    pub pid: u32,
    /// What a browser opens.
    pub url: String,
    /// What other devices on the same network open; the same where it is not shown to them.
    pub public_url: String,
    /// Where the parts listen.
    pub addresses: Addresses,
    /// The virtual printers.
    pub printers: Vec<VirtualPrinter>,
    /// The printer agents, by thing name.
    pub agents: Vec<String>,
    /// What this run's parts demand, see [`crate::guard`]. A program of before there was one demands none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token: String,
}

/// A station's printer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VirtualPrinter {
    /// Unique among all stores: `<store>-<printer>`.
    pub id: String,
    /// The store's slug.
    pub store: String,
    /// The store's own id of it.
    pub printer: String,
    pub station: String,
    pub station_name: String,
    /// The agent that drives it.
    pub agent: String,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Where the bucket says that it is up: the list of what nobody has written.
#[must_use]
pub fn bucket_health(at: &Addresses) -> String {
    format!("{}/{SITE_BUCKET}?list-type=2&prefix=none/", url(at.bucket))
}

/// The base address of a listener.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Where the local Stripe says how it is.
#[must_use]
pub(crate) fn stripe_health(at: &Addresses) -> String {
    format!("{}/local/stripe/health", on_this_machine(at.stripe))
}

/// The base address of a listener, for programs of this machine.
pub(crate) fn on_this_machine(address: SocketAddr) -> String {
    let port = address.port();
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => format!("http://127.0.0.1:{port}"),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => format!("http://[::1]:{port}"),
        _ => format!("http://{address}"),
    }
}
