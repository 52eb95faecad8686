//! Publishing to MQTT topics through the IoT data plane, with QoS 1: the broker has the message when the call returns.
//!
//! See the AWS IoT data plane API reference, "Publish".

use aws_config::SdkConfig;
use aws_sdk_iotdataplane::{Client, config, error::DisplayErrorContext, primitives::Blob};
use serde::Serialize;
use std::time::Duration;

/// An unreachable broker shall not hold up a start for longer.
const WARM_UP_MAX: Duration = Duration::from_secs(2);

/// Publishes JSON messages.
#[derive(Clone, Debug)]
pub struct Publisher {
    client: Client,
}

/// Why a message was not published. The cause is logged; send the message again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPublished {
    /// The broker is there and does not take this message; it may take others.
    #[error("the broker refused the message")]
    Refused,
    /// The broker cannot be reached, gives no answer or takes nothing now. It may have the message.
    #[error("the broker is not available")]
    Unavailable,
}

impl Publisher {
    /// Opens nothing: the connection is opened by [`Publisher::warm_up`] or the first message.
    #[must_use]
    pub fn new(sdk: &SdkConfig, endpoint: &str) -> Self {
        let config = config::Builder::from(sdk).endpoint_url(endpoint).build();
        Self {
            client: Client::from_conf(config),
        }
    }

    /// Publishes one message.
    ///
    /// # Errors
    /// [`NotPublished`].
    pub async fn publish<T: Serialize + Sync>(
        &self,
        topic: &str,
        message: &T,
    ) -> Result<(), NotPublished> {
        let payload = serde_json::to_vec(message).map_err(|error| {
            tracing::error!(%error, topic, "a message could not be written");
            NotPublished::Refused
        })?;
        let publish = self
            .client
            .publish()
            .topic(topic)
            .qos(1)
            .payload(Blob::new(payload));
        publish.send().await.map(drop).map_err(|error| {
            tracing::warn!(error = %DisplayErrorContext(&error), topic, "a message was not published");
            match error.raw_response().map(|answer| answer.status().as_u16()) {
                // Too many requests: other messages would not pass either.
                Some(408 | 429) | None => NotPublished::Unavailable,
                Some(status) if status < 500 => NotPublished::Refused,
                Some(_) => NotPublished::Unavailable,
            }
        })
    }

    /// Opens the connection, so that no invocation pays for it. Any answer will do, a refusal too.
    pub async fn warm_up(&self) {
        let question = self
            .client
            .get_retained_message()
            .topic("tabletap/warm-up")
            .send();
        let _ = tokio::time::timeout(WARM_UP_MAX, question).await;
    }
}
