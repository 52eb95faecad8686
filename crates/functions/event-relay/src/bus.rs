//! The event bus: facts in, nothing out. See the EventBridge API reference, "PutEvents".

use aws_config::SdkConfig;
use aws_sdk_eventbridge::{Client, error::DisplayErrorContext, types::PutEventsRequestEntry};
use tabletap_wire::event::{Fact, SOURCE};

/// What one request may carry.
const FACTS_AT_ONCE: usize = 10;

/// A bus that facts are put on.
#[derive(Clone, Debug)]
pub struct Bus {
    client: Client,
    name: String,
}

/// The bus does not have this fact, nor any after it in the list as far as is known. Its cause is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fact {0} was not put on the bus")]
pub struct NotPut(pub usize);

impl Bus {
    /// Opens nothing: the connection is opened by the first fact.
    #[must_use]
    pub fn new(sdk: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(sdk),
            name,
        }
    }

    /// Puts facts on the bus in their order.
    ///
    /// # Errors
    /// [`NotPut`] names the first that must be put again; some after it may have arrived.
    pub async fn put(&self, facts: &[Fact]) -> Result<(), NotPut> {
        for (chunk, first) in facts
            .chunks(FACTS_AT_ONCE)
            .zip((0..).step_by(FACTS_AT_ONCE))
        {
            let entries = chunk.iter().map(|fact| self.entry(fact)).collect();
            let put = self.client.put_events().set_entries(Some(entries)).send();
            let answer = put.await.map_err(|error| {
                tracing::warn!(error = %DisplayErrorContext(&error), "facts were not put on the bus");
                NotPut(first)
            })?;
            for (entry, index) in answer.entries().iter().zip(first..) {
                if let Some(code) = entry.error_code() {
                    tracing::warn!(code, "a fact was refused by the bus");
                    return Err(NotPut(index));
                }
            }
        }
        Ok(())
    }

    fn entry(&self, fact: &Fact) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(fact.detail_type())
            .detail(fact.detail())
            .build()
    }
}
