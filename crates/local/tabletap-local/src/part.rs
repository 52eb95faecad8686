//! The parts by name: on the command line, in `run.json`, in the console.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// One part.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The table, its stream and its maintenance.
    Table,
    /// The event bus and its queues.
    Bus,
    /// The site's bucket.
    Bucket,
    /// Mails that were sent, and what becomes of them.
    Mail,
    /// The hosted functions and their schedules.
    Functions,
    /// The MQTT broker, the IoT data plane and the topic rules.
    Broker,
    /// The virtual printers.
    Printers,
    /// The local Stripe.
    Stripe,
    /// The HTTP API, the static site, the console and the local API.
    Edge,
}

impl Part {
    /// Every part, in the order they are started.
    pub const ALL: [Self; 9] = [
        Self::Table,
        Self::Bus,
        Self::Bucket,
        Self::Mail,
        Self::Broker,
        Self::Functions,
        Self::Printers,
        Self::Stripe,
        Self::Edge,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Bus => "bus",
            Self::Bucket => "bucket",
            Self::Mail => "mail",
            Self::Functions => "functions",
            Self::Broker => "broker",
            Self::Printers => "printers",
            Self::Stripe => "stripe",
            Self::Edge => "edge",
        }
    }
}
